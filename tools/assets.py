"""`python -m tools.assets`: fetch the front-end packages of the lock file and copy what is used to static/vendor/."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from foundation.languages import TRANSLATIONS, Languages
from tools.fonts import write_fonts

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MODULES = ROOT / "node_modules"

FILES = {"htmx.org/dist/htmx.min.js": "htmx.js", "jsqr/dist/jsQR.js": "jsqr.js"}


def main() -> None:
    """Do nothing when static/vendor/ is newer than what it is made from; say so when npm cannot be had."""
    stamp = VENDOR / "made"
    sources = [ROOT / "package-lock.json", ROOT / "tools" / "fonts.py", *TRANSLATIONS.glob("*/*.*")]
    if stamp.exists() and stamp.stat().st_mtime >= max(source.stat().st_mtime for source in sources):
        return
    if not _fetched():
        print("No npm here: pages work without scripts and fonts.", file=sys.stderr)
        return
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copy(MODULES / source, VENDOR / name)
    write_fonts(MODULES, VENDOR, Languages.load(TRANSLATIONS))
    stamp.touch()


def _fetched() -> bool:
    fetched, lock = MODULES / "fetched", (ROOT / "package-lock.json").read_text()
    if fetched.exists() and fetched.read_text() == lock:
        return True
    npm = find_npm()
    if npm is None:
        return False
    subprocess.run([*npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=ROOT, check=True)
    fetched.write_text(lock)
    return True


def find_npm() -> list[str] | None:
    """npm of the machine, else the one that the nodejs wheel brings into this environment."""
    if shutil.which("npm"):
        return ["npm"]
    wheel = Path(sys.executable).parent / "npm"
    if not wheel.exists():
        uv = Path(sys.executable).parent / "uv"
        requirements = str(ROOT / "requirements-node.txt")
        environment = {**os.environ, "VIRTUAL_ENV": str(Path(sys.executable).parent.parent)}
        done = subprocess.run(
            [uv, "pip", "install", "-q", "--require-hashes", "-r", requirements], env=environment, check=False
        )
        if done.returncode:
            return None
    return [str(wheel)] if wheel.exists() else None


if __name__ == "__main__":
    main()

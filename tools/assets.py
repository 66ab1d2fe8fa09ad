"""`python -m tools.assets`: fetch the front-end packages of the lock file and copy what is used to static/vendor/."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MODULES = ROOT / "node_modules"

ARABIC = (
    "U+0600-06FF, U+0750-077F, U+0870-088E, U+0890-0891, U+0897-08E1, U+08E3-08FF, U+200C-200E, U+2010-2011, "
    "U+204F, U+2E41, U+FB50-FDFF, U+FE70-FE74, U+FE76-FEFC"
)
CYRILLIC = "U+0301, U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116"
LATIN = (
    "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, "
    "U+2191, U+2193, U+2212"
)
FILES = {"htmx.org/dist/htmx.min.js": "htmx.js", "jsqr/dist/jsQR.js": "jsqr.js"}
FACES = [
    *[
        ("Fira Sans", w, f"@fontsource/fira-sans/files/fira-sans-latin-{w}-normal.woff2", LATIN)
        for w in ("400", "500", "600")
    ],
    *[
        ("Fira Sans", w, f"@fontsource/fira-sans/files/fira-sans-cyrillic-{w}-normal.woff2", CYRILLIC)
        for w in ("400", "500", "600")
    ],
    (
        "Noto Sans Arabic",
        "100 900",
        "@fontsource-variable/noto-sans-arabic/files/noto-sans-arabic-arabic-wght-normal.woff2",
        ARABIC,
    ),
]


def main() -> None:
    """Do nothing when static/vendor/ is newer than the lock file; say so when npm cannot be had."""
    stamp = VENDOR / "made"
    if stamp.exists() and stamp.stat().st_mtime >= (ROOT / "package-lock.json").stat().st_mtime:
        return
    npm = find_npm()
    if npm is None:
        print("No npm here: pages work without scripts and fonts.", file=sys.stderr)
        return
    subprocess.run([*npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=ROOT, check=True)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copy(MODULES / source, VENDOR / name)
    (VENDOR / "fonts.css").write_text("\n".join(_face(*face) for face in FACES))
    stamp.touch()


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


def _face(family: str, weight: str, source: str, characters: str) -> str:
    name = Path(source).name
    shutil.copy(MODULES / source, VENDOR / name)
    return (
        f'@font-face {{ font-family: "{family}"; font-style: normal; font-weight: {weight}; font-display: swap; '
        f'src: url("{name}") format("woff2"); unicode-range: {characters}; }}'
    )


if __name__ == "__main__":
    main()

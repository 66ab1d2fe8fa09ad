"""`python -m tools.lock`: pin all packages with hashes, without addresses, from pyproject.toml and package.json."""

import subprocess
import sys
from pathlib import Path

from tools.assets import ROOT, find_npm

UV = Path(sys.executable).parent / "uv"
COMPILE = ("pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet", "--upgrade")
FILES = {
    "requirements.txt": ("pyproject.toml",),
    "requirements-dev.txt": ("pyproject.toml", "--group", "dev"),
    "requirements-node.txt": ("--group", "node"),
    "requirements-voice.txt": ("--group", "voice"),
}


def main() -> None:
    """Write all lock files anew with the newest versions that fit."""
    for name, sources in FILES.items():
        subprocess.run([UV, *COMPILE, *sources, "-o", name], cwd=ROOT, check=True)
    npm = find_npm()
    if npm:
        subprocess.run([*npm, "update", "--package-lock-only", "--ignore-scripts"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()

"""`python -m tools.check`: everything `make test` runs. Style, types, floors, then all tests."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STEPS = (
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("style", [BIN / "ruff", "check", "--quiet", "."]),
    ("types", [BIN / "mypy"]),
    ("floors", [BIN / "lint-imports", "--no-logo"]),
    ("tests", [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal"]),
)


def main() -> None:
    """Stops at the first step that fails; pytest's own words come last."""
    for name, command in STEPS:
        print(f"== {name}", flush=True)
        done = subprocess.run(list(map(str, command)), cwd=ROOT, check=False, env={**os.environ, "NO_COLOR": "1"})
        if done.returncode:
            raise SystemExit(f"{name} failed")


if __name__ == "__main__":
    main()

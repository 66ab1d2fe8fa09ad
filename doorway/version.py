"""Which Empfang this is: a hash of its code, pages and words, known when the first device asks."""

import hashlib
from functools import cache
from pathlib import Path

from flask import current_app

PARTS = ("*/*.py", "static/css/*", "static/js/*", "templates/**/*.html", "translations/*/*")
"""What a device shows comes from these."""


def version() -> str:
    """The same for every process that serves the same; new after every installation that changes a page."""
    return _hash_of(Path(current_app.root_path))


@cache
def _hash_of(root: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(path for part in PARTS for path in root.glob(part) if path.is_file()):
        whole.update(str(file.relative_to(root)).encode() + file.read_bytes())
    return whole.hexdigest()[:10]

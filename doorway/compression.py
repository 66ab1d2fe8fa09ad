"""Static files go compressed to whoever accepts it; pages never do: they carry what must stay secret (decision 14)."""

from flask import Flask
from flask_compress import Compress

QUALITY = 5
"""Of Brotli: above it a style sheet loses 1 % more and takes several times as long, each time it is fetched."""


def compress_static_files(app: Flask) -> None:
    """Wrap the view of static files, and no other."""
    app.config.update(COMPRESS_REGISTER=False, COMPRESS_ALGORITHM_STREAMING="br, gzip", COMPRESS_BR_LEVEL=QUALITY)
    app.view_functions["static"] = Compress(app).compressed()(app.view_functions["static"])

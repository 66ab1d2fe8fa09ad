"""Headers of every answer, and the check that a form comes from our own pages (X-06)."""

from flask import Flask, Response, request

from doorway.binding import the_house
from foundation.errors import Forbidden, NotFound

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "media-src 'self'",
        "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def set_headers(app: Flask) -> None:
    """Install both on an app."""
    app.before_request(_refuse_foreign_forms)
    app.after_request(_protect)


def _refuse_foreign_forms() -> None:
    if "\0" in request.path:  # PostgreSQL would refuse it much later and less kindly
        raise NotFound
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method not in SAFE_METHODS and site not in {"same-origin", "none"}:
        raise Forbidden


def _protect(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    if the_house().settings.secure:
        answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint != "static":
        answer.headers["Cache-Control"] = "no-store"
    return answer

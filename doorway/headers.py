"""Headers of every answer, the cookie of pages alone, and the check that a form comes from our own pages (X-06)."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from doorway.binding import the_house
from foundation.errors import NotFound, Refusal, sentence

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "media-src 'self'",
        "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SessionOfPages(SecureCookieSessionInterface):
    """Cookies are signed by one signer, made once; static files are the same for everybody.

    Flask-Login looks into the session after every answer, so Flask would say `Vary: Cookie`: browsers would ask for
    each kept file again whenever a page has changed the cookie.
    """

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """As Flask makes it for each request, once."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Of a page, as Flask does."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def set_headers(app: Flask) -> None:
    """Install all of it on an app."""
    app.session_interface = SessionOfPages()
    app.before_request(_refuse_foreign_forms)
    app.after_request(_protect)


class FormFromElsewhere(Refusal):
    """A form that a page of somebody else has sent (X-07)."""

    text = sentence("Dieses Formular kam von einer fremden Seite. Bitte öffnen Sie unsere Seite und drücken Sie dort.")
    status = 403


def _refuse_foreign_forms() -> None:
    if "\0" in request.path:  # PostgreSQL would refuse it much later and less kindly
        raise NotFound
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method not in SAFE_METHODS and site not in {"same-origin", "none"}:
        raise FormFromElsewhere


def _protect(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    if the_house().settings.secure:
        answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint != "static":
        answer.headers.setdefault("Cache-Control", "no-store")  # a calendar may be kept, and asks whether it is new
    return answer

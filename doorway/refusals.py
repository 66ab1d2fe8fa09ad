"""A refusal becomes a page or a fragment with its sentence in the reader's language; its trace is written apart."""

import logging
from http import HTTPStatus

from flask import Flask, Response
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from doorway.binding import db, transaction
from doorway.pages import htmx, page_or_fragment
from doorway.speech import language
from foundation.errors import NotFound, Refusal, sentence
from foundation.faults import told_without_values

log = logging.getLogger("empfang")


class FormExpired(Refusal):
    """The page was open for too long, or cookies are refused."""

    text = sentence("Diese Seite war zu lange offen. Bitte laden Sie sie neu und versuchen Sie es noch einmal.")
    status = 400


class TooLarge(Refusal):
    """A body nobody of ours would send."""

    text = sentence("Das war zu viel auf einmal. Bitte gehen Sie zurück und versuchen Sie es noch einmal.")
    status = 413


class TooMany(Refusal):
    """More requests from one address than people make (X-03)."""

    text = sentence("Von hier kamen gerade sehr viele Anfragen. Bitte warten Sie eine Minute oder rufen Sie uns an.")
    status = 429


class OurFault(Refusal):
    """Something broke; nothing half-done was kept."""

    text = sentence("Bei uns ist etwas schiefgegangen. Es ist nichts verloren. Bitte versuchen Sie es noch einmal.")
    status = 500


_AS_REFUSAL: dict[int, type[Refusal]] = {404: NotFound, 405: NotFound, 413: TooLarge, 429: TooMany}


def show_refusals(app: Flask) -> None:
    """Install the handlers on an app."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, lambda _: _refused(FormExpired()))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def leave_trace(refusal: Refusal) -> None:
    """Write what must survive the rollback, in a transaction of its own."""
    if refusal.trace is not None:
        with transaction() as tx:
            refusal.trace(tx)


def _refused(refusal: Refusal) -> Response:
    db.session.rollback()
    leave_trace(refusal)
    answer = page_or_fragment(
        "refusal/page.html",
        "refusal/_sentence.html",
        refusal.status,
        words=language().say(refusal),
        current_user=current_user,
    )
    if htmx:
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#notice", "innerHTML"
    return answer


def _http(fault: HTTPException) -> Response:
    if fault.code and fault.code < HTTPStatus.BAD_REQUEST:
        return fault.get_response()  # type: ignore[return-value]
    refusal = _AS_REFUSAL.get(fault.code or 500)
    return _refused(refusal() if refusal else Refusal())


def _broken(fault: Exception) -> Response:
    log.error("a request broke: %s", told_without_values(fault))
    return _refused(OurFault())

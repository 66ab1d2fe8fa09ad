"""The lock of the screen: away from the desk, and back with the password; what was on the page stays."""

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from access.accounts import check_password, note_sign_in
from access.refusals import SignInFailed, SignInPaused
from desk.session import blueprint, typed_password
from doorway import lock as screen
from doorway.binding import actor, reading, the_house
from doorway.gates import current_account, signed_in
from doorway.pages import field, htmx, see_other
from doorway.refusals import leave_trace
from doorway.speech import language
from foundation.clock import machine_now
from foundation.errors import Refusal, desk_sentence


class PasswordWrong(Refusal):
    """Another password than that of the account that is signed in."""

    text = desk_sentence("Das Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.")
    status = 422


@blueprint.get("/locked")
@signed_in
def locked() -> Response | str:
    """The lock as a page of its own, for whoever has no scripts or loads a page anew."""
    to = _back(request.args.get("to", ""))
    return _page(to) if screen.is_locked() else redirect(to, 303)


@blueprint.post("/lock")
@signed_in
def lock() -> Response:
    """At once."""
    screen.lock()
    return _state() if htmx else see_other(".locked", to=_back(field("to")))


@blueprint.post("/unlock")
@signed_in
def unlock() -> Response | tuple[str, int]:
    """Back in; a wrong password counts as a failed sign-in, five pause the account for a minute."""
    try:
        account = check_password(reading(), current_account().login, typed_password(), machine_now())
    except (SignInFailed, SignInPaused) as refusal:
        leave_trace(refusal)
        said = refusal if isinstance(refusal, SignInPaused) else PasswordWrong()
        return _state(said) if htmx else (_page(_back(field("to")), said), said.status)
    with the_house().database.transaction(actor(), machine_now()) as tx:
        note_sign_in(tx, account)
    screen.unlock()
    return _state() if htmx else redirect(_back(field("to")), 303)


@blueprint.get("/lock-state")
@signed_in
def lock_state() -> Response:
    """Whether the screen is locked, and whose it is; asking is no act."""
    return _state()


@blueprint.post("/lock-state")
@signed_in
def acting() -> Response:
    """Somebody types or presses on a page without sending anything yet."""
    if not screen.is_locked():
        screen.note_act()
    return _state()


@blueprint.app_template_global()
def lock_after() -> int:
    """How many quiet seconds a page waits before it asks whether its screen is locked."""
    return screen.idle_seconds()


def _state(refusal: Refusal | None = None) -> Response:
    said = language().say(refusal) if refusal else ""
    return jsonify(locked=screen.is_locked(), login=current_account().login, said=said)


def _page(to: str, refusal: Refusal | None = None) -> str:
    return render_template("desk/locked.html", account=current_account(), to=to, refusal=refusal)


def _back(typed: str) -> str:
    return screen.own_page(typed, url_for("desk.day"))

"""Signing in and out at the desk."""

from flask import Blueprint, render_template, request, session
from flask_login import logout_user
from werkzeug.wrappers import Response

from access.accounts import check_password, note_sign_in
from access.refusals import SignInFailed, SignInPaused
from doorway.binding import reading, the_house
from doorway.gates import open_to_all
from doorway.pages import field, see_other
from doorway.refusals import leave_trace
from doorway.speech import speak_desk
from doorway.staff import sign_in as open_session
from foundation.clock import machine_now
from foundation.errors import Refusal
from foundation.facts import Actor

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("/sign-in")
@open_to_all
def sign_in() -> str:
    """Name and password."""
    return _page()


@blueprint.post("/sign-in")
@open_to_all
def do_sign_in() -> Response | tuple[str, int]:
    """Open a session; a wrong password costs as much as a wrong name, five pause the account for a minute."""
    login = field("login", 60)
    try:
        account = check_password(reading(), login, typed_password(), machine_now())
    except (SignInFailed, SignInPaused) as refusal:
        leave_trace(refusal)
        return _page(login, refusal), refusal.status
    with the_house().database.transaction(Actor("staff", account.id), machine_now()) as tx:
        note_sign_in(tx, account)
    open_session(account)
    return see_other(".day")


@blueprint.post("/sign-out")
@open_to_all
def sign_out() -> Response:
    """Close this browser's session."""
    logout_user()
    session.clear()
    return see_other(".sign_in")


def _page(login: str = "", refusal: Refusal | None = None) -> str:
    speak_desk()
    return render_template("desk/sign_in.html", login=login, refusal=refusal)


def typed_password() -> str:
    """As it was typed; nothing is trimmed."""
    return request.form.get("password", "")[:1000]

"""Appointments that rest on the interpreter pool: whom to ask, and what the pool said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from werkzeug.wrappers import Response

from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, request_now, the_house, transaction
from doorway.forms import readable
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, number_field, see_other
from foundation.errors import NotFound, desk_sentence
from notifications.texts import Kind
from notifications.to_interpreters import note_interpreter_called, to_be_called
from scheduling.asking_interpreters import ask_by_hand
from scheduling.askings import live_askings
from scheduling.candidates import next_of, who_could_come
from scheduling.duties import to_note
from scheduling.interpreters import answers, requests_to_come, to_call_off, write_down
from scheduling.models import Asking, Centre, PoolInterpreter, PoolRequest, RequestState

STANDS = {
    RequestState.REQUESTED: desk_sentence("angefragt"),
    RequestState.ASSIGNED: desk_sentence("eine Person ist angefragt"),
    RequestState.CONFIRMED: desk_sentence("zugesagt"),
    RequestState.DECLINED: desk_sentence("Pool sagt nein"),
    RequestState.GIVEN_UP: desk_sentence("niemand gefunden"),
}
"""How a request stands, in the list."""

SAID = {
    RequestState.REQUESTED: desk_sentence("Noch einmal fragen"),
    RequestState.ASSIGNED: desk_sentence("Eine Person ist angefragt"),
    RequestState.CONFIRMED: desk_sentence("Zugesagt"),
    RequestState.DECLINED: desk_sentence("Pool sagt nein"),
    RequestState.GIVEN_UP: desk_sentence("Niemand gefunden"),
}
"""What is pressed when the pool has answered."""


@dataclass(frozen=True)
class Row:
    """One request: what can be written down, who is asked or comes, whether the system knows somebody to ask next, and
    whom the desk can choose. `over`: not needed any more."""

    pool: PoolRequest
    over: bool
    next: Sequence[RequestState]
    asking: Asking | None
    goes_on: bool
    could: Sequence[PoolInterpreter]


@blueprint.get("/interpreters")
@staff(Right.RECEIVE)
def interpreters() -> str:
    """The list, the next appointment first; whom to call, and what is still to be noted."""
    centre, now = current_centre(), request_now()
    return render_template(
        "desk/interpreters.html", account=current_account(), centre=centre, now=now, stands=STANDS, said=SAID,
        rows=_rows(centre, now), calls=to_be_called(reading(), centre, now), readable=readable,
        to_note=to_note(reading(), centre, now), asked_kind=Kind.INTERPRETER_ASKED,
    )  # fmt: skip


@blueprint.post("/interpreters")
@staff(Right.RECEIVE)
def write_answer() -> Response:
    """One answer of the pool. Raises NotFound for what is no request here, Moved when another was faster."""
    request_id, asked = number_field("request"), number_field("asked")
    try:
        was, to = RequestState(field("was", 20)), RequestState(field("to", 20))
    except ValueError as fault:
        raise NotFound from fault
    with transaction() as tx:
        write_down(tx, centre_in(tx), request_id, was, to, asked)
    return see_other(".interpreters")


@blueprint.post("/interpreters/ask")
@staff(Right.RECEIVE)
def ask_interpreter() -> Response:
    """Ask this one. Raises NotFound for who is not in the register or could not come, Moved for what has changed."""
    request_id, mode = number_field("request"), field("mode", 10)
    with transaction() as tx:
        keys = the_house().settings.secret_keys
        ask_by_hand(tx, centre_in(tx), request_id, field("who", 20), keys, by_phone=mode == "phone")
    return see_other(".interpreters")


@blueprint.post("/interpreters/called")
@staff(Right.RECEIVE)
def called_interpreter() -> Response:
    """She has been told by phone. Raises Moved when that is on nobody's list any more."""
    message_id = number_field("message")
    with transaction() as tx:
        note_interpreter_called(tx, centre_in(tx), message_id)
    return see_other(".interpreters")


def _rows(centre: Centre, now: datetime) -> list[Row]:
    found = requests_to_come(reading(), centre, now)
    asked = live_askings(reading(), found)
    return [
        Row(
            one, to_call_off(one), answers(one), asked.get(one.id), next_of(reading(), one, now) is not None,
            who_could_come(reading(), one),
        )
        for one in found
    ]  # fmt: skip

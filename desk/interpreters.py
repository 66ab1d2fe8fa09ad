"""Appointments that rest on the interpreter pool: whom to ask, and what the pool said."""

from flask import render_template
from werkzeug.wrappers import Response

from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, number_field, see_other
from foundation.errors import NotFound, desk_sentence
from scheduling.interpreters import answers, requests_to_come, to_call_off, write_down
from scheduling.models import RequestState

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


@blueprint.get("/interpreters")
@staff(Right.RECEIVE)
def interpreters() -> str:
    """The list, the next appointment first."""
    centre, now = current_centre(), request_now()
    rows = [(request, to_call_off(request), answers(request)) for request in requests_to_come(reading(), centre, now)]
    return render_template(
        "desk/interpreters.html", account=current_account(), centre=centre, rows=rows, now=now, stands=STANDS, said=SAID
    )


@blueprint.post("/interpreters")
@staff(Right.RECEIVE)
def write_answer() -> Response:
    """One answer of the pool. Raises NotFound for what is no request here, Moved when another was faster."""
    request_id = number_field("request")
    try:
        was, to = RequestState(field("was", 20)), RequestState(field("to", 20))
    except ValueError as fault:
        raise NotFound from fault
    with transaction() as tx:
        write_down(tx, centre_in(tx), request_id, was, to)
    return see_other(".interpreters")

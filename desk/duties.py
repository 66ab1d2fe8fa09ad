"""After an appointment with an interpreter: that she came, how long, and the slip for her expense claim (C-02)."""

from flask import render_template
from werkzeug.wrappers import Response

from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, number_field, see_other
from foundation.errors import NotFound
from scheduling.duties import Came, duty_here, duty_of, expected, note_duty
from scheduling.models import Duty, Visit
from scheduling.wish import Route

LONGEST_NAME = 60


@blueprint.post("/interpreters/duty")
@staff(Right.RECEIVE)
def note_interpreter() -> Response:
    """She came for so many minutes, or did not come; noted again it is corrected. Back to where the form stood."""
    came = field("came", 3)
    if came not in {"yes", "no"}:
        raise NotFound
    appointment, minutes = number_field("appointment"), number_field("minutes") if came == "yes" else None
    with transaction() as tx:
        note_duty(tx, centre_in(tx), appointment, field("name", LONGEST_NAME), minutes)
    return see_other(".case" if field("back", 4) == "case" else ".interpreters")


@blueprint.get("/interpreters/slip/<int(max=2147483647):duty_number>")
@staff(Right.RECEIVE)
def duty_slip(duty_number: int) -> str:
    """One sheet with lines to sign; nobody who was advised is named on it. Raises NotFound for another centre's."""
    centre = current_centre()
    duty = duty_here(reading(), centre, duty_number)
    return render_template("desk/duty_slip.html", account=current_account(), centre=centre, duty=duty)


def duty_in_case(visit: Visit) -> tuple[Came | None, Duty | None]:
    """For the page of a case: who should have interpreted, once it has begun, and what is noted of it."""
    first = visit.appointments[0] if visit.appointments else None
    if first is None or first.route not in {Route.HOUSE, Route.POOL} or first.starts_at > request_now():
        return None, None
    return expected(reading(), first), duty_of(reading(), first)

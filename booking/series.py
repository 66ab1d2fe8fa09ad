"""Appointments that were booked together: called off together, if the client wants that."""

from werkzeug.wrappers import Response

from booking.visit import blueprint, visit_of_form, visit_shown
from doorway.binding import transaction
from doorway.gates import visitor
from doorway.pages import see_other
from queueing.tickets import refuse_if_here
from scheduling import visits
from scheduling.repeating import numbered, series_to_change, to_come


@blueprint.post("/visit/cancel-all")
@visitor
def cancel_all() -> Response:
    """Call off everything of the series that is still to come; one message tells of it. Raises AlreadyHere."""
    with transaction() as tx:
        series = series_to_change(tx, visit_shown())
        visit_of_form(tx)
        for visit, place in numbered(to_come(series, tx.now)):
            refuse_if_here(tx.session, visit)
            visits.cancel(tx, visit, False, **place)
    return see_other(".show")

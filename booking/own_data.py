"""What is kept about a client, shown to her, and erased when she wants it (GDPR Art. 15 and 17)."""

from flask import g, render_template, session

from booking.visit import blueprint, visit_shown, visit_to_change
from doorway.binding import reading, request_now, transaction
from doorway.forms import readable
from doorway.gates import visitor
from notifications.inbox import written_by
from notifications.outbox import told
from scheduling import visits
from scheduling.models import AppointmentState
from scheduling.tidying import erase


@blueprint.get("/visit/data")
@visitor
def data() -> str:
    """Every personal value of the visit and every message, as kept."""
    visit = visit_shown()
    return render_template(
        "booking/data.html", visit=visit, recipient=readable(visit.recipient), messages=told(reading(), visit),
        written=written_by(reading(), visit),
    )  # fmt: skip


@blueprint.get("/visit/erase")
@visitor
def ask_erase() -> str:
    """One question before it is gone."""
    return render_template("booking/erase.html", visit=visit_shown(), now=request_now())


@blueprint.post("/visit/erase")
@visitor
def erase_all() -> str:
    """Call off what is still to come, erase everything personal, forget it in this browser."""
    with transaction() as tx:
        visit = visit_to_change(tx)
        if any(part.state is AppointmentState.BOOKED and part.starts_at > tx.now for part in visit.appointments):
            visits.cancel(tx, visit)
        erase(tx, visit)
    for kept in ("visit", "booking", "step", "wishes", "with", "invitation"):
        session.pop(kept, None)
    g.pop("visit", None)
    return render_template("booking/erased.html")

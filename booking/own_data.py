"""What is kept about a client, shown to her, and erased when she wants it (GDPR Art. 15 and 17)."""

from flask import g, render_template, session
from sqlalchemy import select

from booking.enrolled import enrolment_of, enrolment_of_form
from booking.visit import blueprint, visit_shown, visit_to_change
from doorway.binding import reading, request_now, transaction
from doorway.forms import readable
from doorway.gates import visitor
from foundation.db import Transaction
from notifications.inbox import written_by
from notifications.outbox import told
from scheduling import visits
from scheduling.models import AppointmentState, Attendance, CourseSession, Enrolment
from scheduling.tidying import erase
from scheduling.waitlist import leave


@blueprint.get("/visit/data")
@visitor
def data() -> str:
    """Every personal value of the visit and every message, as kept; of a course also when she was there."""
    visit = visit_shown()
    enrolment = None if visit.appointments else enrolment_of(reading(), visit)
    return render_template(
        "booking/data.html", visit=visit, recipient=readable(visit.recipient), messages=told(reading(), visit),
        written=written_by(reading(), visit), enrolment=enrolment, attended=_attended(enrolment) if enrolment else [],
    )  # fmt: skip


@blueprint.get("/visit/erase")
@visitor
def ask_erase() -> str:
    """One question before it is gone."""
    visit = visit_shown()
    enrolment = None if visit.appointments else enrolment_of(reading(), visit)
    return render_template("booking/erase.html", visit=visit, enrolment=enrolment, now=request_now())


@blueprint.post("/visit/erase")
@visitor
def erase_all() -> str:
    """Call off what is still to come, erase everything personal, forget it in this browser."""
    with transaction() as tx:
        if not g.visit.appointments:
            _leave(tx)
        visit = visit_to_change(tx)
        if any(part.state is AppointmentState.BOOKED and part.starts_at > tx.now for part in visit.appointments):
            visits.cancel(tx, visit)
        erase(tx, visit)
    for kept in ("visit", "booking", "step", "wishes", "with", "invitation", "joining", "joined"):
        session.pop(kept, None)
    g.pop("visit", None)
    return render_template("booking/erased.html")


def _leave(tx: Transaction) -> None:
    """Out of a course that goes on, so that another has the seat; its course is locked before the visit."""
    enrolment = enrolment_of_form(tx)
    if not enrolment.visit.ended_at and any(one.starts_at > tx.now for one in enrolment.course.sessions):
        leave(tx, enrolment)


def _attended(enrolment: Enrolment) -> list[tuple[CourseSession, bool]]:
    """At which sessions she was ticked, or not."""
    ticked = select(CourseSession, Attendance.came).join(Attendance, Attendance.session_id == CourseSession.id)
    hers = ticked.where(Attendance.enrolment_id == enrolment.id).order_by(CourseSession.starts_at)
    return [(one, came) for one, came in reading().execute(hers)]

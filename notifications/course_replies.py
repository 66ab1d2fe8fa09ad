"""What 1 and 2 mean for somebody's one place in a course, or in its waitlist (S-15)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from notifications.reading_replies import Reply
from scheduling.enrolling import enrolment_to_change
from scheduling.models import Course, CourseSession, Enrolment, EnrolmentState, Visit
from scheduling.reaching import say_comes
from scheduling.waitlist import accept, leave

OPEN = (EnrolmentState.ENROLLED, EnrolmentState.OFFERED, EnrolmentState.WAITING)


def open_enrolments(session: Session, number: str, now: datetime) -> Sequence[Enrolment]:
    """What a number is in, is offered or waits for, with consent, as long as it goes on; of who helps: what she helps
    with.
    """
    ahead = Course.sessions.any(and_(CourseSession.cancelled_at.is_(None), CourseSession.ends_at > now))
    found = select(Enrolment).join(Visit).where(
        Visit.phone == number, Visit.ended_at.is_(None), Visit.consent_at.is_not(None),
        Visit.consent_ended_at.is_(None), Enrolment.state.in_(OPEN), Enrolment.course.has(ahead),
    )  # fmt: skip
    return session.scalars(found.order_by(Enrolment.id)).all()


def done_in_course(tx: Transaction, enrolment_id: int, meaning: Reply) -> bool:
    """Whether it was clear and is done: 2 leaves; 1 takes what is offered in time, or is noted of a seat."""
    only = enrolment_to_change(tx, enrolment_id)
    if meaning is Reply.CANNOT:
        leave(tx, only)
        return True
    if meaning is not Reply.COMES or only.state is EnrolmentState.WAITING:
        return False
    if only.state is EnrolmentState.OFFERED and only.offered_until and only.offered_until > tx.now:
        accept(tx, only)
    elif only.state is EnrolmentState.ENROLLED:
        say_comes(tx, only.visit)
    return only.state is EnrolmentState.ENROLLED


def has_left(session: Session, visit: Visit) -> bool:
    """Whether its client has left her course already: who says so twice has said it."""
    left = (Enrolment.visit_id == visit.id, Enrolment.state == EnrolmentState.LEFT)
    return session.scalar(select(Enrolment.id).where(*left)) is not None

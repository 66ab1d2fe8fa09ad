"""What a message about a course tells, and whether that is still so (S-11, C-04)."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from notifications.models import Message
from notifications.texts import Kind
from scheduling.models import CourseSession, Enrolment, EnrolmentState

TELLS: dict[EnrolmentState, Kind] = {
    EnrolmentState.WAITING: Kind.ON_LIST,
    EnrolmentState.OFFERED: Kind.SEAT_OFFER,
    EnrolmentState.ENROLLED: Kind.ENROLLED,
    EnrolmentState.LEFT: Kind.LEFT,
    EnrolmentState.LAPSED: Kind.SEAT_GONE,
    EnrolmentState.REMOVED: Kind.SEAT_GONE,
    EnrolmentState.CALLED_OFF: Kind.COURSE_OFF,
}
"""What somebody is told of how her enrolment stands now."""

OF_CHANGES = frozenset({Kind.SESSION_MOVED, Kind.SESSION_OFF})
OF_SESSION = OF_CHANGES | {Kind.COURSE_SOON}
"""What is told of one session, to who is enrolled; its version is the session's."""

BY_PERSON = OF_CHANGES | {Kind.SEAT_OFFER, Kind.COURSE_OFF}
"""What a person has to tell whoever left no number."""

CALLED = BY_PERSON | {Kind.ENROLLED, Kind.COURSE_SOON}
"""What a person tells when the message did not arrive; not that somebody waits, has left, or missed an offer."""


def still_so(message: Message) -> bool:
    """Whether an enrolment, and its session, stand as a message about them says."""
    enrolment, session = message.enrolment, message.session
    if enrolment is None:
        return False
    if message.kind not in OF_SESSION:
        as_then = TELLS[enrolment.state] is message.kind and message.version == enrolment.version
        return as_then and (message.kind is not Kind.ENROLLED or told_time(message) is not None)
    is_off = session is not None and session.cancelled_at is not None
    changed = session is None or session.version != message.version or is_off != (message.kind is Kind.SESSION_OFF)
    return enrolment.state is EnrolmentState.ENROLLED and not changed


def told_time(message: Message) -> datetime | None:
    """The time a message about a course names, if it names one.

    Of a session that does not take place that is the time its reader knows of, even if it was moved before: until then
    the message is of use.
    """
    enrolment, session = message.enrolment, message.session
    if message.kind is Kind.SEAT_OFFER:
        return enrolment.offered_until if enrolment else None
    if message.kind is Kind.SESSION_OFF:
        return message.useless_after
    if message.kind is Kind.ENROLLED and enrolment:
        to_come = [one.starts_at for one in enrolment.course.standing if one.starts_at > message.due_at]
        return min(to_come, default=None)
    return session.starts_at if session and message.kind in OF_SESSION else None


def to_be_called(now: datetime) -> ColumnElement[bool]:
    """The same as `still_so` in SQL, for what is still ahead; over Message, Enrolment and CourseSession."""
    of_state = or_(*(and_(Message.kind == kind, Enrolment.state == state) for state, kind in TELLS.items()))
    is_off = CourseSession.cancelled_at.is_not(None)
    ahead = or_(Message.kind == Kind.COURSE_OFF, Message.useless_after > now)
    stands = and_(of_state, Message.version == Enrolment.version, ahead)
    as_said = or_(and_(Message.kind == Kind.SESSION_OFF, is_off), and_(Message.kind != Kind.SESSION_OFF, ~is_off))
    session = and_(Message.version == CourseSession.version, as_said, CourseSession.starts_at > now)
    enrolled = Enrolment.state == EnrolmentState.ENROLLED
    of_session = and_(Message.kind.in_(OF_SESSION), enrolled, session)
    return and_(Message.kind.in_(CALLED), or_(and_(Message.kind.not_in(OF_SESSION), stands), of_session))

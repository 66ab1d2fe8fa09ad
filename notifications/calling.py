"""Who could not be reached by message and has to be called by a person: the list, and what becomes of it (S-11)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Exists, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from notifications.about_courses import to_be_called
from notifications.happened import Happened
from notifications.models import FOR_A_PERSON, NOT_ARRIVED, ON_THEIR_WAY, Message, MessageState
from notifications.texts import OF_CANCELLED, Kind
from queueing.models import TO_CALL, Ticket
from scheduling.models import Appointment, AppointmentState, Centre, CourseSession, Enrolment, Visit

WRITTEN_TO = func.coalesce(Visit.phone, Visit.email)
"""Where a visit's messages go, as `Visit.recipient`."""

SHOWN_AGAIN = timedelta(hours=12)
"""For how long what was done can be taken back."""

WHOLE = (
    joinedload(Message.visit), joinedload(Message.appointment), joinedload(Message.ticket), joinedload(Message.session),
    joinedload(Message.enrolment).joinedload(Enrolment.course),
)  # fmt: skip


def to_call(session: Session, centre: Centre, now: datetime) -> Sequence[Message]:
    """Messages of a centre that did not arrive, or had nowhere to go, and still matter; the next time first.

    Not an earlier time the client was offered, nor what went to a number or address that has been changed since.
    """
    open_ = _not_arrived(centre, now).where(Message.called_at.is_(None))
    soonest = func.coalesce(
        Appointment.starts_at, CourseSession.starts_at, Enrolment.offered_until, Message.due_at
    )  # fmt: skip
    return session.scalars(open_.options(*WHOLE).order_by(soonest, Message.id)).all()


def count_to_call(session: Session, centre: Centre, now: datetime) -> int:
    """How many `to_call` lists."""
    open_ = _not_arrived(centre, now).where(Message.called_at.is_(None))
    return session.scalar(select(func.count()).select_from(open_.subquery())) or 0


def called_lately(session: Session, centre: Centre, now: datetime) -> Sequence[Message]:
    """What was told by phone in the last hours, the newest first."""
    done = _not_arrived(centre, now).where(Message.called_at > now - SHOWN_AGAIN)
    return session.scalars(done.options(*WHOLE).order_by(Message.called_at.desc())).all()


def messages_of(session: Session, visit: Visit) -> Sequence[Message]:
    """What was and will be sent to the client of a visit, in order of time; not what was taken back before it went."""
    found = select(Message).where(Message.visit_id == visit.id, Message.state != MessageState.WITHDRAWN)
    return session.scalars(found.where(Message.asking_id.is_(None)).order_by(Message.due_at, Message.id)).all()


def note_called(tx: Transaction, centre: Centre, message_id: int, called: bool = True) -> None:
    """A person has told what the message could not, or takes that back (`called` false).

    Raises NotFound for what is not on the centre's list, Moved when somebody was faster.
    """
    message = tx.session.scalar(_not_arrived(centre, tx.now).where(Message.id == message_id))
    if message is None:
        raise NotFound
    before = Message.called_at.is_(None) if called else Message.called_at.is_not(None)
    changed = update(Message).where(Message.id == message_id, before).values(called_at=tx.now if called else None)
    if not tx.session.execute(changed.returning(Message.id)).first():
        raise Moved
    tx.record(Happened.TOLD_BY_PHONE if called else Happened.NOT_TOLD, "message", message_id, centre.scope)


def _not_arrived(centre: Centre, now: datetime) -> Select[Message]:
    """For appointments to come, as they stand now; for who waits and is out of the house while her turn comes; and for
    courses.
    """
    booked = and_(Message.kind.not_in(OF_CANCELLED), Appointment.state == AppointmentState.BOOKED)
    cancelled = and_(Message.kind.in_(OF_CANCELLED), Appointment.state == AppointmentState.CANCELLED)
    ahead = and_(Message.version == Appointment.version, Appointment.starts_at > now, or_(booked, cancelled))
    by_person = Message.state == MessageState.BY_PERSON
    turn = and_(Ticket.state.in_(TO_CALL), Message.useless_after > now)
    return (
        select(Message)
        .outerjoin(Appointment, Appointment.id == Message.appointment_id)
        .outerjoin(Ticket, Ticket.id == Message.ticket_id)
        .outerjoin(Enrolment, Enrolment.id == Message.enrolment_id)
        .outerjoin(CourseSession, CourseSession.id == Message.session_id)
        .join(Visit, Visit.id == Message.visit_id)
        .where(Message.state.in_(FOR_A_PERSON), Message.kind != Kind.OFFER, ~_told_again(), Visit.erased_at.is_(None))
        .where(Visit.centre_id == centre.id, or_(Message.recipient == WRITTEN_TO, by_person))
        .where(or_(ahead, turn, to_be_called(now)))
    )


def _told_again() -> Exists:
    """Whether the same was sent once more since: then that one counts, whatever became of it."""
    later = aliased(Message)
    same = (later.subject == Message.subject, later.kind == Message.kind, later.version == Message.version)
    return exists().where(*same, later.again > Message.again, later.state.in_((*ON_THEIR_WAY, *NOT_ARRIVED)))

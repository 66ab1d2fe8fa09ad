"""Messages to come and gone. A message is written with the fact it tells of, in the same transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from foundation.db import Subscriber, Transaction
from foundation.facts import News
from foundation.model import table_of
from notifications.consent import heed_opt_outs
from notifications.models import ON_THEIR_WAY, Incoming, Message, MessageState
from notifications.of_courses import tell_of_enrolment, tell_of_session, tell_where_she_is_now
from notifications.planner import ANSWERS, BESIDE, EVERYTHING, OF_POOL, TAKES_BACK, Planned, is_first, kind_of, plan
from notifications.texts import Kind
from notifications.to_interpreters import tell_interpreter
from queueing.happened import Happened as InQueue
from queueing.models import Ticket
from scheduling.happened import Happened
from scheduling.interpreters import request_for
from scheduling.models import Appointment, RequestState, Visit
from scheduling.moving import Unasked
from scheduling.wish import Route

TURN_LASTS = timedelta(minutes=15)
"""Later nobody hurries back any more."""

_WRITE = insert(table_of(Message))


def told_of_facts(keys: Sequence[str]) -> list[Subscriber]:
    """Who is told of facts, in this order: a number that wants nothing brings no consent, then messages are written.

    `keys` is the key ring.
    """
    return [heed_opt_outs(keys), write_messages]


def write_messages(tx: Transaction, facts: Sequence[News]) -> None:
    """Subscriber of facts: plans the messages of each change that matters, and erases them with their visit (D-04)."""
    for fact in facts:
        if fact.kind == InQueue.TURN_NEAR:
            _tell_turn(tx, fact)
        elif fact.subject_kind == "asking":
            tell_interpreter(tx, fact)
        elif fact.kind in ANSWERS and fact.subject_kind == "enrolment":
            tell_of_enrolment(tx, fact.subject_id)
        elif fact.kind in ANSWERS and fact.subject_kind == "course_session":
            tell_of_session(tx, fact)
        elif fact.kind in ANSWERS or fact.kind in TAKES_BACK:
            _write(tx, fact)
        elif fact.kind == Happened.ERASED:
            _erase(tx, fact.subject_id)


def to_phones(session: Session) -> list[Message]:
    """Everything handed over, newest first: what the simulated phones show."""
    found = select(Message).where(Message.state.in_(ON_THEIR_WAY), Message.recipient.is_not(None))
    return list(session.scalars(found.order_by(Message.sent_at.desc(), Message.id.desc())))


def told(session: Session, visit: Visit) -> list[Message]:
    """What was handed over to the client of a visit, oldest first."""
    handed_over = Message.sent_at.is_not(None), Message.body.is_not(None), Message.asking_id.is_(None)
    found = select(Message).where(Message.visit_id == visit.id, *handed_over)
    return list(session.scalars(found.order_by(Message.id)))


def will_be_reminded(session: Session, visit: Visit) -> bool:
    """Whether a reminder is still to come."""
    reminders = Message.kind.in_([Kind.REMINDER, Kind.SOON, Kind.COURSE_SOON])
    to_come = (Message.visit_id == visit.id, reminders, Message.state == MessageState.DUE)
    return session.scalar(select(Message.id).where(*to_come).limit(1)) is not None


def told_of_change(session: Session, appointment: Appointment) -> bool:
    """Whether the client is, or was, asked to look at what has changed without the time."""
    of_it = (Message.appointment_id == appointment.id, Message.version == appointment.version)
    return session.scalar(select(Message.id).where(*of_it, Message.kind == Kind.CHANGED).limit(1)) is not None


def is_told(session: Session, appointment: Appointment) -> bool:
    """Whether a message about an appointment as it stands now has gone out, or may have."""
    unsent = (MessageState.DUE, MessageState.WITHDRAWN, MessageState.USELESS)
    sent = (Message.appointment_id == appointment.id, Message.version == appointment.version)
    return session.scalar(select(Message.id).where(*sent, Message.state.not_in(unsent)).limit(1)) is not None


def oldest_due(session: Session, now: datetime) -> timedelta:
    """How late the oldest message is that waits to be sent; zero when none is late."""
    oldest = session.scalar(select(func.min(Message.due_at)).where(Message.state == MessageState.DUE))
    return max(now - oldest, timedelta()) if oldest else timedelta()


def _erase(tx: Transaction, visit_id: int) -> None:
    """What was written to a client, and what she wrote back."""
    tx.session.execute(update(Message).where(Message.visit_id == visit_id).values(recipient=None, body=None))
    tx.session.execute(update(Incoming).where(Incoming.visit_id == visit_id).values(sender=None, body=None))


def _write(tx: Transaction, fact: News) -> None:
    visit = tx.session.get_one(Visit, fact.subject_id)
    if fact.kind == Happened.CONTACT_CHANGED and not fact.details["booked"]:
        tell_where_she_is_now(tx, visit)  # in a course; else typed, but not booked yet
        return
    if fact.kind == Happened.DELAYED and _nobody_heard(tx, visit.first):
        return
    kind = kind_of(fact.kind, fact.details, asked=_is_asked(tx, visit.first))
    if fact.kind == Happened.MOVED and fact.details.get("unasked") == Unasked.PUT_BACK:
        _put_back(tx, visit)
    elif fact.kind == Happened.MOVED and kind is None:
        _follow(tx, visit.first)
    elif fact.kind != Happened.OFFERED:
        unasked = "unasked" in fact.details or fact.details.get("by_centre") is True
        knows = not is_first(fact.details) or (fact.kind == Happened.CONTACT_CHANGED and _knows_series(tx, visit))
        _tell(tx, visit, visit.first, fact.kind, kind, visit.first.begins_at, fact.kind in BESIDE, unasked, knows)
    offer = visit.offer if fact.kind in {Happened.OFFERED, Happened.CONTACT_CHANGED} else None
    if offer and offer.hold_until:  # a new number is told of what is kept for it
        _tell(tx, visit, offer, Happened.OFFERED, Kind.OFFER, offer.hold_until, again=False)


def _tell(
    tx: Transaction, visit: Visit, appointment: Appointment, happened: str, kind: Kind | None, starts_at: datetime,
    again: bool, unasked: bool = False, knows: bool = False,
) -> None:  # fmt: skip
    """Take back what a change has made wrong, and plan what it brings; what was sent already only with `again`.

    Who `knows` of it by another message gets the reminders alone.
    """
    if happened in TAKES_BACK:
        _withdraw(tx, appointment, TAKES_BACK[happened])
    if kind is None or not visit.wants_messages:
        return
    told = _told_before(tx, appointment, visit) if happened in {Happened.CONTACT_CHANGED, *BESIDE} else {}
    plans = plan(kind, starts_at, tx.now, visit.centre.zone, visit.centre.reminds_soon, unasked)
    new = []
    for planned in plans[1:] if knows else plans:
        before = told.get(planned.kind)
        if before is None or (again and before.state not in {MessageState.WITHDRAWN, MessageState.DUE}):
            new.append(_row(visit, appointment, planned, before.again + 1 if before else 0))
        elif before.state is MessageState.WITHDRAWN or again:
            before.state, before.due_at, before.tries = MessageState.DUE, planned.due_at, 0
            before.useless_after = planned.useless_after
    _insert(tx, new)


def _row(visit: Visit, appointment: Appointment, planned: Planned, again: int) -> dict[str, object]:
    return {
        "visit_id": visit.id, "appointment_id": appointment.id, "subject": f"appointment:{appointment.id}",
        "again": again, "kind": planned.kind, "version": appointment.version, "recipient": visit.recipient,
        "due_at": planned.due_at, "useless_after": planned.useless_after,
    }  # fmt: skip


def _insert(tx: Transaction, rows: Sequence[dict[str, object]]) -> None:
    """All in one statement."""
    if rows:
        tx.session.connection().execute(_WRITE, rows)


def _tell_turn(tx: Transaction, fact: News) -> None:
    """The fact is recorded once a ticket, and so is this."""
    ticket = tx.session.get_one(Ticket, fact.subject_id)
    if ticket.visit.wants_messages:
        tx.session.add(
            Message(
                visit_id=ticket.visit_id,
                ticket_id=ticket.id,
                subject=f"ticket:{ticket.id}",
                kind=ANSWERS[fact.kind],
                version=1,
                recipient=ticket.visit.recipient,
                due_at=tx.now,
                useless_after=tx.now + TURN_LASTS,
            )
        )


def _is_asked(tx: Transaction, appointment: Appointment) -> bool:
    """Whether an interpreter is still being looked for."""
    if appointment.route != Route.POOL:
        return False
    request = request_for(tx.session, appointment)
    return request is None or request.state is not RequestState.CONFIRMED


def _follow(tx: Transaction, appointment: Appointment) -> None:
    """A change nobody needs to hear of: all that was or will be told stays true, and goes on with the new version."""
    _withdraw(tx, appointment, {Kind.DELAYED, *OF_POOL})
    before = (Message.appointment_id == appointment.id, Message.version == appointment.version - 1)
    tx.session.execute(update(Message).where(*before).values(version=appointment.version))


def _put_back(tx: Transaction, visit: Visit) -> None:
    """A change nobody has heard of is taken back: nothing is told, and the reminders come as before."""
    _withdraw(tx, visit.first, EVERYTHING)
    if visit.wants_messages:
        planned = plan(Kind.CONFIRMATION, visit.first.begins_at, tx.now, visit.centre.zone, visit.centre.reminds_soon)
        _insert(tx, [_row(visit, visit.first, reminder, 0) for reminder in planned[1:]])


def _nobody_heard(tx: Transaction, appointment: Appointment) -> bool:
    """Whether a delay is taken back before anybody was told of it: then nobody is told of that either."""
    if appointment.delayed_by:
        return False
    _withdraw(tx, appointment, {Kind.DELAYED})
    heard = (Message.kind == Kind.DELAYED, Message.state.not_in([MessageState.WITHDRAWN, MessageState.USELESS]))
    return tx.session.scalar(select(Message.id).where(Message.appointment_id == appointment.id, *heard)) is None


def _knows_series(tx: Transaction, visit: Visit) -> bool:
    """Whether the message of a series has gone where the visit's messages go."""
    if visit.series is None:
        return False
    unsent = (MessageState.DUE, MessageState.WITHDRAWN)
    told = (Message.kind == Kind.SERIES, Message.recipient == visit.recipient, Message.state.not_in(unsent))
    found = select(Message.id).join(Visit, Visit.id == Message.visit_id).where(Visit.series == visit.series, *told)
    return tx.session.scalar(found.limit(1)) is not None


def _withdraw(tx: Transaction, appointment: Appointment, kinds: Collection[Kind]) -> None:
    """What is not on its way yet will not be sent; in the same transaction as the change that made it wrong."""
    unsent = (Message.appointment_id == appointment.id, Message.state == MessageState.DUE, Message.kind.in_(kinds))
    tx.session.execute(update(Message).where(*unsent).values(state=MessageState.WITHDRAWN))


def _told_before(tx: Transaction, appointment: Appointment, visit: Visit) -> dict[Kind, Message]:
    """What was planned for the same number already, sent or not, of repetitions the last: a number that comes back is
    not told twice.
    """
    found = select(Message).where(
        Message.appointment_id == appointment.id, Message.version == appointment.version,
        Message.recipient == visit.recipient,
    )  # fmt: skip
    in_order = found.order_by(Message.again).execution_options(populate_existing=True)
    return {message.kind: message for message in tx.session.scalars(in_order)}

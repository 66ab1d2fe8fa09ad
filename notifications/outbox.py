"""Messages to come and gone. A message is written with the fact it tells of, in the same transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from foundation.db import Transaction
from foundation.errors import sentence
from foundation.facts import Fact
from foundation.model import Base, UtcDateTime, personal
from notifications.planner import ANSWERS, BESIDE, TAKES_BACK, plan
from notifications.texts import Kind
from queueing.happened import Happened as InQueue
from queueing.models import Ticket
from scheduling.happened import Happened
from scheduling.models import Appointment, Visit
from scheduling.models.plan import PHONE, TERM

SENT = sentence("Was wir Ihnen geschrieben haben: Damit kann das Zentrum Ihnen helfen.")
LEASE = timedelta(seconds=60)
TURN_LASTS = timedelta(minutes=15)
"""Later nobody hurries back any more."""


class MessageState(StrEnum):
    """Where a message stands. `UNKNOWN`: nobody can say whether it was handed over; it is not sent again."""

    DUE = "due"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"
    USELESS = "useless"
    FAILED = "failed"
    UNKNOWN = "unknown"


NOT_ARRIVED = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.USELESS)
"""States of a message that the client has not seen, or may not have seen; nothing is sent again."""


class Message(Base):
    """One row of the outbox. `due_at` and `useless_after` are domain time, `lease_until` is machine time.

    It is about an appointment, or about the client's number of today.

    `called_at` is when a person has told by phone what did not arrive.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("appointment_id", "kind", "version", "recipient", name="uq_message_once"),
        Index(
            "ix_message_due", "due_at", "id",
            sqlite_where=text("state = 'due'"), postgresql_where=text("state = 'due'"),
        ),
        Index(
            "ix_message_to_call", "visit_id",
            sqlite_where=text("state IN ('failed', 'unknown', 'useless')"),
            postgresql_where=text("state IN ('failed', 'unknown', 'useless')"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Kind]
    version: Mapped[int]
    recipient: Mapped[str | None] = personal(PHONE, "Art. 6 (1) a", TERM)
    body: Mapped[str | None] = personal(SENT, "Art. 6 (1) a", TERM)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    useless_after: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[MessageState] = mapped_column(default=MessageState.DUE)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visit: Mapped[Visit] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()


def write_messages(tx: Transaction, facts: Sequence[Fact]) -> None:
    """Subscriber of facts: plans the messages of each change that matters, and erases them with their visit (D-04)."""
    for fact in facts:
        if fact.kind == InQueue.TURN_NEAR:
            _tell_turn(tx, fact)
        elif fact.kind in ANSWERS or fact.kind in TAKES_BACK:
            _write(tx, fact)
        elif fact.kind == Happened.ERASED:
            tx.session.execute(
                update(Message).where(Message.visit_id == fact.subject_id).values(recipient=None, body=None)
            )


def claim_due(tx: Transaction, machine: datetime, limit: int = 50) -> list[int]:
    """Take due messages under a lease of a minute of machine time; two workers never get the same one."""
    due = (
        select(Message.id)
        .where(Message.state == MessageState.DUE, Message.due_at <= tx.now)
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(tx.session.scalars(due))
    taken = update(Message).where(Message.id.in_(ids), Message.state == MessageState.DUE)
    values = {"state": MessageState.CLAIMED, "lease_until": machine + LEASE, "tries": Message.tries + 1}
    return sorted(tx.session.scalars(taken.values(values).returning(Message.id)).all())


def give_up_lost(tx: Transaction, machine: datetime) -> int:
    """Messages whose worker died while sending become unknown: they may have gone out, so not again (S-11)."""
    lost = update(Message).where(Message.state == MessageState.CLAIMED, Message.lease_until < machine)
    return len(tx.session.scalars(lost.values(state=MessageState.UNKNOWN).returning(Message.id)).all())


def to_phones(session: Session) -> list[Message]:
    """Everything handed over, newest first: what the simulated phones show."""
    found = select(Message).where(Message.state == MessageState.HANDED_OVER, Message.recipient.is_not(None))
    return list(session.scalars(found.order_by(Message.sent_at.desc(), Message.id.desc())))


def told(session: Session, visit: Visit) -> list[Message]:
    """What was handed over for a visit, oldest first."""
    found = select(Message).where(Message.visit_id == visit.id, Message.body.is_not(None))
    return list(session.scalars(found.order_by(Message.id)))


def will_be_reminded(session: Session, visit: Visit) -> bool:
    """Whether a reminder is still to come."""
    to_come = (Message.visit_id == visit.id, Message.kind == Kind.REMINDER, Message.state == MessageState.DUE)
    return session.scalar(select(Message.id).where(*to_come).limit(1)) is not None


def _write(tx: Transaction, fact: Fact) -> None:
    visit = tx.session.get_one(Visit, fact.subject_id)
    if fact.kind == Happened.CONTACT_CHANGED and not fact.details["booked"]:  # typed, but not booked yet
        return
    if fact.kind == Happened.DELAYED and _nobody_heard(tx, visit.first):
        return
    if fact.kind != Happened.OFFERED:
        _tell(tx, visit, visit.first, fact.kind, visit.first.begins_at, again=fact.kind in BESIDE)
    offer = visit.offer if fact.kind in {Happened.OFFERED, Happened.CONTACT_CHANGED} else None
    if offer and offer.hold_until:  # a new number is told of what is kept for it
        _tell(tx, visit, offer, Happened.OFFERED, offer.hold_until, again=False)


def _tell(
    tx: Transaction, visit: Visit, appointment: Appointment, happened: str, starts_at: datetime, again: bool
) -> None:
    """Take back what a change has made wrong, and plan what it brings; what was sent already only with `again`."""
    if happened in TAKES_BACK:
        _withdraw(tx, appointment, TAKES_BACK[happened])
    if not visit.wants_sms:
        return
    told = _told_before(tx, appointment, visit) if happened in {Happened.CONTACT_CHANGED, *BESIDE} else {}
    for planned in plan(happened, starts_at, tx.now, tx.now, visit.centre.zone):
        before = told.get(planned.kind)
        if before is None:
            tx.session.add(
                Message(
                    visit_id=visit.id,
                    appointment_id=appointment.id,
                    kind=planned.kind,
                    version=appointment.version,
                    recipient=visit.phone,
                    due_at=planned.due_at,
                    useless_after=planned.useless_after,
                )
            )
        elif before.state is MessageState.WITHDRAWN or again:
            before.state, before.due_at, before.tries = MessageState.DUE, planned.due_at, 0
            before.useless_after = planned.useless_after
            before.body = before.sent_at = before.provider_id = before.called_at = None


def _tell_turn(tx: Transaction, fact: Fact) -> None:
    """The fact is recorded once a ticket, and so is this."""
    ticket = tx.session.get_one(Ticket, fact.subject_id)
    if ticket.visit.wants_sms:
        tx.session.add(
            Message(
                visit_id=ticket.visit_id,
                ticket_id=ticket.id,
                kind=ANSWERS[fact.kind],
                version=1,
                recipient=ticket.visit.phone,
                due_at=tx.now,
                useless_after=tx.now + TURN_LASTS,
            )
        )


def _nobody_heard(tx: Transaction, appointment: Appointment) -> bool:
    """Whether a delay is taken back before anybody was told of it: then nobody is told of that either."""
    if appointment.delayed_by:
        return False
    _withdraw(tx, appointment, {Kind.DELAYED})
    heard = (Message.kind == Kind.DELAYED, Message.state.not_in([MessageState.WITHDRAWN, MessageState.USELESS]))
    return tx.session.scalar(select(Message.id).where(Message.appointment_id == appointment.id, *heard)) is None


def _withdraw(tx: Transaction, appointment: Appointment, kinds: Collection[Kind]) -> None:
    """What is not on its way yet will not be sent; in the same transaction as the change that made it wrong."""
    unsent = (Message.appointment_id == appointment.id, Message.state == MessageState.DUE, Message.kind.in_(kinds))
    tx.session.execute(update(Message).where(*unsent).values(state=MessageState.WITHDRAWN))


def _told_before(tx: Transaction, appointment: Appointment, visit: Visit) -> dict[Kind, Message]:
    """What was planned for the same number already, sent or not: a number that comes back is not told twice."""
    found = select(Message).where(
        Message.appointment_id == appointment.id, Message.version == appointment.version,
        Message.recipient == visit.phone,
    )  # fmt: skip
    return {message.kind: message for message in tx.session.scalars(found.execution_options(populate_existing=True))}

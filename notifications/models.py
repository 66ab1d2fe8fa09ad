"""The outbox's rows: messages, how fast they may go out, what a month costs; and what comes back."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.errors import sentence
from foundation.languages import SOURCE
from foundation.model import Base, UtcDateTime, personal
from notifications.reading_replies import Reply
from notifications.texts import Kind
from queueing.models import Ticket
from scheduling.models import Appointment, Asking, Centre, CourseSession, Enrolment, Visit
from scheduling.models.plan import TERM, TOLD_AT

WRITTEN = sentence("Was Sie uns als SMS schreiben: Damit kann das Zentrum Ihnen antworten.")
WEEK = sentence("Gelöscht nach 7 Tagen.")
NO_SMS = sentence("Ein Kennzeichen Ihrer Nummer, wenn Sie keine SMS wollen. Die Nummer steht nicht darin.")
UNTIL_ALLOWED = sentence("Gelöscht, wenn Sie SMS wieder erlauben.")
SENT = sentence("Was wir Ihnen geschrieben haben: Damit kann das Zentrum Ihnen helfen.")


class MessageState(StrEnum):
    """Where a message stands.

    `IN_DOUBT`: it may have been handed over, the provider is being asked. `UNKNOWN`: nobody could say within ten
    minutes; it is not sent again. `DELIVERED` and, once handed over, `FAILED` are what the provider reported.
    `BY_PERSON`: there is no number or address to write to, a person has to tell it.
    """

    DUE = "due"
    CLAIMED = "claimed"
    IN_DOUBT = "in_doubt"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    USELESS = "useless"
    FAILED = "failed"
    UNKNOWN = "unknown"
    BY_PERSON = "by_person"


ALLOWED_MOVES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.DUE: frozenset(
        {
            MessageState.CLAIMED, MessageState.WITHDRAWN, MessageState.USELESS, MessageState.UNKNOWN,
            MessageState.HANDED_OVER, MessageState.DELIVERED, MessageState.FAILED,
        }
    ),
    MessageState.CLAIMED: frozenset(
        {
            MessageState.DUE, MessageState.IN_DOUBT, MessageState.HANDED_OVER, MessageState.DELIVERED,
            MessageState.WITHDRAWN, MessageState.USELESS, MessageState.FAILED, MessageState.UNKNOWN,
        }
    ),
    MessageState.IN_DOUBT: frozenset(
        {
            MessageState.DUE, MessageState.HANDED_OVER, MessageState.DELIVERED, MessageState.USELESS,
            MessageState.FAILED, MessageState.UNKNOWN,
        }
    ),
    MessageState.HANDED_OVER: frozenset({MessageState.DELIVERED, MessageState.FAILED, MessageState.DUE}),
    MessageState.UNKNOWN: frozenset({MessageState.HANDED_OVER, MessageState.DELIVERED, MessageState.FAILED}),
    MessageState.WITHDRAWN: frozenset({MessageState.DUE, MessageState.BY_PERSON}),
    MessageState.USELESS: frozenset({MessageState.HANDED_OVER, MessageState.DELIVERED, MessageState.FAILED}),
    MessageState.DELIVERED: frozenset(),
    MessageState.FAILED: frozenset(),
    MessageState.BY_PERSON: frozenset({MessageState.WITHDRAWN}),
}  # fmt: skip
"""The one table of allowed moves. From due or useless to an end: a report that came after the list had denied it.

From handed over back to due: the provider itself reported that it did not arrive, and may be asked again."""

ON_THEIR_WAY = (MessageState.HANDED_OVER, MessageState.DELIVERED)
"""States of a message that was handed over and of which nothing bad was heard."""

NOT_ARRIVED = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.USELESS)
"""States of a message that the client has not seen, or may not have seen; nothing is sent again."""

FOR_A_PERSON = (*NOT_ARRIVED, MessageState.BY_PERSON)
"""States of what somebody has to be told by phone, or when she comes."""


class Message(Base):
    """One row of the outbox. `due_at`, `useless_after` and `sent_at` are domain time; `claimed_at` and `lease_until`
    are machine time.

    `subject` is what it is about, as `appointment:12`, `ticket:7`, `enrolment:4` or, where one session of a course is
    the matter, `enrolment:4:session:9` with that session's version; or what it answers, as `incoming:3`. `again` counts
    repetitions of the same message.
    `tries` counts how often a way out was asked, `looks` how often the provider's list since then. `claimed_at` is when
    the last try began, `lease_until` until when nobody else touches it, or, in doubt, when the provider is asked next.
    `segments` is what the last try costs, `error` the provider's own code for what went wrong. `body` is the text of
    the last try, without the link's secret.
    `called_at` is when a person has told by phone what did not arrive.
    With an `asking` it goes to the interpreter who was asked, and never to the client.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("subject", "kind", "version", "again", "recipient", name="uq_message_once"),
        Index(
            "ix_message_due", "due_at", "id",
            sqlite_where=text("state = 'due'"), postgresql_where=text("state = 'due'"),
        ),
        Index("ix_message_due_at", "due_at"),
        Index(
            "ix_message_lease", "lease_until",
            sqlite_where=text("state IN ('claimed', 'in_doubt')"),
            postgresql_where=text("state IN ('claimed', 'in_doubt')"),
        ),
        Index(
            "ix_message_to_call", "visit_id",
            sqlite_where=text("state IN ('failed', 'unknown', 'useless', 'by_person')"),
            postgresql_where=text("state IN ('failed', 'unknown', 'useless', 'by_person')"),
        ),
        Index(
            "ix_message_provider_id", "provider_id",
            sqlite_where=text("provider_id IS NOT NULL"), postgresql_where=text("provider_id IS NOT NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("course_session.id", ondelete="CASCADE"), index=True)
    asking_id: Mapped[int | None] = mapped_column(ForeignKey("asking.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str]
    kind: Mapped[Kind]
    version: Mapped[int]
    again: Mapped[int] = mapped_column(default=0, server_default="0")
    recipient: Mapped[str | None] = personal(TOLD_AT, "Art. 6 (1) a", TERM)
    body: Mapped[str | None] = personal(SENT, "Art. 6 (1) a", TERM)
    language: Mapped[str | None]
    segments: Mapped[int | None]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    useless_after: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[MessageState] = mapped_column(default=MessageState.DUE)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    looks: Mapped[int] = mapped_column(default=0, server_default="0")
    provider_id: Mapped[str | None]
    error: Mapped[str | None]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visit: Mapped[Visit] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    session: Mapped[CourseSession | None] = relationship()
    asking: Mapped[Asking | None] = relationship()

    @property
    def read_in(self) -> str:
        """The language it is written in: the client's or her helper's; interpreters read German."""
        return SOURCE if self.asking_id else self.visit.sms_lang

    @property
    def by_email(self) -> bool:
        """Whether it goes to an e-mail address: then it costs no segments and keeps to no rate."""
        return "@" in (self.recipient or "")


class Pace(Base):
    """How fast messages may go out: one row that all workers share. Every moment is machine time.

    `free_at` is when the next one may start; `faults` and `faults_since` count what the provider could not take within
    a minute; until `rests_until` it is left alone.
    """

    __tablename__ = "pace"
    id: Mapped[int] = mapped_column(primary_key=True)
    free_at: Mapped[datetime] = mapped_column(UtcDateTime)
    faults: Mapped[int] = mapped_column(default=0)
    faults_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MonthSent(Base):
    """How many segments a month has cost so far: handed over, or just being handed over. `month` is `2026-11`."""

    __tablename__ = "month_sent"
    month: Mapped[str] = mapped_column(primary_key=True)
    segments: Mapped[int] = mapped_column(default=0)


class Incoming(Base):
    """One text that somebody sent to us (S-15). `provider_id` names it at the provider: a text counts once.

    What was understood is handled at once, and then neither number nor text is kept; the others are the desk's until
    `handled_at`, by the account `handled_by`. Without a `centre_id` nobody knows whose it is, and every centre sees it.
    """

    __tablename__ = "incoming"
    __table_args__ = (
        Index(
            "ix_incoming_open", "received_at",
            sqlite_where=text("handled_at IS NULL"), postgresql_where=text("handled_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str | None] = personal(WRITTEN, "Art. 6 (1) e", WEEK)
    body: Mapped[str | None] = personal(WRITTEN, "Art. 6 (1) e", WEEK)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id", ondelete="SET NULL"), index=True)
    meaning: Mapped[Reply]
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_by: Mapped[int | None]
    centre: Mapped[Centre | None] = relationship()
    visit: Mapped[Visit | None] = relationship()


class OptedOut(Base):
    """A number that wants no SMS, as a hash that only our keys can make: the number itself is not kept (S-06)."""

    __tablename__ = "opted_out"
    id: Mapped[int] = mapped_column(primary_key=True)
    number_hash: Mapped[str] = personal(NO_SMS, "Art. 6 (1) c", UNTIL_ALLOWED, unique=True)
    since_at: Mapped[datetime] = mapped_column(UtcDateTime)

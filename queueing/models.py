"""Tables of the day: tickets, the numbers given, and calls for help."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.model import Base, UtcDateTime
from queueing.order import Thresholds, is_late
from queueing.signs import Sign, sign_of
from scheduling.models import Appointment, Centre, Counsellor, Counter, Service, TopicGroup, Visit


class TicketState(StrEnum):
    """Where a ticket stands; the allowed moves are in `ALLOWED_MOVES`."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    PARKED = "parked"
    MISSED = "missed"
    DONE = "done"
    NO_SHOW = "no_show"
    LEFT = "left"
    SENT_ON = "sent_on"


class UrgentReason(StrEnum):
    """Why somebody goes first."""

    DEADLINE = "deadline"
    HEALTH = "health"
    CHILD = "child"


class Note(StrEnum):
    """What a counsellor ticks about a talk: fields, never free text about people (D-03)."""

    FOLLOW_UP = "follow_up"
    PAPERS_MISSING = "papers_missing"
    SENT_ELSEWHERE = "sent_elsewhere"
    LANGUAGE_TROUBLE = "language_trouble"


BUSY = (TicketState.CALLED, TicketState.SERVING)

TO_CALL = (TicketState.WAITING, TicketState.MISSED)

OPEN = (*TO_CALL, *BUSY, TicketState.PARKED)

ALLOWED_MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.WAITING: frozenset(
        {TicketState.CALLED, TicketState.SERVING, TicketState.PARKED, TicketState.LEFT, TicketState.SENT_ON}
    ),
    TicketState.CALLED: frozenset(
        {TicketState.SERVING, TicketState.MISSED, TicketState.NO_SHOW, TicketState.WAITING, TicketState.PARKED,
         TicketState.SENT_ON}
    ),
    TicketState.SERVING: frozenset(
        {TicketState.DONE, TicketState.WAITING, TicketState.PARKED, TicketState.SENT_ON}
    ),
    TicketState.PARKED: frozenset({TicketState.WAITING, TicketState.SERVING, TicketState.LEFT}),
    TicketState.MISSED: frozenset(
        {TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.PARKED, TicketState.NO_SHOW,
         TicketState.LEFT, TicketState.SENT_ON}
    ),
    TicketState.DONE: frozenset(),
    TicketState.NO_SHOW: frozenset(),
    TicketState.LEFT: frozenset(),
    TicketState.SENT_ON: frozenset(),
}  # fmt: skip
"""The one table of allowed moves. The desk's undo is no move: it puts back what the last one changed (`moves.py`)."""

_OPEN_STATES = text("state IN ('waiting', 'missed', 'called', 'serving', 'parked')")
_BUSY_STATES = text("state IN ('called', 'serving')")


class Ticket(Base):
    """A place in today's queue. The number says nothing about topic, language or person (W-01).

    `called_at` is the first naming of the present call, `named_at` the newest of `calls`. `missed_at` says that she
    was called once in vain. Somebody handed it to `handed_to`, or to a `service`; with `follows` the visit's next
    appointment comes without waiting anew. `trail` holds what each move changed, for undo. The database itself refuses
    two talks in one room, or with one counsellor. Whoever named only time and topic may mean the appointment `meant`.
    `link_hash` is of the link that shows it on a phone. `turn_wished_at` is since when she wants an SMS before her
    turn, `turn_told_at` when it was planned.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("centre_id", "day_on", "number"),
        Index(
            "uq_ticket_open_visit", "visit_id", unique=True,
            sqlite_where=_OPEN_STATES, postgresql_where=_OPEN_STATES,
        ),
        Index(
            "uq_ticket_busy_counter", "counter_id", "day_on", unique=True,
            sqlite_where=_BUSY_STATES, postgresql_where=_BUSY_STATES,
        ),
        Index(
            "uq_ticket_busy_counsellor", "counsellor_id", "day_on", unique=True,
            sqlite_where=_BUSY_STATES, postgresql_where=_BUSY_STATES,
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    day_on: Mapped[date]
    number: Mapped[int]
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)
    topic_group_id: Mapped[int | None] = mapped_column(ForeignKey("topic_group.id"))
    state: Mapped[TicketState] = mapped_column(default=TicketState.WAITING)
    urgent: Mapped[UrgentReason | None]
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    named_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    calls: Mapped[int] = mapped_column(default=0)
    missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    handed_to_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    follows: Mapped[bool] = mapped_column(default=False)
    closed_over: Mapped[bool] = mapped_column(default=False)
    meant_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="SET NULL"), index=True)
    link_hash: Mapped[str | None] = mapped_column(unique=True)
    turn_wished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    turn_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    trail: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    centre: Mapped[Centre] = relationship()
    visit: Mapped[Visit] = relationship()
    appointment: Mapped[Appointment | None] = relationship(foreign_keys=appointment_id)
    meant: Mapped[Appointment | None] = relationship(foreign_keys=meant_id)
    topic_group: Mapped[TopicGroup | None] = relationship()
    counsellor: Mapped[Counsellor | None] = relationship(foreign_keys=counsellor_id)
    handed_to: Mapped[Counsellor | None] = relationship(foreign_keys=handed_to_id)
    service: Mapped[Service | None] = relationship()
    counter: Mapped[Counter | None] = relationship()

    @property
    def sign(self) -> Sign:
        """Its colour and animal."""
        return sign_of(self.number)

    @property
    def late(self) -> bool:
        """Whether an appointment's client came so late that the ticket waits with the walk-ins (W-07)."""
        limits = Thresholds.of_minutes(self.centre.queue_settings)
        return self.appointment is not None and is_late(self.arrived_at, self.appointment.begins_at, limits)


class LastNumber(Base):
    """The last number given at a centre on a local day."""

    __tablename__ = "last_number"
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    day_on: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]


class HelpRequest(Base):
    """Somebody at a kiosk wants a person (W-09)."""

    __tablename__ = "help_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    place: Mapped[str]
    spoken: Mapped[str] = mapped_column(default="de", server_default="de")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    coming_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

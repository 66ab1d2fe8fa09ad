"""Tables of the day: tickets, the numbers given, calls, and calls for help."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.model import Base, UtcDateTime
from queueing.signs import Sign, sign_of
from scheduling.models import Appointment, Centre, Counsellor, Counter, TopicGroup, Visit


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    DONE = "done"
    NO_SHOW = "no_show"
    LEFT = "left"


class UrgentReason(StrEnum):
    """Why somebody goes first."""

    DEADLINE = "deadline"
    HEALTH = "health"
    CHILD = "child"


BUSY = (TicketState.CALLED, TicketState.SERVING)

OPEN = (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING)

ALLOWED_MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.WAITING: frozenset({TicketState.CALLED, TicketState.LEFT}),
    TicketState.CALLED: frozenset({TicketState.SERVING, TicketState.NO_SHOW, TicketState.WAITING}),
    TicketState.SERVING: frozenset({TicketState.DONE, TicketState.CALLED}),
    TicketState.DONE: frozenset({TicketState.SERVING}),
    TicketState.NO_SHOW: frozenset({TicketState.CALLED}),
    TicketState.LEFT: frozenset({TicketState.WAITING}),
}
"""The one table of allowed moves; those that lead back are the desk's undo."""

UNDO = {
    TicketState.CALLED: TicketState.WAITING,
    TicketState.SERVING: TicketState.CALLED,
    TicketState.DONE: TicketState.SERVING,
    TicketState.NO_SHOW: TicketState.CALLED,
    TicketState.LEFT: TicketState.WAITING,
}


class Ticket(Base):
    """A place in today's queue. The number says nothing about topic, language or person (W-01)."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("centre_id", "day_on", "number"),
        Index(
            "uq_ticket_open_visit", "visit_id", unique=True,
            sqlite_where=text("state IN ('waiting', 'called', 'serving')"),
            postgresql_where=text("state IN ('waiting', 'called', 'serving')"),
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
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    closed_over: Mapped[bool] = mapped_column(default=False)
    centre: Mapped[Centre] = relationship()
    visit: Mapped[Visit] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
    topic_group: Mapped[TopicGroup | None] = relationship()
    counsellor: Mapped[Counsellor | None] = relationship()
    counter: Mapped[Counter | None] = relationship()

    @property
    def sign(self) -> Sign:
        """Its colour and animal."""
        return sign_of(self.number)


class LastNumber(Base):
    """The last number given at a centre on a local day."""

    __tablename__ = "last_number"
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    day_on: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]


class Call(Base):
    """One naming of a ticket to a counter; a recall is another one."""

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_centre_id_at", "centre_id", "at"),
        Index("ix_call_counsellor_id_at", "counsellor_id", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    counsellor_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    appointment: Mapped[bool]
    ticket: Mapped[Ticket] = relationship()
    counter: Mapped[Counter] = relationship()


class HelpRequest(Base):
    """Somebody at a kiosk wants a person (W-09)."""

    __tablename__ = "help_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    place: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    coming_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

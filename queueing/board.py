"""Reads of the day: a centre's list as the desk sees it, and the calls as the display shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from queueing.entries import Entry, tickets_of
from queueing.models import BUSY, OPEN, TO_CALL, Ticket, TicketState
from queueing.order import Choice
from queueing.rows import DayRows
from queueing.situation import Situation
from scheduling.agenda import appointments_of_day
from scheduling.memory import current_setup
from scheduling.models import Appointment, AppointmentState, Centre, Counsellor


@dataclass
class Board:
    """A centre's local day at a moment: read once, asked often."""

    centre: Centre
    now: datetime
    appointments: Sequence[Appointment]
    tickets: Sequence[Ticket]
    situation: Situation

    @classmethod
    def of(cls, session: Session, centre: Centre, now: datetime, day: date | None = None) -> "Board":
        """Read the day of a centre, by default today's."""
        day = day or centre.local_day(now)
        tickets = tickets_of(session, centre.id, day)
        version = current_setup(session).version  # after them, so that it knows what they refer to
        entries = [Entry.of(ticket, version) for ticket in tickets]
        situation = Situation.with_entries(session, centre.id, now, day, entries)
        return cls(centre, now, appointments_of_day(session, centre, day), tickets, situation)

    @classmethod
    def of_rows(cls, session: Session, rows: DayRows, now: datetime) -> "Board":
        """Of rows of today that were read just now."""
        listed, centre = rows.listed, rows.centre
        entries = [one.entry for one in listed]
        situation = Situation.with_entries(session, centre.id, now, centre.local_day(now), entries)
        return cls(centre, now, rows.planned, [one.ticket for one in listed], situation)

    def ticket(self, number: int) -> Ticket:
        """The ticket with this number; it is on the board."""
        return next(ticket for ticket in self.tickets if ticket.number == number)

    def current_of(self, counsellor: Counsellor) -> Ticket | None:
        """Whom the counsellor has called or is talking with."""
        current = self.situation.current_of(counsellor.id)
        return self.ticket(current.number) if current else None

    @cached_property
    def waiting(self) -> list[Ticket]:
        """Tickets that can be called, longest first."""
        return sorted((t for t in self.tickets if t.state in TO_CALL), key=lambda t: (t.arrived_at, t.number))

    @cached_property
    def parked(self) -> list[Ticket]:
        """Tickets of those who fetch something or are on their way."""
        return [t for t in self.tickets if t.state is TicketState.PARKED]

    @cached_property
    def busy(self) -> list[Ticket]:
        """Tickets that are called or being talked with."""
        return [t for t in self.tickets if t.state in BUSY]

    @cached_property
    def not_arrived(self) -> list[Appointment]:
        """Booked appointments nobody has checked in for; a later talk of a visit is still to come."""
        ticketed = {(t.visit_id, t.appointment.starts_at) for t in self.tickets if t.appointment}
        booked = [a for a in self.appointments if a.state is AppointmentState.BOOKED]
        return [a for a in booked if (a.visit_id, a.starts_at) not in ticketed]

    def choice_for(self, counsellor: Counsellor) -> Choice:
        """Whom the queue rule names for a counsellor now, and why."""
        return self.situation.choice_for(counsellor.id)

    def callable_by(self, counsellor: Counsellor) -> list[Ticket]:
        """Waiting tickets of the counsellor's own list: her appointments, what was handed to her, and all that wait
        for anybody.
        """
        waiting = self.situation.waiting
        return [t for t in self.waiting if self._is_for(waiting[t.number].handed, t, counsellor)]

    def delays_of(self, counsellor: Counsellor) -> list[Appointment]:
        """Her appointments to come that begin later than planned, as she has said."""
        own = (a for a in self.appointments if a.counsellor_id == counsellor.id)
        return [a for a in own if a.delayed_by and a.state is AppointmentState.BOOKED]

    @cached_property
    def done(self) -> list[Ticket]:
        """Tickets that have ended today, newest first."""
        ended = [t for t in self.tickets if t.state not in OPEN]
        return sorted(ended, key=lambda t: t.ended_at or t.arrived_at, reverse=True)

    def waited(self, ticket: Ticket) -> timedelta:
        """How long a ticket has waited, or did wait until it was called."""
        return (ticket.called_at or self.now) - ticket.arrived_at

    def _is_for(self, handed: bool, ticket: Ticket, counsellor: Counsellor) -> bool:
        if handed:
            return ticket.handed_to_id == counsellor.id
        planned = ticket.appointment
        if planned is None or ticket.service_id is not None or ticket.late:
            return True
        own = (part for part in self.appointments if part.counsellor_id == counsellor.id)
        return any((part.visit_id, part.starts_at) == (ticket.visit_id, planned.starts_at) for part in own)

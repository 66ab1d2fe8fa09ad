"""Reads of the day: a centre's list as the desk sees it, and the calls as the display shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from queueing.models import BUSY, OPEN, Call, HelpRequest, Ticket, TicketState
from queueing.order import Caller, Choice, Thresholds, Waiting, choose, is_late
from queueing.tickets import usual_length, walk_in_services
from scheduling.agenda import appointments_of_day
from scheduling.models import Appointment, AppointmentState, Centre, Counsellor, Interpreter, Service
from scheduling.opening import whole_day
from scheduling.wish import FEMALE_COUNSELLOR

CALLS_SHOWN = 6


@dataclass
class Board:
    """A centre's local day at a moment: read once, asked often."""

    centre: Centre
    now: datetime
    appointments: Sequence[Appointment]
    tickets: Sequence[Ticket]
    calls: Sequence[Call]
    walk_in: Sequence[Service]
    interpreted: frozenset[str]

    @classmethod
    def of(cls, session: Session, centre: Centre, now: datetime, day: date | None = None) -> "Board":
        """Read the day of a centre, by default today's."""
        day = day or centre.local_day(now)
        tickets = session.scalars(
            select(Ticket)
            .where(Ticket.centre_id == centre.id, Ticket.day_on == day)
            .options(joinedload(Ticket.visit), joinedload(Ticket.counter), joinedload(Ticket.topic_group))
            .order_by(Ticket.number)
        )
        calls = session.scalars(
            select(Call)
            .where(Call.centre_id == centre.id, Call.at > now - timedelta(hours=16))
            .order_by(Call.id.desc())
        )
        house = session.scalars(select(Interpreter).where(Interpreter.active))
        return cls(
            centre,
            now,
            appointments_of_day(session, centre, day),
            tickets.unique().all(),
            calls.all(),
            walk_in_services(session, centre, None),
            frozenset(centre.phone_languages).union(*(i.languages for i in house)),
        )

    @property
    def limits(self) -> Thresholds:
        """The centre's settings of the queue rule."""
        return Thresholds.of_minutes(self.centre.queue_settings)

    def ticket(self, number: int) -> Ticket:
        """The ticket with this number; it is on the board."""
        return next(ticket for ticket in self.tickets if ticket.number == number)

    def current_of(self, counsellor: Counsellor) -> Ticket | None:
        """Whom the counsellor has called or is talking with."""
        return next((t for t in self.tickets if t.counsellor_id == counsellor.id and t.state in BUSY), None)

    def waiting(self) -> list[Ticket]:
        """Tickets that wait, longest first."""
        return sorted(
            (t for t in self.tickets if t.state is TicketState.WAITING), key=lambda t: (t.arrived_at, t.number)
        )

    def not_arrived(self) -> list[Appointment]:
        """Booked appointments nobody has checked in for."""
        arrived = {ticket.appointment_id for ticket in self.tickets}
        return [a for a in self.appointments if a.state is AppointmentState.BOOKED and a.id not in arrived]

    def choice_for(self, counsellor: Counsellor) -> Choice:
        """Whom the queue rule names for a counsellor now, and why."""
        return choose((self._as_waiting(t) for t in self.waiting()), self._caller(counsellor), self.now, self.limits)

    def callable_by(self, counsellor: Counsellor) -> list[Ticket]:
        """Waiting tickets of the counsellor's own list: her appointments, and all that wait with the walk-ins."""
        return [
            t
            for t in self.waiting()
            if not t.appointment or t.appointment.counsellor_id == counsellor.id or self.is_late(t)
        ]

    def done(self) -> list[Ticket]:
        """Tickets that have ended today, newest first."""
        ended = [t for t in self.tickets if t.state not in OPEN]
        return sorted(ended, key=lambda t: t.ended_at or t.arrived_at, reverse=True)

    def is_late(self, ticket: Ticket) -> bool:
        """Whether an appointment's client came so late that the ticket waits with the walk-ins."""
        return came_late(ticket)

    def _caller(self, counsellor: Counsellor) -> Caller:
        own = [a for a in self.appointments if a.counsellor_id == counsellor.id and a.state is AppointmentState.BOOKED]
        tickets = {ticket.appointment_id: ticket for ticket in self.tickets}
        booked = [
            (a.starts_at, a.id in tickets)
            for a in own
            if a.id not in tickets or (tickets[a.id].state is TicketState.WAITING and not self.is_late(tickets[a.id]))
        ]
        return Caller(
            id=counsellor.id,
            services=frozenset(service.id for service in counsellor.services),
            languages=frozenset(counsellor.languages),
            woman=counsellor.gender == "female",
            booked=booked,
            calls=self._calls_of(counsellor),
        )

    def expected_length(self, ticket: Ticket) -> timedelta:
        """How long the talk is expected to take."""
        return self._as_waiting(ticket).length

    def _calls_of(self, counsellor: Counsellor) -> list[bool]:
        """Newest first, one a ticket, without those taken back: whether each was an appointment on time."""
        standing = {ticket.id for ticket in self.tickets if ticket.called_at}
        own = (call for call in self.calls if call.counsellor_id == counsellor.id and call.ticket_id in standing)
        return [call.appointment for call in _first_of_each(own)]

    def _as_waiting(self, ticket: Ticket) -> Waiting:
        appointment = ticket.appointment
        services = [appointment.service] if appointment else self._services_of(ticket)
        languages = frozenset(ticket.visit.spoken_langs)
        return Waiting(
            number=ticket.number,
            arrived_at=ticket.arrived_at,
            length=usual_length(list(services)),
            services=frozenset(service.id for service in services),
            languages=languages,
            interpreted=bool(languages & self.interpreted),
            woman_wanted=FEMALE_COUNSELLOR in ticket.visit.wishes or any(s.women_only for s in services),
            counsellor=appointment.counsellor_id if appointment else None,
            starts_at=appointment.starts_at if appointment else None,
            urgent=ticket.urgent is not None,
            called_at=ticket.called_at,
        )

    def _services_of(self, ticket: Ticket) -> list[Service]:
        group = ticket.topic_group_id
        return [s for s in self.walk_in if (s.topic_group_id == group if group else not s.women_only)]


def came_on_time(ticket: Ticket) -> bool:
    """Whether the ticket stands in the appointment lane: an appointment, and not too late for it (W-07)."""
    appointment = ticket.appointment
    limits = Thresholds.of_minutes(ticket.centre.queue_settings)
    return appointment is not None and not is_late(ticket.arrived_at, appointment.starts_at, limits)


def came_late(ticket: Ticket) -> bool:
    """Whether an appointment's client came so late that the ticket waits with the walk-ins (W-07)."""
    return ticket.appointment is not None and not came_on_time(ticket)


def shown_calls(session: Session, centre: Centre, now: datetime) -> list[Call]:
    """The newest call of each ticket today, newest first: what the display shows, number, sign and counter only."""
    calls = session.scalars(
        select(Call)
        .where(Call.centre_id == centre.id, Call.at > now - timedelta(hours=16))
        .options(selectinload(Call.ticket), selectinload(Call.counter))
        .order_by(Call.id.desc())
        .limit(CALLS_SHOWN * 5)
    )
    today = centre.local_day(now)
    named = [c for c in calls if c.ticket.day_on == today and c.ticket.called_at is not None]
    return list(_first_of_each(named))[:CALLS_SHOWN]


def open_help(session: Session, centre: Centre, now: datetime) -> HelpRequest | None:
    """Today's oldest request for help nobody has answered."""
    today = whole_day(centre.local_day(now), centre.zone)
    found = select(HelpRequest).where(
        HelpRequest.centre_id == centre.id, HelpRequest.coming_at.is_(None), HelpRequest.asked_at >= today.start
    )
    return session.scalar(found.order_by(HelpRequest.id).limit(1))


def _first_of_each(calls: Iterable[Call]) -> Iterable[Call]:
    seen: set[int] = set()
    for call in calls:
        if call.ticket_id not in seen:
            seen.add(call.ticket_id)
            yield call

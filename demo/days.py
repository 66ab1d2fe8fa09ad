"""Three plausible weeks around the demo day, from a fixed seed: past days, today half-way, days to come."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from queueing.models import LastNumber, Ticket, TicketState
from queueing.signs import FIRST_NUMBER
from queueing.tickets import open_today
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, Centre, Claim, Counsellor, Hours, Room, TopicGroup, Visit
from scheduling.models.people import A_TALK
from scheduling.opening import Exceptions, open_time, whole_day
from scheduling.setup_rows import as_rule

SEED = 20261122
CLIENT_LANGUAGES = ["ar", "uk", "fa", "de", "en", "tr", "ti", "ps", "ru", "fr", "ku", "so"]
WEIGHTS = [26, 24, 12, 8, 8, 6, 5, 4, 3, 2, 1, 1]
OFFERED = ("de", "en", "ar", "uk")
HOW_FULL = {"past": 0.88, "today": 0.82, "future": 0.62}


@dataclass
class _Rooms:
    """Which room is taken when, while a day is being filled."""

    rooms: list[Room]
    taken: dict[int, list[Interval]] = field(default_factory=dict)

    def take(self, features: list[str], during: Interval, own_counter: int | None) -> Room | None:
        """A free room with the features: the counsellor's own, else the smallest."""
        for room in sorted(self.rooms, key=lambda room: (room.counter_id != own_counter, room.seats, room.id)):
            busy = self.taken.setdefault(room.id, [])
            if set(features) <= set(room.features) and not any(during.overlaps(other) for other in busy):
                busy.append(during)
                return room
        return None


def dice() -> random.Random:
    """The same throws at every start."""
    return random.Random(SEED)


class DemoWeeks:
    """Fills the calendar of every centre."""

    def __init__(self, session: Session, now: datetime) -> None:
        """`now` is the domain time at which the demo begins."""
        self.session, self.now, self.dice = session, now, dice()
        self.last_code, self.number = 234_000, FIRST_NUMBER - 1

    def fill(self) -> None:
        """From Monday of last week to Friday of next week."""
        for centre in self.session.scalars(select(Centre).order_by(Centre.id)).all():
            today = centre.local_day(self.now)
            monday = today - timedelta(days=today.weekday() + 7)
            for day in (monday + timedelta(days=n) for n in range(21)):
                self._fill_day(centre, day)
            self._waiting_room(centre, today)
        self.session.flush()

    def _fill_day(self, centre: Centre, day: date) -> None:
        found = select(Room).where(Room.centre_id == centre.id, Room.seats >= A_TALK)
        rooms = _Rooms(list(self.session.scalars(found)))
        window = whole_day(day, centre.zone)
        for counsellor in self._counsellors(centre):
            hours = self.session.scalars(select(Hours).where(Hours.resource_id == counsellor.id)).all()
            opened = open_time([as_rule(h) for h in hours], Exceptions(), window, centre.zone)
            for block in (b for b in opened if centre.local_day(b.start) == day):
                self._fill_block(centre, counsellor, block, rooms)

    def _fill_block(self, centre: Centre, counsellor: Counsellor, block: Interval, rooms: _Rooms) -> None:
        at = block.start
        while at < block.end:
            service = self.dice.choice([s for s in counsellor.services if s.bookable])
            during = Interval(at, at + service.length)
            if during.end > block.end or self.dice.random() > self._fullness(centre, at):
                at += timedelta(minutes=35)
                continue
            with_buffer = Interval(at, during.end + service.buffer)
            room = rooms.take(service.room_features, with_buffer, counsellor.counter_id)
            if room:
                visit = self._visit(centre, at)
                appointment = Appointment(
                    visit=visit, service=service, counsellor=counsellor, room=room, starts_at=at, ends_at=during.end,
                    route="direct" if visit.spoken_langs[0] in counsellor.languages else "phone",
                    state=self._state(during),
                )  # fmt: skip
                self.session.add(appointment)
                self.session.flush()
                for resource in (counsellor, room):
                    self.session.add(
                        Claim(
                            resource_id=resource.id,
                            starts_at=at,
                            ends_at=with_buffer.end,
                            appointment_id=appointment.id,
                        )
                    )
            at = with_buffer.end

    def _visit(self, centre: Centre, at: datetime) -> Visit:
        spoken = self.dice.choices(CLIENT_LANGUAGES, WEIGHTS)[0]
        return Visit(
            centre=centre, day_on=centre.local_day(at), code=self._code(),
            party=self.dice.choice([1, 1, 1, 2, 2, 3]), ui_lang=spoken if spoken in OFFERED else "de",
            spoken_langs=[spoken], wishes=[],
            typed_at=min(at, self.now) - timedelta(days=self.dice.randint(1, 9)),
        )  # fmt: skip

    def _code(self) -> str:
        self.last_code += self.dice.randint(3, 300)
        return str(self.last_code)

    def _fullness(self, centre: Centre, at: datetime) -> float:
        today = centre.local_day(self.now)
        day = centre.local_day(at)
        return HOW_FULL["past" if day < today else "today" if day == today else "future"]

    def _state(self, during: Interval) -> AppointmentState:
        if during.end + timedelta(minutes=5) > self.now:
            return AppointmentState.BOOKED
        return AppointmentState.NO_SHOW if self.dice.random() < 0.13 else AppointmentState.SEEN

    def _counsellors(self, centre: Centre) -> list[Counsellor]:
        here = select(Hours.resource_id).where(Hours.centre_id == centre.id)
        return list(self.session.scalars(select(Counsellor).where(Counsellor.id.in_(here)).order_by(Counsellor.id)))

    def _waiting_room(self, centre: Centre, today: date) -> None:
        """Tickets of today: those already seen, those in talks, early arrivals, and walk-ins who wait."""
        self.number = FIRST_NUMBER - 1
        found = select(Appointment).join(Visit).where(Visit.centre_id == centre.id, Visit.day_on == today)
        for appointment in self.session.scalars(found.order_by(Appointment.starts_at, Appointment.id)).all():
            self._ticket_of(centre, appointment)
        topics = self.session.scalars(select(TopicGroup).order_by(TopicGroup.position)).all()
        if any(t.start <= self.now <= t.end for t in open_today(self.session, centre, self.now)):
            for minutes in (38, 27, 19, 8, 3):
                visit = self._visit(centre, self.now)
                visit.code, visit.typed_at = None, self.now - timedelta(minutes=minutes)
                topic = self.dice.choice([t for t in topics if t.code in {"letters", "other", "work"}])
                self._ticket(centre, visit, visit.typed_at, topic_group=topic)
        self.session.add(LastNumber(centre_id=centre.id, day_on=today, number=max(self.number, FIRST_NUMBER)))

    def _ticket_of(self, centre: Centre, appointment: Appointment) -> None:
        arrived_at = appointment.starts_at - timedelta(minutes=self.dice.randint(1, 14))
        soon = appointment.starts_at - self.now
        if appointment.state is AppointmentState.SEEN:
            ticket = self._ticket(centre, appointment.visit, arrived_at, appointment=appointment)
            self._call(ticket, appointment, TicketState.DONE)
            ticket.ended_at = appointment.ends_at
        elif appointment.state is AppointmentState.BOOKED and soon <= timedelta(minutes=-10):
            ticket = self._ticket(centre, appointment.visit, arrived_at, appointment=appointment)
            if appointment.counsellor is self._counsellors(centre)[0]:  # free, for whoever tries the desk
                self._call(ticket, appointment, TicketState.DONE)
                appointment.state, ticket.ended_at = AppointmentState.SEEN, self.now
            else:
                self._call(ticket, appointment, TicketState.SERVING)
        elif (
            appointment.state is AppointmentState.BOOKED and soon <= timedelta(minutes=15) and self.dice.random() < 0.7
        ):
            self._ticket(centre, appointment.visit, min(arrived_at, self.now), appointment=appointment)

    def _call(self, ticket: Ticket, appointment: Appointment, state: TicketState) -> None:
        ticket.state, ticket.counsellor, ticket.counter = state, appointment.counsellor, appointment.room.counter
        ticket.called_at = ticket.named_at = ticket.started_at = appointment.starts_at
        ticket.calls = 1
        self.session.flush()

    def _ticket(self, centre: Centre, visit: Visit, arrived_at: datetime, **about: object) -> Ticket:
        self.number += 1
        ticket = Ticket(
            centre=centre, day_on=visit.day_on, number=self.number, visit=visit, arrived_at=arrived_at.astimezone(UTC),
            state=TicketState.WAITING, **about,
        )  # fmt: skip
        appointment = about.get("appointment")
        if isinstance(appointment, Appointment):
            ticket.topic_group_id = appointment.service.topic_group_id
        self.session.add(ticket)
        self.session.flush()
        return ticket

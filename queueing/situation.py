"""The day of a centre as the queue rule sees it: two statements, whatever waits."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Text, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from foundation.facts import ChangeTag
from foundation.model import UtcDateTime, table_of
from queueing.models import BUSY, TO_CALL, Ticket, TicketState
from queueing.order import Caller, Choice, Thresholds, Waiting, choose, is_late
from scheduling.interval import Interval
from scheduling.memory import fresh_setup, known_setup
from scheduling.models import Appointment, AppointmentState, Claim, Room, Visit
from scheduling.models.pulse import SETUP
from scheduling.opening import whole_day
from scheduling.setup import ServicePlan, Setup
from scheduling.wish import FEMALE_COUNSELLOR

BEHIND = 2
"""So many others are called before somebody who missed her call (W-02)."""

UNKNOWN_LENGTH = timedelta(minutes=15)

_t, _v, _a = table_of(Ticket), table_of(Visit), table_of(Appointment)
_part = _a.alias("part")
"""Two counsellors at once share the room's claim, which belongs to the first part of their visit."""
_claim, _room = table_of(Claim), table_of(Room)

_ENTRIES = (
    select(
        _t.c.id, _t.c.number, _t.c.visit_id, _t.c.state, _t.c.arrived_at, _t.c.called_at, _t.c.named_at, _t.c.missed_at,
        _t.c.urgent, cast(_t.c.trail, Text).label("trail_text"),
        _t.c.counsellor_id, _t.c.counter_id, _t.c.handed_to_id, _t.c.service_id, _t.c.follows, _t.c.topic_group_id,
        _t.c.appointment_id, _t.c.calls, _v.c.party,
        cast(_v.c.spoken_langs, Text).label("spoken_langs"), cast(_v.c.wishes, Text).label("wishes"),
        _a.c.counsellor_id.label("booked_with"), _a.c.service_id.label("booked_for"), _a.c.starts_at, _a.c.delayed_by,
        _room.c.counter_id.label("booked_counter"),
        select(func.max(ChangeTag.version)).where(ChangeTag.scope == SETUP).scalar_subquery().label("setup_version"),
    )
    .select_from(_t.join(_v, _v.c.id == _t.c.visit_id).outerjoin(_a, _a.c.id == _t.c.appointment_id).outerjoin(
        _room, _room.c.id == _a.c.room_id
    ))
    .where(_t.c.centre_id == bindparam("centre"), _t.c.day_on == bindparam("day"))
    .order_by(_t.c.number)
)  # fmt: skip

_STANDS = (
    select(
        _claim.c.starts_at.label("claimed_from"), _claim.c.ends_at.label("claimed_until"), _room.c.counter_id,
        _part.c.id, _part.c.visit_id, _part.c.counsellor_id, _part.c.starts_at, _part.c.delayed_by,
    )
    .select_from(
        _claim.join(_room, _room.c.id == _claim.c.resource_id)
        .outerjoin(_a, _a.c.id == _claim.c.appointment_id)
        .outerjoin(_part, and_(_part.c.visit_id == _a.c.visit_id, _part.c.starts_at == _a.c.starts_at))
    )
    .where(
        _room.c.centre_id == bindparam("centre"),
        _claim.c.starts_at < bindparam("until", type_=UtcDateTime),
        _claim.c.ends_at > bindparam("since", type_=UtcDateTime),
        or_(_part.c.state == AppointmentState.BOOKED, _claim.c.blocked_time_id.is_not(None)),
    )
    .order_by(_part.c.starts_at, _part.c.id)
)  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """Tickets and plan of a centre's local day at a moment. `entries` are the tickets, `stands` the rooms' claims."""

    setup: Setup
    centre_id: int
    now: datetime
    entries: Sequence[Any]
    stands: Sequence[Any]

    @classmethod
    def of(cls, session: Session, centre_id: int, now: datetime, day: date | None = None) -> "Situation":
        """Read it, by default today's."""
        setup = known_setup(session)
        zone = setup.centres[centre_id].zone
        day = day or now.astimezone(zone).date()
        span = whole_day(day, zone)
        connection = session.connection()
        entries = connection.execute(_ENTRIES, {"centre": centre_id, "day": day}).all()
        stands = connection.execute(_STANDS, {"centre": centre_id, "since": span.start, "until": span.end}).all()
        if entries and entries[0].setup_version != setup.version:
            setup = fresh_setup(session)
        return cls(setup, centre_id, now, entries, stands)

    @cached_property
    def limits(self) -> Thresholds:
        """The centre's settings of the queue rule."""
        return Thresholds.of_minutes(self.setup.centres[self.centre_id].queue_settings)

    def entry(self, number: int) -> Any:
        """The ticket with this number; it is of this day."""
        return next(entry for entry in self.entries if entry.number == number)

    def movable(self, number: int) -> Any:
        """The same, with its trail, as a move wants it."""
        entry = self.entry(number)
        return SimpleNamespace(**entry._asdict(), trail=json.loads(entry.trail_text))

    def current_of(self, counsellor_id: int) -> Any | None:
        """Whom the counsellor has called or is talking with."""
        return next((e for e in self.entries if e.counsellor_id == counsellor_id and e.state in BUSY), None)

    @cached_property
    def waiting(self) -> dict[int, Waiting]:
        """Everybody who can be called, by number, as the rule sees them."""
        return {entry.number: self._as_waiting(entry) for entry in self.entries if entry.state in TO_CALL}

    def choice_for(self, counsellor_id: int, but: Collection[int] = ()) -> Choice:
        """Whom the queue rule names for a counsellor now, and why; never one of the numbers `but`."""
        waiting = [ticket for number, ticket in self.waiting.items() if number not in but]
        return choose(waiting, self.caller(counsellor_id), self.now, self.limits)

    def caller(self, counsellor_id: int) -> Caller:
        """A counsellor as the rule sees her; nobody's services for one who has left the set-up."""
        person = self.setup.people.get(counsellor_id)
        return Caller(
            id=counsellor_id,
            services=person.services if person else frozenset(),
            languages=person.languages if person else frozenset(),
            woman=person.woman if person else False,
            booked=[
                (_begins(stand), (stand.visit_id, stand.starts_at) in self._arrived)
                for stand in self.booked_with(counsellor_id)
            ],
            calls=self._calls_of(counsellor_id),
        )

    def booked_with(self, counsellor_id: int) -> list[Any]:
        """Her appointments, in order, whose clients were neither called nor seen yet, nor came too late for them."""
        here = {(e.visit_id, e.starts_at) for e in self.entries if e.appointment_id} - self._arrived
        own = {
            s.id: s for s in self.stands if s.counsellor_id == counsellor_id and (s.visit_id, s.starts_at) not in here
        }
        return list(own.values())

    @cached_property
    def _arrived(self) -> set[tuple[int, datetime]]:
        """Appointments whose clients wait in time, as visit and start: two counsellors at once have one client."""
        waiting = (e for e in self.entries if e.state is TicketState.WAITING and not self._is_late(e))
        hers = (e for e in waiting if e.service_id is None and e.handed_to_id in {None, e.booked_with})
        return {(e.visit_id, e.starts_at) for e in hers if e.starts_at}

    def length_of(self, number: int) -> timedelta:
        """How long the talk with a ticket is planned to take."""
        return self._as_waiting(self.entry(number)).length

    def counter_for(self, number: int, counsellor_id: int) -> int | None:
        """Where a counsellor calls a ticket to: her appointment's room, her own, then any other.

        Never a room in which somebody is being talked with, if possible none that is claimed by others while this talk
        is expected to last. None when a talk is going on behind every door.
        """
        entry, person = self.entry(number), self.setup.people.get(counsellor_id)
        busy = {e.counter_id for e in self.entries if e.state in BUSY and e.counsellor_id != counsellor_id}
        wished = [entry.booked_counter if entry.booked_with == counsellor_id else None]
        wished += [person.counter_id if person else None, *self.setup.counters(self.centre_id)]
        quiet = [counter_id for counter_id in wished if counter_id is not None and counter_id not in busy]
        claimed = self._claimed(Interval(self.now, self.now + self.length_of(number)), counsellor_id)
        return next((counter_id for counter_id in quiet if counter_id not in claimed), next(iter(quiet), None))

    def _claimed(self, during: Interval, counsellor_id: int) -> set[int]:
        return {
            stand.counter_id
            for stand in self.stands
            if stand.counsellor_id != counsellor_id
            and during.overlaps(Interval(stand.claimed_from, stand.claimed_until))
        }

    def _calls_of(self, counsellor_id: int) -> list[bool]:
        """Newest first, one a ticket: whether each was an appointment on time."""
        own = [entry for entry in self.entries if entry.counsellor_id == counsellor_id and entry.called_at]
        own.sort(key=lambda entry: (entry.called_at, entry.number), reverse=True)
        return [entry.starts_at is not None and not self._is_late(entry) for entry in own]

    def _is_late(self, entry: Any) -> bool:
        return entry.starts_at is not None and is_late(entry.arrived_at, _begins(entry), self.limits)

    def _as_waiting(self, entry: Any) -> Waiting:
        services = self._services_of(entry)
        languages = _codes(entry.spoken_langs)
        elsewhere = entry.service_id is not None  # handed to another service, the appointment lies behind her
        return Waiting(
            number=entry.number,
            arrived_at=entry.arrived_at,
            length=min((service.length for service in services), default=UNKNOWN_LENGTH),
            services=frozenset(service.id for service in services),
            languages=languages,
            interpreted=bool(languages & self._translated),
            woman_wanted=FEMALE_COUNSELLOR in _codes(entry.wishes) or any(service.women_only for service in services),
            counsellor=entry.handed_to_id or (None if elsewhere else entry.booked_with),
            starts_at=None if elsewhere or entry.starts_at is None else _begins(entry),
            urgent=entry.urgent is not None,
            called_at=entry.called_at,
            behind=self._behind(entry),
            handed=entry.handed_to_id is not None,
            follows=entry.follows,
        )

    def _services_of(self, entry: Any) -> list[ServicePlan]:
        """What a ticket may turn out to be about."""
        one = entry.service_id or entry.booked_for
        if one is not None:
            return [self.setup.services[one]]
        group = entry.topic_group_id
        return [s for s in self._offered if (s.topic_group_id == group if group else not s.women_only)]

    @cached_property
    def _offered(self) -> list[ServicePlan]:
        return self.setup.walk_in_services(self.centre_id)

    @cached_property
    def _translated(self) -> frozenset[str]:
        return self.setup.translated(self.centre_id)

    def _behind(self, entry: Any) -> int:
        """How many are still to be called before somebody who missed her call: by her own counsellor, or by anybody."""
        if entry.state is not TicketState.MISSED or entry.missed_at is None:
            return 0
        whose = entry.handed_to_id or (None if self._is_late(entry) else entry.booked_with)
        others = [
            other
            for other in self.entries
            if other.called_at and other.called_at >= entry.missed_at and other.number != entry.number
            if whose is None or other.counsellor_id == whose
        ]
        return max(0, BEHIND - len(others))


@lru_cache(maxsize=1000)
def _codes(stored: str) -> frozenset[str]:
    """A list of languages or wishes as it is stored; hundreds of tickets say the same."""
    return frozenset(json.loads(stored))


def _begins(row: Any) -> datetime:
    """When an appointment begins by what its counsellor has said."""
    begins: datetime = row.starts_at + (row.delayed_by or timedelta())
    return begins

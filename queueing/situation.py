"""The day of a centre as the queue rule sees it: two statements, whatever waits."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy.orm import Session

from queueing.entries import Entry, Stand, entries_of, stands_of
from queueing.models import BUSY, TO_CALL, TicketState
from queueing.order import Caller, Choice, Thresholds, Waiting, choose, is_late
from scheduling.interval import Interval
from scheduling.memory import current_setup, known_setup, setup_at
from scheduling.opening import whole_day
from scheduling.setup import ServicePlan, Setup
from scheduling.wish import FEMALE_COUNSELLOR

BEHIND = 2
"""So many others are called before somebody who missed her call (W-02)."""

UNKNOWN_LENGTH = timedelta(minutes=15)


@dataclass(frozen=True)
class Situation:
    """Tickets and plan of a centre's local day at a moment. `entries` are the tickets, `stands` the rooms' claims."""

    setup: Setup
    centre_id: int
    now: datetime
    entries: Sequence[Entry]
    stands: Sequence[Stand]

    @classmethod
    def of(cls, session: Session, centre_id: int, now: datetime) -> "Situation":
        """Read today's."""
        day = now.astimezone(known_setup(session).centres[centre_id].zone).date()
        return cls.with_entries(session, centre_id, now, day, entries_of(session, centre_id, day))

    @classmethod
    def with_entries(
        cls, session: Session, centre_id: int, now: datetime, day: date, entries: Sequence[Entry]
    ) -> "Situation":
        """The same of a day whose tickets have just been read, with the version of the set-up."""
        setup = setup_at(session, entries[0].setup_version or 0) if entries else current_setup(session)
        stands = stands_of(session, centre_id, whole_day(day, setup.centres[centre_id].zone))
        return cls(setup, centre_id, now, entries, stands)

    @cached_property
    def limits(self) -> Thresholds:
        """The centre's settings of the queue rule."""
        return Thresholds.of_minutes(self.setup.centres[self.centre_id].queue_settings)

    def entry(self, number: int) -> Entry:
        """The ticket with this number; it is of this day."""
        return next(entry for entry in self.entries if entry.number == number)

    def current_of(self, counsellor_id: int) -> Entry | None:
        """Whom the counsellor has called or is talking with, alone or beside the colleague who called."""
        busy = [entry for entry in self.entries if entry.state in BUSY]
        own = (entry for entry in busy if entry.counsellor_id == counsellor_id)
        return next(own, None) or next((entry for entry in busy if self._advises_too(counsellor_id, entry)), None)

    def _advises_too(self, counsellor_id: int, entry: Entry) -> bool:
        """Whether two counsellors at once have this client; whoever was handed on is with one."""
        part = (entry.visit_id, entry.starts_at)
        both = {stand.counsellor_id for stand in self.stands if (stand.visit_id, stand.starts_at) == part}
        return not (entry.handed_to_id or entry.service_id) and {entry.counsellor_id, counsellor_id} <= both

    @cached_property
    def waiting(self) -> dict[int, Waiting]:
        """Everybody who can be called, by number, as the rule sees them."""
        return {entry.number: self._seen(entry) for entry in self.entries if entry.state in TO_CALL}

    def choice_for(self, counsellor_id: int, but: Collection[int] = ()) -> Choice:
        """Whom the queue rule names for a counsellor now, and why; never one of the numbers `but`.

        Of those who are alike to the rule it can only name who came first, so only they are put to it.
        """
        first = (next((entry for entry in lane if entry.number not in but), None) for lane in self._lanes)
        waiting = [self._seen(entry) for entry in first if entry]
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

    def booked_with(self, counsellor_id: int) -> list[Stand]:
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
        return self._seen(self.entry(number)).length

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

    def _is_late(self, entry: Entry) -> bool:
        return entry.starts_at is not None and is_late(entry.arrived_at, _begins(entry), self.limits)

    @cached_property
    def _lanes(self) -> Collection[Sequence[Entry]]:
        """Everybody who can be called; those together who differ in nothing but when they came, in that order."""
        lanes: dict[object, list[Entry]] = {}
        callable_ = (entry for entry in self.entries if entry.state in TO_CALL)
        for entry in sorted(callable_, key=lambda entry: (entry.arrived_at, entry.number)):
            lanes.setdefault(_kind(entry), []).append(entry)
        return lanes.values()

    @cached_property
    def _known(self) -> dict[int, Waiting]:
        return {}

    def _seen(self, entry: Entry) -> Waiting:
        """A ticket as the rule sees it, worked out when it is first asked for."""
        if entry.number not in self._known:
            self._known[entry.number] = self._as_waiting(entry)
        return self._known[entry.number]

    def _as_waiting(self, entry: Entry) -> Waiting:
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

    def _services_of(self, entry: Entry) -> list[ServicePlan]:
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

    def _behind(self, entry: Entry) -> int:
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


def _kind(entry: Entry) -> object:
    """What the rule knows of a ticket besides when it came; of an appointment and of who was called, all of it."""
    if entry.appointment_id or entry.handed_to_id or entry.called_at or entry.missed_at:
        return entry.number
    wanted = entry.topic_group_id, entry.service_id, entry.spoken_langs, entry.wishes
    return wanted, entry.urgent is not None, entry.follows


def _begins(row: Any) -> datetime:
    """When an appointment begins by what its counsellor has said."""
    begins: datetime = row.starts_at + (row.delayed_by or timedelta())
    return begins

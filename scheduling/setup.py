"""The set-up as plain data: who works where and when, what is offered, which rooms there are. Read once a version.

A `Setup` never changes. What is computed from it (open weeks, grids) is kept with it and goes with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from scheduling.cells import WEEK, Axis, cell_after, week_interval
from scheduling.interval import Interval
from scheduling.models import Centre, Service
from scheduling.models.people import A_TALK
from scheduling.models.places import scope_of
from scheduling.opening import Exceptions, Rule, open_time, whole_day
from scheduling.wish import FEMALE_COUNSELLOR, ROOM_WISHES, Wish


@dataclass(frozen=True)
class ServicePlan:
    """What scheduling knows of a service; lengths are multiples of five minutes."""

    id: int
    code: str
    length: timedelta
    buffer: timedelta
    lead_time: timedelta
    horizon: timedelta
    party_max: int
    features: frozenset[str]
    women_only: bool
    daily_cap: int | None
    topic_group_id: int = 0
    walk_in: bool = False


@dataclass(frozen=True)
class CentrePlan:
    """What scheduling knows of a centre."""

    id: int
    zone: ZoneInfo
    phone_languages: frozenset[str]
    pool_languages: frozenset[str]
    pool_notice: int
    queue_settings: Mapping[str, int] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        """The name of the centre's facts and change tag."""
        return scope_of(self.id)


@dataclass(frozen=True)
class Person:
    """A counsellor or house interpreter in service."""

    id: int
    counsellor: bool
    woman: bool
    languages: frozenset[str]
    services: frozenset[int]
    counter_id: int | None


@dataclass(frozen=True)
class Space:
    """A room in use; `claims` are the atomic rooms to be claimed for it: itself, or the parts of a hall."""

    id: int
    centre_id: int
    seats: int
    features: frozenset[str]
    counter_id: int
    claims: tuple[int, ...]


@dataclass(frozen=True)
class Timetable:
    """When one resource is open at one centre, as rules and exceptions."""

    rules: tuple[Rule, ...] = ()
    walk_in_rules: tuple[Rule, ...] = ()
    exceptions: Exceptions = field(default_factory=Exceptions)

    def opened(self, window: Interval, zone: ZoneInfo, walk_in: bool = False) -> list[Interval]:
        """Open time in a window: for bookings, or with `walk_in` for everybody who comes."""
        rules = (*self.rules, *self.walk_in_rules) if walk_in else self.rules
        return open_time(rules, self.exceptions.within(window), window, zone)


@dataclass(frozen=True)
class OpenWeek:
    """A resource's open time in one week at one centre, as bits, and where its stretches begin."""

    bits: int
    stretches: tuple[Interval, ...]

    def grid(self, pitch: int, first: int) -> int:
        """Starts at whole pitches (in cells) from the beginning of each stretch."""
        found = 0
        for stretch in self.stretches:
            for cell in range(cell_after(stretch.start) - first, cell_after(stretch.end) - first, pitch):
                found |= 1 << cell if 0 <= cell < WEEK else 0
        return found


Placed = TypeVar("Placed", Person, Space)


def _by_centre(placed: Iterable[tuple[int, Placed]]) -> dict[int, list[Placed]]:
    """By centre, each in order of id."""
    found: dict[int, list[Placed]] = {}
    for centre_id, one in placed:
        found.setdefault(centre_id, []).append(one)
    return {centre_id: sorted(ones, key=lambda one: one.id) for centre_id, ones in found.items()}


@dataclass
class Setup:
    """Everything that is set up, at one version."""

    version: int
    services: Mapping[int, ServicePlan]
    centres: Mapping[int, CentrePlan]
    people: Mapping[int, Person]
    spaces: Mapping[int, Space]
    timetables: Mapping[tuple[int, int], Timetable]
    shown_centres: Sequence[Centre] = ()
    shown_services: Sequence[Service] = ()
    """What people read of them: copies of the rows, without their relations."""
    _weeks: dict[tuple[int, int, int], OpenWeek] = field(default_factory=dict)
    _joined: dict[tuple[int, int, range, int], int] = field(default_factory=dict)
    _days: dict[tuple[int, int, date], tuple[Interval, ...]] = field(default_factory=dict)

    def counsellors(self, wish: Wish, centre_id: int) -> list[Person]:
        """Counsellors of a centre who advise on one of the services and are who the wish and the services ask for."""
        women = FEMALE_COUNSELLOR in wish.wishes or any(self.services[id_].women_only for id_ in wish.services)
        return [person for person in self.advisers(wish, centre_id) if person.woman or not women]

    def advisers(self, wish: Wish, centre_id: int) -> list[Person]:
        """Counsellors of a centre who advise on one of the services."""
        wanted = set(wish.services)
        return [
            person
            for person in self._people_by_centre.get(centre_id, ())
            if person.counsellor and person.services & wanted
        ]

    def walk_in_services(self, centre_id: int) -> list[ServicePlan]:
        """What somebody without appointment can ask for at a centre: services that somebody there advises on."""
        services = (self.services[id_] for id_ in sorted(self.advised(centre_id)))
        return [service for service in services if service.walk_in]

    def advised(self, centre_id: int) -> set[int]:
        """Ids of the services that somebody with hours at a centre advises on."""
        advised = {id_ for person in self._people_by_centre.get(centre_id, ()) for id_ in person.services}
        return advised & set(self.services)

    def translated(self, centre_id: int) -> frozenset[str]:
        """Languages that an interpreter of the house or on the phone speaks."""
        house = (p.languages for p in self._people_by_centre.get(centre_id, ()) if not p.counsellor)
        return self.centres[centre_id].phone_languages.union(*house)

    def counters(self, centre_id: int) -> list[int]:
        """Where tickets of a centre can be called to, in order of its rooms."""
        here = self._spaces_by_centre.get(centre_id, ())
        return [space.counter_id for space in here if space.seats >= A_TALK]

    def interpreters(self, wish: Wish, centre_id: int) -> list[Person]:
        """House interpreters of a centre for the client's languages; women for what is for women only."""
        spoken, women = set(wish.languages), any(self.services[id_].women_only for id_ in wish.services)
        return [
            person
            for person in self._people_by_centre.get(centre_id, ())
            if not person.counsellor and person.languages & spoken and (person.woman or not women)
            if wish.interpreter in {None, person.id}
        ]

    def rooms(self, wish: Wish, centre_id: int) -> list[Space]:
        """Rooms of a centre with seats for everybody and every feature asked for, smallest first."""
        features = set(wish.wishes & ROOM_WISHES).union(*(self.services[id_].features for id_ in wish.services))
        seats = wish.party + (len(wish.services) if wish.together else 1)
        here = self._spaces_by_centre.get(centre_id, ())
        fitting = [space for space in here if space.seats >= seats and features <= space.features]
        fitting = [space for space in fitting if wish.room in {None, space.id}]
        return sorted(fitting, key=lambda space: (space.seats, space.id))

    def candidates(self, wish: Wish, centre_id: int) -> list[int]:
        """Every resource that could take part, by id."""
        people = [*self.counsellors(wish, centre_id), *self.interpreters(wish, centre_id)]
        spaces = self.rooms(wish, centre_id)
        return sorted({p.id for p in people} | {id_ for space in spaces for id_ in (space.id, *space.claims)})

    def to_lock(self, wish: Wish, centre_id: int) -> list[int]:
        """What a writer locks before looking: candidates, and all who advise on the services, whatever the wish.

        So any two who want a service at a centre queue up behind each other, and a daily cap is never overrun.
        """
        return sorted({*self.candidates(wish, centre_id), *(p.id for p in self.advisers(wish, centre_id))})

    def open_bits(self, resource_id: int, centre_id: int, axis: Axis) -> int:
        """Where a resource is open for bookings."""
        key = (resource_id, centre_id, axis.weeks, 0)
        if key not in self._joined:
            self._joined[key] = axis.join(self._week(resource_id, centre_id, week).bits for week in axis.weeks)
        return self._joined[key]

    def grid_bits(self, resource_id: int, centre_id: int, axis: Axis, pitch: int) -> int:
        """Where a consultation of a pitch (in cells) may start, so that a day fills without gaps."""
        key = (resource_id, centre_id, axis.weeks, pitch)
        if key not in self._joined:
            self._joined[key] = axis.join(
                self._week(resource_id, centre_id, week).grid(pitch, week * WEEK) for week in axis.weeks
            )
        return self._joined[key]

    def timetable(self, resource_id: int, centre_id: int) -> Timetable:
        """Rules and exceptions of a resource at a centre; empty where it never is."""
        return self.timetables.get((resource_id, centre_id), Timetable())

    def received(self, resource_id: int, centre_id: int, day: date) -> tuple[Interval, ...]:
        """When a resource is there on a local day of a centre, for bookings or for whoever comes without."""
        key = (resource_id, centre_id, day)
        if key not in self._days:
            zone = self.centres[centre_id].zone
            opened = self.timetable(resource_id, centre_id).opened(whole_day(day, zone), zone, walk_in=True)
            self._days[key] = tuple(opened)
        return self._days[key]

    @cached_property
    def _people_by_centre(self) -> dict[int, list[Person]]:
        places = [(centre_id, self.people[id_]) for id_, centre_id in self.timetables if id_ in self.people]
        return _by_centre(places)

    @cached_property
    def _spaces_by_centre(self) -> dict[int, list[Space]]:
        return _by_centre((space.centre_id, space) for space in self.spaces.values())

    def _week(self, resource_id: int, centre_id: int, week: int) -> OpenWeek:
        key = (resource_id, centre_id, week)
        if key not in self._weeks:
            self._weeks[key] = self._compute_week(*key)
        return self._weeks[key]

    def _compute_week(self, resource_id: int, centre_id: int, week: int) -> OpenWeek:
        """With a day before, so that a stretch over midnight keeps its beginning."""
        start, end = week_interval(week)
        opened = self.timetable(resource_id, centre_id).opened(
            Interval(start - timedelta(days=1), end), self.centres[centre_id].zone
        )
        axis = Axis(range(week, week + 1))
        return OpenWeek(axis.inside(opened), tuple(stretch for stretch in opened if stretch.end > start))

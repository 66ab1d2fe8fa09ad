"""From a wish, the set-up and what is taken to the `Means`: where people, rooms and languages meet. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from scheduling.availability import Means, Pair, Part, Row, Supply
from scheduling.cells import Axis, cells, joined
from scheduling.interval import Interval
from scheduling.opening import local_moment, working_days_from
from scheduling.setup import CentrePlan, Person, ServicePlan, Setup
from scheduling.wish import Wish


@dataclass(frozen=True)
class Length:
    """How long a visit takes, and the buffer after its end."""

    visit: timedelta
    buffer: timedelta


def services_of(setup: Setup, wish: Wish) -> list[ServicePlan]:
    """The services of a wish, in order."""
    return [setup.services[id_] for id_ in wish.services]


def length_of(setup: Setup, wish: Wish) -> Length:
    """From the first consultation's start to the last one's end."""
    services = services_of(setup, wish)
    if wish.together:
        longest = max(services, key=lambda service: service.length + service.buffer)
        return Length(max(s.length for s in services), longest.buffer)
    return Length(sum((s.length for s in services), timedelta()), services[-1].buffer)


class Offering:
    """Builds the means of one centre on one axis.

    It knows the set-up, the wish and what is taken.
    """

    def __init__(
        self,
        setup: Setup,
        wish: Wish,
        centre_id: int,
        axis: Axis,
        taken: Mapping[int, int],
        regardless: bool = False,
        any_start: bool = False,
    ) -> None:
        """`taken` says where resources are claimed, as bits by id; resources it does not know take no part.

        `regardless` of hours is staff's way to overrule them; absences, closures and claims always count. `any_start`
        leaves aside on which starts days fill without gaps.
        """
        self.setup, self.wish, self.centre = setup, wish, setup.centres[centre_id]
        self.axis, self.taken, self.regardless, self.any_start = axis, taken, regardless, any_start
        self.services, self.length = services_of(setup, wish), length_of(setup, wish)

    def means(self, now: datetime) -> Means:
        """Everybody and everything that could serve the wish, as of `now`."""
        counsellors = [self._supply(person.id, (person.id,), on_grid=True) for person in self._people()]
        direct = frozenset(person.id for person in self._people() if person.languages & set(self.wish.languages))
        return Means(
            direct=self._parts([supply for supply in counsellors if supply.id in direct]),
            anybody=self._parts(counsellors),
            rooms=self._rooms(),
            interpreters=self._interpreters(),
            pool=self._pool_starts(now) if self.centre.pool_languages & set(self.wish.languages) else 0,
            phone=bool(self.centre.phone_languages & set(self.wish.languages)),
        )

    def _people(self) -> list[Person]:
        return self.setup.counsellors(self.wish, self.centre.id)

    def _parts(self, supplies: list[Supply]) -> Row | Pair:
        parts = [
            Part(cells(service.length), cells(service.buffer), self._able(number, service, supplies))
            for number, service in enumerate(self.services)
        ]
        return Pair(supplies, parts) if self.wish.together else Row(supplies, parts)

    def _able(self, number: int, service: ServicePlan, supplies: list[Supply]) -> frozenset[int]:
        """Who advises on the service; the counsellor asked for takes the first part, and each later one she can."""
        able = frozenset(s.id for s in supplies if service.id in self.setup.people[s.id].services)
        asked = self.wish.counsellor
        must = asked is not None and (number == 0 or (asked in able and not self.wish.together))
        return able & {asked} if must else able

    def _rooms(self) -> Row:
        supplies = [self._supply(space.id, space.claims) for space in self.setup.rooms(self.wish, self.centre.id)]
        everybody = frozenset(supply.id for supply in supplies)
        if self.wish.together:
            return Row(supplies, [Part(cells(self.length.visit), cells(self.length.buffer), everybody)])
        return Row(supplies, [Part(cells(s.length), cells(s.buffer), everybody) for s in self.services])

    def _interpreters(self) -> Row:
        """One interpreter for the whole visit; she needs no buffer."""
        people = self.setup.interpreters(self.wish, self.centre.id)
        supplies = [self._supply(person.id, (person.id,)) for person in people]
        return Row(supplies, [Part(cells(self.length.visit), 0, frozenset(supply.id for supply in supplies))])

    def _pool_starts(self, now: datetime) -> int:
        """Starts on days for which the pool can still be asked."""
        first = pool_from(self.centre, now)
        return self.axis.starting(Interval(max(first, self.axis.interval.start), self.axis.interval.end))

    def _supply(self, resource_id: int, claims: tuple[int, ...], on_grid: bool = False) -> Supply:
        known = all(id_ in self.taken for id_ in claims)
        free = self.axis.whole & ~joined(self.taken[id_] for id_ in claims) if known else 0
        if self.regardless:
            return Supply(resource_id, self._not_away({resource_id, *claims}), free)
        opened = self.setup.open_bits(resource_id, self.centre.id, self.axis)
        for part in claims:
            if part != resource_id:
                opened &= self.setup.open_bits(part, self.centre.id, self.axis)
        if not on_grid or self.any_start:
            return Supply(resource_id, opened, free)
        pitch = cells(self.length.visit + self.length.buffer)
        return Supply(resource_id, opened, free, self.setup.grid_bits(resource_id, self.centre.id, self.axis, pitch))

    def _not_away(self, resource_ids: set[int]) -> int:
        """Whatever the hours say: who is absent is absent, and what is closed is closed."""
        tables = [self.setup.timetable(id_, self.centre.id).exceptions for id_ in resource_ids]
        away = [stretch for table in tables for stretch in (*table.absences, *table.closures)]
        return self.axis.whole & ~self.axis.touched(away)


def pool_from(centre: CentrePlan, now: datetime) -> datetime:
    """From when on the interpreter pool can be asked: the day after so many whole working days."""
    day = working_days_from(now.astimezone(centre.zone).date(), centre.pool_notice)
    return local_moment(day, time(0), centre.zone)

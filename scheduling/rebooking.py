"""What becomes of those whom an absence or a closure hits: a proposal for each, by the same rules as booking (7.5).

The same time with a colleague who can, else the next times, else a person has to call. A visit may use what is free and
what it has itself; what another one has that is hit, too, stays that one's until it has moved. So proposals do not wait
for each other, and whoever is not moved yet still stands where she stood.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling.availability import Means
from scheduling.cells import CELL, Axis
from scheduling.changing import Hit
from scheduling.choosing import Choice, Placement, arranged
from scheduling.claims import LONGEST, Standing, Taken, standing_of
from scheduling.covering import Way, keep_times
from scheduling.interval import Interval
from scheduling.memory import current_setup, taken_bits, versions
from scheduling.models import Appointment, AppointmentState, Visit
from scheduling.moving import wish_of
from scheduling.offering import Offering
from scheduling.search import within_reach
from scheduling.setup import Setup
from scheduling.wish import Route, Wish

LATER = timedelta(weeks=3)
"""How far after her time a client is offered another one."""

CHOICES = 3


@dataclass(frozen=True)
class Proposal:
    """What could become of a visit: `keeps` its time with somebody else, or one of `later`; neither: a person calls."""

    visit: Visit
    keeps: Placement | None
    later: tuple[Placement, ...]

    @property
    def first(self) -> Placement | None:
        """What is proposed."""
        return self.keeps or next(iter(self.later), None)


@dataclass(frozen=True)
class _Stranded:
    """A visit that is hit, what it was booked for, and what it has claimed."""

    visit: Visit
    booked: Sequence[Appointment]
    wish: Wish
    own: Sequence[Standing]

    @property
    def starts_at(self) -> datetime:
        return self.booked[0].starts_at


def proposals(session: Session, hits: Sequence[Hit], now: datetime) -> list[Proposal]:
    """One for each visit that is hit and has not begun, in order of time. The change itself is recorded already."""
    stranded = sorted(_stranded(session, {hit.visit_id for hit in hits}, now), key=lambda one: one.starts_at)
    if not stranded:
        return []
    search = _Search.over(session, stranded, now)
    kept = keep_times([search.ways(one) for one in stranded])
    search.take(taken for way in kept if way for taken in way.takes)
    found = []
    for one, way in zip(stranded, kept, strict=True):
        later = search.later(one)
        if way is None and later:
            search.take(taken for taken, _ in later[0].claims)
        found.append(Proposal(one.visit, way.placement if way else None, tuple(later)))
    return found


def _stranded(session: Session, visit_ids: Collection[int], now: datetime) -> Iterator[_Stranded]:
    """Those of the visits that are booked and still to begin."""
    found = select(Visit).where(Visit.id.in_(visit_ids), Visit.ended_at.is_(None))
    visits = session.scalars(found.options(selectinload(Visit.appointments))).all()
    claims: dict[int | None, list[Standing]] = {}
    for standing in standing_of(session, [part.id for visit in visits for part in visit.appointments]):
        claims.setdefault(standing.appointment_id, []).append(standing)
    for visit in visits:
        booked = [part for part in visit.appointments if part.state is AppointmentState.BOOKED]
        if booked and booked[0].starts_at > now:
            own = [standing for part in booked for standing in claims.get(part.id, ())]
            yield _Stranded(visit, booked, wish_of(visit, booked), own)


@dataclass
class _Search:
    """Free time as it is now, and what the proposals made so far would take."""

    setup: Setup
    axis: Axis
    taken: dict[int, int]
    now: datetime

    @classmethod
    def over(cls, session: Session, stranded: Sequence[_Stranded], now: datetime) -> "_Search":
        setup = current_setup(session)
        ids = {id_ for one in stranded for id_ in setup.candidates(one.wish, one.visit.centre_id)}
        axis = Axis.over(Interval(now, max(one.starts_at for one in stranded) + LATER), LONGEST)
        return cls(setup, axis, dict(taken_bits(session, versions(session).of(ids), axis, now)), now)

    def take(self, claims: Iterable[Taken]) -> None:
        """From now on this is taken, too."""
        for resource_id, interval in claims:
            self.taken[resource_id] = self.taken.get(resource_id, 0) | self.axis.touched([interval])

    def ways(self, one: _Stranded) -> list[Way]:
        """Every way to keep the time; whoever is away is not among them."""
        bit = self.axis.bit(one.starts_at)
        if bit is None:
            return []
        placements = self._of_many(one, bit) if len(one.booked) > 1 else self._of_one(one, bit)
        return [Way(placement, _cost(one, placement)) for placement in placements]

    def later(self, one: _Stranded) -> list[Placement]:
        """The next times after hers, at her centre, within lead time and horizon."""
        after = Interval(one.starts_at + CELL, one.starts_at + LATER)
        window = within_reach(self.setup, one.wish, after, self.now)
        if window is None:
            return []
        offering = self._offering(one, one.wish)
        means = offering.means(self.now)
        free = means.starts(self.axis.starting(window), one.wish.routes)[:CHOICES]
        return [self._choice(offering, means, route, bit) for bit, route in free]

    def _of_one(self, one: _Stranded, bit: int) -> Iterator[Placement]:
        """Every colleague who could take over, by the best way of talking; room and interpreter stay if they can."""
        offering = self._offering(one, one.wish, any_start=True)
        means, before, seen = offering.means(self.now), one.booked[0], set[int]()
        rooms = _stays(means.rooms.free(bit), before.room_id)
        for route in Route:
            if not means.by(route) >> bit & 1:
                continue
            house = route is Route.HOUSE
            interpreters = _stays(means.interpreters.free(bit), before.interpreter_id) if house else [None]
            people = [id_ for id_ in means.people(route).free(bit) if id_ not in seen]
            seen.update(people)
            for who, room, interpreter in product(people, rooms, interpreters):
                yield arranged(offering, route, one.starts_at, [who], [room], interpreter)

    def _of_many(self, one: _Stranded, bit: int) -> Iterator[Placement]:
        """Several consultations in one visit: whoever could take the first, and the best for the rest."""
        for person in self.setup.counsellors(one.wish, one.visit.centre_id):
            asked = self._offering(one, replace(one.wish, counsellor=person.id), any_start=True)
            means = asked.means(self.now)
            starts = means.starts(1 << bit, one.wish.routes)
            if starts:
                yield self._choice(asked, means, starts[0][1], bit)

    def _choice(self, offering: Offering, means: Means, route: Route, bit: int) -> Placement:
        starts_at = self.axis.interval.start + bit * CELL
        return Choice(offering, means, route, {}, bit).placement(starts_at)

    def _offering(self, one: _Stranded, wish: Wish, any_start: bool = False) -> Offering:
        taken = dict(self.taken)
        for standing in one.own:
            resource_id, interval = standing.taken
            if resource_id in taken:
                taken[resource_id] &= ~self.axis.touched([interval])
        return Offering(self.setup, wish, one.visit.centre_id, self.axis, taken, any_start=any_start)


def _stays(free: Sequence[int], before: int | None) -> Sequence[int]:
    """What it was before, if that is free; nobody else can have it then."""
    return [before] if before is not None and before in free else free


def _cost(one: _Stranded, placement: Placement) -> int:
    """How far a way is from what was booked: how people talk, then who it is with, then where."""
    routes, first, before = list(Route), placement.parts[0], one.booked[0]
    worse = max(0, routes.index(placement.route) - routes.index(Route(before.route)))
    other = (
        first.counsellor_id != before.counsellor_id, first.interpreter_id != before.interpreter_id,
        first.room_id != before.room_id,
    )  # fmt: skip
    return 8 * worse + 4 * other[0] + 2 * other[1] + other[2]

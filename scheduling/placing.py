"""Chooses people, room and interpreter for one start, under the lock: counsellor and room and language, or nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from foundation.db import Transaction
from scheduling.asking import check_wish
from scheduling.availability import Means
from scheduling.cells import CELL, Axis
from scheduling.claims import LONGEST, Situation, Standing, Taken, clear, lock, situation
from scheduling.counts import Used, most_holds, over_cap, used_and_version
from scheduling.explaining import why_nothing_here
from scheduling.interval import Interval
from scheduling.memory import fresh_setup, known_setup
from scheduling.offering import Offering
from scheduling.opening import whole_day
from scheduling.refusals import (
    ManyChoosing,
    MomentNaive,
    RoomTooSmall,
    ServiceTooLong,
    SlotTaken,
    WindowPast,
    WishBroken,
)
from scheduling.search import within_reach
from scheduling.setup import CentrePlan, ServicePlan, Setup, Space
from scheduling.wish import Route, Why, Wish

_SAID = {Why.NO_ROOM: RoomTooSmall, Why.TOO_LONG: ServiceTooLong}


@dataclass(frozen=True)
class Consultation:
    """One part of a visit with everything chosen."""

    service: ServicePlan
    counsellor_id: int
    room_id: int
    interpreter_id: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Placement:
    """A visit in the plan: its consultations, and what each of them claims (by its number)."""

    centre: CentrePlan
    route: Route
    parts: tuple[Consultation, ...]
    claims: tuple[tuple[Taken, int], ...]


@dataclass
class Placing:
    """One attempt to place a wish at a start; `wish` names one centre.

    `own` are claims of the visit that a move gives up; `visit_id` is left out of the day's counts. With `overruled`
    lead time, horizon and caps do not count, nor hours where there is nobody within them; absences, closures and claims
    always do. `online` keeps to the share of online holds.
    """

    tx: Transaction
    wish: Wish
    starts_at: datetime
    own: Sequence[Standing] = ()
    visit_id: int | None = None
    overruled: bool = False
    online: bool = False
    used: dict[int, Used] = field(default_factory=dict)

    def place(self) -> Placement:
        """Lock, read anew, choose; holds that have run out and are in the way are gone afterwards.

        Raises SlotTaken, ManyChoosing, RoomTooSmall, ServiceTooLong, WindowPast, and what `check_wish` refuses.
        """
        if self.starts_at.tzinfo is None:
            raise MomentNaive
        if len(self.wish.centres) != 1:
            raise WishBroken
        setup, locked = self._lock_and_read()
        check_wish(setup, self.wish)
        self._check_reach(setup)
        stands = self._look(setup, locked)
        choice = self._choose(setup, locked, stands, regardless=False)
        if choice is None and self.overruled:
            choice = self._choose(setup, locked, stands, regardless=True)
        if choice is None:
            raise self._why_not(setup, locked, stands)
        self._check_share(setup)
        placement = choice.placement(self.starts_at)
        mine = {standing.id for standing in self.own}  # to be moved, not cleared away, even when they have run out
        dead = [standing for standing in stands.dead if standing.id not in mine]
        clear(self.tx, dead, [taken for taken, _ in placement.claims])
        return placement

    def _lock_and_read(self) -> tuple[Setup, set[int]]:
        """The set-up as it is after the lock. Whoever is not locked takes no part."""
        (centre_id,), session = self.wish.centres, self.tx.session
        setup = known_setup(session)
        known = centre_id in setup.centres and all(id_ in setup.services for id_ in self.wish.services)
        if not known:
            setup = fresh_setup(session)
            check_wish(setup, self.wish)
        own = [standing.taken.resource_id for standing in self.own]
        locked = lock(session, [*setup.to_lock(self.wish, centre_id), *own])
        day = self._day(setup)
        version, self.used = used_and_version(
            session, centre_id, self.wish.services, day, self.tx.now, but=self.visit_id
        )
        if version != setup.version:
            setup = fresh_setup(session, version)
            newcomers = set(setup.to_lock(self.wish, centre_id)) - locked
            if newcomers and min(newcomers) > max(locked, default=0):  # else locking them would break the order
                locked |= lock(session, newcomers)
        return setup, locked

    def _look(self, setup: Setup, locked: Collection[int]) -> Situation:
        """Every claim in the visit's span, buffers included."""
        services = [setup.services[id_] for id_ in self.wish.services]
        longest = sum((s.length for s in services), timedelta()) + max(s.buffer for s in services)
        span = Interval(self.starts_at, self.starts_at + longest)
        return situation(self.tx, locked, span, self._day(setup))

    def _choose(self, setup: Setup, locked: Collection[int], stands: Situation, regardless: bool) -> "_Choice | None":
        """Who and where at this start; None when nobody. `regardless` of hours only where there is nobody within."""
        offering = self._offering(setup, locked, stands, regardless)
        bit, means = offering.axis.bit(self.starts_at), offering.means(self.tx.now)
        starts = means.starts(1 << bit, self.wish.routes) if bit is not None else []
        return _Choice(offering, means, starts[0][1], stands.load, starts[0][0]) if starts else None

    def _offering(self, setup: Setup, locked: Collection[int], stands: Situation, regardless: bool) -> Offering:
        (centre_id,) = self.wish.centres
        axis = Axis.over(Interval(self.starts_at, self.starts_at + CELL), LONGEST)
        taken = dict.fromkeys(locked, 0)
        mine = {standing.id for standing in self.own}
        for standing in stands.live:
            if standing.id not in mine:
                taken[standing.taken.resource_id] |= axis.touched([standing.taken.interval])
        return Offering(setup, self.wish, centre_id, axis, taken, regardless)

    def _check_reach(self, setup: Setup) -> None:
        if self.starts_at < self.tx.now:
            raise WindowPast
        if self.overruled:
            return
        moment = Interval(self.starts_at, self.starts_at + timedelta(microseconds=1))
        if within_reach(setup, self.wish, moment, self.tx.now) is None:
            raise SlotTaken
        if over_cap(setup, self.wish.services, self.used):
            raise SlotTaken

    def _check_share(self, setup: Setup) -> None:
        """At most a fifth of a service-day sits in online holds (X-02)."""
        (centre_id,) = self.wish.centres
        for id_ in set(self.wish.services) if self.online else ():
            held = self.used.get(id_, Used(0, 0)).held
            if held and held >= most_holds(setup, self.wish, centre_id, id_, self._day(setup)):
                raise ManyChoosing

    def _why_not(self, setup: Setup, locked: Collection[int], stands: Situation) -> Exception:
        """Where nothing stands in the way the reason lies in the wish."""
        if stands.live or self.overruled:
            return SlotTaken()
        offering = self._offering(setup, locked, stands, regardless=False)
        moment = Interval(self.starts_at, self.starts_at + CELL)
        return _SAID.get(why_nothing_here(offering, moment, self.tx.now), SlotTaken)()

    def _day(self, setup: Setup) -> Interval:
        zone = setup.centres[self.wish.centres[0]].zone
        return whole_day(self.starts_at.astimezone(zone).date(), zone)


@dataclass
class _Choice:
    """Picks by language match, then load, then whose link it is, then id; the counsellor's own room, else the
    smallest; the less busy interpreter.
    """

    offering: Offering
    means: Means
    route: Route
    load: dict[int, int]
    bit: int

    def placement(self, starts_at: datetime) -> Placement:
        """Everything chosen for a start, and what it claims."""
        offering, wish, bit = self.offering, self.offering.wish, self.bit
        counsellors = self.means.people(self.route).pick(bit, lambda _, id_: self._rank(id_))
        rooms = self.means.rooms.pick(bit, lambda number, id_: self._rank_room(counsellors[number], id_))
        house = self.route is Route.HOUSE
        interpreter = self.means.interpreters.pick(bit, lambda _, id_: self._rank(id_))[0] if house else None
        parts, at = [], starts_at
        for number, service in enumerate(offering.services):
            room_id = rooms[0] if wish.together else rooms[number]
            parts.append(Consultation(service, counsellors[number], room_id, interpreter, at, at + service.length))
            at = at if wish.together else at + service.length
        return Placement(offering.centre, self.route, tuple(parts), self._claims(parts))

    def _claims(self, parts: Sequence[Consultation]) -> tuple[tuple[Taken, int], ...]:
        """Counsellor and room with the buffer after, but none where the same one goes on; the interpreter without."""
        wanted: list[tuple[Taken, int]] = []
        start, length = parts[0].starts_at, self.offering.length
        for number, part in enumerate(parts):
            rested = Interval(part.starts_at, part.ends_at + part.service.buffer)
            wanted.append((Taken(part.counsellor_id, rested), number))
            if not (self.offering.wish.together and number):
                until = start + length.visit + length.buffer if self.offering.wish.together else rested.end
                wanted += [(Taken(id_, Interval(part.starts_at, until)), number) for id_ in self._atoms(part.room_id)]
        if parts[0].interpreter_id is not None:
            wanted.append((Taken(parts[0].interpreter_id, Interval(start, start + length.visit)), 0))
        return tuple(_without_overlap(sorted(wanted)))

    def _rank(self, id_: int) -> tuple[int, ...]:
        person, wish = self.offering.setup.people[id_], self.offering.wish
        spoken = [place for place, tag in enumerate(wish.languages) if tag in person.languages]
        match = spoken[0] if spoken else len(wish.languages)
        return match, self.load.get(id_, 0), id_ != wish.preferred, id_

    def _rank_room(self, counsellor_id: int, id_: int) -> tuple[int, ...]:
        setup = self.offering.setup
        space: Space = setup.spaces[id_]
        return space.counter_id != setup.people[counsellor_id].counter_id, space.seats, id_

    def _atoms(self, room_id: int) -> tuple[int, ...]:
        return self.offering.setup.spaces[room_id].claims


def _without_overlap(wanted: Sequence[tuple[Taken, int]]) -> list[tuple[Taken, int]]:
    """In order of resource and start: a buffer ends where the next part of the same resource begins."""
    clipped = []
    for place, (taken, number) in enumerate(wanted):
        end = taken.interval.end
        if place + 1 < len(wanted) and wanted[place + 1][0].resource_id == taken.resource_id:
            end = min(end, wanted[place + 1][0].interval.start)
        clipped.append((Taken(taken.resource_id, Interval(taken.interval.start, end)), number))
    return clipped

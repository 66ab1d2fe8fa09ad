"""Chooses people, room and interpreter for one start, under the lock: counsellor and room and language, or nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from foundation.db import Transaction
from scheduling.asking import check_wish
from scheduling.cells import CELL, Axis
from scheduling.choosing import Choice, Placement
from scheduling.claims import LONGEST, Situation, Standing, clear, lock
from scheduling.counts import Used, most_holds, over_cap
from scheduling.explaining import why_nothing_here
from scheduling.interval import Interval
from scheduling.looking import Question, Seen, look
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
from scheduling.setup import Setup
from scheduling.wish import Why, Wish

_SAID = {Why.NO_ROOM: RoomTooSmall, Why.TOO_LONG: ServiceTooLong}


@dataclass
class Placing:
    """One attempt to place a wish at a start; `wish` names one centre.

    `own` are claims of the visit that a move gives up; `visit_id` is left out of the day's counts. With `overruled`
    lead time, horizon and caps do not count, nor hours where there is nobody within them; absences, closures and claims
    always do. `again` is the time of a visit that comes again: lead time, horizon and where days fill without gaps do
    not count. `online` keeps to the share of online holds.
    """

    tx: Transaction
    wish: Wish
    starts_at: datetime
    own: Sequence[Standing] = ()
    visit_id: int | None = None
    overruled: bool = False
    online: bool = False
    again: bool = False

    def place(self) -> Placement:
        """Lock, read anew, choose; holds that have run out and are in the way are gone afterwards.

        Raises SlotTaken, ManyChoosing, RoomTooSmall, ServiceTooLong, WindowPast, and what `check_wish` refuses.
        """
        if self.starts_at.tzinfo is None:
            raise MomentNaive
        if len(self.wish.centres) != 1 or not self.wish.services:
            raise WishBroken
        setup, locked, seen = self._lock_and_look()
        check_wish(setup, self.wish)
        self._check_reach(setup, seen)
        choice = self._choose(setup, locked, seen, regardless=False)
        if choice is None and self.overruled:
            choice = self._choose(setup, locked, seen, regardless=True)
        if choice is None:
            raise self._why_not(setup, locked, seen.stands)
        self._check_share(setup, seen)
        placement = choice.placement(self.starts_at)
        mine = {standing.id for standing in self.own}  # to be moved, not cleared away, even when they have run out
        dead = [standing for standing in seen.stands.dead if standing.id not in mine]
        clear(self.tx, dead, [taken for taken, _ in placement.claims])
        return placement

    def _lock_and_look(self) -> tuple[Setup, set[int], Seen]:
        """The set-up as it is after the lock, who is locked, and what there is. Whoever is not locked takes no part."""
        (centre_id,), session = self.wish.centres, self.tx.session
        setup = known_setup(session)
        known = centre_id in setup.centres and all(id_ in setup.services for id_ in self.wish.services)
        if not known:
            setup = fresh_setup(session)
            check_wish(setup, self.wish)
        own = [standing.taken.resource_id for standing in self.own]
        locked = lock(session, [*setup.to_lock(self.wish, centre_id), *own])
        seen = self._look(setup, locked)
        if seen.version != setup.version:
            setup = fresh_setup(session, seen.version)
            check_wish(setup, self.wish)
            newcomers = set(setup.to_lock(self.wish, centre_id)) - locked
            if newcomers and min(newcomers) > max(locked, default=0):  # else locking them would break the order
                locked |= lock(session, newcomers)
            seen = self._look(setup, locked)
        return setup, locked, seen

    def _look(self, setup: Setup, locked: Collection[int]) -> Seen:
        """Every claim in the visit's span, buffers included, and what is used of the day."""
        services = [setup.services[id_] for id_ in self.wish.services]
        longest = sum((s.length for s in services), timedelta()) + max(s.buffer for s in services)
        question = Question(
            self.wish.centres[0], self._day(setup), Interval(self.starts_at, self.starts_at + longest), locked,
            [id_ for id_ in locked if id_ in setup.people], self.wish.services, but=self.visit_id,
        )  # fmt: skip
        return look(self.tx, question)

    def _choose(self, setup: Setup, locked: Collection[int], seen: Seen, regardless: bool) -> Choice | None:
        """Who and where at this start; None when nobody. `regardless` of hours only where there is nobody within."""
        offering = self._offering(setup, locked, seen.stands, regardless)
        bit, means = offering.axis.bit(self.starts_at), offering.means(self.tx.now)
        starts = means.starts(1 << bit, self.wish.routes) if bit is not None else []
        return Choice(offering, means, starts[0][1], seen.load, starts[0][0]) if starts else None

    def _offering(self, setup: Setup, locked: Collection[int], stands: Situation, regardless: bool) -> Offering:
        (centre_id,) = self.wish.centres
        axis = Axis.over(Interval(self.starts_at, self.starts_at + CELL), LONGEST)
        taken = dict.fromkeys(locked, 0)
        mine = {standing.id for standing in self.own}
        for standing in stands.live:
            if standing.id not in mine:
                taken[standing.taken.resource_id] |= axis.touched([standing.taken.interval])
        return Offering(setup, self.wish, centre_id, axis, taken, regardless, any_start=self.again)

    def _check_reach(self, setup: Setup, seen: Seen) -> None:
        if self.starts_at < self.tx.now:
            raise WindowPast
        if self.overruled:
            return
        moment = Interval(self.starts_at, self.starts_at + timedelta(microseconds=1))
        if not self.again and within_reach(setup, self.wish, moment, self.tx.now) is None:
            raise SlotTaken
        if over_cap(setup, self.wish.services, seen.used):
            raise SlotTaken

    def _check_share(self, setup: Setup, seen: Seen) -> None:
        """At most a fifth of a service-day sits in online holds (X-02)."""
        (centre_id,) = self.wish.centres
        for id_ in set(self.wish.services) if self.online else ():
            held = seen.used.get(id_, Used(0, 0)).held
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

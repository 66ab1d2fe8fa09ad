"""Slot search: what is free for a wish, at one centre or several, and what comes next best when nothing is.

At most three statements: the versions of set-up and claims unless the caller has `seen` them, the claims that have
changed since they were last read, and the day's counts of services with a daily cap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from sqlalchemy.orm import Session

from scheduling.asking import LONGEST_WINDOW, check_window, check_wish
from scheduling.cells import CELL, Axis, cell_after
from scheduling.claims import LONGEST, Taken
from scheduling.counts import over_cap, used_days
from scheduling.explaining import why_nothing
from scheduling.interval import Interval
from scheduling.memory import Known, Versions, memory_of, setup_at, steady, taken_bits, versions
from scheduling.offering import Offering, services_of
from scheduling.opening import whole_day
from scheduling.setup import Setup
from scheduling.wish import Answer, Route, Slot, Why, Wish

MOMENT = timedelta(microseconds=1)


class Leaving(NamedTuple):
    """What a visit gives up when it moves: it does not stand in its own way."""

    visit_id: int
    claims: Sequence[Taken]


def slots(
    session: Session, wish: Wish, window: Interval, now: datetime, leaving: Leaving | None = None,
    seen: Versions | None = None,
) -> Sequence[Slot]:  # fmt: skip
    """Free starts in a window, one a start and centre, in order of time; for a move with what it leaves.

    `seen` are the versions that were read just now by whoever searches twice. Raises what `asking` refuses.
    """
    return _Search.over(session, wish, window, now, leaving, seen).answer().slots


def search(
    session: Session, wish: Wish, window: Interval, now: datetime, leaving: Leaving | None = None,
    seen: Versions | None = None,
) -> Answer:  # fmt: skip
    """As `slots`; an empty answer says why, and what comes next best: later, elsewhere, by another way of talking."""
    asked = _Search.over(session, wish, window, now, leaving, seen)
    answer, seen = asked.answer(), asked.seen
    if answer.slots:
        return answer

    def first(other: Wish, when: Interval) -> Slot | None:
        return next(iter(slots(session, other, when, now, leaving, seen)), None) if when.start < when.end else None

    horizon = now + min(service.horizon for service in services_of(asked.setup, wish))
    others = [id_ for id_ in asked.setup.centres if id_ not in wish.centres] if wish.centres else []
    left_out = frozenset(Route) - wish.routes
    return Answer(
        [],
        why=asked.why_nothing(),
        later=first(wish, Interval(window.end, min(horizon, window.end + LONGEST_WINDOW))),
        elsewhere=tuple(slot for id_ in others if (slot := first(wish.at(id_), window))),
        other_routes=first(replace(wish, routes=left_out), window) if left_out else None,
    )


def within_reach(setup: Setup, wish: Wish, window: Interval, now: datetime) -> Interval | None:
    """The part of a window that lead time and horizon of every service leave; None if nothing is left."""
    services = services_of(setup, wish)
    start = max(window.start, now + max(service.lead_time for service in services))
    end = min(window.end, now + min(service.horizon for service in services) + MOMENT)
    return Interval(start, end) if start < end else None


@dataclass(frozen=True)
class _Search:
    """One search: the wish, the part of its window that is within reach, and what it is looked for in."""

    session: Session
    setup: Setup
    seen: Versions
    wish: Wish
    bounds: Interval | None
    now: datetime
    leaving: Leaving | None

    @classmethod
    def over(
        cls, session: Session, wish: Wish, window: Interval, now: datetime, leaving: Leaving | None,
        seen: Versions | None,
    ) -> "_Search":  # fmt: skip
        check_window(window, now)
        seen = seen or versions(session)
        setup = setup_at(session, seen.setup)
        check_wish(setup, wish)
        return cls(session, setup, seen, wish, within_reach(setup, wish, window, now), now, leaving)

    def answer(self) -> Answer:
        """What is free, without the days that a daily cap leaves no place on."""
        if self.bounds is None:
            return Answer([])
        free = self._free(self.bounds) if self.leaving else self._known(self.bounds)
        but = self.leaving.visit_id if self.leaving else 0
        full = _full_days(self.session, self.setup, self.wish, self.bounds, self.now, but)
        return Answer([slot for slot in free.slots if not _is_on(slot, full.get(slot.centre_id, ()))]) if full else free

    def why_nothing(self) -> Why:
        """Why there is no slot."""
        return why_nothing(self._offerings(self.bounds), self.bounds, self.now) if self.bounds else Why.OUT_OF_REACH

    def _known(self, bounds: Interval) -> Answer:
        """Worked out once as long as nothing changes, for a crowd asks the same.

        What can be asked of the pool changes at midnight, what is within reach with every five minutes.
        """
        memory = memory_of(self.session)
        days = [self.now.astimezone(centre.zone).date() for centre in self.setup.centres.values()]
        question = (self.wish, cell_after(bounds.start), cell_after(bounds.end), *days)
        known = memory.answers.get(question)
        if known is None or not known.is_true(self.setup, self.seen.taken, self.now):
            free, current = self._free(bounds), self._current()
            when = steady(self.session, current, _axis(bounds), self.now)
            known = memory.remember(question, Known(self.setup, current, when, free))
        return known.answer

    def _free(self, bounds: Interval) -> Answer:
        found = [_starts(offering, bounds, self.now) for offering in self._offerings(bounds)]
        return Answer(sorted(chain.from_iterable(found)))

    def _offerings(self, bounds: Interval) -> list[Offering]:
        axis = _axis(bounds)
        taken = taken_bits(self.session, self._current(), axis, self.now)
        for id_, interval in self.leaving.claims if self.leaving else ():
            if id_ in taken:
                taken[id_] &= ~axis.touched([interval])
        centres = self.wish.centres or self.setup.centres
        return [Offering(self.setup, self.wish, centre_id, axis, taken) for centre_id in centres]

    def _current(self) -> dict[int, int]:
        """The versions of every resource that could take part."""
        centres = self.wish.centres or self.setup.centres
        return self.seen.of({id_ for centre_id in centres for id_ in self.setup.candidates(self.wish, centre_id)})


def _axis(bounds: Interval) -> Axis:
    return Axis.over(bounds, LONGEST)


def _starts(offering: Offering, bounds: Interval, now: datetime) -> list[Slot]:
    begin, length = offering.axis.interval.start, offering.length.visit
    free = offering.means(now).starts(offering.axis.starting(bounds), offering.wish.routes)
    return [Slot(start := begin + bit * CELL, start + length, route, offering.centre.id) for bit, route in free]


def _is_on(slot: Slot, days: Sequence[Interval]) -> bool:
    return any(day.start <= slot.starts_at < day.end for day in days)


def _full_days(
    session: Session, setup: Setup, wish: Wish, bounds: Interval, now: datetime, but: int
) -> dict[int, list[Interval]]:
    """By centre the local days that a daily cap leaves no place on; a statement only for services that have one."""
    caps = {s.id: s.daily_cap for s in services_of(setup, wish) if s.daily_cap is not None}
    full: dict[int, list[Interval]] = {}
    if over_cap(setup, wish.services, {}):
        return {centre_id: [bounds] for centre_id in setup.centres}
    if caps:
        around = Interval(bounds.start - LONGEST, bounds.end + LONGEST)
        for (centre_id, day, service_id), used in used_days(session, caps, around, now, but).items():
            if centre_id in setup.centres and used.standing + wish.services.count(service_id) > caps[service_id]:
                full.setdefault(centre_id, []).append(whole_day(day, setup.centres[centre_id].zone))
    return full

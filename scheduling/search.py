"""Slot search: what is free for a wish, at one centre or several, and what comes next best when nothing is.

At most three statements: the versions of set-up and claims, the claims that have changed since they were last read,
and the day's counts of services with a daily cap.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
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


class _Found(NamedTuple):
    """What one search came to, and what it was looked for in."""

    answer: Answer
    setup: Setup
    versions: dict[int, int]
    bounds: Interval | None


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
    return _look(session, wish, window, now, leaving, seen).answer.slots


def search(
    session: Session, wish: Wish, window: Interval, now: datetime, leaving: Leaving | None = None,
    seen: Versions | None = None,
) -> Answer:  # fmt: skip
    """As `slots`; an empty answer says why, and what comes next best: later, elsewhere, by another way of talking."""
    found = _look(session, wish, window, now, leaving, seen)
    if found.answer.slots:
        return found.answer

    def first(other: Wish, when: Interval) -> Slot | None:
        return next(iter(slots(session, other, when, now, leaving, seen)), None) if when.start < when.end else None

    horizon = now + min(service.horizon for service in services_of(found.setup, wish))
    others = [id_ for id_ in found.setup.centres if id_ not in wish.centres] if wish.centres else []
    left_out = frozenset(Route) - wish.routes
    return Answer(
        [],
        why=_why_nothing(session, found, wish, now, leaving),
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


def _look(
    session: Session, wish: Wish, window: Interval, now: datetime, leaving: Leaving | None, seen: Versions | None
) -> _Found:
    check_window(window, now)
    setup, current = _current(session, wish, seen or versions(session))
    check_wish(setup, wish)
    bounds = within_reach(setup, wish, window, now)
    if bounds is None:
        return _Found(Answer([]), setup, current, None)
    answer = _free(session, setup, current, wish, bounds, now, leaving)
    full = _full_days(session, setup, wish, bounds, now, leaving.visit_id if leaving else 0)
    if full:
        answer = Answer([slot for slot in answer.slots if not _is_on(slot, full.get(slot.centre_id, ()))])
    return _Found(answer, setup, current, bounds)


def _free(
    session: Session, setup: Setup, current: dict[int, int], wish: Wish, bounds: Interval, now: datetime,
    leaving: Leaving | None,
) -> Answer:  # fmt: skip
    """All free starts, daily caps left aside; worked out once as long as nothing changes, for a crowd asks the same.

    What can be asked of the pool changes at midnight, what is within reach with every five minutes.
    """
    memory, today = memory_of(session), [now.astimezone(centre.zone).date() for centre in setup.centres.values()]
    question = (wish, cell_after(bounds.start), cell_after(bounds.end), *today)
    known = None if leaving else memory.answers.get(question)
    if known and known.is_true(setup, current, now):
        return known.answer
    offerings = _offerings(session, setup, current, wish, bounds, now, leaving)
    answer = Answer(sorted(slot for offering in offerings for slot in _starts(offering, bounds, now)))
    if not leaving:
        memory.remember(question, Known(setup, current, steady(session, current, _axis(bounds), now), answer))
    return answer


def _offerings(
    session: Session, setup: Setup, current: dict[int, int], wish: Wish, bounds: Interval, now: datetime,
    leaving: Leaving | None,
) -> list[Offering]:  # fmt: skip
    axis = _axis(bounds)
    taken = taken_bits(session, current, axis, now)
    for id_, interval in leaving.claims if leaving else ():
        if id_ in taken:
            taken[id_] &= ~axis.touched([interval])
    return [Offering(setup, wish, centre_id, axis, taken) for centre_id in wish.centres or setup.centres]


def _axis(bounds: Interval) -> Axis:
    return Axis.over(bounds, LONGEST)


def _starts(offering: Offering, bounds: Interval, now: datetime) -> list[Slot]:
    begin, length = offering.axis.interval.start, offering.length.visit
    free = offering.means(now).starts(offering.axis.starting(bounds), offering.wish.routes)
    return [Slot(start := begin + bit * CELL, start + length, route, offering.centre.id) for bit, route in free]


def _why_nothing(session: Session, found: _Found, wish: Wish, now: datetime, leaving: Leaving | None) -> Why:
    if found.bounds is None:
        return Why.OUT_OF_REACH
    offerings = _offerings(session, found.setup, found.versions, wish, found.bounds, now, leaving)
    return why_nothing(offerings, found.bounds, now)


def _is_on(slot: Slot, days: Sequence[Interval]) -> bool:
    return any(day.start <= slot.starts_at < day.end for day in days)


def _current(session: Session, wish: Wish, seen: Versions) -> tuple[Setup, dict[int, int]]:
    """The set-up at its current version, and the versions of every resource that could take part."""
    setup = setup_at(session, seen.setup)
    return setup, seen.of(_candidates(setup, wish))


def _candidates(setup: Setup, wish: Wish) -> set[int]:
    """None for a wish that names what there is not; `check_wish` says so."""
    if not all(id_ in setup.services for id_ in wish.services):
        return set()
    centres = [id_ for id_ in wish.centres or setup.centres if id_ in setup.centres]
    return {id_ for centre_id in centres for id_ in setup.candidates(wish, centre_id)}


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

"""Why a session cannot stand where it is planned: every reason is looked for before one is made (P8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select

from foundation.db import Transaction
from scheduling.asking import check_stretch
from scheduling.blocked import atoms_of
from scheduling.claims import lock, situation
from scheduling.interval import Interval
from scheduling.memory import current_setup
from scheduling.models import Absence, Centre, Closure, Travel
from scheduling.opening import is_holiday

CHANGE = timedelta(minutes=5)
"""After each session teacher and room have so long to change over (C-01)."""


class Why(StrEnum):
    """Why a session cannot stand where it is planned."""

    TAKEN = "taken"
    """Its teacher or room is taken."""
    TWICE = "twice"
    """It overlaps another session of the same plan."""
    ELSEWHERE = "elsewhere"
    """Its teacher works at another centre, too close in time for the way."""
    ABSENT = "absent"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    PAST = "past"


@dataclass(frozen=True)
class Wanted:
    """A session as it is to be: when, by whom, and in which room, if in one of ours."""

    interval: Interval
    teacher_id: int
    room_id: int | None

    @property
    def taken(self) -> Interval:
        """What it takes of them: the change-over after it, too."""
        return Interval(self.interval.start, self.interval.end + CHANGE)

    @property
    def resources(self) -> list[int]:
        """Whom and what it takes."""
        return [id_ for id_ in (self.teacher_id, self.room_id) if id_ is not None]


@dataclass(frozen=True)
class Collision:
    """A planned session that cannot stand, and what is in its way from when to when."""

    wanted: Wanted
    why: Why
    way: Interval


def collisions(tx: Transaction, centre: Centre, wanted: Sequence[Wanted]) -> list[Collision]:
    """Every session that cannot stand, each with the first reason, in order of time. What it looks at stays locked."""
    found = []
    before: list[Interval] = []
    lock(tx.session, {atom for one in wanted for atom in atoms_of(tx, one.resources)})
    for one in sorted(wanted, key=lambda one: one.interval):
        check_stretch(one.interval)
        reason = _in_the_way(tx, centre, one, before)
        if reason:
            found.append(Collision(one, *reason))
        before.append(one.interval)
    return found


def _in_the_way(
    tx: Transaction, centre: Centre, one: Wanted, before: Iterable[Interval]
) -> tuple[Why, Interval] | None:
    interval = one.interval
    if interval.start <= tx.now:
        return Why.PAST, interval
    if is_holiday(centre.local_day(interval.start)):
        return Why.HOLIDAY, interval
    twice = next((other for other in before if other.overlaps(interval)), None)
    if twice:
        return Why.TWICE, twice
    return _closed(tx, centre, interval) or _absent(tx, one) or _elsewhere(tx, centre, one) or _taken(tx, one)


def _closed(tx: Transaction, centre: Centre, interval: Interval) -> tuple[Why, Interval] | None:
    found = select(Closure).where(
        Closure.centre_id == centre.id, Closure.starts_at < interval.end, Closure.ends_at > interval.start
    )
    closure = tx.session.scalars(found.order_by(Closure.starts_at)).first()
    return (Why.CLOSED, Interval(closure.starts_at, closure.ends_at)) if closure else None


def _absent(tx: Transaction, one: Wanted) -> tuple[Why, Interval] | None:
    found = select(Absence).where(
        Absence.resource_id.in_([*one.resources, *atoms_of(tx, one.resources)]),
        Absence.starts_at < one.interval.end, Absence.ends_at > one.interval.start,
    )  # fmt: skip
    absence = tx.session.scalars(found.order_by(Absence.starts_at)).first()
    return (Why.ABSENT, Interval(absence.starts_at, absence.ends_at)) if absence else None


def _taken(tx: Transaction, one: Wanted) -> tuple[Why, Interval] | None:
    stands = situation(tx, atoms_of(tx, one.resources), one.taken).live
    first = min((standing.taken.interval for standing in stands), default=None)
    return (Why.TAKEN, first) if first else None


def _elsewhere(tx: Transaction, centre: Centre, one: Wanted) -> tuple[Why, Interval] | None:
    setup = current_setup(tx.session)
    for resource_id, other in setup.timetables:
        if resource_id == one.teacher_id and other != centre.id:
            way = _way(tx, centre.id, other)
            around = Interval(one.interval.start - way, one.interval.end + way)
            works = setup.timetable(resource_id, other).opened(around, setup.centres[other].zone, walk_in=True)
            if works:
                return Why.ELSEWHERE, works[0]
    return None


def _way(tx: Transaction, one: int, other: int) -> timedelta:
    found = tx.session.get(Travel, (min(one, other), max(one, other)))
    return found.takes if found else timedelta()

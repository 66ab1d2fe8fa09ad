"""A series of consultations: what fits is shown, then all are booked or none, or those that fit; and called off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Refusal, desk_sentence
from foundation.tokens import random_token
from scheduling.cells import CELL, Axis
from scheduling.claims import LONGEST, lock, lock_claimed, standing_of
from scheduling.counts import Used, over_cap, used_days
from scheduling.following_up import as_before
from scheduling.freed import offer_ids
from scheduling.interval import Interval
from scheduling.memory import current_setup, taken_bits, versions
from scheduling.models import AppointmentState, Visit
from scheduling.moving import wish_of
from scheduling.offering import Offering
from scheduling.opening import whole_day
from scheduling.reaching import note_contact
from scheduling.refusals import RoomTooSmall, ServiceTooLong, SlotTaken, WindowPast
from scheduling.rhythm import Obstacle, Rhythm, fits, nearest_of, series_starts, why_not
from scheduling.setup import Setup
from scheduling.visits import Contact, confirm, hold, visit_to_change
from scheduling.wish import Wish

DOES_NOT_FIT = (SlotTaken, RoomTooSmall, ServiceTooLong, WindowPast)


class DatesTaken(Refusal):
    """Dates of a series that cannot be had, which are `starts`; none of it is booked."""

    text = desk_sentence("Nicht alle Termine passen. Es ist keiner gebucht: Die Gründe stehen in der Liste.")

    def __init__(self, starts: Sequence[datetime]) -> None:
        """All of them at once."""
        super().__init__()
        self.starts = tuple(starts)


@dataclass(frozen=True)
class Occurrence:
    """One date of a series: booked already, free, or with an obstacle and the nearest free time of that day."""

    starts_at: datetime
    booked: Visit | None = None
    obstacle: Obstacle | None = None
    nearest: datetime | None = None

    @property
    def fits(self) -> bool:
        """Whether it can be booked as it is."""
        return self.booked is None and self.obstacle is None


class Booked(NamedTuple):
    """What became of the dates of a series."""

    visits: list[Visit]
    left: list[datetime]


def occurrences(session: Session, first: Visit, rhythm: Rhythm, now: datetime) -> list[Occurrence]:
    """The dates after the first, each with what stands in its way. Raises SeriesBroken."""
    rhythm.check()
    zone, others = first.centre.zone, {visit.day_on: visit for visit in of_series(session, first)}
    starts = series_starts(first.first.starts_at, zone, rhythm)[1:]
    look = _Look.over(session, first, starts, now)
    days = [(start, start.astimezone(zone).date()) for start in starts]
    return [Occurrence(start, others[day]) if day in others else look.at(start, day) for start, day in days]


def book_series(
    tx: Transaction, first: Visit, starts: Sequence[datetime], keys: Sequence[str], contact: Contact, every: bool
) -> Booked:
    """Book what was booked or is held in `first` (its row locked) for more starts; a visit each, known to each other.

    With `every` all or none: raises DatesTaken with all that cannot be had. Else those that fit, and what is left; none
    of a booked visit's raises DatesTaken, too. What `first` holds is confirmed with them.
    """
    wishes = _wishes(first)
    _lock_all(tx, first, wishes[-1])
    held = {start: id_ for start in starts if (id_ := _hold(tx, wishes, start, first.ui_lang)) is not None}
    left = [start for start in starts if start not in held]
    if left and (every or (first.code is not None and not held)):
        raise DatesTaken(left)
    new = [visit_to_change(tx, id_) for id_ in held.values()]
    for visit in new:
        note_contact(tx, visit, contact, unlimited=True)
    told = [first, *new] if first.code is None else new
    if new:
        first.series = first.series or random_token()
    for visit, place in numbered(told):
        visit.series = first.series
        confirm(tx, visit, keys, **place)
    return Booked(new, left)


def numbered(visits: Sequence[Visit]) -> Iterator[tuple[Visit, dict[str, int]]]:
    """Each with its place in the series, as facts carry it; one that is alone has none."""
    return ((visit, {"series": place} if len(visits) > 1 else {}) for place, visit in enumerate(visits, 1))


def of_series(session: Session, visit: Visit) -> Sequence[Visit]:
    """The other open visits of a visit's series, in order of time."""
    if visit.series is None:
        return []
    found = select(Visit).where(Visit.series == visit.series, Visit.id != visit.id, Visit.ended_at.is_(None))
    return sorted(session.scalars(found), key=lambda other: other.first.starts_at)


def to_come(visits: Sequence[Visit], now: datetime) -> list[Visit]:
    """Those of some visits that are booked and have not begun."""
    booked = [visit for visit in visits if visit.code and visit.ended_at is None and visit.appointments]
    return [v for v in booked if v.first.state is AppointmentState.BOOKED and v.first.starts_at > now]


def series_to_change(tx: Transaction, visit: Visit) -> list[Visit]:
    """A visit and all of its series, their rows and what they have claimed locked, day by day.

    The visit must not be locked before: rows are locked in order of id, so that nobody waits crosswise.
    """
    same = Visit.id == visit.id if visit.series is None else Visit.series == visit.series
    ids = tx.session.scalars(select(Visit.id).where(same, Visit.erased_at.is_(None)).order_by(Visit.id)).all()
    visits = [visit_to_change(tx, id_) for id_ in ids]
    lock_claimed(tx.session, [id_ for one in visits for id_ in (*(p.id for p in one.appointments), *offer_ids(one))])
    return sorted(visits, key=lambda one: (one.day_on, one.id))


def reach_all(tx: Transaction, visit: Visit, series: Sequence[Visit], contact: Contact) -> list[Visit]:
    """How the client of a visit is reached, in all of its series (rows locked) that is still to come; those visits.

    Raises what `note_contact` does.
    """
    others = to_come([one for one in series if one.id != visit.id], tx.now)
    reached = sorted([visit, *others], key=lambda one: (one.day_on, one.id))
    for one, place in numbered(reached):
        note_contact(tx, one, contact, False, **place)
    return reached


def _wishes(first: Visit) -> list[Wish]:
    """The same with the same counsellor: as it is, then in any room, then with anybody who interprets."""
    wish = replace(wish_of(first, first.appointments), counsellor=first.first.counsellor_id)
    return list(as_before(wish, first.first))


def _lock_all(tx: Transaction, first: Visit, widest: Wish) -> None:
    """Everything that any of the dates could need, at once and in one order."""
    own = standing_of(tx.session, [part.id for part in first.appointments])
    setup = current_setup(tx.session)
    lock(tx.session, [*setup.to_lock(widest, first.centre_id), *(standing.taken.resource_id for standing in own)])


def _hold(tx: Transaction, wishes: Sequence[Wish], start: datetime, tongue: str) -> int | None:
    """The first of the wishes that can be had then; nothing is written for one that cannot."""
    for wish in wishes:
        try:
            return hold(tx, wish, start, tongue, again=True)
        except DOES_NOT_FIT:
            continue
    return None


@dataclass
class _Look:
    """What one look at the dates needs to know."""

    session: Session
    setup: Setup
    wishes: Sequence[Wish]
    centre_id: int
    current: dict[int, int]
    used: dict[date, dict[int, Used]]
    now: datetime

    @classmethod
    def over(cls, session: Session, first: Visit, starts: Sequence[datetime], now: datetime) -> "_Look":
        setup, wishes, used = current_setup(session), _wishes(first), dict[date, dict[int, Used]]()
        ids = setup.candidates(wishes[-1], first.centre_id)
        window = Interval(starts[0] - LONGEST, starts[-1] + LONGEST)
        for (centre_id, day, service_id), count in used_days(session, wishes[0].services, window, now).items():
            if centre_id == first.centre_id:
                used.setdefault(day, {})[service_id] = count
        return cls(session, setup, wishes, first.centre_id, versions(session).of(ids), used, now)

    def at(self, start: datetime, day: date) -> Occurrence:
        """One date."""
        local = whole_day(day, self.setup.centres[self.centre_id].zone)
        axis = Axis.over(local, LONGEST)
        taken = taken_bits(self.session, self.current, axis, self.now)
        full = over_cap(self.setup, self.wishes[0].services, self.used.get(day, {}))
        ways = [self._offering(wish, axis, taken, any_start=True) for wish in self.wishes]
        if start >= self.now and not full and any(fits(way.means(self.now), way, start) for way in ways):
            return Occurrence(start)
        widest = self._offering(self.wishes[-1], axis, taken)
        counsellor = self.wishes[-1].counsellor or 0
        obstacle = why_not(widest, counsellor, start, full, self.now)
        return Occurrence(start, obstacle=obstacle, nearest=None if full else self._nearest(widest, local, start))

    def _nearest(self, offering: Offering, local: Interval, start: datetime) -> datetime | None:
        within = Interval(max(local.start, self.now), max(local.end, self.now))
        free = offering.means(self.now).starts(offering.axis.starting(within), offering.wish.routes)
        return nearest_of([offering.axis.interval.start + bit * CELL for bit, _ in free], start)

    def _offering(self, wish: Wish, axis: Axis, taken: dict[int, int], any_start: bool = False) -> Offering:
        return Offering(self.setup, wish, self.centre_id, axis, taken, any_start=any_start)

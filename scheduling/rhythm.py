"""Consultations that come again every so many weeks, at the same wall time on the same weekday. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from foundation.errors import Refusal, desk_sentence
from scheduling.availability import Means
from scheduling.cells import Axis
from scheduling.interval import Interval
from scheduling.offering import Offering
from scheduling.opening import is_holiday, local_moment

EVERY, TIMES = range(1, 9), range(2, 13)


class SeriesBroken(Refusal):
    """No series that anybody would keep."""

    text = desk_sentence("Eine Serie hat 2 bis 12 Termine, alle 1 bis 8 Wochen.")
    status = 422


class Rhythm(NamedTuple):
    """Every so many weeks, so many times with the first."""

    weeks: int
    times: int

    def check(self) -> None:
        """Raises SeriesBroken."""
        if self.weeks not in EVERY or self.times not in TIMES:
            raise SeriesBroken


class Obstacle(StrEnum):
    """Why a date of a series does not fit, the plainest reason first."""

    PAST = "past"
    HOLIDAY = "holiday"
    SHUT = "shut"
    AWAY = "away"
    HOURS = "hours"
    FULL = "full"
    TAKEN = "taken"
    NO_WAY = "no_way"
    """No room that fits, or nobody to interpret."""


def series_days(first: date, rhythm: Rhythm) -> Iterator[date]:
    """The local days, the first among them."""
    return (first + timedelta(weeks=number * rhythm.weeks) for number in range(rhythm.times))


def series_starts(first: datetime, zone: ZoneInfo, rhythm: Rhythm) -> list[datetime]:
    """The starts in UTC: the wall time stays, also where the clocks change in between."""
    begin = first.astimezone(zone)
    return [local_moment(day, begin.time(), zone) for day in series_days(begin.date(), rhythm)]


def why_not(offering: Offering, counsellor: int, start: datetime, full: bool, now: datetime) -> Obstacle:
    """Why nobody can come then, with this counsellor; `full` where the day has no place left by its daily cap."""
    if start < now:
        return Obstacle.PAST
    if is_holiday(start.astimezone(offering.centre.zone).date()):
        return Obstacle.HOLIDAY
    wanted = Interval(start, start + offering.length.visit)
    exceptions = offering.setup.timetable(counsellor, offering.centre.id).exceptions
    for stretches, obstacle in ((exceptions.closures, Obstacle.SHUT), (exceptions.absences, Obstacle.AWAY)):
        if any(stretch.overlaps(wanted) for stretch in stretches):
            return obstacle
    untaken = _untaken(offering).means(now)
    if not _has(untaken.anybody.starts, offering.axis, start):
        return Obstacle.HOURS
    if full:
        return Obstacle.FULL
    return Obstacle.TAKEN if fits(untaken, offering, start) else Obstacle.NO_WAY


def fits(means: Means, offering: Offering, start: datetime) -> bool:
    """Whether the visit can begin then."""
    bit = offering.axis.bit(start)
    return bit is not None and bool(means.starts(1 << bit, offering.wish.routes))


def nearest_of(starts: Sequence[datetime], moment: datetime) -> datetime | None:
    """The one nearest to a moment, of two the earlier; None of none."""
    return min(starts, key=lambda start: (abs(start - moment), start), default=None)


def _untaken(offering: Offering) -> Offering:
    free = dict.fromkeys(offering.taken, 0)
    return Offering(offering.setup, offering.wish, offering.centre.id, offering.axis, free, any_start=True)


def _has(bits: int, axis: Axis, start: datetime) -> bool:
    bit = axis.bit(start)
    return bit is not None and bool(bits >> bit & 1)

"""From rules and exceptions to open time in UTC. Pure; the only place where a zone matters.

Order, strongest first: holiday > closure > absence > extra hours > weekly plan (P6).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from scheduling.interval import Interval, subtract, union


@dataclass(frozen=True)
class Rule:
    """A weekly rule in wall time; see `WeeklyRule`."""

    weekday: int
    opens: time
    closes: time
    valid_from: date
    valid_until: date | None = None
    every_weeks: int = 1

    def holds_on(self, day: date) -> bool:
        """Whether the rule applies on this local day."""
        if day.weekday() != self.weekday or day < self.valid_from or (self.valid_until and day > self.valid_until):
            return False
        return (_monday(day) - _monday(self.valid_from)).days // 7 % self.every_weeks == 0


@dataclass(frozen=True)
class Exceptions:
    """What departs from the weekly plan, in UTC; `festive` are extra hours that hold on a public holiday too."""

    extra: tuple[Interval, ...] = ()
    festive: tuple[Interval, ...] = ()
    absences: tuple[Interval, ...] = ()
    closures: tuple[Interval, ...] = ()


def days_of(window: Interval, zone: ZoneInfo) -> Iterator[date]:
    """The local days that a window touches."""
    day, last = window.start.astimezone(zone).date(), window.end.astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def local_moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Wall time on a local day as UTC. A time that the clocks skip is moved on by the skipped hour."""
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)


def whole_day(day: date, zone: ZoneInfo) -> Interval:
    """A local day from midnight to midnight, 23 to 25 hours."""
    return Interval(local_moment(day, time(0), zone), local_moment(day + timedelta(days=1), time(0), zone))


def is_holiday(day: date) -> bool:
    """Whether the day is a public holiday in Baden-Württemberg (D-10)."""
    return day in _holidays(day.year)


def open_time(rules: Iterable[Rule], exceptions: Exceptions, window: Interval, zone: ZoneInfo) -> list[Interval]:
    """When somebody or something is open inside `window`, before any claim."""
    rules, days = list(rules), list(days_of(window, zone))
    weekly = [
        Interval(local_moment(day, rule.opens, zone), local_moment(day, rule.closes, zone))
        for day in days
        for rule in rules
        if rule.holds_on(day)
    ]
    feasts = [whole_day(day, zone) for day in days if is_holiday(day)]
    opened = subtract([*weekly, *exceptions.extra], feasts)
    opened = subtract([*opened, *exceptions.festive], [*exceptions.absences, *exceptions.closures])
    return union(Interval(max(i.start, window.start), min(i.end, window.end)) for i in opened)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="BW", years=year))

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

SATURDAY = 5


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

    def within(self, window: Interval) -> "Exceptions":
        """Those that touch a window; years of past absences cost nothing."""
        kept = (tuple(i for i in stretches if i.overlaps(window)) for stretches in self._all())
        return Exceptions(*kept)

    def without(self, extra: Interval) -> "Exceptions":
        """As if these extra hours had not been given."""
        extras = tuple(i for i in self.extra if i != extra), tuple(i for i in self.festive if i != extra)
        return Exceptions(*extras, self.absences, self.closures)

    def _all(self) -> tuple[tuple[Interval, ...], ...]:
        return self.extra, self.festive, self.absences, self.closures


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


def days_window(zone: ZoneInfo, first: date, days: int) -> Interval:
    """From midnight of a local day over `days` local days, in UTC."""
    return Interval(local_moment(first, time(0), zone), local_moment(first + timedelta(days=days), time(0), zone))


def is_holiday(day: date) -> bool:
    """Whether the day is a public holiday in Baden-Württemberg (D-10)."""
    return day in _holidays(day.year)


def is_working_day(day: date) -> bool:
    """Monday to Friday, no holiday."""
    return day.weekday() < SATURDAY and not is_holiday(day)


def working_days_from(day: date, count: int) -> date:
    """The working day `count` after (or, negative, before) a day."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


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

"""On which days a course meets: every so many weeks or on certain weeks of the month, past holidays. Pure (D-10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.opening import is_holiday
from scheduling.school_holidays import KNOWN_UNTIL, is_school_holiday

MOST_SESSIONS = 120
"""More days than any course has: two meetings a week for a year."""

LOOKS_AHEAD = timedelta(days=3 * 366)
"""A series that has not come to its end by then never will."""


@dataclass(frozen=True)
class Meetings:
    """Meetings on some weekdays (0 = Monday) from `first` on, until `last` or so often as `count` says.

    Every `every_weeks` weeks, counted from the week of `first`; or, with `of_month`, on the first to fifth of that
    weekday in the month. Public holidays are left out, with `as_schools` the school holidays too.
    """

    first: date
    weekdays: frozenset[int]
    every_weeks: int = 1
    of_month: frozenset[int] = frozenset()
    last: date | None = None
    count: int | None = None
    as_schools: bool = False

    def days(self) -> list[date]:
        """The days of the meetings, in order, at most `MOST_SESSIONS`."""
        most = min(self.count or MOST_SESSIONS, MOST_SESSIONS)
        return [day for day, _ in zip(self._meeting_days(), range(most), strict=False)]

    def left_out(self) -> list[date]:
        """The days on which it would meet but for holidays, up to its last meeting."""
        days = self.days()
        until = self.last or (days[-1] if days else self.first)
        return [day for day in self._days() if day <= until and self._is_free(day)]

    def _meeting_days(self) -> Iterator[date]:
        return (day for day in self._days() if not self._is_free(day))

    def _days(self) -> Iterator[date]:
        until = min(self.last or date.max, self.first + LOOKS_AHEAD)
        day = self.first
        while day <= until:
            if day.weekday() in self.weekdays and self._in_rhythm(day):
                yield day
            day += timedelta(days=1)

    def _in_rhythm(self, day: date) -> bool:
        if self.of_month:
            return (day.day - 1) // 7 + 1 in self.of_month
        monday = self.first - timedelta(days=self.first.weekday())
        return (day - monday).days // 7 % self.every_weeks == 0

    def _is_free(self, day: date) -> bool:
        return is_holiday(day) or (self.as_schools and is_school_holiday(day))


def holidays_unknown(days: Sequence[date]) -> bool:
    """Whether a series goes on after the last school year whose holidays are known."""
    return bool(days) and days[-1] > KNOWN_UNTIL

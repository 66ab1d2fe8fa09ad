"""Time as bits: an axis of five-minute cells, a whole resource-week in one Python integer. Pure.

Cells are counted from a fixed Monday, so that weeks computed at different moments fit together.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from scheduling.interval import Interval

CELL = timedelta(minutes=5)
WEEK = 7 * 24 * 12
"""Cells of a week."""

EVERYWHERE = -1
"""All bits set, on any axis."""

_ORIGIN = datetime(2018, 1, 1, tzinfo=UTC)  # a Monday before every booking


def cells(length: timedelta) -> int:
    """How many cells a length touches."""
    return -(-length // CELL)


def cell_after(moment: datetime) -> int:
    """The first cell that begins at `moment` or later."""
    return -((_ORIGIN - moment) // CELL)


def cell_before(moment: datetime) -> int:
    """The last cell that begins at `moment` or earlier."""
    return (moment - _ORIGIN) // CELL


def moment_of(cell: int) -> datetime:
    """When a cell begins."""
    return _ORIGIN + cell * CELL


def week_of(moment: datetime) -> int:
    """The number of the week a moment is in."""
    return cell_before(moment) // WEEK


def weeks_of(window: Interval) -> range:
    """The weeks a window touches."""
    return range(week_of(window.start), -(-cell_after(window.end) // WEEK))


def week_interval(week: int) -> Interval:
    """A week as a stretch of time."""
    return Interval(moment_of(week * WEEK), moment_of((week + 1) * WEEK))


class Axis(NamedTuple):
    """Whole weeks in a row; bit 0 is the first cell of the first."""

    weeks: range

    @classmethod
    def over(cls, window: Interval, margin: timedelta) -> "Axis":
        """The axis on which a visit of length `margin` that starts in `window` has room."""
        return cls(weeks_of(Interval(window.start, window.end + margin)))

    @property
    def first(self) -> int:
        """The cell of bit 0."""
        return self.weeks.start * WEEK

    @property
    def interval(self) -> Interval:
        """From its first moment to its last."""
        return Interval(moment_of(self.first), moment_of(self.weeks.stop * WEEK))

    @property
    def whole(self) -> int:
        """Every bit of it."""
        return (1 << len(self.weeks) * WEEK) - 1

    def join(self, week_bits: Iterable[int]) -> int:
        """The bits of its weeks, one after the other."""
        return sum(bits << place * WEEK for place, bits in enumerate(week_bits))

    def inside(self, stretches: Iterable[Interval]) -> int:
        """The cells that lie wholly in one of the stretches."""
        return self._bits((cell_after(start), cell_before(end)) for start, end in stretches)

    def touched(self, stretches: Iterable[Interval]) -> int:
        """The cells that any of the stretches touches."""
        return self._bits((cell_before(start), cell_after(end)) for start, end in stretches)

    def starting(self, window: Interval) -> int:
        """The cells that begin in a window."""
        return self._bits([(cell_after(window.start), cell_after(window.end))])

    def bit(self, moment: datetime) -> int | None:
        """The bit of a moment; None when it is off the five minutes or off the axis."""
        cell = cell_after(moment)
        inside = 0 <= cell - self.first < len(self.weeks) * WEEK
        return cell - self.first if inside and moment_of(cell) == moment else None

    def _bits(self, ranges: Iterable[tuple[int, int]]) -> int:
        found, last = 0, len(self.weeks) * WEEK
        for begin, end in ranges:
            low, high = max(begin - self.first, 0), min(end - self.first, last)
            if low < high:
                found |= (1 << high) - (1 << low)
        return found


def runs(bits: int, length: int) -> int:
    """The bits at which `length` set bits in a row begin; everywhere for a length of nothing."""
    if length == 0:
        return EVERYWHERE
    have = 1
    while have < length:
        step = min(have, length - have)
        bits &= bits >> step
        have += step
    return bits


def positions(bits: int) -> Iterator[int]:
    """The places of the set bits, lowest first."""
    written = f"{bits:b}"[::-1]
    place = written.find("1")
    while place >= 0:
        yield place
        place = written.find("1", place + 1)


def joined(many: Iterable[int]) -> int:
    """Set where any of them is."""
    found = 0
    for bits in many:
        found |= bits
    return found

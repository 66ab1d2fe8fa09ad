"""From stretches of time to places in a picture of hours: where each begins, how long it is, what stands beside. Pure.

A day is drawn by the clock on its wall: ten stands at ten, also on the two days a year on which the clocks change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.diary import Diary, Entry, Kind
from scheduling.interval import Interval
from scheduling.opening import whole_day

DAY = 24 * 60
SHORTEST = 10
"""Minutes that are always drawn, so that nothing vanishes."""

USUAL = (8, 17)
"""Hours that are drawn even when nothing is in them."""

AWAY = frozenset({Kind.ABSENCE, Kind.CLOSURE, Kind.HOLIDAY})
"""What lies behind everything else, whether there is work in it or not."""


class Span(NamedTuple):
    """Minutes of a day's wall clock, from and to."""

    start: int
    end: int


class Place(NamedTuple):
    """Percent of a column: from the top, downwards, from its beginning, across."""

    top: float
    length: float
    start: float
    breadth: float


@dataclass(frozen=True)
class Ruler:
    """The hours that are drawn."""

    first: int
    last: int

    @property
    def hours(self) -> range:
        """Every hour that begins in the picture."""
        return range(self.first, self.last)

    def at(self, minute: int) -> float:
        """Where a minute of the day is, in percent; outside the picture at its rim."""
        share = (minute - self.first * 60) / ((self.last - self.first) * 60)
        return round(100 * min(max(share, 0), 1), 3)


@dataclass(frozen=True)
class Block:
    """An entry, what of it lies on the day, and where it is drawn."""

    entry: Entry
    interval: Interval
    place: Place
    whole_day: bool


@dataclass(frozen=True)
class Column:
    """One day of somebody, or one room on a day, ready to be drawn."""

    blocks: Sequence[Block]
    away: Sequence[Block]
    opened: Sequence[Place]
    walk_in: Sequence[Place]
    now: float | None
    diary: Diary

    @property
    def listed(self) -> list[Block]:
        """All that is in it, in order of time."""
        return sorted([*self.away, *self.blocks], key=lambda block: block.interval)


def on_day(diary: Diary, day: date, zone: ZoneInfo) -> Diary:
    """What of a plan touches a local day."""
    whole = whole_day(day, zone)
    opened, walk_in = ([i for i in hours if i.overlaps(whole)] for hours in (diary.opened, diary.walk_in))
    return Diary([entry for entry in diary.entries if entry.interval.overlaps(whole)], opened, walk_in)


def ruler_of(diaries: Iterable[tuple[date, Diary]], zone: ZoneInfo) -> Ruler:
    """Hours in which all of these plans of one day each can be drawn; who is away needs no room."""
    return ruler_for(
        span_on(day, interval, zone)
        for day, diary in diaries
        for interval in (*diary.opened, *diary.walk_in, *(e.interval for e in diary.entries if e.kind not in AWAY))
    )


def draw(diary: Diary, day: date, zone: ZoneInfo, ruler: Ruler, now: datetime) -> Column:
    """The plan of one day as a column; with the line of this moment where the day is today."""
    behind = [entry for entry in diary.entries if entry.kind in AWAY]
    before = [entry for entry in diary.entries if entry.kind not in AWAY]
    today = now.astimezone(zone).date() == day
    return Column(
        _blocks(before, places([span_on(day, e.interval, zone) for e in before], ruler), whole_day(day, zone)),
        _blocks(behind, _wide([e.interval for e in behind], day, zone, ruler), whole_day(day, zone)),
        _wide(diary.opened, day, zone, ruler),
        _wide(diary.walk_in, day, zone, ruler),
        ruler.at(minute_on(day, now, zone)) if today else None,
        diary,
    )


def _blocks(entries: Sequence[Entry], drawn: Sequence[Place], day: Interval) -> list[Block]:
    return [
        Block(entry, Interval(max(entry.interval.start, day.start), min(entry.interval.end, day.end)), place,
              entry.interval.start <= day.start and entry.interval.end >= day.end)
        for entry, place in zip(entries, drawn, strict=True)
    ]  # fmt: skip


def _wide(intervals: Sequence[Interval], day: date, zone: ZoneInfo, ruler: Ruler) -> list[Place]:
    return [places([span_on(day, interval, zone)], ruler)[0] for interval in intervals]


def span_on(day: date, interval: Interval, zone: ZoneInfo) -> Span:
    """What of an interval lies on a local day, never shorter than `SHORTEST`."""
    start, end = (minute_on(day, moment, zone) for moment in interval)
    start = min(start, DAY - SHORTEST)
    return Span(start, max(end, start + SHORTEST))


def minute_on(day: date, moment: datetime, zone: ZoneInfo) -> int:
    """The minute of a local day that the wall clock shows; of other days its beginning or end."""
    local = moment.astimezone(zone)
    if local.date() != day:
        return 0 if local.date() < day else DAY
    return local.hour * 60 + local.minute


def ruler_for(spans: Iterable[Span]) -> Ruler:
    """From the hour in which the first begins to the one in which the last ends, the usual hours at least."""
    spans = list(spans)
    first = min((span.start // 60 for span in spans), default=USUAL[0])
    last = max((-(-span.end // 60) for span in spans), default=USUAL[1])
    return Ruler(min(first, USUAL[0]), max(last, USUAL[1]))


def places(spans: Sequence[Span], ruler: Ruler) -> list[Place]:
    """A place for each span, in their order; those at the same time stand side by side, each as wide as the others."""
    lanes: dict[int, tuple[int, int]] = {}
    for crowd in _crowds(spans):
        lanes |= _side_by_side(spans, crowd)
    found = []
    for number, span in enumerate(spans):
        (lane, of), top = lanes[number], ruler.at(span.start)
        found.append(Place(top, round(ruler.at(span.end) - top, 3), round(100 * lane / of, 3), round(100 / of, 3)))
    return found


def _crowds(spans: Sequence[Span]) -> Iterator[list[int]]:
    """Numbers of spans that hang together by overlapping, one crowd after the other."""
    crowd: list[int] = []
    until = 0
    for number in sorted(range(len(spans)), key=lambda n: spans[n]):
        if crowd and spans[number].start >= until:
            yield crowd
            crowd = []
        crowd.append(number)
        until = max(until, spans[number].end)
    if crowd:
        yield crowd


def _side_by_side(spans: Sequence[Span], crowd: Sequence[int]) -> dict[int, tuple[int, int]]:
    """The first lane that is free for each of a crowd, and how many lanes it needs."""
    ends: list[int] = []
    lane_of = {}
    for number in crowd:
        start, end = spans[number]
        lane = next((n for n, taken_until in enumerate(ends) if taken_until <= start), len(ends))
        ends[lane : lane + 1] = [end]
        lane_of[number] = lane
    return {number: (lane, len(ends)) for number, lane in lane_of.items()}

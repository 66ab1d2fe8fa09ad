"""Half-open stretches of time [start, end) and their arithmetic. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Interval(NamedTuple):
    """From `start` up to, not including, `end`."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share a moment."""
        return self.start < other.end and other.start < self.end


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same moments as ordered, disjoint, non-touching intervals; empty ones vanish."""
    joined: list[Interval] = []
    for start, end in sorted(i for i in intervals if i.start < i.end):
        if joined and start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(end, joined[-1].end))
        else:
            joined.append(Interval(start, end))
    return joined


def subtract(whole: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What of `whole` is in no interval of `taken`."""
    left = union(whole)
    for hole in union(taken):
        left = [
            piece
            for start, end in left
            for piece in (Interval(start, min(end, hole.start)), Interval(max(start, hole.end), end))
            if piece.start < piece.end
        ]
    return left

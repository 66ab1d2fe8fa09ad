"""Intervals against sets of minutes."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.interval import Interval, subtract, union
from tests.build import NOW

minutes = st.integers(0, 60)
intervals = st.lists(st.tuples(minutes, minutes).map(lambda pair: Interval(_at(min(pair)), _at(max(pair)))), max_size=8)


def _at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


def _covered(found: list[Interval]) -> set[int]:
    return {m for m in range(60) if any(i.start <= _at(m) < i.end for i in found)}


@given(intervals)
def test_union_covers_the_same_minutes_in_order_without_touching(found: list[Interval]):
    joined = union(found)
    assert _covered(joined) == _covered(found)
    assert all(a.end < b.start for a, b in zip(joined, joined[1:], strict=False))
    assert all(i.start < i.end for i in joined)


@given(intervals, intervals)
def test_subtract_takes_away_exactly_what_is_taken(whole: list[Interval], taken: list[Interval]):
    assert _covered(subtract(whole, taken)) == _covered(whole) - _covered(taken)


@given(intervals, intervals)
def test_overlaps_means_a_shared_moment(a: list[Interval], b: list[Interval]):
    for first in a:
        for second in b:
            shared = bool(_covered([first]) & _covered([second]))
            if first.start < first.end and second.start < second.end:
                assert first.overlaps(second) is shared

"""Time without a client: the first starts that leave room for it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.gaps import starts_for
from scheduling.interval import Interval
from tests.build import NOW, at

MINUTE = timedelta(minutes=1)
lengths = st.integers(5, 120).map(lambda minutes: minutes * MINUTE)
free = st.lists(st.tuples(st.integers(0, 90 * 60), st.integers(1, 240 * 60)), max_size=8)


def gaps_of(parts) -> list[Interval]:
    gaps, at_ = [], NOW
    for before, length in parts:
        start = at_ + timedelta(seconds=before)
        at_ = start + timedelta(seconds=length)
        gaps.append(Interval(start, at_))
    return gaps


@given(free, lengths, st.integers(1, 5))
def test_every_start_leaves_room_in_steps_of_five_minutes_in_order_of_time(parts, length: timedelta, count: int):
    gaps = gaps_of(parts)
    starts = starts_for(gaps, length, count)
    assert starts == sorted(starts)
    assert len(starts) <= count
    for start in starts:
        assert start.timestamp() % 300 == 0
        assert any(gap.start <= start and start + length <= gap.end for gap in gaps)


@given(free, lengths)
def test_no_gap_that_is_long_enough_is_passed_over(parts, length: timedelta):
    gaps = gaps_of(parts)
    sure = [gap for gap in gaps if gap.end - gap.start >= length + 5 * MINUTE]
    assert len(starts_for(gaps, length, count=99)) >= len(sure)


def test_an_odd_moment_is_rounded_up_and_a_gap_that_is_then_too_short_is_left_out():
    gaps = [Interval(at("09:02"), at("09:19")), Interval(at("10:00"), at("10:15")), Interval(at("11:01"), at("12:00"))]
    assert starts_for(gaps, 15 * MINUTE) == [at("10:00"), at("11:05")]
    assert starts_for([Interval(at("09:02"), at("09:20"))], 15 * MINUTE) == [at("09:05")]


def test_nothing_free_gives_nothing():
    assert starts_for([], 15 * MINUTE) == []

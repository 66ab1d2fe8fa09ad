"""Running late: gaps make a delay good, nobody is told more than what was said, the order of the day stays."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.running_late import STEP, spread_delay
from scheduling.interval import Interval
from tests.build import NOW, at

MINUTE, NOTHING = timedelta(minutes=1), timedelta()
said = st.integers(0, 60).map(lambda minutes: minutes * MINUTE)
plans = st.lists(st.tuples(st.integers(0, 40), st.integers(5, 60)), max_size=12).map(
    lambda parts: claimed(*((gap * MINUTE, length * MINUTE) for gap, length in parts))
)


def claimed(*parts: tuple[timedelta, timedelta]) -> list[Interval]:
    """Stretches one after the other: the gap before each, and how long it is."""
    stretches, at_ = [], NOW
    for gap, length in parts:
        stretches.append(Interval(at_ + gap, at_ + gap + length))
        at_ += gap + length
    return stretches


def minutes(delays: list[timedelta]) -> list[int]:
    return [delay // MINUTE for delay in delays]


@given(plans, said)
def test_a_delay_is_never_negative_nor_longer_than_what_was_said_and_comes_in_steps_of_five(plan, by: timedelta):
    delays = spread_delay(plan, by)
    most = -(-by // STEP) * STEP
    assert len(delays) == len(plan)
    assert all(NOTHING <= delay <= most and delay % STEP == NOTHING for delay in delays)
    assert delays == sorted(delays, reverse=True)


@given(plans, said)
def test_who_was_first_stays_first_and_no_talk_is_cut_short(plan, by: timedelta):
    moved = [Interval(i.start + later, i.end + later) for i, later in zip(plan, spread_delay(plan, by), strict=True)]
    assert all(earlier.end <= after.start for earlier, after in zip(moved, moved[1:], strict=False))


@given(plans)
def test_who_is_on_time_delays_nobody(plan):
    assert set(spread_delay(plan, NOTHING)) <= {NOTHING}


@pytest.mark.parametrize(
    ("by", "expected"),
    [(10, [10, 10, 0, 0]), (15, [15, 15, 5, 0]), (30, [30, 30, 20, 0]), (12, [15, 15, 5, 0])],
)
def test_gaps_between_appointments_make_a_delay_good(by: int, expected: list[int]):
    day = [
        Interval(at("09:00"), at("09:35")), Interval(at("09:35"), at("10:10")), Interval(at("10:20"), at("10:55")),
        Interval(at("11:30"), at("12:05")),
    ]  # fmt: skip
    assert minutes(spread_delay(day, by * MINUTE)) == expected


def test_a_day_without_appointments_knows_no_delay():
    assert spread_delay([], 15 * MINUTE) == []

"""Which call is large on the display, and for how long (W-02)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from queueing.display import LARGE_AT_LEAST, NEW, SHOWN, Call, arrange
from tests.build import at

SECOND = timedelta(seconds=1)
NINE = at("09:00")


def called(*seconds: float) -> list[Call]:
    """Numbers from 100 on, called so many seconds after nine."""
    return [Call(100 + n, "1", NINE + s * SECOND) for n, s in enumerate(sorted(seconds))]


def large(calls: list[Call], after: float) -> int:
    shown = arrange(calls, NINE + after * SECOND)
    assert shown.large
    return shown.large.number


def test_two_people_called_in_the_same_second_are_both_large_one_after_the_other():
    both = called(0, 0.3)
    assert [large(both, after) for after in (0.5, 7.9, 8.1, 60)] == [100, 100, 101, 101]
    waiting = arrange(both, NINE + SECOND)
    assert [call.number for call in waiting.others] == [101]  # in the list at once, marked as new
    assert waiting.others[0].is_new(NINE + SECOND)


def test_a_call_that_comes_later_is_large_at_once():
    assert large(called(0, 20), 20) == 101


def test_nobody_has_been_called():
    assert arrange([], NINE).large is None
    assert arrange([], NINE).tag == ""


def test_a_call_is_marked_as_new_for_a_minute_and_the_tag_tells_when_it_is_not():
    one = called(0)
    before, after = arrange(one, NINE + NEW - SECOND), arrange(one, NINE + NEW)
    assert before.large.is_new(before.now)
    assert not after.large.is_new(after.now)
    assert before.tag != after.tag


@given(st.lists(st.floats(0, 40), min_size=1, max_size=SHOWN))
def test_everybody_is_large_long_enough_in_the_order_of_calls_and_always_to_be_seen(seconds: list[float]):
    calls = called(*seconds)
    last, seen = max(seconds), []
    for tenth in range(int(min(seconds) * 10) + 1, int(last * 10) + len(calls) * 80 + 20):
        now = NINE + tenth * SECOND / 10
        known = [call for call in calls if call.named_at <= now]
        shown = arrange(known, now)
        assert {call.number for call in (shown.large, *shown.others)} == {call.number for call in known}
        seen.append(shown.large.number)
    assert seen == sorted(seen)
    assert set(seen) == {call.number for call in calls}
    for number in set(seen) - {calls[-1].number}:
        assert seen.count(number) >= LARGE_AT_LEAST / SECOND * 10 - 1

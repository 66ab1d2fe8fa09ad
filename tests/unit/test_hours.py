"""Which weekly hours can stand beside each other."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.hours import some_common_day
from scheduling.opening import Rule

START = date(2026, 1, 5)
rules = st.builds(
    lambda weekday, weeks, offset, length: Rule(
        weekday, time(9), time(12), START + timedelta(days=offset),
        None if length is None else START + timedelta(days=offset + length), weeks,
    ),
    st.integers(0, 2), st.integers(1, 4), st.integers(0, 40), st.none() | st.integers(0, 60),
)  # fmt: skip


@given(rules, rules)
def test_two_rules_share_a_day_if_any_day_of_a_year_is_one_of_both(one: Rule, other: Rule):
    days = [START + timedelta(days=n) for n in range(365)]
    shared = next((day for day in days if one.holds_on(day) and other.holds_on(day)), None)
    assert some_common_day(one, other) == shared

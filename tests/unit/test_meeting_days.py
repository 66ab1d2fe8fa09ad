"""On which days a course meets."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.meeting_days import MOST_SESSIONS, Meetings, holidays_unknown
from scheduling.opening import is_holiday
from scheduling.school_holidays import is_school_holiday

MONDAYS, TUESDAYS = frozenset({0}), frozenset({1})


def test_a_weekly_course_meets_so_often_as_was_said():
    days = Meetings(date(2026, 11, 24), TUESDAYS, count=3).days()
    assert days == [date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 8)]


def test_a_public_holiday_is_left_out_and_named():
    series = Meetings(date(2027, 3, 22), MONDAYS, count=2)
    assert series.days() == [date(2027, 3, 22), date(2027, 4, 5)]
    assert series.left_out() == [date(2027, 3, 29)]


def test_a_course_with_childcare_pauses_with_the_schools():
    series = Meetings(date(2026, 12, 15), TUESDAYS, count=3, as_schools=True)
    assert series.days() == [date(2026, 12, 15), date(2026, 12, 22), date(2027, 1, 12)]


def test_a_womens_cafe_meets_every_other_week_counted_from_the_first():
    days = Meetings(date(2026, 11, 25), frozenset({2}), every_weeks=2, count=3).days()
    assert days == [date(2026, 11, 25), date(2026, 12, 9), date(2026, 12, 23)]


def test_a_parents_evening_is_on_the_second_and_fourth_tuesday():
    days = Meetings(date(2026, 11, 1), TUESDAYS, of_month=frozenset({2, 4}), last=date(2026, 12, 31)).days()
    assert days == [date(2026, 11, 10), date(2026, 11, 24), date(2026, 12, 8), date(2026, 12, 22)]


def test_a_course_without_a_weekday_has_no_day():
    assert Meetings(date(2026, 11, 24), frozenset(), count=5).days() == []


def test_who_plans_beyond_the_known_school_years_is_told():
    assert holidays_unknown([date(2029, 1, 8)])
    assert not holidays_unknown(Meetings(date(2026, 11, 24), TUESDAYS, count=10).days())
    assert not holidays_unknown([])


@given(
    first=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    every=st.integers(1, 6),
    count=st.integers(1, 150),
    as_schools=st.booleans(),
)
def test_every_day_is_in_rhythm_and_no_holiday(first, weekdays, every, count, as_schools):
    series = Meetings(first, weekdays, every, count=count, as_schools=as_schools)
    days = series.days()
    assert len(days) == min(count, MOST_SESSIONS) or days[-1] > first + timedelta(days=900)
    assert days == sorted(set(days))
    monday = first - timedelta(days=first.weekday())
    for day in days:
        assert day >= first
        assert day.weekday() in weekdays
        assert not is_holiday(day)
        assert not (as_schools and is_school_holiday(day))
        assert (day - monday).days // 7 % every == 0
    assert not set(days) & set(series.left_out())

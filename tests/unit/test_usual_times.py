"""When a course usually is, read off its sessions."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.interval import Interval
from scheduling.usual_times import usual_times
from tests.build import MONDAY, ZONE, at

TUESDAY, THURSDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)


def session(day: date, wall: str = "14:00", minutes: int = 90) -> Interval:
    return Interval(at(wall, day), at(wall, day) + timedelta(minutes=minutes))


def said(sessions: list[Interval]) -> list[tuple[list[int], str]]:
    """Weekdays and the wall time they begin at."""
    return [
        ([day.weekday() for day in beat.days], f"{beat.example.start.astimezone(ZONE):%H:%M}")
        for beat in usual_times(sessions, ZONE)
    ]


def test_two_days_a_week_at_one_hour_are_one_line():
    weeks = [timedelta(weeks=n) for n in range(3)]
    assert said([session(day + week) for week in weeks for day in (THURSDAY, TUESDAY)]) == [([1, 3], "14:00")]


def test_days_with_other_hours_are_a_line_each():
    weeks = [timedelta(weeks=n) for n in range(2)]
    both = [session(TUESDAY + week) for week in weeks] + [session(THURSDAY + week, "09:00") for week in weeks]
    assert said(both) == [([1], "14:00"), ([3], "09:00")]


def test_one_session_that_was_moved_changes_nothing():
    assert said([session(TUESDAY), session(TUESDAY + timedelta(weeks=1)), session(THURSDAY + timedelta(weeks=2))]) == [
        ([1], "14:00")
    ]


def test_summer_and_winter_time_are_the_same_hour():
    assert said([session(date(2027, 3, 23)), session(date(2027, 3, 30))]) == [([1], "14:00")]


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["09:00", "14:00"])), min_size=1, max_size=20))
def test_every_line_is_of_a_session_and_none_is_said_twice(planned: list[tuple[int, str]]):
    sessions = [session(MONDAY + timedelta(days=days), wall) for days, wall in planned]
    beats = usual_times(sessions, ZONE)
    assert beats
    lines = [(day.weekday(), beat.example.start.astimezone(ZONE).time()) for beat in beats for day in beat.days]
    assert len(lines) == len(set(lines))
    began: set[tuple[int, object]] = set()
    for one in sessions:
        local: datetime = one.start.astimezone(ZONE)
        began.add((local.weekday(), local.time()))
    assert set(lines) <= began

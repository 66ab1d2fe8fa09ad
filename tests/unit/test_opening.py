"""From rules and exceptions to open time: the order of exceptions, holidays, and both clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling.interval import Interval
from scheduling.opening import Exceptions, Rule, is_holiday, open_time, whole_day
from tests.build import ZONE, at

EVERY_MORNING = [Rule(weekday, time(9), time(12), date(2026, 1, 5)) for weekday in range(7)]


def opened(day: date, exceptions: Exceptions = Exceptions(), rules: list[Rule] = EVERY_MORNING) -> list[Interval]:
    return open_time(rules, exceptions, whole_day(day, ZONE), ZONE)


def test_a_weekly_rule_lives_in_wall_time_over_both_clock_changes():
    for day in (date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26), date(2027, 3, 27), date(2027, 3, 28)):
        (stretch,) = opened(day)
        assert (stretch.start.astimezone(ZONE).time(), stretch.end.astimezone(ZONE).time()) == (time(9), time(12))
    assert opened(date(2026, 10, 24))[0].start.hour == 7
    assert opened(date(2026, 10, 25))[0].start.hour == 8
    assert opened(date(2027, 3, 28))[0].start.hour == 7


def test_the_days_of_the_clock_changes_have_25_and_23_hours():
    long, short = whole_day(date(2026, 10, 25), ZONE), whole_day(date(2027, 3, 28), ZONE)
    assert (long.end - long.start, short.end - short.start) == (timedelta(hours=25), timedelta(hours=23))


@pytest.mark.parametrize(
    "day",
    ["2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-06-04",
     "2026-10-03", "2026-11-01", "2026-12-25", "2026-12-26"],
)  # fmt: skip
def test_nobody_works_on_the_twelve_holidays_of_baden_wuerttemberg(day: str):
    assert is_holiday(date.fromisoformat(day))
    assert opened(date.fromisoformat(day)) == []


def test_reformation_day_and_maundy_thursday_are_working_days():
    assert opened(date(2026, 10, 31))
    assert opened(date(2026, 4, 2))


def test_a_holiday_beats_extra_hours_unless_they_are_meant_for_it():
    epiphany = date(2026, 1, 6)
    extra = (Interval(at("14:00", epiphany), at("15:00", epiphany)),)
    assert opened(epiphany, Exceptions(extra=extra)) == []
    assert opened(epiphany, Exceptions(festive=extra)) == list(extra)


def test_closure_and_absence_beat_extra_hours_and_the_weekly_plan():
    day = date(2026, 11, 23)
    shut = (Interval(at("08:00", day), at("18:00", day)),)
    extra = (Interval(at("14:00", day), at("15:00", day)),)
    assert opened(day, Exceptions(extra=extra, closures=shut)) == []
    assert opened(day, Exceptions(extra=extra, absences=shut)) == []
    assert opened(day, Exceptions(extra=extra))[1] == extra[0]


def test_every_second_week_counts_from_the_first_valid_week():
    rule = [Rule(0, time(9), time(12), date(2026, 11, 18), every_weeks=2)]
    mondays = [date(2026, 11, 16) + timedelta(weeks=n) for n in range(6)]
    assert [bool(opened(day, rules=rule)) for day in mondays] == [False, False, True, False, True, False]


def test_a_rule_ends_with_its_last_valid_day():
    rule = [Rule(0, time(9), time(12), date(2026, 1, 5), valid_until=date(2026, 11, 23))]
    assert opened(date(2026, 11, 23), rules=rule)
    assert not opened(date(2026, 11, 30), rules=rule)


def test_open_time_never_leaves_its_window():
    window = Interval(datetime(2026, 11, 23, 8, 30, tzinfo=UTC), datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    assert open_time(EVERY_MORNING, Exceptions(), window, ZONE) == [window]

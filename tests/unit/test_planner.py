"""When reminders go out (S-07, S-08)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.planner import plan, reminder_time
from notifications.texts import Kind
from scheduling.happened import Happened
from scheduling.opening import is_holiday
from scheduling.sending_window import into_window, next_window, window_later
from tests.build import ZONE, at


def local(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%a %d.%m. %H:%M}" if moment else "none"


@pytest.mark.parametrize(
    ("start", "booked", "reminder"),
    [
        ("2026-11-27 10:00", "2026-11-02 10:00", "Wed 25.11. 10:00"),  # two working days before, same wall time
        ("2026-11-23 10:00", "2026-11-02 10:00", "Thu 19.11. 10:00"),  # a weekend lies between
        ("2026-11-27 07:30", "2026-11-02 10:00", "Tue 24.11. 20:00"),  # before the window opens: earlier, not later
        ("2026-11-27 21:00", "2026-11-02 10:00", "Wed 25.11. 20:00"),  # after it closes
        ("2027-01-07 10:00", "2026-12-01 10:00", "Mon 04.01. 10:00"),  # Epiphany does not count as a working day
        ("2026-11-27 10:00", "2026-11-25 12:00", "Thu 26.11. 10:00"),  # booked after that moment: the day before
        ("2026-11-27 10:00", "2026-11-26 09:00", "none"),  # booked on the day before
        ("2026-11-27 10:00", "2026-11-27 08:00", "none"),  # booked on the day
        ("2026-10-26 10:00", "2026-10-01 10:00", "Thu 22.10. 10:00"),  # over the end of summer time
        ("2027-03-30 10:00", "2027-03-01 10:00", "Wed 24.03. 10:00"),  # over its beginning and Easter
    ],
)  # fmt: skip
def test_the_reminder_comes_two_working_days_before_in_the_sending_window(start: str, booked: str, reminder: str):
    moments = [datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (start, booked)]
    assert local(reminder_time(*moments, ZONE)) == reminder


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_what_falls_outside_the_window_moves_earlier_never_later(naive: datetime):
    moment = naive.replace(tzinfo=ZONE)
    moved = into_window(moment, ZONE)
    wall = moved.astimezone(ZONE)
    assert moved <= moment
    assert time(8) <= wall.time() <= time(20)
    assert wall.weekday() != 6
    assert not is_holiday(wall.date())
    assert next_window(moved, ZONE) == moved


@given(st.datetimes(datetime(2026, 2, 1), datetime(2027, 12, 31)), st.integers(0, 40 * 24 * 60))
def test_a_reminder_is_never_before_the_booking_nor_after_the_start(naive: datetime, minutes_before: int):
    start = naive.replace(tzinfo=ZONE)
    booked = start - timedelta(minutes=minutes_before)
    found = reminder_time(start, booked, ZONE)
    assert found is None or booked <= found < start


def test_a_booking_is_confirmed_at_once_even_at_night_and_reminded_later():
    night = at("22:10", date(2026, 11, 2))
    start = at("10:00", date(2026, 11, 27))
    confirmation, reminder = plan(Happened.BOOKED, start, night, night, ZONE)
    assert (confirmation.kind, confirmation.due_at) == (Kind.CONFIRMATION, night)
    assert (reminder.kind, local(reminder.due_at)) == (Kind.REMINDER, "Wed 25.11. 10:00")
    assert reminder.useless_after < start


def test_a_cancellation_is_answered_and_nothing_else_follows():
    now = at("09:00")
    assert [p.kind for p in plan(Happened.CANCELLED, at("10:00", date(2026, 11, 27)), now, now, ZONE)] == [
        Kind.CANCELLED
    ]


def test_a_hold_is_told_to_nobody():
    assert plan(Happened.HELD, at("10:00"), at("09:00"), at("09:00"), ZONE) == []


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_what_missed_the_window_waits_until_it_opens(naive: datetime):
    moment = naive.replace(tzinfo=ZONE)
    opened = next_window(moment, ZONE).astimezone(ZONE)
    assert opened >= moment
    assert time(8) <= opened.time() <= time(20)
    assert opened.weekday() != 6
    assert not is_holiday(opened.date())


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(1, 30 * 60))
def test_time_to_answer_counts_only_inside_the_window(naive: datetime, minutes: int):
    moment, length = naive.replace(tzinfo=ZONE).astimezone(UTC), timedelta(minutes=minutes)
    until = window_later(moment, length, ZONE)
    assert until >= moment + length
    assert next_window(until, ZONE) == until
    steps = (moment + timedelta(minutes=n) for n in range(int((until - moment) / timedelta(minutes=1))))
    inside = sum(next_window(step, ZONE) - step < timedelta(minutes=1) for step in steps)
    assert abs(inside - minutes) <= 8, "a minute is won or lost at each opening and closing"

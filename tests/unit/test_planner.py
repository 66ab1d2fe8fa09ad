"""When reminders go out (S-07, S-08)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.planner import REMINDED, UNASKED, Planned, kind_of, plan, reminder_time, soon_time
from notifications.texts import Kind
from scheduling.happened import Happened
from scheduling.opening import is_holiday
from scheduling.sending_window import into_window, next_window, window_later
from tests.build import ZONE, at


def local(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%a %d.%m. %H:%M}" if moment else "none"


def kinds(planned: list[Planned]) -> list[Kind]:
    return [one.kind for one in planned]


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
    confirmation, reminder = plan(Kind.CONFIRMATION, start, night, ZONE)
    assert (confirmation.kind, confirmation.due_at) == (Kind.CONFIRMATION, night)
    assert (reminder.kind, local(reminder.due_at)) == (Kind.REMINDER, "Wed 25.11. 10:00")
    assert reminder.useless_after < start


def test_a_cancellation_is_answered_and_nothing_else_follows():
    assert kinds(plan(Kind.CANCELLED, at("10:00", date(2026, 11, 27)), at("09:00"), ZONE, soon=True)) == [
        Kind.CANCELLED
    ]


def test_a_hold_is_told_to_nobody():
    assert kind_of(Happened.HELD, {}) is None


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


DAYS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31))
CLOCK_CHANGES = [
    date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29),
]  # fmt: skip


@pytest.mark.parametrize("changes", CLOCK_CHANGES)
@given(st.integers(1, 3), st.times(time(8), time(20)), st.booleans())
def test_over_a_change_of_the_clocks_both_reminders_keep_the_wall_time(
    changes: date, after: int, wall: time, soon: bool
):
    start = datetime.combine(changes + timedelta(days=after), wall, tzinfo=ZONE)
    _, *reminders = plan(Kind.CONFIRMATION, start, at("09:00", changes - timedelta(days=30)), ZONE, soon)
    by_kind = {one.kind: one.due_at.astimezone(ZONE) for one in reminders}
    if by_kind[Kind.REMINDER].weekday() < 5:
        assert by_kind[Kind.REMINDER].time() == wall
    assert (Kind.SOON in by_kind) == (soon and wall >= time(11) and not is_holiday(start.date()))
    if Kind.SOON in by_kind:
        assert (by_kind[Kind.SOON].date(), by_kind[Kind.SOON].hour) == (start.date(), wall.hour - 3)


@given(st.sampled_from(sorted(REMINDED)), DAYS, st.integers(1, 40 * 24 * 60), st.booleans())
def test_nobody_gets_more_than_two_reminders_and_all_of_them_in_the_window(
    kind: Kind, naive: datetime, minutes_before: int, soon: bool
):
    start = naive.replace(tzinfo=ZONE)
    now = start - timedelta(minutes=minutes_before)
    told, *reminders = plan(kind, start, now, ZONE, soon)
    assert told.kind is kind
    assert len(reminders) <= 1 + soon
    for reminder in reminders:
        assert now < reminder.due_at <= reminder.useless_after < start
        assert next_window(reminder.due_at, ZONE) == reminder.due_at
    assert sum(one.due_at.astimezone(ZONE).date() == start.date() for one in reminders) <= 1


@given(DAYS)
def test_the_reminder_on_the_day_is_on_the_day_or_not_at_all(naive: datetime):
    start = naive.replace(tzinfo=ZONE)
    found = soon_time(start, ZONE)
    assert found is None or found.astimezone(ZONE).date() == start.date()
    if found is None:
        assert start.time() < time(11) or start.weekday() == 6 or is_holiday(start.date())


@pytest.mark.parametrize(
    ("start", "soon"),
    [("14:00", "Fri 27.11. 11:00"), ("11:00", "Fri 27.11. 08:00"), ("10:59", "none"), ("23:30", "Fri 27.11. 20:00")],
)
def test_a_second_reminder_that_would_be_too_early_is_dropped(start: str, soon: str):
    assert local(soon_time(at(start, date(2026, 11, 27)), ZONE)) == soon


def test_who_books_two_hours_before_is_not_reminded_again():
    start = at("14:00")
    assert kinds(plan(Kind.CONFIRMATION, start, start - timedelta(hours=2), ZONE, soon=True)) == [Kind.CONFIRMATION]
    assert kinds(plan(Kind.CONFIRMATION, start, start - timedelta(hours=4), ZONE, soon=True)) == [
        Kind.CONFIRMATION, Kind.SOON,
    ]  # fmt: skip


@given(st.sampled_from([Kind.CONFIRMATION, Kind.ASKED, Kind.MOVED, Kind.CANCELLED]), DAYS)
def test_what_answers_the_clients_own_act_goes_at_any_hour(kind: Kind, naive: datetime):
    now = naive.replace(tzinfo=ZONE)
    assert plan(kind, now + timedelta(days=3), now, ZONE)[0].due_at == now


@given(st.sampled_from(sorted(UNASKED - {Kind.REMINDER, Kind.SOON, Kind.TURN})), DAYS, st.integers(1, 5 * 24 * 60))
def test_what_nobody_asked_for_waits_for_the_window_or_is_too_late_at_once(kind: Kind, naive: datetime, minutes: int):
    now = naive.replace(tzinfo=ZONE)
    told = plan(kind, now + timedelta(minutes=minutes), now, ZONE)[0]
    opens_at = next_window(now, ZONE)
    assert told.due_at == (opens_at if opens_at < told.useless_after else now)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (["time"], Kind.MOVED), (["centre", "counsellor", "room"], Kind.MOVED), (["time", "room"], Kind.MOVED),
        (["counsellor"], Kind.CHANGED), (["counsellor", "room"], Kind.CHANGED), (["room"], None), ([], None),
    ],
)  # fmt: skip
def test_only_what_the_client_knows_of_is_told(changed: list[str], told: Kind | None):
    assert kind_of(Happened.MOVED, {"changed": changed}) is told


def test_whoever_called_off_decides_what_is_said():
    assert kind_of(Happened.CANCELLED, {"by_centre": False}) is Kind.CANCELLED
    assert kind_of(Happened.CANCELLED, {"by_centre": True}) is Kind.CALLED_OFF


def test_a_booking_is_only_noted_while_an_interpreter_is_looked_for():
    assert kind_of(Happened.BOOKED, {}, asked=True) is Kind.ASKED
    assert kind_of(Happened.BOOKED, {}) is Kind.CONFIRMATION
    assert kind_of(Happened.MOVED, {"changed": ["time"]}, asked=True) is Kind.MOVED


def test_a_series_is_told_as_one_also_while_an_interpreter_is_sought():
    assert kind_of(Happened.BOOKED, {"series": 1}, asked=True) is Kind.SERIES
    assert kind_of(Happened.BOOKED, {}, asked=True) is Kind.ASKED

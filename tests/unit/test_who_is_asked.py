"""Whom of the register is asked next, until when she may answer, and how many units she is paid (C-02)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.duties import UNIT, summed, units_of
from scheduling.models import Duty
from scheduling.sending_window import into_window, next_window
from scheduling.who_is_asked import LATEST, LONGEST, SHORTEST, Candidate, answer_until, next_to_ask
from tests.build import MONDAY, ZONE, at

LANGUAGES = st.frozensets(st.sampled_from(["fa", "ti", "wo"]), max_size=3)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))
CANDIDATES = st.builds(
    Candidate, id=st.integers(1, 99), languages=LANGUAGES, woman=st.booleans(), reachable=st.booleans(),
    lately=st.integers(0, 3), last_at=st.none() | MOMENTS, busy=st.booleans(), asked=st.booleans(),
    engaged=st.booleans(),
)  # fmt: skip
REGISTER = st.lists(CANDIDATES, max_size=8, unique_by=lambda one: one.id)
LAST_WEEK, TODAY = at("09:00", MONDAY - timedelta(days=7)), at("09:00")


def named(*register: Candidate, women_only: bool = False) -> int | None:
    chosen = next_to_ask(register, ["fa"], women_only)
    return chosen.id if chosen else None


def farsi(id_: int, woman: bool = True, **more: object) -> Candidate:
    return Candidate(id_, frozenset({"fa", "ps"}), woman, **more)  # type: ignore[arg-type]


def test_the_least_asked_lately_comes_first_then_whose_last_time_is_longest_ago():
    assert named(farsi(1, lately=2, last_at=LAST_WEEK), farsi(2, lately=1, last_at=TODAY)) == 2
    assert named(farsi(1, lately=1, last_at=TODAY), farsi(2, lately=1, last_at=LAST_WEEK)) == 2
    assert named(farsi(1, lately=0, last_at=LAST_WEEK), farsi(2)) == 2, "who was never asked"


def test_who_was_to_come_at_the_earlier_time_is_asked_first():
    assert named(farsi(1), farsi(2, lately=3, last_at=TODAY, engaged=True)) == 2


def test_for_women_only_women_are_asked():
    assert named(farsi(1, woman=False), women_only=True) is None
    assert named(farsi(1, woman=False), farsi(2, lately=3), women_only=True) == 2


def test_nobody_is_asked_who_is_busy_was_asked_cannot_be_reached_or_speaks_something_else():
    others = farsi(1, busy=True), farsi(2, asked=True), farsi(3, reachable=False), Candidate(4, frozenset("x"), True)
    assert named(*others) is None
    assert named(*others, farsi(5)) == 5


@given(REGISTER, LANGUAGES, st.booleans())
def test_whoever_is_asked_can_come_and_nobody_better_is_passed_over(
    register: list[Candidate], languages: frozenset[str], women_only: bool
):
    chosen = next_to_ask(register, languages, women_only)
    able = [one for one in register if one.languages & languages and (one.woman or not women_only)]
    able = [one for one in able if one.reachable and not one.busy and not one.asked]
    assert (chosen is None) == (not able)
    if chosen:
        assert chosen in able
        alike = [one for one in able if one.engaged is chosen.engaged]
        assert chosen.lately == min(one.lately for one in alike)
        assert chosen.engaged or not any(one.engaged for one in able)


@given(REGISTER)
def test_asking_one_after_the_other_reaches_everybody_once(register: list[Candidate]):
    asked: list[int] = []
    while chosen := next_to_ask([one for one in register if one.id not in asked], ["fa"], False):
        asked.append(chosen.id)
    assert len(asked) == sum(
        "fa" in one.languages and one.reachable and not one.busy and not one.asked for one in register
    )


@given(MOMENTS, st.integers(0, 200), st.integers(0, 400))
def test_she_may_think_inside_the_sending_window_and_never_after_the_pools_time(
    now: datetime, answer_hours: int, start_hours: int
):
    answer_by, starts_at = now + timedelta(hours=answer_hours), now + timedelta(hours=start_hours)
    asked_at, until = next_window(now, ZONE), answer_until(now, answer_by, starts_at, ZONE)
    if until is None:
        assert into_window(min(answer_by, starts_at - LATEST), ZONE) - asked_at < SHORTEST
        return
    assert asked_at + SHORTEST <= until <= min(answer_by, starts_at - LATEST)
    assert next_window(until, ZONE) == until
    assert until <= next_window(asked_at + LONGEST, ZONE)


def test_a_third_of_two_days_is_until_tomorrow_morning():
    wednesday = at("17:00", MONDAY + timedelta(days=2))
    tuesday = at("08:00", MONDAY + timedelta(days=1)) + timedelta(minutes=0)
    assert answer_until(at("09:00"), wednesday, at("10:10", MONDAY + timedelta(days=10)), ZONE) == tuesday
    assert answer_until(at("09:00"), at("17:00"), at("10:10", MONDAY + timedelta(days=1)), ZONE) == at("11:40")
    assert answer_until(at("16:40"), at("17:00"), at("10:10", MONDAY + timedelta(days=1)), ZONE) is None


@pytest.mark.parametrize(("minutes", "units"), [(0, 0), (5, 1), (30, 1), (90, 1), (91, 2), (180, 2), (181, 3)])
def test_a_unit_that_has_begun_counts(minutes: int, units: int):
    assert units_of(timedelta(minutes=minutes)) == units


@given(st.integers(1, 600))
def test_units_cover_the_time_and_no_unit_more(minutes: int):
    length = timedelta(minutes=minutes)
    assert (units_of(length) - 1) * UNIT < length <= units_of(length) * UNIT


def duty(name: str, units: int, **more: int) -> Duty:
    return Duty(name=name, units=units, starts_at=TODAY, ends_at=TODAY, **more)


def test_every_interpreter_has_one_sum_and_the_house_is_not_paid_by_units():
    rows = [duty("Zobel", 1, pool_id=1), duty("Amsel", 2, house_id=7), duty("Zobel", 3, pool_id=1), duty("Zobel", 5)]
    tallies = summed(rows)
    assert [(tally.name, tally.units, tally.pay(1200)) for tally in tallies] == [
        ("Amsel", 2, 0), ("Zobel", 5, 6000), ("Zobel", 4, 4800),
    ]  # fmt: skip
    assert sum(tally.units for tally in tallies) == sum(row.units for row in rows)

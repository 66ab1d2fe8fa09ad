"""Which appointment somebody without code means, and the grid of times that tells nothing."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from queueing.matching import QUARTER, Expected, grid, meant
from scheduling.interval import Interval
from tests.build import at

LETTERS, WORK = 1, 2
MINUTES = st.integers(0, 480).map(lambda n: at("09:00") + timedelta(minutes=n))
EXPECTED = st.lists(
    st.builds(
        Expected, st.integers(1, 99), st.integers(1, 9), st.sampled_from([at("10:00"), at("10:10"), at("10:30")]),
        st.sampled_from([LETTERS, WORK]),
    ),
    max_size=6, unique_by=lambda one: one.appointment,
)  # fmt: skip


def test_the_grid_shows_every_quarter_of_the_opening_hours_in_full_hours():
    times = grid([Interval(at("08:30"), at("12:00")), Interval(at("13:00"), at("16:45"))])
    assert (times[0], times[-1], len(times)) == (at("08:00"), at("16:45"), 36)
    assert {later - earlier for earlier, later in zip(times, times[1:], strict=False)} == {QUARTER}
    assert grid([]) == []


def test_the_appointment_of_ten_past_is_found_by_both_quarters_beside_it():
    hers = [Expected(7, 1, at("10:10"), LETTERS)]
    assert [meant(hers, at(wall), LETTERS) for wall in ("09:45", "10:00", "10:15", "10:30")] == [None, 7, 7, None]


def test_two_parts_of_one_visit_are_one_answer_and_two_visits_are_none():
    parts = [Expected(8, 1, at("10:10"), LETTERS), Expected(7, 1, at("10:00"), LETTERS)]
    assert meant(parts, at("10:00"), LETTERS) == 7
    assert meant([*parts, Expected(9, 2, at("10:05"), LETTERS)], at("10:00"), LETTERS) is None


@given(EXPECTED, MINUTES, st.sampled_from([LETTERS, WORK, None]))
def test_whoever_is_found_fits_and_is_the_only_one(expected: list[Expected], moment, topic):
    found = meant(expected, moment, topic)
    fitting = [e for e in expected if e.topic == topic and abs(e.starts_at - moment) < QUARTER]
    assert (found is not None) == (len({e.visit for e in fitting}) == 1)
    assert found is None or found in {e.appointment for e in fitting}

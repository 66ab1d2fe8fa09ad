"""Numbers and signs (W-01)."""

from hypothesis import given
from hypothesis import strategies as st

from queueing.sign_names import name_of
from queueing.signs import FIRST_NUMBER, LAST_NUMBER, next_number, sign_of


def test_72_numbers_in_a_row_have_72_different_signs():
    assert len({sign_of(number) for number in range(FIRST_NUMBER, FIRST_NUMBER + 72)}) == 72


@given(st.integers(FIRST_NUMBER, LAST_NUMBER - 1))
def test_neighbours_differ_in_colour_and_in_animal(number: int):
    here, there = sign_of(number), sign_of(number + 1)
    assert here.colour != there.colour
    assert here.animal != there.animal


def test_every_sign_has_a_name_of_its_own():
    assert len({name_of(sign_of(number)) for number in range(72)}) == 72


@given(st.integers(FIRST_NUMBER, LAST_NUMBER - 100), st.sets(st.integers(FIRST_NUMBER, LAST_NUMBER), max_size=30))
def test_a_number_is_skipped_while_somebody_with_the_same_sign_waits(last: int, waiting: set[int]):
    number = next_number(last, waiting)
    assert number is not None
    assert number > last
    assert sign_of(number) not in {sign_of(other) for other in waiting}


def test_numbers_begin_at_100_and_end_at_899():
    assert next_number(None, set()) == 100
    assert next_number(898, set()) == 899
    assert next_number(899, set()) is None


def test_where_every_sign_is_taken_nobody_is_turned_away():
    waiting = set(range(FIRST_NUMBER, FIRST_NUMBER + 72))
    assert next_number(max(waiting), waiting) == max(waiting) + 1
    assert next_number(LAST_NUMBER, waiting) is None

"""Who of those that wait gets what is free, and until when it is kept."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.places_left import ANSWER_IN, Waiter, Wants, free_numbers, offer_until, passed_over, whom_to_offer
from scheduling.sending_window import into_window
from tests.build import MONDAY, ZONE, at

FAR = at("09:00", MONDAY + timedelta(days=40))
wants = st.builds(Wants, st.integers(1, 5), st.integers(0, 3))
waiting = st.lists(wants, max_size=8).map(lambda all_: [Waiter(number, one) for number, one in enumerate(all_)])


def test_a_family_of_three_is_passed_over_for_one_seat_and_keeps_her_rank():
    family, single = Waiter(1, Wants(3)), Waiter(2, Wants(1))
    assert whom_to_offer(Wants(1), [family, single]) == [2]
    assert passed_over(Wants(1), [family, single]) == [1]
    assert whom_to_offer(Wants(3), [family, single]) == [1]


def test_a_mother_who_needs_childcare_waits_for_it_and_another_takes_the_seat():
    mother, other = Waiter(1, Wants(1, 1)), Waiter(2, Wants(1))
    assert whom_to_offer(Wants(1, 0), [mother, other]) == [2]
    assert whom_to_offer(Wants(1, 2), [mother, other]) == [1]


@given(st.builds(Wants, st.integers(0, 9), st.integers(0, 4)), waiting)
def test_never_more_is_offered_than_is_free_and_nobody_who_fits_is_left(free, there):
    chosen = whom_to_offer(free, there)
    by_id = {waiter.id: waiter.wants for waiter in there}
    assert sum(by_id[id_].seats for id_ in chosen) <= free.seats
    assert sum(by_id[id_].children for id_ in chosen) <= free.children
    assert chosen == sorted(chosen)
    for id_ in chosen:
        free = free.minus(by_id[id_])
    assert not any(one.wants.fits(free) for one in there if one.id not in chosen)


@given(st.sets(st.integers(1, 12)), st.integers(0, 12), st.integers(0, 5))
def test_numbers_are_new_and_never_more_than_there_are_seats(taken, capacity, count):
    numbers = free_numbers(taken, capacity, count)
    assert len(numbers) in {0, count}
    assert not set(numbers) & taken
    assert all(1 <= number <= capacity for number in numbers)
    assert (len(numbers) == count) == (count <= capacity - len(taken)) or count == 0


def test_an_offer_of_a_morning_is_kept_for_a_day():
    assert offer_until(at("10:00"), FAR, ZONE) == at("10:00", MONDAY + timedelta(days=1))


def test_an_offer_of_the_night_is_counted_from_the_morning():
    next_day = MONDAY + timedelta(days=1)
    assert offer_until(at("23:00"), FAR, ZONE) == at("08:00", next_day) + ANSWER_IN


def test_an_offer_of_saturday_is_kept_till_monday():
    saturday = MONDAY + timedelta(days=5)
    assert offer_until(at("12:00", saturday), FAR, ZONE) == at("08:00", MONDAY + timedelta(days=7))


def test_shortly_before_the_start_less_time_is_given_and_at_last_none():
    assert offer_until(at("10:00"), at("18:00"), ZONE) == at("16:00")
    assert offer_until(at("10:00"), at("12:30"), ZONE) is None


@given(st.integers(0, 60 * 24 * 30), st.integers(1, 60 * 24 * 20))
def test_an_offer_ends_inside_the_sending_window_and_before_it_is_too_late(minutes, later):
    now = at("00:00") + timedelta(minutes=minutes)
    chance = now + timedelta(minutes=later)
    until = offer_until(now, chance, ZONE)
    if until is not None:
        assert now < until < chance
        assert until == into_window(until, ZONE)

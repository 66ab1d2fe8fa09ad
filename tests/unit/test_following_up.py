"""What stays the same in a follow-up: room and house interpreter of the appointment before, where it had them."""

from dataclasses import replace
from itertools import product

import pytest

from scheduling.following_up import FollowUps, as_before, kept
from scheduling.models import Appointment
from scheduling.wish import FEMALE_COUNSELLOR, Route, Wish

WISH = Wish((1,), (2,), ("ti",), 3, frozenset({FEMALE_COUNSELLOR, "step_free"}), counsellor=7)
INTERPRETED = Appointment(room_id=4, interpreter_id=5)
DIRECT = Appointment(room_id=4, interpreter_id=None)


@pytest.mark.parametrize(("room", "interpreter"), [*product((True, False), repeat=2)])
def test_a_walk_in_had_nothing_that_could_be_kept(room: bool, interpreter: bool):
    assert kept(WISH, None, room=room, interpreter=interpreter) == WISH


def test_room_and_interpreter_are_kept_each_by_itself():
    house = frozenset({Route.HOUSE})
    assert kept(WISH, INTERPRETED, room=True, interpreter=True) == replace(WISH, room=4, interpreter=5, routes=house)
    assert kept(WISH, INTERPRETED, room=True, interpreter=False) == replace(WISH, room=4)
    assert kept(WISH, INTERPRETED, room=False, interpreter=True) == replace(WISH, interpreter=5, routes=house)
    assert kept(WISH, DIRECT, room=True, interpreter=True) == replace(WISH, room=4)


def test_counsellor_party_languages_andas_before_are_never_given_up():
    for wish in as_before(WISH, INTERPRETED):
        assert (wish.counsellor, wish.party, wish.languages, wish.wishes) == (7, 3, ("ti",), WISH.wishes)


def test_the_room_is_given_up_before_the_interpreter_and_nothing_is_looked_for_twice():
    looked = [FollowUps(wish, ()) for wish in as_before(WISH, INTERPRETED)]
    assert [(one.same_room, one.same_interpreter) for one in looked] == [(True, True), (False, True), (False, False)]
    assert len(list(as_before(WISH, DIRECT))) == 2
    assert list(as_before(WISH, None)) == [WISH]

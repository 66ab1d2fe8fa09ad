"""What 1 and 2 do for somebody in a course: only where exactly one thing of a number is open."""

from datetime import timedelta

import pytest

from foundation.facts import SYSTEM
from notifications.texts import Kind
from scheduling.enrolling import enrolment_to_change
from scheduling.models import Enrolment, EnrolmentState
from scheduling.waitlist import leave
from tests.build import NOW, OTHER_PHONE, PHONE, World, join, teach
from tests.domain.test_course_messages import due
from tests.domain.test_courses import act, state_of
from tests.domain.test_messages import LATER, Notebook, send
from tests.domain.test_replies import SOON, answers, listed, states, text


def offered(world: World) -> int:
    """Somebody who waited and is offered a seat until tomorrow at 09:00; her enrolment's id."""
    course_id = teach(world, seats=1, late_sessions=2)
    seated, waiter = join(world, course_id, OTHER_PHONE), join(world, course_id, PHONE, waits=True)
    act(world, leave, seated)
    send(world, Notebook())
    return waiter


def test_one_takes_the_offered_seat_in_time(world: World):
    waiter = offered(world)
    text(world, "1")
    assert state_of(world, waiter) is EnrolmentState.ENROLLED
    assert due(world, waiter) == [Kind.ENROLLED]
    assert listed(world) == []


def test_one_after_the_deadline_takes_nothing_and_is_read(world: World):
    waiter = offered(world)
    text(world, "1", now=NOW + timedelta(hours=24))
    assert state_of(world, waiter) is EnrolmentState.OFFERED
    assert listed(world) == ["1"]


def test_two_says_no_to_the_offer_and_saying_it_twice_is_saying_it_once(world: World):
    waiter = offered(world)
    text(world, "2")
    text(world, "2")
    assert state_of(world, waiter) is EnrolmentState.LEFT
    assert due(world, waiter) == [Kind.LEFT]
    assert listed(world) == []


def test_who_is_in_a_course_and_has_an_appointment_is_asked_which(world: World):
    one = join(world, teach(world), PHONE)
    visit_id = world.book(LATER, phone=PHONE)
    text(world, "2")
    assert state_of(world, one) is EnrolmentState.ENROLLED
    assert str(states(world)[visit_id]) == "booked"
    assert [kind for kind, _ in answers(world)] == [Kind.WHICH]
    assert listed(world) == ["2"]


@pytest.mark.parametrize("waits", [False, True])
def test_one_from_who_has_a_seat_is_noted_and_from_who_waits_is_read(world: World, waits: bool):
    course_id = teach(world, seats=1)
    if waits:
        join(world, course_id)
    one = join(world, course_id, PHONE, waits=waits)
    text(world, "1")
    with world.database.reading() as session:
        assert session.get_one(Enrolment, one).visit.said_comes_at == (None if waits else SOON)
    assert listed(world) == (["1"] if waits else [])


def test_nobodys_text_touches_the_seat_of_another_number(world: World):
    one = join(world, teach(world), PHONE)
    text(world, "2", OTHER_PHONE)
    assert state_of(world, one) is EnrolmentState.ENROLLED
    assert listed(world) == ["2"]


def test_stop_ends_messages_and_keeps_the_seat(world: World):
    one = join(world, teach(world), PHONE)
    text(world, "STOP")
    assert state_of(world, one) is EnrolmentState.ENROLLED
    assert due(world, one) == []
    with world.database.transaction(SYSTEM, SOON) as tx:
        assert not enrolment_to_change(tx, one).visit.wants_messages


def test_two_after_the_course_is_over_calls_off_the_one_appointment(world: World):
    one = join(world, teach(world, sessions=1), PHONE)
    over = NOW + timedelta(days=3)
    visit_id = world.book(over + timedelta(days=1, hours=1, minutes=10), now=over, phone=PHONE)
    text(world, "2", now=over)
    assert state_of(world, one) is EnrolmentState.ENROLLED
    assert str(states(world)[visit_id]) == "cancelled"

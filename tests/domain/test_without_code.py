"""Somebody comes to the kiosk without her code: a number at once, and the desk joins what belongs together (X-05)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from queueing import calls, joining
from queueing.models import Ticket, TicketState
from queueing.order import Reason
from queueing.refusals import ClosedNow, NotMeant
from queueing.tickets import WalkIn
from scheduling.models import Centre, TopicGroup, Visit
from tests.build import World, at
from tests.domain.test_day import STAFF, act, arrive, call_next


def come(world: World, wall: str, now, topic: bool = True) -> int:
    with world.database.transaction(STAFF, now) as tx:
        group = tx.session.get_one(TopicGroup, world.topic) if topic else None
        walk_in = WalkIn(tx.session.get_one(Centre, world.centre), group, "de", ("de",))
        return joining.number_without_code(tx, walk_in, at(wall)).number


def meant(world: World, number: int) -> int | None:
    with world.database.reading() as session:
        return session.scalars(select(Ticket.meant_id).where(Ticket.number == number)).one()


def first_of(world: World, visit_id: int):
    with world.database.reading() as session:
        return session.get_one(Visit, visit_id).appointments[0]


def test_exactly_one_appointment_is_marked_for_the_desk_and_nothing_is_opened(world: World):
    visit_id = world.book(at("10:10"))
    number = come(world, "10:15", at("10:00"))
    assert meant(world, number) == first_of(world, visit_id).id
    with world.database.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.appointment_id, ticket.visit_id != visit_id, ticket.visit.code) == (None, True, None)


def test_none_two_or_no_topic_make_a_number_like_any_other(world: World):
    world.book(at("10:10"))
    assert meant(world, come(world, "11:00", at("09:50"))) is None
    assert meant(world, come(world, "10:15", at("09:51"), topic=False)) is None
    world.book(at("10:10"))
    assert meant(world, come(world, "10:15", at("09:52"))) is None


def test_nobody_gets_a_number_after_closing(world: World):
    with pytest.raises(ClosedNow):
        come(world, "10:15", at("17:00"))


def test_the_desk_joins_the_number_and_it_is_called_as_the_appointment(world: World):
    visit_id = world.book(at("10:10"))
    number = come(world, "10:00", at("10:05"))
    act(world, number, joining.join, at("10:06"))
    with world.database.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.visit_id, ticket.appointment_id) == (visit_id, first_of(world, visit_id).id)
        assert (ticket.meant_id, ticket.arrived_at) == (None, at("10:05"))
    counsellor = first_of(world, visit_id).counsellor_id
    assert call_next(world, counsellor, at("10:10")) == (number, Reason.DUE)


def test_joining_can_be_taken_back(world: World):
    visit_id = world.book(at("10:10"))
    number = come(world, "10:00", at("10:05"))
    act(world, number, joining.join, at("10:06"))
    act(world, number, calls.undo, at("10:07"))
    assert meant(world, number) == first_of(world, visit_id).id
    assert arrive(world, visit_id, at("10:08")) == number + 1


def test_whoever_has_the_code_gets_the_appointment_and_the_other_stays_a_walk_in(world: World):
    visit_id = world.book(at("10:10"))
    stranger = come(world, "10:15", at("10:00"))
    assert arrive(world, visit_id, at("10:03")) == stranger + 1
    with pytest.raises(NotMeant):
        act(world, stranger, joining.join, at("10:04"))
    act(world, stranger, joining.part, at("10:05"))
    assert meant(world, stranger) is None
    with world.database.reading() as session:
        assert session.scalars(select(Ticket.state).where(Ticket.number == stranger)).one() is TicketState.WAITING


def test_who_has_arrived_is_not_expected_any_more(world: World):
    arrive(world, world.book(at("10:10")), at("10:00"))
    assert meant(world, come(world, "10:15", at("10:00") + timedelta(minutes=1))) is None

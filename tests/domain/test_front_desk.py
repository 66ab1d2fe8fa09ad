"""What the front desk does for somebody: find, move, cancel, put a ticket right, renew a link, call by phone."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from foundation.facts import SYSTEM, Actor, Fact
from notifications.calling import called_lately, count_to_call, note_called, to_call
from notifications.models import Message, MessageState
from notifications.texts import Kind
from queueing import calls
from queueing.board import Board
from queueing.correcting import Correction, correct
from queueing.finding import Query, find
from queueing.models import Ticket, TicketState
from queueing.numbers import Numbers
from queueing.refusals import TicketMoved
from queueing.replanning import InTalk, cancel_here, move_here
from queueing.tickets import WalkIn, check_in_by_code, take_number
from scheduling import reaching
from scheduling.agenda import visit_by_token
from scheduling.models import Appointment, AppointmentState, Centre, TopicGroup, Visit
from scheduling.moving import wish_of
from scheduling.revoking import revoke_link
from scheduling.visits import Contact, Overrule, changeable, manage_token, visit_to_change
from tests.build import KEYS, MONDAY, NOW, OTHER_PHONE, PHONE, World, at

STAFF = Actor("staff", 1)
TUESDAY = MONDAY + timedelta(days=1)


def found(world: World, phone_of: int | None = None, centre: int | None = None, **query) -> list[int]:
    with world.database.reading() as session:
        asked = find(session, session.get_one(Centre, centre or world.centre), NOW, Query(**query), phone_of)
        return [one.visit.id for one in asked]


def name(world: World, visit_id: int, called: str) -> None:
    with world.database.transaction(STAFF, NOW) as tx:
        tx.session.get_one(Visit, visit_id).call_name = called


def arrive(world: World, visit_id: int) -> int:
    with world.database.transaction(STAFF, NOW) as tx:
        return check_in_by_code(tx, tx.session.get_one(Centre, world.centre), world.code(visit_id)).number


def walk_in(world: World) -> int:
    with world.database.transaction(STAFF, NOW) as tx:
        return take_number(tx, WalkIn(tx.session.get_one(Centre, world.centre), None, "de", ("de",))).number


def ticket_of(world: World, number: int) -> Ticket:
    with world.database.reading() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        assert ticket.visit.party
        return ticket


def with_ticket(tx: Transaction, number: int) -> tuple[Visit, Ticket]:
    ticket = tx.session.scalars(select(Ticket).where(Ticket.number == number)).one()
    return visit_to_change(tx, ticket.visit_id), ticket


def move(world: World, visit_id: int, start, overrule: Overrule | None = None) -> None:
    with world.database.transaction(STAFF, NOW) as tx:
        visit = visit_to_change(tx, visit_id)
        move_here(tx, visit, wish_of(visit, changeable(visit, tx.now)), start, overrule)


def test_the_desk_finds_a_visit_by_code_time_number_name_and_phone(world: World):
    today, later = world.book(at("10:10"), phone=PHONE), world.book(at("10:10", TUESDAY))
    name(world, later, "Özlem")
    number = arrive(world, today)
    assert found(world, code=world.code(later)) == [later]
    assert found(world, at=time(10, 10)) == [today]
    assert found(world, number=number) == [today]
    assert found(world, phone=PHONE) == [today]
    assert found(world, name="öz") == [later]
    assert found(world, name="%") == found(world) == found(world, phone=OTHER_PHONE) == []


def test_somebody_without_appointment_is_found_by_her_number_and_who_only_holds_a_time_is_not(world: World):
    number, held = walk_in(world), world.hold(at("10:10"))
    (visit_id,) = found(world, number=number)
    assert visit_id != held
    assert found(world, at=time(10, 10)) == []


def test_another_centre_and_days_gone_by_find_nothing(world: World):
    visit_id = world.book(at("10:10"), phone=PHONE)
    assert found(world, centre=world.other_centre, code=world.code(visit_id), phone=PHONE) == []
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        assert find(session, centre, NOW + timedelta(days=1), Query(code=world.code(visit_id))) == []


def test_a_counsellor_finds_by_phone_only_whom_she_advises(world: World):
    visit_id = world.book(at("09:50"), phone=PHONE, service=world.women)  # only Ahorn advises women
    assert found(world, phone_of=world.ahorn, phone=PHONE) == [visit_id]
    assert found(world, phone_of=world.buche, phone=PHONE) == []
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Visit, visit_id).email = "lila@example.org"
    assert found(world, phone_of=world.ahorn, email="lila@example.org") == [visit_id]
    assert found(world, phone_of=world.buche, email="lila@example.org") == []


def test_the_desk_moves_a_client_outside_the_hours_with_a_reason(world: World):
    visit_id = world.book(at("10:10"))
    move(world, visit_id, at("17:30"), Overrule.AGREED)
    with world.database.reading() as session:
        appointment = session.get_one(Visit, visit_id).first
        assert (appointment.starts_at, appointment.overruled) == (at("17:30"), "agreed")


def test_who_waits_keeps_her_place_when_moved_within_the_day_and_leaves_it_for_another(world: World):
    visit_id = world.book(at("10:10"))
    number = arrive(world, visit_id)
    move(world, visit_id, at("10:45"))
    assert ticket_of(world, number).state is TicketState.WAITING
    move(world, visit_id, at("10:10", TUESDAY))
    assert ticket_of(world, number).state is TicketState.LEFT


def test_cancelling_at_the_desk_takes_her_out_of_the_queue(world: World):
    visit_id = world.book(at("10:10"), phone=PHONE)
    number = arrive(world, visit_id)
    with world.database.transaction(STAFF, NOW) as tx:
        cancel_here(tx, visit_to_change(tx, visit_id))
    assert ticket_of(world, number).state is TicketState.LEFT
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).first.state is AppointmentState.CANCELLED
        kinds = session.scalars(select(Message.kind).where(Message.state == MessageState.DUE)).all()
        assert kinds == [Kind.CANCELLED]


def test_who_is_being_talked_with_is_neither_moved_nor_cancelled(world: World):
    visit_id = world.book(at("10:10"))
    arrive(world, visit_id)
    with world.database.transaction(STAFF, at("10:10")) as tx:
        calls.call_next(tx, world.centre, _whose(tx))
    with pytest.raises(InTalk):
        move(world, visit_id, at("10:45"))
    with pytest.raises(InTalk), world.database.transaction(STAFF, NOW) as tx:
        cancel_here(tx, visit_to_change(tx, visit_id))


def _whose(tx: Transaction) -> int:
    return tx.session.scalars(select(Appointment.counsellor_id)).one()


def test_a_waiting_ticket_is_put_right_once_and_noted_without_the_language(world: World):
    number = walk_in(world)
    for _ in range(2):
        with world.database.transaction(STAFF, NOW) as tx:
            visit, ticket = with_ticket(tx, number)
            correct(tx, visit, ticket, Correction(tx.session.get_one(TopicGroup, world.topic), ("uk",), 3))
    right = ticket_of(world, number)
    assert (right.topic_group_id, right.visit.spoken_langs, right.visit.party) == (world.topic, ["uk"], 3)
    with world.database.reading() as session:
        (details,) = session.scalars(select(Fact.details).where(Fact.kind == "ticket.corrected"))
    assert details == {"number": number, "what": ["topic", "languages", "party"]}


def test_the_topic_of_an_appointment_stays(world: World):
    number = arrive(world, world.book(at("10:10")))
    with world.database.transaction(STAFF, NOW) as tx:
        visit, ticket = with_ticket(tx, number)
        correct(tx, visit, ticket, Correction(None, ("ar",), 1))
    assert ticket_of(world, number).topic_group_id == world.topic


def test_a_called_ticket_is_not_put_right_any_more(world: World):
    number = walk_in(world)
    with world.database.transaction(STAFF, NOW) as tx:
        calls.call_next(tx, world.centre, world.ahorn)
    with pytest.raises(TicketMoved), world.database.transaction(STAFF, NOW) as tx:
        visit, ticket = with_ticket(tx, number)
        correct(tx, visit, ticket, Correction(None, ("uk",), 2))
    assert ticket_of(world, number).visit.party == 1


def test_a_revoked_link_leads_nowhere_and_the_new_one_leads_to_the_visit(world: World):
    visit_id = world.book(at("10:10"))
    with world.database.transaction(STAFF, NOW) as tx:
        visit = visit_to_change(tx, visit_id)
        old = manage_token(KEYS, visit)
        revoke_link(tx, visit, KEYS)
        new = manage_token(KEYS, visit)
    with world.database.reading() as session:
        assert visit_by_token(session, new).id == visit_id
        with pytest.raises(NotFound):
            visit_by_token(session, old)


def test_somebody_without_appointment_has_no_link_to_revoke(world: World):
    number = walk_in(world)
    with pytest.raises(NotFound), world.database.transaction(STAFF, NOW) as tx:
        revoke_link(tx, with_ticket(tx, number)[0], KEYS)


def lost(world: World, visit_id: int, state: MessageState = MessageState.FAILED) -> int:
    with world.database.transaction(SYSTEM, NOW) as tx:
        message = tx.session.scalars(select(Message).where(Message.visit_id == visit_id).order_by(Message.id)).first()
        assert message
        message.state = state
        return message.id


def on_the_list(world: World, now=NOW) -> list[int]:
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        listed = [message.id for message in to_call(session, centre, now)]
        assert count_to_call(session, centre, now) == len(listed)
        return listed


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNKNOWN, MessageState.USELESS])
def test_who_was_not_reached_is_called_and_that_can_be_taken_back(world: World, state: MessageState):
    message_id = lost(world, world.book(at("10:10", TUESDAY), phone=PHONE), state)
    assert on_the_list(world) == [message_id]
    for called, listed in ((True, []), (False, [message_id])):
        with world.database.transaction(STAFF, NOW) as tx:
            note_called(tx, tx.session.get_one(Centre, world.centre), message_id, called)
        assert on_the_list(world) == listed
        with world.database.reading() as session:
            lately = called_lately(session, session.get_one(Centre, world.centre), NOW)
            assert [message.id for message in lately] == ([message_id] if called else [])


def test_two_who_call_the_same_client_hear_of_each_other(world: World):
    message_id = lost(world, world.book(at("10:10", TUESDAY), phone=PHONE))
    with world.database.transaction(STAFF, NOW) as tx:
        note_called(tx, tx.session.get_one(Centre, world.centre), message_id)
    with pytest.raises(Moved), world.database.transaction(STAFF, NOW) as tx:
        note_called(tx, tx.session.get_one(Centre, world.centre), message_id)


def test_nobody_is_called_about_what_is_over_changed_or_somewhere_else(world: World):
    visit_id = world.book(at("10:10", TUESDAY), phone=PHONE)
    message_id = lost(world, visit_id)
    assert on_the_list(world, at("10:10", TUESDAY)) == []
    with pytest.raises(NotFound), world.database.transaction(STAFF, NOW) as tx:
        note_called(tx, tx.session.get_one(Centre, world.other_centre), message_id)
    with world.database.transaction(STAFF, NOW) as tx:
        reaching.note_contact(tx, visit_to_change(tx, visit_id), Contact(None, OTHER_PHONE, "test"))
    assert on_the_list(world) == []


def test_a_day_in_six_numbers(world: World):
    world.book(at("13:00"))
    first, second, waiting = arrive(world, world.book(at("09:35"))), walk_in(world), walk_in(world)
    with world.database.transaction(STAFF, at("09:35")) as tx:
        for number, who in ((first, None), (second, None)):
            ticket = tx.session.scalars(select(Ticket).where(Ticket.number == number)).one()
            appointment = ticket.appointment
            whose = appointment.counsellor_id if appointment else _other(tx, world)
            calls.call_this(tx, world.centre, number, who or whose)
            tx.session.expire(ticket)
            calls.finish(tx, ticket)
    with world.database.reading() as session:
        numbers = Numbers.of(Board.of(session, session.get_one(Centre, world.centre), at("09:40")))
    assert waiting
    assert numbers == Numbers(2, 1, 1, timedelta(minutes=40), 0, 1)


def _other(tx: Transaction, world: World) -> int:
    busy = tx.session.scalars(select(Appointment.counsellor_id).order_by(Appointment.starts_at)).first()
    return world.buche if busy == world.ahorn else world.ahorn

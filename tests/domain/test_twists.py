"""What a day also brings: two counsellors at once, a client who is moved while she waits, an old appointment."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.db import Transaction
from foundation.facts import SYSTEM
from queueing import calls, handing
from queueing.board import Board
from queueing.closing import close_days
from queueing.forecast import forecast
from queueing.models import Ticket, TicketState
from queueing.order import Reason
from queueing.refusals import NobodyWaits, StillServing, TicketMoved
from queueing.replanning import move_here
from queueing.running_late import run_late
from queueing.situation import Situation
from queueing.tickets import WalkIn, take_number, ticket_by_number
from scheduling.models import Appointment, AppointmentState, Centre, Service
from scheduling.moving import wish_of
from scheduling.visits import confirm, hold, visit_to_change
from tests.build import KEYS, MONDAY, NOW, World, at
from tests.domain.test_calls import counsellor_of, state_of, ticket
from tests.domain.test_day import STAFF, act, arrive, call_next, state, walk_in

TOMORROW = MONDAY + timedelta(days=1)


def both_at_once(world: World, start: str) -> int:
    """A visit with two counsellors at the same time."""
    wish = replace(world.wish(world.talk), services=(world.talk, world.letters), together=True)
    with world.database.transaction(STAFF, NOW) as tx:
        visit_id = hold(tx, wish, at(start), "de")
        confirm(tx, visit_to_change(tx, visit_id), KEYS)
    return visit_id


def parts(world: World, visit_id: int) -> list[Appointment]:
    with world.database.reading() as session:
        return session.scalars(
            select(Appointment).where(Appointment.visit_id == visit_id).order_by(Appointment.id)
        ).all()


def late(world: World, counsellor: int, minutes: int, now) -> int:
    with world.database.transaction(STAFF, now) as tx:
        return run_late(tx, world.centre, counsellor, timedelta(minutes=minutes))


def test_the_second_of_two_counsellors_at_once_has_the_appointment_too(world: World):
    visit_id = both_at_once(world, "09:35")
    second = parts(world, visit_id)[1].counsellor_id
    walk_in(world, at("09:10"))
    with pytest.raises(NobodyWaits):
        call_next(world, second, at("09:30"))
    assert late(world, second, 15, at("09:30")) == 1
    arrive(world, visit_id, at("09:32"))
    with world.database.reading() as session:
        board = Board.of(session, session.get_one(Centre, world.centre), at("09:33"))
        counsellor = next(a.counsellor for a in board.appointments if a.counsellor_id == second)
        assert visit_id in {t.visit_id for t in board.callable_by(counsellor)}


def test_while_two_at_once_talk_the_second_is_not_free_for_somebody_else(world: World):
    visit_id = both_at_once(world, "09:35")
    number, waits = arrive(world, visit_id, at("09:30")), walk_in(world, at("09:10"))
    first, second = (part.counsellor_id for part in parts(world, visit_id))
    call_next(world, first, at("09:35"))
    act(world, number, lambda tx, ticket: calls.start(tx, ticket, first), at("09:36"))
    with pytest.raises(StillServing):
        call_next(world, second, at("09:40"))
    with world.database.reading() as session:
        board = Board.of(session, session.get_one(Centre, world.centre), at("09:40"))
        talking = {one.caller.id: one.talk is not None for one in forecast(session, board).scene.on_duty}
    assert talking == {first: True, second: True}
    act(
        world,
        number,
        lambda tx, ticket: holds(tx, ticket, {first: True, second: True, world.eiche: False}),
        at("09:40"),
    )
    act(world, number, calls.finish, at("10:10"))
    assert call_next(world, second, at("10:11"))[0] == waits


def holds(tx: Transaction, ticket: Ticket, who: dict[int, bool]) -> None:
    assert {counsellor: calls.is_with(tx, ticket, counsellor) for counsellor in who} == who


def test_whoever_handed_her_part_on_is_free(world: World):
    visit_id = both_at_once(world, "09:35")
    number, waits = arrive(world, visit_id, at("09:30")), walk_in(world, at("09:10"))
    first, second = (part.counsellor_id for part in parts(world, visit_id))
    act(world, number, lambda tx, ticket: handing.hand_to(tx, ticket, first), at("09:31"))
    assert call_next(world, first, at("09:35"))[0] == number
    assert call_next(world, second, at("09:36"))[0] == waits


def test_both_talks_of_two_at_once_are_seen_when_one_says_done(world: World):
    visit_id = both_at_once(world, "09:35")
    number = arrive(world, visit_id, at("09:30"))
    call_next(world, parts(world, visit_id)[0].counsellor_id, at("09:35"))
    act(world, number, calls.finish, at("10:10"))
    assert state_of(world, visit_id) == [AppointmentState.SEEN, AppointmentState.SEEN]
    act(world, number, calls.undo, at("10:11"))
    assert state_of(world, visit_id) == [AppointmentState.BOOKED, AppointmentState.BOOKED]


def test_who_hands_her_own_appointment_over_calls_walk_ins_meanwhile(world: World):
    visit_id = world.book(at("10:10"))
    own = counsellor_of(world, visit_id)
    other = world.buche if own == world.ahorn else world.ahorn
    number, waits = arrive(world, visit_id, at("09:50")), walk_in(world, at("09:55"))
    act(world, number, lambda tx, t: handing.hand_to(tx, t, other), at("10:05"))
    assert call_next(world, own, at("10:06")) == (waits, Reason.FITS)


def test_an_appointment_nobody_came_for_does_not_swallow_a_delay(world: World):
    missed = world.book(at("09:00"))
    own = counsellor_of(world, missed)
    with world.database.transaction(STAFF, NOW) as tx:
        later = hold(tx, world.wish(counsellor=own), at("11:20"), "de")
        confirm(tx, visit_to_change(tx, later), KEYS)
    assert late(world, own, 15, at("11:00")) == 1
    assert [part.delayed_by for part in parts(world, later)] == [timedelta(minutes=15)]


def test_who_comes_at_the_time_she_was_told_keeps_her_place(world: World):
    visit_id = world.book(at("10:10"))
    own = counsellor_of(world, visit_id)
    late(world, own, 15, at("09:30"))
    number = arrive(world, visit_id, at("10:24"))
    walk_in(world, at("09:55"))
    assert call_next(world, own, at("10:25")) == (number, Reason.DUE)


def test_who_was_moved_to_tomorrow_does_not_come_back_into_todays_queue(world: World):
    visit_id = world.book(at("10:10"))
    number = arrive(world, visit_id, at("09:50"))
    with world.database.transaction(STAFF, at("09:55")) as tx:
        visit = visit_to_change(tx, visit_id)
        move_here(tx, visit, wish_of(visit, visit.appointments), at("10:10", TOMORROW), None)
    assert state(world, number) is TicketState.LEFT
    with pytest.raises(TicketMoved):
        act(world, number, calls.undo, at("09:56"))


@pytest.mark.parametrize("aside", [calls.park, calls.miss])
def test_who_is_parked_or_missed_her_call_can_still_be_moved(world: World, aside):
    visit_id = world.book(at("10:10"))
    number = arrive(world, visit_id, at("09:50"))
    if aside is calls.miss:
        call_next(world, counsellor_of(world, visit_id), at("10:08"))
    act(world, number, aside, at("10:09"))
    with world.database.transaction(STAFF, at("10:09")) as tx:
        visit = visit_to_change(tx, visit_id)
        move_here(tx, visit, wish_of(visit, visit.appointments), at("10:10", TOMORROW), None)
    assert state(world, number) is TicketState.LEFT


def test_who_is_sent_to_another_centre_has_no_appointment_left_here(world: World):
    visit_id = world.book(at("10:10"))
    number = arrive(world, visit_id, at("09:50"))
    act(
        world, number, lambda tx, t: handing.send_on(tx, t, tx.session.get_one(Centre, world.other_centre)), at("09:51")
    )
    assert state_of(world, visit_id) == [AppointmentState.SEEN]
    assert ticket(world, 100, world.other_centre).state is TicketState.PARKED


def test_the_evening_leaves_no_appointment_of_the_day_booked(world: World):
    left, never = world.book(at("10:10")), world.book(at("10:45"))
    number = arrive(world, left, at("09:50"))
    act(world, number, calls.leave, at("10:00"))
    for _ in range(2):
        with world.database.transaction(SYSTEM, at("17:30")) as tx:
            close_days(tx, tx.session.get_one(Centre, world.centre))
    assert state_of(world, left) == state_of(world, never) == [AppointmentState.NO_SHOW]


def test_looking_at_a_ticket_keeps_it_from_nobody(world: World):
    number = walk_in(world, NOW)
    with world.database.reading() as looking:
        ticket_by_number(looking, looking.get_one(Centre, world.centre), MONDAY, number)
        assert call_next(world, world.ahorn, at("09:01"))[0] == number


def test_who_named_no_topic_is_seen_by_a_man_too(world: World):
    with world.database.transaction(STAFF, NOW) as tx:
        tx.session.get_one(Service, world.women).walk_in = True
        tx.session.flush()
        number = take_number(tx, WalkIn(tx.session.get_one(Centre, world.centre), None, "de", ("de",))).number
    with world.database.reading() as session:
        assert not Situation.of(session, world.centre, NOW).waiting[number].woman_wanted


def test_a_new_room_is_a_new_call(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    with world.database.reading() as session:
        other = Situation.of(session, world.centre, NOW).setup.counters(world.centre)[1]
    act(world, number, lambda tx, t: handing.change_room(tx, t, other), at("09:04"))
    assert ticket(world, number).called_at == at("09:04")

"""What a counsellor does with a ticket beyond calling it: missed, parked, handed over, started at the door, undone."""

import threading
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from foundation.db import Database, make_engine
from foundation.errors import NotFound
from foundation.facts import SYSTEM
from queueing import calls, handing
from queueing.board import Board
from queueing.closing import close_days
from queueing.display import last_calls
from queueing.models import Note, Ticket, TicketState
from queueing.moves import move
from queueing.order import Reason
from queueing.recalling import name_again
from queueing.refusals import NobodyWaits, RoomTaken, StillServing, TicketMoved
from queueing.situation import Situation
from queueing.tickets import check_in, check_in_by_code, come_back
from scheduling import visits
from scheduling.models import AppointmentState, Centre, Counter, Room, Service, Visit
from scheduling.visits import visit_to_change
from tests.build import KEYS, NOW, World, at, counsellor
from tests.domain.counting import statements
from tests.domain.test_day import STAFF, act, arrive, call_next, run_together, state, walk_in


def ticket(world: World, number: int, centre: int | None = None) -> Ticket:
    with world.database.reading() as session:
        found = select(Ticket).where(Ticket.number == number, Ticket.centre_id == (centre or world.centre))
        return session.scalars(found).one()


def counsellor_of(world: World, visit_id: int) -> int:
    with world.database.reading() as session:
        return session.get_one(Visit, visit_id).first.counsellor_id


def state_of(world: World, visit_id: int) -> list[AppointmentState]:
    with world.database.reading() as session:
        return [part.state for part in session.get_one(Visit, visit_id).appointments]


def pass_(world: World, now: datetime) -> int:
    with world.database.transaction(SYSTEM, now) as tx:
        return name_again(tx, tx.session.get_one(Centre, world.centre))


def test_who_is_not_there_comes_once_behind_the_next_two_and_then_is_a_no_show(world: World):
    first, second, third, fourth = (walk_in(world, NOW) for _ in range(4))
    call_next(world, world.ahorn, at("09:01"))
    act(world, first, calls.miss, at("09:05"))
    assert state(world, first) is TicketState.MISSED
    for number, minute in ((second, "09:11"), (third, "09:12")):
        assert call_next(world, world.ahorn, at(minute))[0] == number
        act(world, number, calls.finish, at(minute))
    assert call_next(world, world.ahorn, at("09:13"))[0] == first, "before the fourth, who came later"
    act(world, first, calls.miss, at("09:17"))
    assert state(world, first) is TicketState.NO_SHOW
    assert call_next(world, world.ahorn, at("09:18"))[0] == fourth


def test_who_missed_her_call_and_is_alone_is_called_again_after_five_minutes(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, at("09:01"))
    act(world, number, calls.miss, at("09:05"))
    with pytest.raises(NobodyWaits):
        call_next(world, world.ahorn, at("09:05"))
    assert call_next(world, world.ahorn, at("09:06"))[0] == number


def test_a_missed_appointment_waits_for_two_calls_of_its_own_counsellor(world: World):
    visit_id = world.book(at("09:00"))
    own = counsellor_of(world, visit_id)
    other = world.buche if own == world.ahorn else world.ahorn
    number = arrive(world, visit_id, at("08:55"))
    walk_ins = [walk_in(world, at("09:00")) for _ in range(5)]
    assert call_next(world, own, at("09:00"))[0] == number
    act(world, number, calls.miss, at("09:04"))
    for minute, caller in ((10, other), (11, other), (12, own), (13, own)):
        called, _ = call_next(world, caller, NOW + timedelta(minutes=minute))
        assert called in walk_ins
        act(world, called, calls.finish, NOW + timedelta(minutes=minute))
    assert call_next(world, own, at("09:14")) == (number, Reason.DUE)


def test_a_call_is_repeated_twice_by_itself_and_then_given_up(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    named = [(89, 0, 1), (90, 1, 2), (95, 0, 2), (180, 1, 3), (200, 0, 3), (269, 0, 3), (270, 1, 3)]
    for seconds, acts, times in named:
        assert pass_(world, NOW + timedelta(seconds=seconds)) == acts, seconds
        assert ticket(world, number).calls == times
    assert state(world, number) is TicketState.MISSED
    assert pass_(world, NOW + timedelta(seconds=300)) == 0
    act(world, number, calls.undo, NOW + timedelta(seconds=300))
    assert state(world, number) is TicketState.CALLED


def test_a_call_repeated_by_hand_is_not_repeated_at_once_by_itself(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, number, calls.recall, NOW + timedelta(seconds=60))
    assert pass_(world, NOW + timedelta(seconds=91)) == 0
    assert pass_(world, NOW + timedelta(seconds=181)) == 1


def test_who_is_parked_keeps_her_place_and_comes_back(world: World):
    first, second = walk_in(world, NOW), walk_in(world, NOW)
    act(world, first, calls.park, at("09:01"))
    with world.database.reading() as session:
        board = Board.of(session, session.get_one(Centre, world.centre), at("09:02"))
        assert [t.number for t in board.parked] == [first]
        assert [t.number for t in board.waiting] == [second]
    act(world, first, come_back, at("09:03"))
    assert call_next(world, world.ahorn, at("09:04"))[0] == first


def test_who_is_sent_for_a_paper_in_the_middle_of_a_talk_comes_back_to_the_same_counsellor(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, number, calls.start, at("09:01"))
    act(world, number, calls.park, at("09:05"))
    act(world, number, come_back, at("09:20"))
    with pytest.raises(NobodyWaits):
        call_next(world, world.buche, at("09:21"))
    assert call_next(world, world.ahorn, at("09:21"))[0] == number


def test_a_parked_client_takes_her_place_back_with_her_code(world: World):
    visit_id = world.book(at("10:10"))
    number = arrive(world, visit_id, at("09:50"))
    act(world, number, calls.park, at("09:51"))
    assert arrive(world, visit_id, at("09:55")) == number
    assert state(world, number) is TicketState.WAITING


def test_back_to_the_queue_keeps_the_place_and_clears_the_display(world: World):
    first, _ = walk_in(world, NOW), walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, first, calls.back_to_queue, at("09:01"))
    with world.database.reading() as session:
        assert not last_calls(session, session.get_one(Centre, world.centre), at("09:01"))
    assert call_next(world, world.ahorn, at("09:02"))[0] == first


def test_who_went_straight_to_the_door_can_be_started_without_a_call(world: World):
    visit_id = world.book(at("10:10"))
    own = counsellor_of(world, visit_id)
    with world.database.transaction(STAFF, at("10:05")) as tx:
        made = check_in(tx, visit_to_change(tx, visit_id))
        calls.start(tx, made, own)
        number = made.number
    begun = ticket(world, number)
    assert (begun.state, begun.counsellor_id, begun.started_at) == (TicketState.SERVING, own, at("10:05"))
    with world.database.reading() as session:
        assert not last_calls(session, session.get_one(Centre, world.centre), at("10:05"))
    other = walk_in(world, at("10:06"))
    with pytest.raises(StillServing):
        act(world, other, lambda tx, t: calls.start(tx, t, own), at("10:07"))


def test_a_colleague_gets_whom_she_is_handed_and_nobody_else_does(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, number, calls.start, at("09:01"))
    act(world, number, lambda tx, t: handing.hand_to(tx, t, world.buche), at("09:05"))
    with pytest.raises(NobodyWaits):
        call_next(world, world.ahorn, at("09:10"))
    assert call_next(world, world.buche, at("09:10"))[0] == number
    for _ in range(2):
        act(world, number, calls.undo, at("09:11"))
    assert (state(world, number), ticket(world, number).counsellor_id) == (TicketState.SERVING, world.ahorn)


def test_an_appointment_waits_for_its_counsellor_until_it_is_handed_over(world: World):
    visit_id = world.book(at("10:10"))
    own = counsellor_of(world, visit_id)
    other = world.buche if own == world.ahorn else world.ahorn
    number = arrive(world, visit_id, at("10:00"))
    with pytest.raises(NobodyWaits):
        call_next(world, other, at("10:10"))
    act(world, number, lambda tx, t: handing.hand_to(tx, t, other), at("10:11"))
    assert call_next(world, other, at("10:12")) == (number, Reason.DUE)


def test_nobody_is_handed_to_somebody_who_does_not_work_here(world: World):
    number = walk_in(world, NOW)
    for stranger in (world.eiche, 999):
        with pytest.raises(NotFound):
            act(world, number, lambda tx, t, to=stranger: handing.hand_to(tx, t, to), NOW)
    with pytest.raises(NotFound):
        act(world, number, lambda tx, t: handing.hand_to_service(tx, t, 999), NOW)


def test_who_needs_another_service_waits_for_it_and_her_talk_was_held(world: World):
    visit_id = world.book(at("09:00"))
    own = counsellor_of(world, visit_id)
    number = arrive(world, visit_id, NOW)
    call_next(world, own, NOW)
    act(world, number, calls.start, at("09:01"))
    act(world, number, lambda tx, t: handing.hand_to_service(tx, t, world.letters), at("09:20"))
    assert state_of(world, visit_id) == [AppointmentState.SEEN]
    other = world.buche if own == world.ahorn else world.ahorn
    assert call_next(world, other, at("09:25")) == (number, Reason.FITS)
    act(world, number, calls.finish, at("09:40"))
    assert state(world, number) is TicketState.DONE


def test_another_room_is_called_anew_and_never_one_where_somebody_sits(world: World):
    first, second = walk_in(world, NOW), walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    call_next(world, world.buche, NOW)
    taken, hers = ticket(world, second).counter_id, ticket(world, first).counter_id
    with pytest.raises(RoomTaken):
        act(world, first, lambda tx, t: handing.change_room(tx, t, taken), at("09:01"))
    act(world, second, calls.finish, at("09:02"))
    act(world, first, lambda tx, t: handing.change_room(tx, t, taken), at("09:03"))
    moved = ticket(world, first)
    assert (moved.counter_id, moved.calls, moved.called_at) == (taken, 1, at("09:03")), "called anew"
    act(world, first, calls.undo, at("09:04"))
    assert ticket(world, first).counter_id == hers


def test_whoever_is_sent_to_another_centre_has_a_parked_ticket_there(world: World):
    visit_id = world.book(at("09:00"))
    number = arrive(world, visit_id, NOW)
    call_next(world, counsellor_of(world, visit_id), NOW)
    act(world, number, calls.start, at("09:01"))
    act(world, number, lambda tx, t: handing.send_on(tx, t, tx.session.get_one(Centre, world.other_centre)), NOW)
    assert ticket(world, number).state is TicketState.SENT_ON
    there = ticket(world, 100, world.other_centre)
    assert (there.state, there.visit_id) == (TicketState.PARKED, visit_id)
    with world.database.transaction(STAFF, at("09:40")) as tx:
        code = tx.session.get_one(Visit, visit_id).code
        assert check_in_by_code(tx, tx.session.get_one(Centre, world.other_centre), code or "").id == there.id
    assert ticket(world, 100, world.other_centre).state is TicketState.WAITING


def test_the_second_talk_of_a_visit_follows_without_waiting_anew(world: World):
    wish = world.wish(world.talk)
    with world.database.transaction(STAFF, NOW) as tx:
        both = replace(wish, services=(world.talk, world.letters))
        visit_id = visits.hold(tx, both, at("09:50"), "de")
        visits.confirm(tx, visit_to_change(tx, visit_id), KEYS)
    number = arrive(world, visit_id, at("09:30"))
    waits = walk_in(world, at("09:10"))
    with world.database.reading() as session:
        first, second = (part.counsellor_id for part in session.get_one(Visit, visit_id).appointments)
    call_next(world, first, at("09:50"))
    act(world, number, calls.finish, at("10:19"))
    assert state_of(world, visit_id) == [AppointmentState.SEEN, AppointmentState.BOOKED]
    assert call_next(world, second, at("10:20")) == (number, Reason.FOLLOWS)
    act(world, number, calls.finish, at("10:35"))
    assert state_of(world, visit_id) == [AppointmentState.SEEN, AppointmentState.SEEN]
    assert state(world, number) is TicketState.DONE
    assert state(world, waits) is TicketState.WAITING


def test_finishing_the_first_of_two_talks_can_be_taken_back(world: World):
    with world.database.transaction(STAFF, NOW) as tx:
        both = replace(world.wish(world.talk), services=(world.talk, world.letters))
        visit_id = visits.hold(tx, both, at("09:50"), "de")
        visits.confirm(tx, visit_to_change(tx, visit_id), KEYS)
    number = arrive(world, visit_id, at("09:30"))
    call_next(world, counsellor_of(world, visit_id), at("09:50"))
    act(world, number, calls.start, at("09:51"))
    act(world, number, calls.finish, at("10:19"))
    act(world, number, calls.undo, at("10:20"))
    assert state(world, number) is TicketState.SERVING
    assert state_of(world, visit_id) == [AppointmentState.BOOKED, AppointmentState.BOOKED]


def test_undo_walks_back_step_by_step(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, number, calls.start, at("09:01"))
    act(world, number, calls.park, at("09:02"))
    act(world, number, come_back, at("09:03"))
    for expected in (TicketState.PARKED, TicketState.SERVING, TicketState.CALLED, TicketState.WAITING):
        act(world, number, calls.undo, at("09:04"))
        assert state(world, number) is expected
    left = ticket(world, number)
    assert (left.called_at, left.counsellor_id, left.started_at, left.trail) == (None, None, None, [])
    with pytest.raises(TicketMoved):
        act(world, number, calls.undo, at("09:05"))


def test_notes_are_ticked_and_unticked(world: World):
    number = walk_in(world, NOW)
    act(world, number, lambda tx, t: calls.note(tx, t, [Note.FOLLOW_UP, Note.PAPERS_MISSING]), NOW)
    assert ticket(world, number).notes == ["follow_up", "papers_missing"]
    act(world, number, lambda tx, t: calls.note(tx, t, []), NOW)
    assert ticket(world, number).notes == []


def test_closing_the_day_ends_the_parked_the_missed_and_both_parts_of_a_visit(world: World):
    parked, missed = walk_in(world, NOW), walk_in(world, NOW)
    act(world, parked, calls.park, at("09:01"))
    assert call_next(world, world.ahorn, at("09:01"))[0] == missed
    act(world, missed, calls.miss, at("09:05"))
    with world.database.transaction(SYSTEM, at("17:00")) as tx:
        assert close_days(tx, tx.session.get_one(Centre, world.centre)) == 2
    assert (state(world, parked), state(world, missed)) == (TicketState.LEFT, TicketState.NO_SHOW)


def test_calling_costs_five_statements(world: World):
    for _ in range(3):
        walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)  # the set-up is remembered
    with statements(world.database.engine) as asked:
        call_next(world, world.buche, NOW)
    assert len(asked) <= 5, asked


def test_the_database_itself_refuses_two_talks_in_one_room(world: World):
    first, second = walk_in(world, NOW), walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    where = ticket(world, first).counter_id
    with pytest.raises(RoomTaken), world.database.transaction(STAFF, NOW) as tx:
        from queueing.moves import move

        other = tx.session.scalars(select(Ticket).where(Ticket.number == second)).one()
        move(tx, other, TicketState.CALLED, counsellor_id=world.buche, counter_id=where)


@pytest.mark.parametrize(("refused", "told"), [(1, None), (calls.TRIES, RoomTaken)])
def test_where_a_room_was_taken_this_very_moment_the_desk_looks_again(world: World, refused: int, told):
    number, left = walk_in(world, NOW), iter(range(refused))

    @contextmanager
    def opened():
        with world.database.transaction(STAFF, NOW) as tx:
            yield tx
            if next(left, None) is not None:
                raise RoomTaken

    with pytest.raises(told) if told else nullcontext():
        assert calls.call_next_anew(opened, world.centre, world.ahorn).number == number
    assert state(world, number) is (TicketState.WAITING if told else TicketState.CALLED)
    assert ticket(world, number).calls == (0 if told else 1)


def test_many_desks_that_press_at_once_call_everybody_exactly_once(world: World, database_url: str):
    numbers = [walk_in(world, NOW) for _ in range(24)]
    with world.database.transaction(SYSTEM, NOW) as tx:
        desks = _more_desks(tx.session, world, 6)
    own = [Database(make_engine(database_url)) for _ in range(3)]
    start, called = threading.Barrier(6), []

    def desk(n: int) -> None:
        start.wait()
        while True:
            try:
                opened = partial(own[n % 3].transaction, STAFF, at("09:01"))
                number = calls.call_next_anew(opened, world.centre, desks[n]).number
            except NobodyWaits:
                return
            called.append(number)
            act(world, number, calls.finish, at("09:01"))

    run_together(desk, 6)
    for database in own:
        database.engine.dispose()
    assert sorted(called) == numbers


def _more_desks(session, world: World, count: int) -> list[int]:
    """Counsellors with rooms of their own."""
    at_centre = session.get_one(Centre, world.centre)
    services = [session.get_one(Service, id_) for id_ in (world.talk, world.letters)]
    made = []
    for n in range(count):
        counter = Counter(code=f"more-{n}", centre=at_centre, label=f"M{n}")
        session.add(Room(code=f"room-more-{n}", centre=at_centre, counter=counter, seats=4, features=[]))
        session.flush()
        made.append(counsellor(session, f"more{n}", "female", ["de"], services, at_centre, counter).id)
    return made


def test_what_was_read_before_somebody_else_moved_a_ticket_moves_it_no_more(world: World):
    number = walk_in(world, NOW)
    with world.database.reading() as session:
        seen = Situation.of(session, world.centre, NOW).entry(number)
    act(world, number, calls.park, NOW)
    with world.database.transaction(STAFF, NOW) as tx:
        assert not move(tx, seen, TicketState.LEFT)
    assert state(world, number) is TicketState.PARKED

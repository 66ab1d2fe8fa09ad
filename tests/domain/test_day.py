"""The day: checking in, being called, and what happens when two press at once."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.db import Database, change_tag, make_engine
from foundation.errors import Refusal
from foundation.facts import SYSTEM, Actor, Fact
from queueing import calls, helping
from queueing.board import Board
from queueing.closing import close_days
from queueing.display import last_calls
from queueing.models import Ticket, TicketState, UrgentReason
from queueing.order import Reason
from queueing.refusals import (
    ClosedNow,
    CodeUnknown,
    NobodyToday,
    NobodyWaits,
    NoRoomFree,
    OtherCentre,
    OtherDay,
    StillServing,
    TicketMoved,
)
from queueing.tickets import WalkIn, check_in_by_code, check_in_by_token, take_number
from scheduling.models import AppointmentState, Centre, Closure, Counsellor, TopicGroup, Visit
from scheduling.visits import cancel, manage_token, visit_to_change
from tests.build import KEYS, MONDAY, NOW, World, at

STAFF = Actor("staff", 1)


def arrive(world: World, visit_id: int, now) -> int:
    with world.database.transaction(STAFF, now) as tx:
        return check_in_by_code(tx, tx.session.get_one(Centre, world.centre), world.code(visit_id)).number


def walk_in(world: World, now, language: str = "de", database: Database | None = None) -> int:
    with (database or world.database).transaction(STAFF, now) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        return take_number(tx, WalkIn(centre, tx.session.get_one(TopicGroup, world.topic), "de", (language,))).number


def call_next(world: World, counsellor: int, now, database: Database | None = None):
    with (database or world.database).transaction(STAFF, now) as tx:
        choice = calls.call_next(tx, world.centre, counsellor)
        return choice.number, choice.reason


def act(world: World, number: int, action, now) -> None:
    with world.database.transaction(STAFF, now) as tx:
        action(tx, tx.session.scalars(select(Ticket).where(Ticket.number == number)).one())


def state(world: World, number: int) -> TicketState:
    with world.database.reading() as session:
        return session.scalars(select(Ticket.state).where(Ticket.number == number)).one()


def test_a_client_checks_in_by_code_and_gets_the_same_ticket_again(world: World):
    visit_id = world.book(at("10:10"))
    first = arrive(world, visit_id, at("09:50"))
    assert first == 100
    assert arrive(world, visit_id, at("09:51")) == first


def test_a_wrong_used_or_foreign_code_gets_one_and_the_same_answer(world: World):
    tomorrow = world.book(at("10:10", MONDAY + timedelta(days=1)))
    gone = world.book(at("10:10"))
    code = world.code(gone)
    with world.database.transaction(STAFF, NOW) as tx:
        cancel(tx, visit_to_change(tx, gone))
    for typed, centre in ((world.code(tomorrow), world.centre), (code, world.centre), ("111111", world.other_centre)):
        with pytest.raises(CodeUnknown), world.database.transaction(STAFF, NOW) as tx:
            check_in_by_code(tx, tx.session.get_one(Centre, centre), typed)


def test_the_qr_code_may_say_that_it_is_for_another_day_or_centre(world: World):
    tomorrow = world.book(at("10:10", MONDAY + timedelta(days=1)))
    with world.database.reading() as session:
        token = manage_token(KEYS, session.get_one(Visit, tomorrow))
    with pytest.raises(OtherDay) as other_day, world.database.transaction(STAFF, NOW) as tx:
        check_in_by_token(tx, tx.session.get_one(Centre, world.centre), token)
    assert other_day.value.values == {"day": "24.11.", "time": "10:10"}
    with pytest.raises(OtherCentre), world.database.transaction(STAFF, NOW) as tx:
        check_in_by_token(tx, tx.session.get_one(Centre, world.other_centre), token)
    with world.database.transaction(STAFF, at("10:00", MONDAY + timedelta(days=1))) as tx:
        assert check_in_by_token(tx, tx.session.get_one(Centre, world.centre), token).number == 100


def test_a_walk_in_gets_a_number_only_when_somebody_can_serve_it(world: World):
    assert walk_in(world, NOW) == 100
    assert walk_in(world, NOW, "uk") == 101  # nobody speaks it, but there is an interpreter on the phone
    with pytest.raises(NobodyToday):
        walk_in(world, NOW, "mnk")
    with pytest.raises(ClosedNow):
        walk_in(world, at("17:00"))
    with pytest.raises(NobodyToday):
        walk_in(world, at("16:50"))
    with pytest.raises(ClosedNow):
        walk_in(world, at("10:00", MONDAY + timedelta(days=5)))


def test_numbers_begin_anew_every_local_day(world: World):
    assert [walk_in(world, NOW), walk_in(world, NOW)] == [100, 101]
    assert walk_in(world, at("09:00", MONDAY + timedelta(days=1))) == 100


def test_many_kiosks_at_once_give_different_numbers(world: World, database_url: str):
    own = [Database(make_engine(database_url)) for _ in range(3)]
    start, numbers = threading.Barrier(12), []

    def kiosk(n: int) -> None:
        start.wait()
        numbers.append(walk_in(world, NOW, database=own[n % 3]))

    run_together(kiosk, 12)
    for database in own:
        database.engine.dispose()
    assert sorted(numbers) == list(range(100, 112))


def test_call_next_follows_the_rule_and_says_why(world: World):
    visit_id = world.book(at("10:10"))
    waits = walk_in(world, at("09:30"))
    mine = arrive(world, visit_id, at("10:05"))
    with world.database.reading() as session:
        counsellor = session.get_one(Visit, visit_id).appointments[0].counsellor_id
    assert call_next(world, counsellor, at("10:09")) == (mine, Reason.DUE)
    other = world.buche if counsellor == world.ahorn else world.ahorn
    assert call_next(world, other, at("10:09")) == (waits, Reason.FITS)


def test_an_appointment_is_called_to_the_room_it_has_claimed(world: World):
    visit_id = world.book(at("10:10"))
    number = arrive(world, visit_id, at("10:05"))
    with world.database.reading() as session:
        appointment = session.get_one(Visit, visit_id).appointments[0]
        counsellor, counter = appointment.counsellor_id, appointment.room.counter_id
    call_next(world, counsellor, at("10:10"))
    with world.database.reading() as session:
        assert session.scalars(select(Ticket.counter_id).where(Ticket.number == number)).one() == counter


def test_start_finish_and_the_appointment_is_seen(world: World):
    visit_id = world.book(at("10:10"))
    number = arrive(world, visit_id, at("10:05"))
    with world.database.reading() as session:
        counsellor = session.get_one(Visit, visit_id).appointments[0].counsellor_id
    call_next(world, counsellor, at("10:10"))
    with pytest.raises(StillServing):
        call_next(world, counsellor, at("10:11"))
    act(world, number, calls.start, at("10:11"))
    act(world, number, calls.finish, at("10:40"))
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).appointments[0].state is AppointmentState.SEEN
    act(world, number, calls.undo, at("10:41"))
    assert state(world, number) is TicketState.SERVING
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).appointments[0].state is AppointmentState.BOOKED


def test_nobody_waits_is_said_and_nothing_is_called(world: World):
    with pytest.raises(NobodyWaits):
        call_next(world, world.ahorn, NOW)


def test_a_no_show_can_be_taken_back(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, number, calls.no_show, at("09:05"))
    assert state(world, number) is TicketState.NO_SHOW
    act(world, number, calls.undo, at("09:06"))
    act(world, number, calls.undo, at("09:06"))
    assert state(world, number) is TicketState.WAITING
    with pytest.raises(TicketMoved):
        act(world, number, calls.undo, at("09:06"))


def test_an_action_on_a_ticket_that_has_moved_on_says_so(world: World):
    number = walk_in(world, NOW)
    for action in (calls.start, calls.finish, calls.no_show, calls.recall):
        with pytest.raises(TicketMoved) as moved:
            act(world, number, action, NOW)
        assert moved.value.values == {"number": number}


def test_two_counsellors_who_press_at_once_get_two_different_people(world: World, database_url: str):
    numbers = {walk_in(world, NOW), walk_in(world, NOW)}
    own = [Database(make_engine(database_url)) for _ in range(2)]
    start, called = threading.Barrier(2), []

    def press(n: int) -> None:
        start.wait()
        called.append(call_next(world, (world.ahorn, world.buche)[n], at("09:01"), own[n])[0])

    run_together(press, 2)
    for database in own:
        database.engine.dispose()
    assert set(called) == numbers


def test_the_display_shows_newest_calls_first_and_forgets_a_call_taken_back(world: World):
    first, second = walk_in(world, NOW), walk_in(world, NOW)
    call_next(world, world.ahorn, at("09:01"))
    call_next(world, world.buche, at("09:02"))
    act(world, first, calls.recall, at("09:03"))

    def shown() -> list[int]:
        with world.database.reading() as session:
            centre = session.get_one(Centre, world.centre)
            return [call.number for call in reversed(last_calls(session, centre, at("09:04")))]

    assert shown() == [first, second]
    act(world, second, calls.undo, at("09:04"))
    assert shown() == [first]


def test_every_change_raises_the_tag_of_its_centre_only(world: World):
    def tags() -> list[int]:
        with world.database.reading() as session:
            return [change_tag(session, f"centre:{c}") for c in (world.centre, world.other_centre)]

    before = tags()
    walk_in(world, NOW)
    assert tags() == [before[0] + 1, before[1]]


def test_help_is_asked_for_and_answered(world: World):
    with world.database.transaction(STAFF, NOW) as tx:
        helping.ask_for_help(tx, tx.session.get_one(Centre, world.centre), "Kiosk 1")
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        assert helping.open_help(session, centre, NOW).place == "Kiosk 1"
        assert helping.open_help(session, session.get_one(Centre, world.other_centre), NOW) is None
    with world.database.transaction(STAFF, NOW) as tx:
        helping.come_to_help(tx, tx.session.get_one(Centre, world.centre))
    with world.database.reading() as session:
        assert helping.open_help(session, session.get_one(Centre, world.centre), NOW) is None


@pytest.mark.parametrize("closed_at", [at("17:00"), at("08:00", MONDAY + timedelta(days=3))])
def test_after_closing_everything_open_is_ended_and_marked(world: World, closed_at):
    waits, called, serving = (walk_in(world, NOW) for _ in range(3))
    never_came = world.book(at("10:10"))
    assert call_next(world, world.ahorn, at("09:01"))[0] == waits
    assert call_next(world, world.buche, at("09:01"))[0] == called
    act(world, called, calls.start, at("09:02"))
    with world.database.transaction(SYSTEM, at("16:59")) as tx:
        assert close_days(tx, tx.session.get_one(Centre, world.centre)) == 0
    with world.database.transaction(SYSTEM, closed_at) as tx:
        assert close_days(tx, tx.session.get_one(Centre, world.centre)) == 3
    assert [state(world, n) for n in (waits, called, serving)] == [
        TicketState.NO_SHOW, TicketState.DONE, TicketState.LEFT,
    ]  # fmt: skip
    with world.database.reading() as session:
        assert session.get_one(Visit, never_came).appointments[0].state is AppointmentState.NO_SHOW
        assert all(ticket.closed_over for ticket in session.scalars(select(Ticket)))
    with world.database.transaction(SYSTEM, closed_at) as tx:
        assert close_days(tx, tx.session.get_one(Centre, world.centre)) == 0


def test_a_closure_during_the_day_ends_nobodys_appointment(world: World):
    visit_id = world.book(at("15:20"))
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add(Closure(centre_id=world.centre, starts_at=at("12:00"), ends_at=at("23:00")))
    with world.database.transaction(SYSTEM, at("12:01")) as tx:
        close_days(tx, tx.session.get_one(Centre, world.centre))
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).appointments[0].state is AppointmentState.BOOKED


def test_a_ticket_whose_appointment_was_called_off_holds_up_nobody(world: World):
    visit_id = world.book(at("10:10"))
    number = arrive(world, visit_id, at("10:00"))
    with world.database.transaction(SYSTEM, at("10:01")) as tx:
        cancel(tx, visit_to_change(tx, visit_id))
    with world.database.transaction(SYSTEM, at("17:30")) as tx:
        assert close_days(tx, tx.session.get_one(Centre, world.centre)) == 1
    assert state(world, number) is TicketState.LEFT


def test_a_late_client_called_by_a_colleague_is_sent_to_the_colleague(world: World):
    visit_id = world.book(at("09:35"))
    number = arrive(world, visit_id, at("09:50"))
    with world.database.reading() as session:
        own = session.get_one(Visit, visit_id).appointments[0].counsellor_id
        colleague = session.get_one(Counsellor, world.buche if own == world.ahorn else world.ahorn)
        expected, colleague_id = colleague.counter_id, colleague.id
        board = Board.of(session, session.get_one(Centre, world.centre), at("09:51"))
        assert [ticket.number for ticket in board.callable_by(colleague)] == [number], "on her own list too"
    assert call_next(world, colleague_id, at("09:51"))[0] == number
    with world.database.reading() as session:
        assert session.scalars(select(Ticket.counter_id).where(Ticket.number == number)).one() == expected
        told = Board.of(session, session.get_one(Centre, world.centre), at("09:52")).situation
        assert told.caller(colleague_id).calls == [False]


def test_nobody_is_called_into_a_room_where_somebody_sits(world: World):
    first, second, third = (walk_in(world, NOW) for _ in range(3))
    with world.database.transaction(SYSTEM, NOW) as tx:
        both = tx.session.get_one(Counsellor, world.ahorn), tx.session.get_one(Counsellor, world.buche)
        both[1].counter_id = both[0].counter_id  # two who share a door
    call_next(world, world.ahorn, at("09:01"))
    call_next(world, world.buche, at("09:01"))
    with world.database.reading() as session:
        counters = session.scalars(select(Ticket.counter_id).where(Ticket.number.in_([first, second]))).all()
        assert len(set(counters)) == 2
    with world.database.transaction(SYSTEM, NOW) as tx:  # a third counsellor, both rooms taken
        tx.session.get_one(Counsellor, world.eiche).counter_id = tx.session.get_one(Counsellor, world.ahorn).counter_id
    with pytest.raises(NoRoomFree):
        call_next(world, world.eiche, at("09:02"))
    assert state(world, third) is TicketState.WAITING


def test_a_walk_in_is_not_called_into_a_room_that_is_claimed_for_somebody_else(world: World):
    visit_id = world.book(at("09:00"))
    with world.database.reading() as session:
        appointment = session.get_one(Visit, visit_id).appointments[0]
        own, room = appointment.counsellor_id, appointment.room.counter_id
    other = world.buche if own == world.ahorn else world.ahorn
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Counsellor, other).counter_id = room
    number = walk_in(world, NOW)
    assert call_next(world, other, at("09:01"))[0] == number
    with world.database.reading() as session:
        assert session.scalars(select(Ticket.counter_id).where(Ticket.number == number)).one() != room


def test_somebody_flagged_urgent_goes_first_with_a_reason(world: World):
    first, second = walk_in(world, NOW), walk_in(world, at("09:05"))
    act(world, second, lambda tx, ticket: calls.flag_urgent(tx, ticket, UrgentReason.HEALTH), at("09:06"))
    assert call_next(world, world.ahorn, at("09:07")) == (second, Reason.URGENT)
    with pytest.raises(TicketMoved):
        act(world, second, lambda tx, ticket: calls.flag_urgent(tx, ticket, UrgentReason.CHILD), at("09:08"))
    assert state(world, first) is TicketState.WAITING
    with world.database.reading() as session:
        fact = session.scalars(select(Fact).where(Fact.kind == "ticket.urgent")).one()
        assert fact.details["reason"] == "health"


def test_undo_never_puts_two_people_with_one_counsellor(world: World):
    first, second = walk_in(world, NOW), walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, first, calls.finish, at("09:10"))
    call_next(world, world.ahorn, at("09:11"))
    with pytest.raises(StillServing) as still:
        act(world, first, calls.undo, at("09:12"))
    assert still.value.values == {"number": second}


def test_facts_tell_the_story_without_a_person(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, number, calls.finish, at("09:20"))
    with world.database.reading() as session:
        facts = session.scalars(select(Fact).where(Fact.subject_kind == "ticket").order_by(Fact.id)).all()
    assert [f.kind for f in facts] == ["ticket.issued", "ticket.called", "ticket.started", "ticket.finished"]
    assert all(f.actor_kind == "staff" and f.actor_id == 1 for f in facts)


def test_a_refusal_rolls_everything_back(world: World):
    number = walk_in(world, NOW)
    with pytest.raises(Refusal), world.database.transaction(STAFF, NOW) as tx:
        ticket = tx.session.scalars(select(Ticket).where(Ticket.number == number)).one()
        calls.leave(tx, ticket)
        raise Refusal
    assert state(world, number) is TicketState.WAITING


def test_the_board_is_read_in_few_statements(world: World):
    from sqlalchemy import event

    for minute in range(10):
        walk_in(world, NOW + timedelta(minutes=minute))
    world.book(at("10:10"))
    statements: list[str] = []
    event.listen(world.database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with world.database.reading() as session:
        centre, counsellor = session.get_one(Centre, world.centre), session.get_one(Counsellor, world.ahorn)
        board = Board.of(session, centre, at("09:30"))
        assert board.choice_for(counsellor).number == 100
    assert len(statements) <= 10, statements


def run_together(work, count: int) -> None:
    threads = [threading.Thread(target=work, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

"""Pausing today, the next date before the client leaves, whose move is taken back, and the day as it was."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.db import change_tag
from foundation.errors import NotFound
from foundation.facts import SYSTEM
from queueing import calls, handing
from queueing.board import Board
from queueing.closing import close_days
from queueing.models import Note, TicketState
from queueing.numbers import Numbers
from queueing.summary import Summary
from queueing.today import today_of
from queueing.undoing import last_of
from scheduling import reaching, visits
from scheduling.blocked import block, unblock
from scheduling.following_up import book_follow_up, follow_ups, kept
from scheduling.gaps import gaps_today, starts_for
from scheduling.interval import Interval
from scheduling.models import AppointmentState, BlockedKind, Centre, Counsellor, Interpreter, Visit
from scheduling.opening import whole_day
from scheduling.refusals import TimeStands
from scheduling.visits import Contact, cancel, visit_to_change
from scheduling.wish import Route
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at
from tests.domain.test_calls import state_of
from tests.domain.test_day import STAFF, act, arrive, call_next, walk_in

HALF = timedelta(minutes=30)


def board(world: World, session, now, day=None) -> Board:
    return Board.of(session, session.get_one(Centre, world.centre), now, day)


def last(world: World, who: int, now) -> int | None:
    with world.database.reading() as session:
        found = last_of(board(world, session, now), session.get_one(Counsellor, who))
        return found and found.number


def gaps(world: World, now) -> list[Interval]:
    with world.database.reading() as session:
        return gaps_today(session, world.ahorn, world.centre, now)


def booked(world: World, wish, start, contact: Contact | None = None) -> int:
    with world.database.transaction(STAFF, NOW - timedelta(days=1)) as tx:
        visit_id = visits.hold(tx, wish, start, "ar")
        visit = visit_to_change(tx, visit_id)
        if contact:
            reaching.note_contact(tx, visit, contact, unlimited=True)
        visits.confirm(tx, visit, KEYS)
        return visit_id


def dates(world: World, wish, visit_id: int | None, weeks: int = 2, hour: str = "10:10"):
    with world.database.reading() as session:
        before = session.get_one(Visit, visit_id).first if visit_id else None
        return follow_ups(session, wish, before, weeks, at(hour), NOW)


def blocked_for(world: World, counsellor: int, now):
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        today = today_of(session, centre, now, change_tag(session, centre.scope))
        return today.blocked_for(session, session.get_one(Counsellor, counsellor), now)


def test_a_pause_is_offered_where_her_hours_leave_room_and_is_given_back(world: World):
    booked(world, world.wish(counsellor=world.ahorn), at("10:10"))
    free = gaps(world, NOW)
    assert free == [
        Interval(NOW, at("10:10")), Interval(at("10:45"), at("12:00")), Interval(at("13:00"), at("17:00"))
    ]  # fmt: skip
    assert starts_for(free, timedelta(minutes=75)) == [at("10:45"), at("13:00")]
    with world.database.transaction(STAFF, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        taken = block(tx, BlockedKind.PAUSE, [world.ahorn], Interval(NOW, NOW + HALF), centre).id
    assert gaps(world, NOW)[0] == Interval(at("09:30"), at("10:10"))
    assert [stretch.id for stretch in blocked_for(world, world.ahorn, at("09:29"))] == [taken]
    assert blocked_for(world, world.ahorn, at("09:30")) == blocked_for(world, world.buche, NOW) == []
    assert blocked_for(world, world.eiche, NOW) == [], "who has no hours here is asked for, too"
    with world.database.transaction(STAFF, at("09:10")) as tx:
        unblock(tx, taken, tx.session.get_one(Centre, world.centre))
        with pytest.raises(NotFound):
            unblock(tx, taken, tx.session.get_one(Centre, world.centre))
    assert gaps(world, at("09:12"))[0] == Interval(at("09:12"), at("10:10"))


def test_no_pause_over_a_booking_and_none_after_hours(world: World):
    booked(world, world.wish(counsellor=world.ahorn), at("10:10"))
    with pytest.raises(TimeStands), world.database.transaction(STAFF, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        block(tx, BlockedKind.PAUSE, [world.ahorn], Interval(at("10:00"), at("10:15")), centre)
    assert gaps(world, at("17:00")) == []


def test_three_dates_on_three_days_at_about_the_same_time_with_the_same_counsellor_in_the_same_room(world: World):
    wish = world.wish(counsellor=world.ahorn)
    found = dates(world, wish, booked(world, wish, at("10:10")))
    days = [slot.starts_at.date() for slot in found.slots]
    assert len(set(days)) == 3
    assert days[0] == MONDAY + timedelta(weeks=2)
    assert {slot.starts_at.time() for slot in found.slots} == {at("10:10").time()}
    assert found.same_room
    assert not found.same_interpreter
    assert found.wish.counsellor == world.ahorn


def test_a_date_falls_back_to_another_room_before_another_interpreter(world: World):
    wish = world.wish(world.talk, "ti", counsellor=world.ahorn, routes=frozenset({Route.HOUSE}))
    visit_id = booked(world, wish, at("10:10"))
    open_wish = replace(wish, routes=frozenset(Route))
    found = dates(world, open_wish, visit_id)
    assert [slot.route for slot in found.slots] == [Route.HOUSE] * 3
    assert found.same_room
    assert found.same_interpreter
    assert {slot.starts_at.weekday() for slot in found.slots} == {0}, "the interpreter works on Mondays"
    with world.database.transaction(STAFF, NOW) as tx:
        room = tx.session.get_one(Visit, visit_id).first.room_id
        centre = tx.session.get_one(Centre, world.centre)
        for week in range(2, 5):
            block(tx, BlockedKind.EVENT, [room], whole_day(MONDAY + timedelta(weeks=week), centre.zone), centre)
    found = dates(world, open_wish, visit_id)
    assert (found.same_room, found.same_interpreter, len(found.slots)) == (False, True, 3)
    with world.database.transaction(STAFF, NOW) as tx:
        amsel = tx.session.scalars(select(Interpreter.id)).one()
        centre = tx.session.get_one(Centre, world.centre)
        for week in range(2, 5):
            block(tx, BlockedKind.EVENT, [amsel], whole_day(MONDAY + timedelta(weeks=week), centre.zone), centre)
    found = dates(world, open_wish, visit_id)
    assert (found.same_room, found.same_interpreter, found.slots) == (False, False, ()), "nobody else speaks it"


@pytest.mark.parametrize("by_sms", [True, False])
def test_the_name_goes_along_the_number_only_with_a_new_yes(world: World, by_sms: bool):
    wish = replace(world.wish(world.women, counsellor=world.ahorn), party=3, wishes=frozenset({"female_counsellor"}))
    visit_id = booked(world, wish, at("09:50"), Contact("Lila", PHONE, "asked", "en"))
    found = dates(world, wish, visit_id)
    with world.database.transaction(STAFF, NOW) as tx:
        before = tx.session.get_one(Visit, visit_id)
        after = book_follow_up(tx, before, found.wish, found.slots[0].starts_at, KEYS, by_sms).id
    with world.database.reading() as session:
        before, made = session.get_one(Visit, visit_id), session.get_one(Visit, after)
        assert (made.call_name, made.ui_lang, made.party, made.wishes) == ("Lila", "ar", 3, ["female_counsellor"])
        assert (made.phone, made.helper_lang) == ((PHONE, "en") if by_sms else (None, None))
        assert made.consent_at == (NOW if by_sms else None)
        assert (made.first.state, made.first.service_id) == (AppointmentState.BOOKED, world.women)
        assert made.first.room_id == before.first.room_id
        assert (before.first.state, before.phone) == (AppointmentState.BOOKED, PHONE)


def test_a_walk_in_keeps_nothing_but_the_counsellor(world: World):
    found = dates(world, kept(world.wish(counsellor=world.buche), None, room=True, interpreter=True), None)
    assert (found.same_room, found.same_interpreter, len(found.slots)) == (False, False, 3)


def test_whoever_she_did_not_find_is_taken_back_and_not_whom_she_was_done_with_before(world: World):
    first, second = walk_in(world, NOW), walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, first, calls.finish, at("09:10"))
    call_next(world, world.ahorn, at("09:11"))
    for step, moment in ((calls.miss, "09:13"), (calls.undo, "09:14"), (calls.park, "09:15")):
        act(world, second, step, at(moment))
        assert last(world, world.ahorn, at(moment)) == second
    act(world, second, calls.undo, at("09:16"))
    act(world, second, lambda tx, t: handing.hand_to(tx, t, world.buche), at("09:17"))
    assert last(world, world.ahorn, at("09:17")) == second
    call_next(world, world.buche, at("09:18"))
    assert last(world, world.ahorn, at("09:18")) == first, "that one is with a colleague now"
    assert last(world, world.buche, at("09:18")) == second


def test_nobody_is_taken_back_from_another_centre_nor_on_an_empty_day(world: World):
    assert last(world, world.ahorn, NOW) is None
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, number, lambda tx, t: handing.send_on(tx, t, tx.session.get_one(Centre, world.other_centre)), NOW)
    assert last(world, world.ahorn, NOW) is None


def everything(world: World) -> dict[str, int]:
    """A day with a ticket in every state; numbers by state."""
    seen = arrive(world, booked(world, world.wish(counsellor=world.ahorn), at("09:00")), at("08:50"))
    never, gone = booked(world, world.wish(), at("10:10")), booked(world, world.wish(), at("10:45"))
    with world.database.transaction(STAFF, NOW) as tx:
        cancel(tx, visit_to_change(tx, gone))
    call_next(world, world.ahorn, NOW)
    act(world, seen, calls.start, NOW)
    act(world, seen, lambda tx, t: calls.note(tx, t, [Note.PAPERS_MISSING]), NOW)
    act(world, seen, calls.finish, at("09:20"))
    tickets = {"seen": seen, "never": never}
    steps = {
        "left": [calls.leave], "parked": [calls.park], "sent": [lambda tx, t: handing.send_on(tx, t, other(tx, world))],
        "missed": [call_of(world, world.ahorn), calls.miss], "vain": [call_of(world, world.ahorn), calls.no_show],
        "talking": [call_of(world, world.ahorn), calls.start], "called": [call_of(world, world.buche)], "waiting": [],
    }  # fmt: skip
    for minute, (name, moves) in enumerate(steps.items()):
        tickets[name] = walk_in(world, at("09:20"))
        for step in moves:
            act(world, tickets[name], step, at("09:21") + timedelta(minutes=minute))
    return tickets


def other(tx, world: World) -> Centre:
    return tx.session.get_one(Centre, world.other_centre)


def call_of(world: World, who: int):
    return lambda tx, ticket: calls.call_this(tx, world.centre, ticket.number, who)


def test_the_evening_ends_every_state_as_what_it_was(world: World):
    tickets = everything(world)
    never = tickets.pop("never")
    with world.database.transaction(SYSTEM, at("17:01")) as tx:
        assert close_days(tx, tx.session.get_one(Centre, world.centre)) == 5
    with world.database.transaction(SYSTEM, at("17:02")) as tx:
        assert close_days(tx, tx.session.get_one(Centre, world.centre)) == 0
    with world.database.reading() as session:
        states = {t.number: t.state for t in board(world, session, at("17:02")).tickets}
        closed = {t.number for t in board(world, session, at("17:02")).tickets if t.closed_over}
    assert {name: states[number] for name, number in tickets.items()} == {
        "seen": TicketState.DONE, "left": TicketState.LEFT, "parked": TicketState.LEFT, "sent": TicketState.SENT_ON,
        "missed": TicketState.NO_SHOW, "vain": TicketState.NO_SHOW, "talking": TicketState.DONE,
        "called": TicketState.NO_SHOW, "waiting": TicketState.LEFT,
    }  # fmt: skip
    assert closed == {tickets[name] for name in ("parked", "missed", "talking", "called", "waiting")}
    assert state_of(world, never) == [AppointmentState.NO_SHOW]


def test_numbers_of_the_running_day(world: World):
    everything(world)
    with world.database.reading() as session:
        counted = Numbers.of(board(world, session, at("09:40")))
    assert counted == Numbers(
        seen=1, walk_ins=0, waiting=2, longest=timedelta(minutes=20), no_shows=1, to_come=1
    )  # fmt: skip


def test_the_summary_leaves_out_what_the_evening_ended(world: World):
    everything(world)
    with world.database.transaction(SYSTEM, at("17:01")) as tx:
        close_days(tx, tx.session.get_one(Centre, world.centre))
    with world.database.reading() as session:
        tuesday = MONDAY + timedelta(days=1)
        found = Summary.of(board(world, session, at("09:00", tuesday), MONDAY))
        quiet = Summary.of(board(world, session, at("09:00", tuesday)))
    assert [(s.name, s.talks, s.walk_ins, s.people, s.time) for s in found.shares] == [
        ("Ahorn", 2, 1, 2, timedelta(minutes=20))
    ]
    assert (found.people, found.left, found.sent_on, found.closed_over) == (2, 3, 1, 5)
    assert (found.numbers.no_shows, found.numbers.waiting, found.numbers.to_come) == (4, 0, 0)
    assert found.waited == timedelta(minutes=10)
    assert found.notes == {"papers_missing": 1}
    assert found.anything
    assert not quiet.anything
    assert (quiet.waited, quiet.shares, quiet.notes) == (None, [], {})


def test_a_day_on_which_somebody_only_left_was_not_nothing(world: World):
    act(world, walk_in(world, NOW), calls.leave, NOW)
    with world.database.reading() as session:
        assert Summary.of(board(world, session, NOW)).anything

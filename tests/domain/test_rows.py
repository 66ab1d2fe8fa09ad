"""What is made of rows as they are stored says what objects of a session say, and stays while nothing has changed."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from foundation.db import change_tag
from foundation.model import table_of
from queueing import calls, handing
from queueing.board import Board
from queueing.entries import entries_of
from queueing.models import Note, Ticket, UrgentReason
from queueing.rows import read_rows
from queueing.today import today_of
from scheduling.models import Appointment, Centre, Counsellor, Visit
from scheduling.models.places import scope_of
from tests.build import MONDAY, NOW, World, at
from tests.domain.test_day import STAFF, act, arrive, call_next, walk_in


def busy_day(world: World) -> None:
    """Somebody in every state that lists show differently."""
    early, later = world.book(at("09:00")), world.book(at("10:10"))
    first = arrive(world, early, NOW)
    numbers = [
        walk_in(world, NOW + timedelta(minutes=n), language) for n, language in enumerate(("ar", "de", "uk", "de"))
    ]
    called = {call_next(world, who, at("09:05"))[0] for who in (world.ahorn, world.buche)}
    act(world, first, calls.start, at("09:06"))
    act(world, first, lambda tx, ticket: calls.note(tx, ticket, [Note.FOLLOW_UP]), at("09:07"))
    act(world, numbers[-1], lambda tx, ticket: calls.flag_urgent(tx, ticket, UrgentReason.CHILD), at("09:08"))
    act(world, numbers[-2], calls.park, at("09:09"))
    gone, hers = (walk_in(world, at("09:04")) for _ in range(2))
    act(world, gone, calls.leave, at("09:09"))
    act(world, hers, lambda tx, ticket: handing.hand_to(tx, ticket, world.ahorn), at("09:09"))
    act(world, *(called - {first}), calls.miss, at("09:09"))
    act(world, numbers[-1], lambda tx, ticket: handing.hand_to_service(tx, ticket, world.letters), at("09:10"))
    with world.database.transaction(STAFF, at("09:10")) as tx:
        tx.session.execute(
            update(Appointment).where(Appointment.visit_id == later).values(delayed_by=timedelta(minutes=15))
        )


def columns_of(row: object) -> dict[str, object]:
    """With their types: a word compares equal to its enum, and 0 to False."""
    held = {column.key: getattr(row, column.key) for column in table_of(type(row)).columns}
    return {name: (type(value), value) for name, value in held.items()}


def today(world: World):
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        return today_of(session, centre, at("09:12"), change_tag(session, centre.scope))


def changed(world: World, statement) -> None:
    with world.database.transaction(STAFF, NOW) as tx:
        tx.session.execute(statement)
        tx.record("centre.touched", "centre", world.centre, scope_of(world.centre))


def test_they_say_what_objects_of_a_session_say(world: World):
    busy_day(world)
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        board, rows = Board.of(session, centre, at("09:12")), read_rows(session, world.centre, MONDAY)
        for ours, theirs in zip([one.ticket for one in rows.listed], board.tickets, strict=True):
            assert columns_of(ours) == columns_of(theirs)
            assert columns_of(ours.visit) == columns_of(theirs.visit)
            for name in ("counsellor", "counter", "service", "topic_group", "handed_to", "appointment", "centre"):
                mine, its = getattr(ours, name), getattr(theirs, name)
                assert (mine and mine.id) == (its and its.id), name
        assert [columns_of(one) for one in rows.planned] == [columns_of(one) for one in board.appointments]
        for name in ("service", "counsellor", "room", "visit"):
            assert [getattr(one, name).id for one in rows.planned] == [
                getattr(one, name).id for one in board.appointments
            ]
        assert [one.room.counter.label for one in rows.planned] == [
            one.room.counter.label for one in board.appointments
        ]


def test_all_centres_share_what_is_read_of_the_setup(world: World):
    busy_day(world)
    with world.database.reading() as session:
        here, there = (read_rows(session, centre, MONDAY).setup_rows for centre in (world.centre, world.other_centre))
    assert here is there


def test_the_queue_rule_is_told_the_same_whichever_way_it_is_read(world: World):
    busy_day(world)
    with world.database.reading() as session:
        plain = entries_of(session, world.centre, MONDAY)
        assert [one.entry for one in read_rows(session, world.centre, MONDAY).listed] == plain
        assert Board.of(session, session.get_one(Centre, world.centre), at("09:12")).situation.entries == plain
        assert all(new is old for new, old in zip(entries_of(session, world.centre, MONDAY), plain, strict=True))


def test_an_entry_that_has_changed_is_told_anew(world: World):
    busy_day(world)
    with world.database.reading() as session:
        before = entries_of(session, world.centre, MONDAY)
    changed(world, update(Visit).where(Visit.id == before[2].visit_id).values(wishes=["step_free"]))
    with world.database.reading() as session:
        after = entries_of(session, world.centre, MONDAY)
    assert [new is old for new, old in zip(after, before, strict=True)] == [place != 2 for place in range(len(before))]
    assert after[2].wishes == '["step_free"]'


@pytest.mark.parametrize("what", [{"delayed_by": timedelta(minutes=10)}, {"version": 7}])
def test_an_appointment_that_has_changed_is_another_and_so_is_its_ticket(world: World, what):
    busy_day(world)
    before = today(world).board
    changed(world, update(Appointment).where(Appointment.id == before.appointments[0].id).values(what))
    after = today(world).board
    assert [new is old for new, old in zip(after.appointments, before.appointments, strict=True)] == [False, True]
    assert [new is old for new, old in zip(after.tickets, before.tickets, strict=True)] == [False, *[True] * 6]


def test_a_new_name_of_the_setup_is_shown_and_who_is_gone_is_not(world: World):
    busy_day(world)
    (busy, *_) = today(world).board.busy
    with world.database.transaction(STAFF, NOW) as tx:
        tx.session.get_one(Counsellor, busy.counsellor_id).name = "Frau Neu"
        tx.session.execute(delete(Ticket).where(Ticket.number == 104))
        tx.record("centre.touched", "centre", world.centre, scope_of(world.centre))
    board = today(world).board
    assert board.ticket(busy.number).counsellor.name == "Frau Neu"
    assert 104 not in {ticket.number for ticket in board.tickets}

"""What a real board tells: waits, the end of work, and the valve before closing."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from foundation.db import change_tag
from queueing.board import Board
from queueing.forecast import forecast
from queueing.lengths import Kind, observed_lengths
from queueing.models import Ticket, TicketState, UrgentReason
from queueing.refusals import TooManyToday
from queueing.tickets import WalkIn, take_number
from queueing.today import today_of, wait_of
from scheduling.models import Absence, Centre, TopicGroup, Visit
from scheduling.models.places import scope_of
from tests.build import MONDAY, NOW, World, at
from tests.domain.test_day import STAFF, act, arrive, call_next, calls, walk_in


def told(world: World, now):
    with world.database.reading() as session:
        board = Board.of(session, session.get_one(Centre, world.centre), now)
        found = forecast(session, board)
        return {t.number: found.range_of(t.number) for t in board.tickets}, found.end_of_work


def absent(world: World, counsellor: int) -> None:
    with world.database.transaction(STAFF, NOW) as tx:
        tx.session.add(Absence(resource_id=counsellor, starts_at=at("08:00"), ends_at=at("18:00")))


def fill(world: World, count: int, now) -> None:
    for _ in range(count):
        with world.database.transaction(STAFF, now) as tx:
            centre, topic = tx.session.get_one(Centre, world.centre), tx.session.get_one(TopicGroup, world.topic)
            take_number(tx, WalkIn(centre, topic, "de", ("de",)), despite_forecast=True)


def test_who_is_next_is_told_soon_and_who_waits_behind_others_longer(world: World):
    fill(world, 6, NOW)
    ranges, end_of_work = told(world, NOW)
    assert ranges[100].soon
    assert ranges[101].soon  # two counsellors
    assert ranges[105].low >= 10
    assert end_of_work > NOW + timedelta(minutes=30)


def test_with_one_counsellor_ill_everybody_waits_longer(world: World):
    fill(world, 6, NOW)
    both = told(world, NOW)[0][105]
    absent(world, world.buche)
    assert told(world, NOW + timedelta(minutes=1))[0][105].high > both.high


def test_who_is_called_or_gone_is_told_nothing(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    with world.database.reading() as session:
        ticket = session.get_one(Ticket, 1)
        assert wait_of(session, ticket, NOW, change_tag(session, ticket.centre.scope)) is None
    assert told(world, NOW)[0] == {number: None}


def test_appointments_not_arrived_count_until_the_end_of_work(world: World):
    assert told(world, NOW)[1] is None
    world.book(at("15:20"))
    assert told(world, NOW)[1] > at("15:30")


def looked_at(world: World, now):
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        return today_of(session, centre, now, change_tag(session, centre.scope))


def test_a_centres_day_is_read_once_per_change_and_minute(world: World):
    fill(world, 3, NOW)
    first = looked_at(world, NOW)
    assert looked_at(world, NOW + timedelta(seconds=20)) is first
    walk_in(world, NOW)
    assert [ticket.number for ticket in looked_at(world, NOW).board.waiting] == [100, 101, 102, 103]
    assert looked_at(world, NOW + timedelta(minutes=1)) is not first


def test_what_a_change_leaves_as_it_was_is_neither_rehearsed_nor_drawn_again(world: World):
    fill(world, 3, NOW)
    before = looked_at(world, NOW)
    before.drawn["row"] = "drawn"
    with world.database.transaction(STAFF, NOW) as tx:
        tx.record("centre.touched", "centre", world.centre, scope_of(world.centre))
    after = looked_at(world, NOW)
    assert after is not before
    assert after.told is before.told
    assert after.board.tickets == before.board.tickets
    assert after.drawn == {"row": "drawn"}


@pytest.mark.parametrize(
    "statement",
    [
        lambda: update(Ticket).where(Ticket.number == 101).values(urgent=UrgentReason.CHILD),
        lambda: update(Visit).where(Visit.id == 2).values(party=4),
        lambda: update(Visit).where(Visit.id == 2).values(spoken_langs=["ar"]),
    ],
)
def test_whose_row_has_changed_is_drawn_anew_and_nobody_else(world: World, statement):
    fill(world, 3, NOW)
    before = looked_at(world, NOW).board
    with world.database.transaction(STAFF, NOW) as tx:
        tx.session.execute(statement())
        tx.record("centre.touched", "centre", world.centre, scope_of(world.centre))
    after = looked_at(world, NOW).board
    assert [new is old for new, old in zip(after.tickets, before.tickets, strict=True)] == [True, False, True]


def test_with_the_next_minute_or_another_setup_every_row_is_drawn_anew(world: World):
    fill(world, 3, NOW)
    looked_at(world, NOW).drawn["row"] = "drawn"
    assert looked_at(world, NOW + timedelta(minutes=1)).drawn == {}
    looked_at(world, NOW).drawn["row"] = "drawn"
    with world.database.transaction(STAFF, NOW) as tx:
        tx.session.execute(update(TopicGroup).values(position=9))
        tx.record("centre.touched", "centre", world.centre, scope_of(world.centre))
    assert looked_at(world, NOW).drawn == {}


def test_rows_of_a_day_can_be_read_without_a_session(world: World):
    arrive(world, world.book(at("09:00")), at("08:50"))
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        board = today_of(session, centre, at("08:55"), change_tag(session, centre.scope)).board
    (ticket,) = board.tickets
    assert not ticket.late
    assert (ticket.visit.party, ticket.appointment.service.code) == (1, board.appointments[0].service.code)


def test_lengths_are_learnt_from_the_days_before(world: World):
    number = walk_in(world, NOW)
    call_next(world, world.ahorn, NOW)
    act(world, number, calls.start, at("09:01"))
    act(world, number, calls.finish, at("09:23"))
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        assert observed_lengths(session, centre, MONDAY).by_kind == {}
        tomorrow = observed_lengths(session, centre, MONDAY + timedelta(days=1))
        assert tomorrow.by_kind == {Kind(topic=world.topic): [timedelta(minutes=22)]}


def test_talks_the_closing_pass_ended_teach_nothing(world: World):
    walk_in(world, NOW)
    with world.database.transaction(STAFF, NOW) as tx:
        ended = {"state": TicketState.DONE, "started_at": NOW, "ended_at": at("17:30"), "closed_over": True}
        tx.session.execute(update(Ticket).values(**ended))
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        assert observed_lengths(session, centre, MONDAY + timedelta(days=1)).by_kind == {}


def test_no_number_is_given_when_the_talk_would_end_after_closing_but_staff_may(world: World):
    absent(world, world.buche)
    fill(world, 7, at("15:00"))  # one counsellor, about two hours of work, two hours left
    with pytest.raises(TooManyToday):
        walk_in(world, at("15:01"))
    fill(world, 1, at("15:01"))
    assert len(told(world, at("15:01"))[0]) == 8


def test_an_appointment_checked_in_is_told_a_wait_too(world: World):
    number = arrive(world, world.book(at("10:10")), at("10:00"))
    assert told(world, at("10:00"))[0][number].soon

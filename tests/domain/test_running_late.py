"""«I run late»: who is told, what the message says, and how it is taken back."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from notifications.models import Message, MessageState
from notifications.texts import Kind
from queueing.board import Board
from queueing.running_late import run_late
from scheduling import reaching, visits
from scheduling.models import Centre, Counsellor, Visit
from scheduling.moving import move
from scheduling.visits import Contact, visit_to_change
from tests.build import KEYS, NOW, OTHER_PHONE, PHONE, World, at
from tests.domain.test_day import STAFF, arrive, call_next
from tests.domain.test_messages import Notebook, send

NOTHING = timedelta()


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


def book(world: World, start: datetime, phone: str | None = None, who: int | None = None, helper: str | None = None):
    """With one counsellor; the visit's id."""
    with world.database.transaction(STAFF, NOW - timedelta(days=3)) as tx:
        visit_id = visits.hold(tx, world.wish(counsellor=who or world.ahorn), start, "de")
        visit = visit_to_change(tx, visit_id)
        reaching.note_contact(tx, visit, Contact(None, phone, "asked", helper), unlimited=True)
        visits.confirm(tx, visit, KEYS)
    return visit_id


def late(world: World, by: int, now: datetime = NOW, who: int | None = None) -> int:
    with world.database.transaction(STAFF, now) as tx:
        return run_late(tx, world.centre, who or world.ahorn, minutes(by))


def delay(world: World, visit_id: int) -> timedelta | None:
    with world.database.reading() as session:
        return session.get_one(Visit, visit_id).first.delayed_by


def told(world: World) -> list[tuple[int, MessageState]]:
    with world.database.reading() as session:
        found = select(Message).where(Message.kind == Kind.DELAYED).order_by(Message.visit_id)
        return [(message.visit_id, message.state) for message in session.scalars(found)]


def silence(world: World) -> None:
    """Everything before is sent."""
    send(world, Notebook())


def test_whoever_left_a_number_is_told_at_once_and_nobody_else(world: World):
    phoned, silent = book(world, at("10:10"), PHONE), book(world, at("10:45"))
    others = book(world, at("10:10"), OTHER_PHONE, world.buche)
    assert late(world, 15) == 2
    assert [delay(world, id_) for id_ in (phoned, silent, others)] == [minutes(15), minutes(15), None]
    assert told(world) == [(phoned, MessageState.DUE)]
    with world.database.reading() as session:
        assert session.scalars(select(Message.due_at).where(Message.kind == Kind.DELAYED)).one() == NOW


def test_the_message_says_the_time_at_which_it_begins_now(world: World):
    book(world, at("10:10"), PHONE)
    book(world, at("10:45"), OTHER_PHONE, helper="en")
    silence(world)
    late(world, 15)
    channel = Notebook()
    assert send(world, channel) == 2
    (first, own), (second, helped) = channel.sent
    assert (first, second) == (PHONE, OTHER_PHONE)
    assert "Ihr Termin beginnt heute später" in own
    assert "10:25" in own
    assert "10:10" not in own
    assert "11:00" in helped
    assert "You are helping" in helped or "You help" in helped


def test_a_gap_before_an_appointment_spares_its_client_the_message(world: World):
    book(world, at("10:10"), PHONE)
    after = book(world, at("13:00"), OTHER_PHONE)
    assert late(world, 30) == 1
    assert delay(world, after) is None


def test_said_again_it_replaces_what_was_said_and_is_told_once(world: World):
    visit_id = book(world, at("10:10"), PHONE)
    silence(world)
    late(world, 10)
    late(world, 30)
    assert delay(world, visit_id) == minutes(30)
    channel = Notebook()
    assert send(world, channel) == 1
    assert "10:40" in channel.sent[0][1]
    late(world, 10)
    assert send(world, channel) == 1
    assert "10:20" in channel.sent[1][1]


def test_the_same_said_twice_tells_nobody_twice(world: World):
    book(world, at("10:10"), PHONE)
    silence(world)
    channel = Notebook()
    for _ in range(2):
        late(world, 15)
        send(world, channel)
    assert len(channel.sent) == 1


def test_taken_back_before_it_was_sent_nobody_hears_of_it(world: World):
    visit_id = book(world, at("10:10"), PHONE)
    silence(world)
    late(world, 15)
    assert late(world, 0) == 0
    assert delay(world, visit_id) is None
    assert told(world) == [(visit_id, MessageState.WITHDRAWN)]
    assert send(world, Notebook()) == 0


def test_taken_back_after_it_was_sent_the_old_time_is_told_anew(world: World):
    book(world, at("10:10"), PHONE)
    silence(world)
    late(world, 15)
    channel = Notebook()
    send(world, channel)
    late(world, 0, at("09:10"))
    assert send(world, channel, at("09:10")) == 1
    assert "10:10" in channel.sent[-1][1]
    assert "später" not in channel.sent[-1][1]


def test_who_was_called_already_is_not_told(world: World):
    called, waits = book(world, at("09:00"), PHONE), book(world, at("09:35"), OTHER_PHONE)
    arrive(world, called, at("08:55"))
    arrive(world, waits, at("08:56"))
    call_next(world, world.ahorn, NOW)
    late(world, 10, at("09:05"))
    assert delay(world, called) is None
    assert delay(world, waits) == minutes(10)
    assert [visit_id for visit_id, _ in told(world)] == [waits]


def test_an_appointment_moved_to_another_time_forgets_the_delay(world: World):
    visit_id = book(world, at("10:10"), PHONE)
    silence(world)
    late(world, 15)
    with world.database.transaction(STAFF, NOW) as tx:
        move(tx, visit_to_change(tx, visit_id), world.wish(), at("14:10"))
    assert delay(world, visit_id) is None
    channel = Notebook()
    send(world, channel)
    assert [text for _, text in channel.sent if "später" in text] == []


def test_who_comes_when_she_was_told_to_is_not_late(world: World):
    visit_id = book(world, at("10:10"), PHONE)
    late(world, 30)
    number = arrive(world, visit_id, at("10:38"))
    with world.database.reading() as session:
        board = Board.of(session, session.get_one(Centre, world.centre), at("10:39"))
        assert not board.ticket(number).late
        assert board.choice_for(board.ticket(number).appointment.counsellor).number == number
        assert not board.callable_by(session.get_one(Counsellor, world.buche))


def test_whoever_is_still_on_her_way_after_the_planned_time_is_told_too(world: World):
    book(world, at("10:10"), PHONE)
    silence(world)
    late(world, 15, at("10:12"))
    channel = Notebook()
    assert send(world, channel, at("10:13")) == 1
    assert "10:25" in channel.sent[0][1]


def test_of_two_talks_of_a_visit_only_a_later_beginning_is_told(world: World):
    with world.database.transaction(STAFF, NOW - timedelta(days=1)) as tx:
        wish = world.wish(world.talk)
        both = replace(wish, services=(world.talk, world.letters))
        visit_id = visits.hold(tx, both, at("09:50"), "de")
        visit = visit_to_change(tx, visit_id)
        reaching.note_contact(tx, visit, Contact(None, PHONE, "asked"), unlimited=True)
        visits.confirm(tx, visit, KEYS)
    silence(world)
    with world.database.reading() as session:
        first, second = session.get_one(Visit, visit_id).appointments
        pair = (first.counsellor_id, second.counsellor_id)
    late(world, 15, who=pair[1])
    expected = [] if pair[0] != pair[1] else [(visit_id, MessageState.DUE)]
    assert told(world) == expected

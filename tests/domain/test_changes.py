"""What clients are told of changes: what they have to know, by whom it came, and nothing that changes nothing (P19)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.facts import CLIENT, Actor
from notifications.calling import to_call
from notifications.channels import Outcome
from notifications.models import Message, MessageState
from notifications.outbox import told_of_change, will_be_reminded
from notifications.texts import Kind
from queueing.replanning import cancel_here
from scheduling import reaching, visits
from scheduling.interpreters import write_down
from scheduling.models import Appointment, Centre, PoolRequest, RequestState, Room, Visit
from scheduling.moving import move, wish_of
from scheduling.visits import Contact
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at
from tests.domain.test_messages import LATER, Notebook, messages, send

DESK = Actor("staff", 4)
DUE, WITHDRAWN = MessageState.DUE, MessageState.WITHDRAWN
TO_COME = (Kind.REMINDER, MessageState.DUE)


def moved(world: World, visit_id: int, now=NOW, start=LATER, **wished: object) -> None:
    with world.database.transaction(DESK, now) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        move(tx, visit, replace(wish_of(visit, visit.appointments), **wished), start)


def other_counsellor(world: World, visit_id: int) -> int:
    with world.database.reading() as session:
        return world.buche if session.get_one(Visit, visit_id).first.counsellor_id == world.ahorn else world.ahorn


def to_another_room(world: World, visit_id: int) -> None:
    with world.database.reading() as session:
        now = session.get_one(Visit, visit_id).first
        others = select(Room.id).where(Room.centre_id == world.centre, Room.id != now.room_id)
        counsellor, room = now.counsellor_id, session.scalars(others).first()
    moved(world, visit_id, counsellor=counsellor, room=room)


def reminded_soon(world: World) -> None:
    with world.database.transaction(DESK, NOW) as tx:
        tx.session.get_one(Centre, world.centre).reminds_soon = True


def due(world: World) -> list[Kind]:
    return [kind for kind, state in messages(world) if state is DUE]


def test_another_counsellor_at_the_same_time_is_told_without_naming_anybody(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    send(world, Notebook())
    moved(world, visit_id, counsellor=other_counsellor(world, visit_id))
    assert due(world) == [Kind.CHANGED, Kind.REMINDER]
    channel = Notebook()
    send(world, channel)
    ((_, body),) = channel.sent
    assert "Etwas ist neu" in body
    assert "Donnerstag, 03.12. 10:10" in body
    assert not any(word in body for word in ("Ahorn", "Buche", "Dienst"))
    with world.database.reading() as session:
        assert told_of_change(session, session.get_one(Visit, visit_id).first)


def test_of_a_change_at_night_she_hears_in_the_morning(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    send(world, Notebook())
    night = at("21:30")
    moved(world, visit_id, night, counsellor=other_counsellor(world, visit_id))
    assert send(world, Notebook(), night) == 0
    assert send(world, Notebook(), at("08:00", MONDAY + timedelta(days=1))) == 1


def test_another_room_is_told_to_nobody_and_what_was_planned_stays(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    before = messages(world)
    to_another_room(world, visit_id)
    assert messages(world) == before == [(Kind.CONFIRMATION, DUE), TO_COME]
    channel = Notebook()
    assert send(world, channel) == 1, "the confirmation goes on with the new version"
    assert send(world, channel, LATER - timedelta(days=2)) == 1
    with world.database.reading() as session:
        assert not told_of_change(session, session.get_one(Visit, visit_id).first)


def test_a_failed_confirmation_stays_on_the_call_list_when_only_the_room_changes(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    send(world, Notebook(Outcome.FAILED))
    to_another_room(world, visit_id)
    with world.database.reading() as session:
        (message,) = to_call(session, session.get_one(Centre, world.centre), NOW)
        assert message.kind is Kind.CONFIRMATION


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.TURN, Kind.OFFER}))
def test_a_move_ends_all_that_was_planned_for_the_old_time(world: World, kind: Kind):
    visit_id = world.book(LATER, phone=PHONE)
    with world.database.transaction(DESK, NOW) as tx:
        first, second = tx.session.scalars(select(Message).order_by(Message.id))
        tx.session.delete(second)
        tx.session.flush()
        first.kind = kind
    moved(world, visit_id, start=LATER + timedelta(days=1))
    assert messages(world) == [(kind, WITHDRAWN), (Kind.MOVED, DUE), TO_COME]


def test_a_centre_that_reminds_on_the_day_reminds_twice_and_no_more(world: World):
    reminded_soon(world)
    world.book(at("13:35", MONDAY + timedelta(days=10)), phone=PHONE)
    channel = Notebook()
    for day in range(11):
        for hour in range(8, 20):
            send(world, channel, at(f"{hour:02d}:35", MONDAY + timedelta(days=day)))
    bodies = [body.split("\n")[0] for _, body in channel.sent]
    assert [("gebucht" in body, "heute" in body) for body in bodies] == [(True, False), (False, False), (False, True)]


def test_the_reminder_on_the_day_ends_with_the_appointment(world: World):
    reminded_soon(world)
    visit_id = world.book(at("13:35"), phone=PHONE)
    send(world, Notebook())
    with world.database.reading() as session:
        assert will_be_reminded(session, session.get_one(Visit, visit_id))
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    assert due(world) == [Kind.CANCELLED]


def test_the_centre_says_that_it_is_the_centre_who_calls_off(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    with world.database.transaction(DESK, NOW) as tx:
        cancel_here(tx, visits.visit_to_change(tx, visit_id), by_centre=True)
    channel = Notebook()
    send(world, channel)
    ((_, body),) = channel.sent
    assert "Wir müssen absagen" in body
    assert body.endswith("\nhttps://termin.example.org")


def test_who_has_told_the_desk_herself_is_answered_as_if_she_had_pressed(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    with world.database.transaction(DESK, NOW) as tx:
        cancel_here(tx, visits.visit_to_change(tx, visit_id))
    assert due(world) == [Kind.CANCELLED]


def test_whom_the_centre_could_not_tell_is_called(world: World):
    soon = at("08:15", MONDAY + timedelta(days=1))
    told, too_late = world.book(LATER, phone=PHONE), world.book(at("10:10", MONDAY + timedelta(days=1)), phone=PHONE)
    send(world, Notebook())
    with world.database.transaction(DESK, NOW) as tx:
        for visit_id in (told, too_late):
            cancel_here(tx, visits.visit_to_change(tx, visit_id), by_centre=True)
        early = tx.session.get_one(Visit, too_late).first
        early.starts_at, early.ends_at = soon, soon + timedelta(minutes=30)
    send(world, Notebook(Outcome.FAILED))
    with world.database.reading() as session:
        listed = to_call(session, session.get_one(Centre, world.centre), NOW)
        assert [message.kind for message in listed] == [Kind.CALLED_OFF, Kind.CALLED_OFF]


def test_what_cannot_be_told_before_the_window_opens_goes_to_the_call_list_at_once(world: World):
    visit_id = world.book(at("10:10", MONDAY + timedelta(days=1)), phone=PHONE)
    send(world, Notebook())
    evening = at("20:30")
    with world.database.transaction(DESK, NOW) as tx:
        appointment = tx.session.scalars(select(Appointment)).one()
        appointment.starts_at = at("07:30", MONDAY + timedelta(days=1))
    with world.database.transaction(DESK, evening) as tx:
        cancel_here(tx, visits.visit_to_change(tx, visit_id), by_centre=True)
    assert send(world, Notebook(), evening) == 0
    with world.database.reading() as session:
        (message,) = to_call(session, session.get_one(Centre, world.centre), evening)
        assert (message.kind, message.state) == (Kind.CALLED_OFF, MessageState.USELESS)


def test_a_booking_that_waits_for_an_interpreter_is_noted_and_not_confirmed(world: World):
    with world.database.transaction(DESK, NOW) as tx:
        tx.session.get_one(Centre, world.centre).pool_languages = ["fa"]
    visit_id = world.hold(LATER, language="fa")
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        visit.ui_lang = "de"
        reaching.note_contact(tx, visit, Contact(None, PHONE, "v1"))
        visits.confirm(tx, visit, KEYS)
    assert due(world) == [Kind.ASKED, Kind.REMINDER]
    channel = Notebook()
    send(world, channel)
    assert "Vorgemerkt" in channel.sent[0][1]
    assert not any(word in channel.sent[0][1] for word in ("olmetsch", "setz", "Farsi"))
    with world.database.transaction(DESK, NOW) as tx:
        request = tx.session.scalars(select(PoolRequest)).one()
        write_down(tx, request.appointment.visit.centre, request.id, RequestState.REQUESTED, RequestState.CONFIRMED, 1)
    with world.database.transaction(CLIENT, NOW) as tx:
        reaching.note_contact(
            tx, visits.visit_to_change(tx, visit_id), Contact(None, None, "v1", None, "a@example.org")
        )
    assert Kind.CONFIRMATION in due(world)
    assert Kind.ASKED not in due(world)

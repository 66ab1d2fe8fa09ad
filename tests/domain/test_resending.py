"""A person at the desk sends a message once more, reads what became of each, and calls whom nothing reached."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from foundation.errors import NotFound, Refusal
from foundation.facts import CLIENT, SYSTEM, Actor
from notifications.calling import count_to_call, to_call
from notifications.channels import Outcome
from notifications.happened import Happened
from notifications.journeys import journeys
from notifications.models import Message, MessageState
from notifications.resending import GoesAnyway, NotTrueAnyMore, WantsNone, send_again, sendable
from notifications.settling import Report, Said, note_report
from notifications.texts import Kind
from queueing import calls
from scheduling import reaching, visits
from scheduling.models import Centre, Visit
from scheduling.visits import Contact, visit_to_change
from tests.build import MONDAY, NOW, OTHER_PHONE, PHONE, World, at
from tests.domain.test_day import call_next
from tests.domain.test_messages import LATER, Notebook, send
from tests.domain.test_turns import line_of, tell, wish

STAFF = Actor("staff", 1)
SATURDAY_NIGHT = at("21:00", MONDAY + timedelta(days=5))


def again(world: World, visit_id: int, message_id: int, now: datetime = NOW) -> int:
    with world.database.transaction(STAFF, now) as tx:
        return send_again(tx, visit_to_change(tx, visit_id), message_id).id


def message_of(world: World, kind: Kind, turn: int = 0) -> Message:
    with world.database.reading() as session:
        return session.scalars(select(Message).where(Message.kind == kind, Message.again == turn)).one()


def failed(world: World, error: str = "21614") -> tuple[int, int]:
    """A confirmation that was handed over and did not arrive: visit and message."""
    visit_id = world.book(LATER, phone=PHONE)
    send(world, Notebook())
    message = message_of(world, Kind.CONFIRMATION)
    report(world, message, Said.NOT_DELIVERED, error)
    return visit_id, message.id


def report(world: World, message: Message, said: Said, error: str | None = None) -> None:
    with world.database.transaction(SYSTEM, NOW + timedelta(minutes=1)) as tx:
        note_report(tx, Report(str(message.id), str(message.id), said, error), {})


def on_the_list(world: World, now: datetime = NOW) -> list[int]:
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        listed = [message.id for message in to_call(session, centre, now)]
        assert len(listed) == count_to_call(session, centre, now)
        return listed


def steps(world: World, message_id: int) -> list[tuple[Happened, str | None]]:
    with world.database.reading() as session:
        return [(s.kind, s.error) for s in journeys(session, [session.get_one(Message, message_id)])[message_id]]


def test_a_message_tells_its_journey_with_the_error_of_the_provider(world: World):
    _, message_id = failed(world)
    assert steps(world, message_id) == [(Happened.HANDED_OVER, None), (Happened.FAILED, "21614")]


def test_what_failed_is_sent_once_more_and_leaves_the_call_list_when_it_is_on_its_way(world: World):
    visit_id, message_id = failed(world)
    assert on_the_list(world) == [message_id]
    new_id = again(world, visit_id, message_id)
    assert on_the_list(world) == [message_id], "nobody knows yet whether it arrives"
    channel = Notebook()
    assert send(world, channel) == 1
    assert on_the_list(world) == []
    assert steps(world, new_id) == [(Happened.SENT_AGAIN, None), (Happened.HANDED_OVER, None)]
    assert message_of(world, Kind.CONFIRMATION, 1).id == new_id


def test_who_is_not_reached_the_second_time_stands_on_the_list_once(world: World):
    visit_id, message_id = failed(world)
    new_id = again(world, visit_id, message_id)
    send(world, Notebook(Outcome.FAILED))
    assert on_the_list(world) == [new_id]


def test_what_is_in_doubt_is_not_on_the_list_yet_and_is_not_sent_again(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    send(world, Notebook(Outcome.UNKNOWN))
    message = message_of(world, Kind.CONFIRMATION)
    assert message.state is MessageState.IN_DOUBT
    assert on_the_list(world) == []
    with pytest.raises(GoesAnyway):
        again(world, visit_id, message.id)


def test_two_who_send_again_send_once(world: World):
    visit_id, message_id = failed(world)
    again(world, visit_id, message_id)
    with pytest.raises(GoesAnyway):
        again(world, visit_id, message_id)
    assert send(world, Notebook()) == 1


def test_a_new_number_gets_what_the_old_one_did_not(world: World):
    visit_id, message_id = failed(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Visit, visit_id).phone = OTHER_PHONE
    again(world, visit_id, message_id)
    channel = Notebook()
    send(world, channel)
    assert [to for to, _ in channel.sent] == [OTHER_PHONE]


def moved(tx, visit: Visit) -> None:
    visit.first.version += 1


def cancelled(tx, visit: Visit) -> None:
    visits.cancel(tx, visit)


def without_consent(tx, visit: Visit) -> None:
    reaching.note_contact(tx, visit, Contact(None, None, "test"))


@pytest.mark.parametrize(
    ("change", "refusal"), [(moved, NotTrueAnyMore), (cancelled, NotTrueAnyMore), (without_consent, WantsNone)]
)
def test_nothing_is_sent_again_that_is_not_true_or_not_wanted_any_more(world: World, change, refusal: type[Refusal]):
    visit_id, message_id = failed(world)
    with world.database.transaction(CLIENT, NOW) as tx:
        change(tx, visit_to_change(tx, visit_id))
    with pytest.raises(refusal):
        again(world, visit_id, message_id)


def test_what_is_over_is_not_sent_again(world: World):
    visit_id, message_id = failed(world)
    with pytest.raises(NotTrueAnyMore):
        again(world, visit_id, message_id, LATER)
    with world.database.reading() as session:
        message = session.get_one(Message, message_id)
        assert sendable([message], NOW) == {message_id}
        assert sendable([message], LATER) == frozenset()


def test_nobody_sends_a_message_of_another_visit(world: World):
    _, message_id = failed(world)
    other = world.book(LATER + timedelta(days=1), phone=OTHER_PHONE)
    with pytest.raises(NotFound):
        again(world, other, message_id)


def test_a_reminder_sent_again_at_night_waits_for_the_morning_and_an_answer_does_not(world: World):
    visit_id = world.book(at("10:10", MONDAY + timedelta(days=8)), phone=PHONE)
    with world.database.transaction(SYSTEM, NOW) as tx:
        for message in tx.session.scalars(select(Message)):
            message.state = MessageState.FAILED
    for kind, due in (
        (Kind.REMINDER, at("08:00", MONDAY + timedelta(days=7))), (Kind.CONFIRMATION, SATURDAY_NIGHT),
    ):  # fmt: skip
        again(world, visit_id, message_of(world, kind).id, SATURDAY_NIGHT)
        assert message_of(world, kind, 1).due_at == due


def test_who_waits_outside_and_was_not_told_her_turn_is_called_until_it_is_over(world: World):
    numbers = line_of(world, 3)  # only one counsellor speaks the language
    wish(world, numbers[2])
    call_next(world, world.ahorn, at("09:02"))
    tell(world, at("09:03"))
    send(world, Notebook(Outcome.FAILED), at("09:04"))
    message = message_of(world, Kind.TURN)
    assert on_the_list(world, at("09:05")) == [message.id]
    assert on_the_list(world, at("09:19")) == []
    with world.database.transaction(STAFF, at("09:06")) as tx:
        calls.leave(tx, tx.session.merge(message).ticket)
    assert on_the_list(world, at("09:06")) == []

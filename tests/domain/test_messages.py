"""Messages: planned with the fact, sent once, in time, in the client's language, or not at all."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

import access.happened
import doorway.feedback
import notifications.happened
import queueing.happened
import scheduling.happened
from foundation.db import Database, make_engine
from foundation.facts import CLIENT, SYSTEM
from foundation.languages import Languages
from notifications.channels import Answer, Channel, Listed, Outcome, Receipt, Sought
from notifications.channels.simulated import BUSY, LOST, PERMANENTLY_WRONG, SLOW, Simulated
from notifications.delivery import Post, send_due
from notifications.models import Message, MessageState
from notifications.planner import ANSWERS, SILENT
from notifications.texts import Kind
from notifications.wording import with_link
from scheduling import reaching, visits
from scheduling.moving import move
from scheduling.tidying import erase_ended
from tests.build import KEYS, MONDAY, NOW, OTHER_PHONE, PHONE, World, at

LANGUAGES = Languages.load(Path(__file__).parents[2] / "translations")
LATER = at("10:10", MONDAY + timedelta(days=10))
"""Thursday in a week."""


@dataclass
class Notebook:
    """A channel that writes down what it was given; answers as told, and so does its list."""

    outcome: Outcome = Outcome.HANDED_OVER
    sent: list[tuple[str, str]] = field(default_factory=list)
    listed: Listed = field(default_factory=lambda: Listed(Answer.CANNOT_SAY))
    sought: list[Sought] = field(default_factory=list)

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        self.sent.append((recipient, body))
        return Receipt(self.outcome, reference if self.outcome is Outcome.HANDED_OVER else None)

    def look_up(self, sought: Sought) -> Listed:
        self.sought.append(sought)
        return self.listed


def post(channel: Channel) -> Post:
    return Post(channel, LANGUAGES, "https://termin.example.org", KEYS)


def send(world: World, channel: Channel, now=NOW, machine=None) -> int:
    return send_due(world.database, post(channel), now, lambda: machine or now)


def messages(world: World) -> list[tuple[Kind, MessageState]]:
    with world.database.reading() as session:
        return [(m.kind, m.state) for m in session.scalars(select(Message).order_by(Message.id))]


def test_a_booking_is_confirmed_at_once_and_reminded_two_working_days_before(world: World):
    world.book(LATER, phone=PHONE)
    channel = Notebook()
    assert send(world, channel) == 1
    reminder_at = LATER - timedelta(days=2)
    assert send(world, channel, reminder_at - timedelta(minutes=1)) == 0
    assert send(world, channel, reminder_at) == 1
    (to, confirmation), (_, reminder) = channel.sent
    assert to == PHONE
    assert "Donnerstag, 03.12." in confirmation
    assert "10:10" in reminder
    assert "https://termin.example.org/t/" in confirmation


def test_who_gave_no_number_gets_no_message(world: World):
    world.book(LATER)
    assert messages(world) == []


@pytest.mark.parametrize(("tag", "weekday"), [("en", "Thursday"), ("ar", "الخميس"), ("uk", "четвер")])
def test_messages_speak_the_clients_language(world: World, tag: str, weekday: str):
    visit_id = world.book(LATER, phone=PHONE)
    with world.database.transaction(SYSTEM, NOW) as tx:
        visits.visit_to_change(tx, visit_id).ui_lang = tag
    channel = Notebook()
    send(world, channel)
    assert weekday in channel.sent[0][1]
    assert world.code(visit_id) in channel.sent[0][1]


def test_a_message_names_no_person_topic_or_counsellor(world: World):
    visit_id = world.hold(LATER)
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        reaching.note_contact(tx, visit, visits.Contact("Lila", PHONE, "v1"))
        visits.confirm(tx, visit, KEYS)
    channel = Notebook()
    send(world, channel)
    assert not any(word in channel.sent[0][1] for word in ("Lila", "Ahorn", "Buche", "Dienst"))


def test_a_moved_visit_is_told_of_the_new_time_only(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    with world.database.transaction(CLIENT, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world.wish(), LATER + timedelta(days=1))
    assert messages(world) == [
        (Kind.CONFIRMATION, MessageState.WITHDRAWN), (Kind.REMINDER, MessageState.WITHDRAWN),
        (Kind.MOVED, MessageState.DUE), (Kind.REMINDER, MessageState.DUE),
    ]  # fmt: skip
    channel = Notebook()
    send(world, channel, LATER)
    assert all("Freitag, 04.12." in body for _, body in channel.sent)


def test_a_cancelled_visit_is_never_reminded(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    send(world, Notebook())
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    channel = Notebook()
    assert send(world, channel) == 1
    assert "abgesagt" in channel.sent[0][1]
    assert send(world, channel, LATER) == 0


def test_a_reminder_after_its_use_is_dropped(world: World):
    world.book(LATER, phone=PHONE)
    channel = Notebook()
    assert send(world, channel, LATER + timedelta(minutes=1)) == 0
    assert {state for _, state in messages(world)} == {MessageState.USELESS}


def test_what_was_changed_before_sending_is_not_sent(world: World):
    cancelled, renumbered = world.book(LATER, phone=PHONE), world.book(LATER + timedelta(days=1), phone=OTHER_PHONE)
    with world.database.transaction(CLIENT, NOW) as tx:
        for message in tx.session.scalars(select(Message)):
            message.due_at = NOW
        visits.visit_to_change(tx, cancelled).appointments[0].version += 1
        visits.visit_to_change(tx, renumbered).phone = PHONE
    channel = Notebook()
    assert send(world, channel) == 0
    assert channel.sent == []
    assert {state for _, state in messages(world)} == {MessageState.WITHDRAWN}


def test_two_workers_hand_every_message_over_once(world: World, database_url: str):
    for minute in range(6):
        world.book(
            LATER + timedelta(minutes=35 * minute)
            if minute < 3
            else LATER + timedelta(days=1, minutes=35 * (minute - 3)),
            phone=PHONE,
        )
    own = [Database(make_engine(database_url)) for _ in range(2)]
    channels, start = [Notebook(), Notebook()], threading.Barrier(2)

    def work(n: int) -> None:
        start.wait()
        send_due(own[n], post(channels[n]), NOW, lambda: NOW)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in own:
        database.engine.dispose()
    codes = [body for channel in channels for _, body in channel.sent]
    assert len(codes) == len(set(codes)) == 6


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.FAILED, MessageState.FAILED),
        (Outcome.UNKNOWN, MessageState.IN_DOUBT),
        (Outcome.RETRY, MessageState.DUE),
    ],
)
def test_what_came_back_is_recorded(world: World, outcome: Outcome, state: MessageState):
    world.book(LATER, phone=PHONE)
    assert send(world, Notebook(outcome)) == 0
    assert messages(world)[0][1] is state
    again = Notebook()
    sent = send(world, again, NOW + timedelta(minutes=5))
    assert sent == (1 if outcome is Outcome.RETRY else 0)


def test_nothing_is_sent_inside_a_transaction(world: World):
    world.book(LATER, phone=PHONE)
    open_here: dict[int, int] = {}  # by thread

    def count(by: int) -> None:
        open_here[threading.get_ident()] = open_here.get(threading.get_ident(), 0) + by

    event.listen(world.database.engine, "begin", lambda _: count(1))
    for end in ("commit", "rollback"):
        event.listen(world.database.engine, end, lambda _: count(-1))

    class Watcher(Notebook):
        def send(self, recipient: str, body: str, reference: str) -> Receipt:
            assert set(open_here.values()) == {0}
            return super().send(recipient, body, reference)

    assert send(world, Watcher()) == 1


def test_number_and_text_go_with_the_visit(world: World):
    world.book(LATER, phone=PHONE)
    send(world, Notebook())
    with world.database.transaction(SYSTEM, LATER + timedelta(days=9)) as tx:
        erase_ended(tx)
    with world.database.reading() as session:
        assert {(m.recipient, m.body) for m in session.scalars(select(Message))} == {(None, None)}


def test_a_channel_that_breaks_leaves_only_its_own_message_in_doubt(world: World):
    for minute in (0, 35, 70):
        world.book(LATER + timedelta(minutes=minute), phone=PHONE)

    class Breaks(Notebook):
        def send(self, recipient: str, body: str, reference: str) -> Receipt:
            if not self.sent:
                self.sent.append((recipient, body))
                raise ConnectionError
            return super().send(recipient, body, reference)

    assert send(world, Breaks()) == 2
    states = [state for kind, state in messages(world) if kind is Kind.CONFIRMATION]
    assert sorted(states) == sorted([MessageState.IN_DOUBT, MessageState.HANDED_OVER, MessageState.HANDED_OVER])


def test_a_late_reminder_waits_for_the_morning_instead_of_waking_anybody(world: World):
    world.book(LATER, phone=PHONE)
    send(world, Notebook())
    channel = Notebook()
    night = at("02:00", MONDAY + timedelta(days=9))
    assert send(world, channel, night) == 0
    assert send(world, channel, at("08:00", MONDAY + timedelta(days=9))) == 1


def test_the_secret_of_the_link_is_not_kept_with_the_text(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    channel = Notebook()
    send(world, channel)
    with world.database.reading() as session:
        message = session.scalars(select(Message).where(Message.visit_id == visit_id).order_by(Message.id)).first()
        token = visits.manage_token(KEYS, message.visit)
        assert token in channel.sent[0][1]
        assert token not in message.body
        assert with_link(message, KEYS) == channel.sent[0][1]


def test_a_client_who_chose_again_before_confirming_is_told_of_the_last_choice(world: World):
    visit_id = world.hold(LATER + timedelta(minutes=70))
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        reaching.note_contact(tx, visit, visits.Contact(None, PHONE, "v1"))
        visits.hold(tx, world.wish(), LATER, "de", visit)
        visits.confirm(tx, visit, KEYS)
    channel = Notebook()
    assert send(world, channel) == 1
    assert "10:10" in channel.sent[0][1]


def test_the_magic_numbers_of_the_simulated_way_out():
    channel = Simulated()
    outcomes = [channel.send(number, "x", "1").outcome for number in (PERMANENTLY_WRONG, BUSY, LOST, SLOW)]
    assert outcomes == [Outcome.FAILED, Outcome.RETRY, Outcome.UNKNOWN, Outcome.HANDED_OVER]


def test_every_kind_of_fact_is_told_or_listed_as_silent():
    modules = (access.happened, doorway.feedback, notifications.happened, queueing.happened, scheduling.happened)
    kinds = {kind.value for module in modules for kind in module.Happened}
    assert kinds == set(ANSWERS) | SILENT
    assert not set(ANSWERS) & SILENT

"""What people write back: their own booking and no other, once; STOP at once; the rest is read by a person."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select, update

from foundation.errors import Moved, NotFound
from foundation.facts import CLIENT, SYSTEM, Actor, Fact
from notifications.channels import Outcome, Receipt
from notifications.consent import allow_again, is_opted_out, no_more, opt_out
from notifications.inbox import count_inbox, deal_with, inbox, read_lately
from notifications.models import Incoming, Message, MessageState, OptedOut
from notifications.outbox import write_messages
from notifications.replies import KEPT, Received, forget_old_replies, receive
from notifications.texts import TEXTS, Kind
from queueing.tickets import check_in
from scheduling import reaching, visits
from scheduling.models import AppointmentState, Centre, Visit
from scheduling.moving import move
from scheduling.tidying import erase
from scheduling.visits import Contact
from tests.build import KEYS, NOW, OTHER_PHONE, PHONE, World, at
from tests.domain.test_messages import LANGUAGES, LATER, Notebook, messages, send

READ = TEXTS[Kind.READ]
STRANGER = "+491739091317"
DESK = Actor("staff", 1)
SOON = NOW + timedelta(minutes=5)


def text(world: World, body: str, number: str = PHONE, provider_id: str = "", now=SOON) -> bool:
    """Somebody sends a text; every one has a name of its own unless the test gives one."""
    with world.database.transaction(CLIENT, now) as tx:
        name = provider_id or f"SM{(tx.session.scalar(select(func.count(Incoming.id))) or 0) + 1}"
        return receive(tx, KEYS, LANGUAGES, Received(name, number, body))


def visit(world: World, visit_id: int) -> Visit:
    with world.database.reading() as session:
        found = session.get_one(Visit, visit_id)
        assert found.centre.id
        assert [part.state for part in found.appointments]
        return found


def states(world: World) -> dict[int, AppointmentState]:
    with world.database.reading() as session:
        return {v.id: v.first.state for v in session.scalars(select(Visit)) if v.appointments}


def listed(world: World, centre: int = 0) -> list[str]:
    with world.database.reading() as session:
        return [one.body or "" for one in inbox(session, session.get_one(Centre, centre or world.centre))]


def answers(world: World) -> list[tuple[Kind, str]]:
    """What goes out in answer to replies, as it is read."""
    channel = Notebook()
    send(world, channel, SOON)
    with world.database.reading() as session:
        kinds = session.scalars(
            select(Message.kind).where(Message.subject.startswith("incoming:"), Message.sent_at.is_not(None))
        ).all()
    return list(zip(kinds, [body for _, body in channel.sent][-len(kinds) :] if kinds else [], strict=True))


def test_one_is_noted_and_costs_no_sms(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    text(world, " ١. ")
    assert visit(world, visit_id).said_comes_at == SOON
    assert {kind for kind, _ in messages(world)} == {Kind.CONFIRMATION, Kind.REMINDER}
    assert listed(world) == []


def test_who_said_she_comes_has_not_said_so_for_another_time(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    text(world, "1")
    with world.database.transaction(CLIENT, SOON) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world.wish(), LATER + timedelta(days=1))
    assert visit(world, visit_id).said_comes_at is None


def test_two_calls_the_one_booking_off_and_one_sms_confirms_it(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    send(world, Notebook())
    text(world, "۲")
    assert states(world)[visit_id] is AppointmentState.CANCELLED
    text(world, "2")
    channel = Notebook()
    assert send(world, channel, SOON) == 1
    assert "abgesagt" in channel.sent[0][1]
    assert listed(world) == [], "who says it twice has said it"


def test_with_several_bookings_nothing_changes_and_the_answer_names_the_phone(world: World):
    world.book(LATER, phone=PHONE)
    world.book(LATER + timedelta(days=1), phone=PHONE)
    text(world, "2")
    assert set(states(world).values()) == {AppointmentState.BOOKED}
    ((kind, body),) = answers(world)
    assert kind is Kind.WHICH
    assert body.split("\n")[-1] == "030 23125 117"
    assert listed(world) == ["2"]


@pytest.mark.parametrize("here", [True, False], ids=["here", "begun"])
def test_who_is_here_or_late_is_not_called_off_but_read(world: World, here: bool):
    start = at("10:10")
    visit_id = world.book(start, phone=PHONE)
    if here:
        with world.database.transaction(CLIENT, NOW) as tx:
            check_in(tx, visits.visit_to_change(tx, visit_id))
    text(world, "2", now=SOON if here else start + timedelta(minutes=1))
    assert states(world)[visit_id] is AppointmentState.BOOKED
    assert listed(world) == ["2"]


def test_anything_else_is_read_at_the_centre_and_answered_once_a_day_in_her_language(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    with world.database.transaction(SYSTEM, NOW) as tx:
        visits.visit_to_change(tx, visit_id).ui_lang = "ar"
    text(world, "متى؟")
    text(world, "CANCEL")
    ((kind, body),) = answers(world)
    assert kind is Kind.READ
    assert body == LANGUAGES["ar"].gettext(READ, place="Pfullingen", phone="030 23125 117")
    assert listed(world) == ["متى؟", "CANCEL"]
    assert listed(world, world.other_centre) == []
    text(world, "?", now=SOON + timedelta(days=2))
    assert [kind for kind, _ in messages(world)].count(Kind.READ) == 2


def test_a_number_nobody_knows_is_read_everywhere_and_gets_no_answer(world: World):
    text(world, "Hallo", STRANGER)
    text(world, "2", STRANGER)
    for centre in (world.centre, world.other_centre):
        assert listed(world, centre) == ["Hallo", "2"]
    assert messages(world) == []


def test_a_helper_answers_for_the_visit_she_helps(world: World):
    visit_id = world.hold(LATER)
    with world.database.transaction(CLIENT, NOW) as tx:
        held = visits.visit_to_change(tx, visit_id)
        reaching.note_contact(tx, held, Contact(None, PHONE, "v1", "uk"))
        visits.confirm(tx, held, KEYS)
    text(world, "Привіт")
    ((_, body),) = answers(world)
    assert body == LANGUAGES["uk"].gettext(READ, place="Pfullingen", phone="030 23125 117")
    text(world, "2")
    assert states(world)[visit_id] is AppointmentState.CANCELLED


def test_a_replayed_text_changes_nothing(world: World):
    first = world.book(LATER, phone=PHONE)
    assert text(world, "2", provider_id="SM7")
    second = world.book(LATER, phone=PHONE)
    for later in (timedelta(), KEPT + timedelta(days=1)):
        with world.database.transaction(SYSTEM, SOON + later) as tx:
            forget_old_replies(tx)
        assert not text(world, "2", provider_id="SM7")
        assert not text(world, "STOP", provider_id="SM7")
    assert states(world) == {first: AppointmentState.CANCELLED, second: AppointmentState.BOOKED}
    with world.database.reading() as session:
        assert not is_opted_out(session, PHONE, KEYS)


@pytest.mark.parametrize("seed", range(4))
def test_nobodys_text_touches_a_booking_of_another_number(world: World, seed: int):
    dice = Random(seed)
    bystander = world.book(LATER + timedelta(days=6), phone=OTHER_PHONE)
    before = visit(world, bystander)
    for n in range(12):
        if n % 4 == 0:
            world.book(LATER + timedelta(days=(0, 1, 4)[n // 4]), phone=PHONE)
        words = ["1", "2", "STOP", "START", "توقف", "hm", "", OTHER_PHONE, world.code(bystander)]
        text(world, dice.choice(words), dice.choice([PHONE, STRANGER, "", "Vodafone", f"{OTHER_PHONE}9"]))
    after = visit(world, bystander)
    for column in ("code", "phone", "consent_at", "consent_ended_at", "said_comes_at", "ended_at", "token_hash"):
        assert getattr(after, column) == getattr(before, column)
    assert states(world)[bystander] is AppointmentState.BOOKED
    with world.database.reading() as session:
        hers = session.scalars(select(Message.state).where(Message.recipient == OTHER_PHONE)).all()
    assert set(hers) == {MessageState.DUE}


@pytest.mark.parametrize("word", ["STOP", "stopp", "توقف", "СТОП"])
def test_stop_takes_back_what_is_due_at_once_and_is_not_answered(world: World, word: str):
    visit_id = world.book(LATER, phone=PHONE)
    other = world.book(LATER + timedelta(days=1), phone=OTHER_PHONE)
    text(world, word)
    with world.database.reading() as session:
        due = session.scalars(select(Message.visit_id).where(Message.state == MessageState.DUE)).all()
    assert set(due) == {other}
    stopped = visit(world, visit_id)
    assert (stopped.wants_messages, stopped.sms_ended) == (False, True)
    assert (stopped.consent_at, stopped.consent_wording, stopped.consent_ended_at) == (NOW, "test", SOON)
    assert states(world)[visit_id] is AppointmentState.BOOKED
    assert listed(world) == []


def test_stop_takes_back_answers_that_have_not_left_yet(world: World):
    world.book(LATER, phone=PHONE)
    text(world, "Hallo")
    text(world, "STOP")
    assert messages(world)[-1] == (Kind.READ, MessageState.WITHDRAWN)


def test_a_number_that_stopped_gets_nothing_whoever_types_it_where(world: World):
    text(world, "STOP")
    visit_id = world.book(LATER, phone=PHONE)
    with world.database.transaction(DESK, SOON) as tx:
        reaching.note_contact(tx, visits.visit_to_change(tx, visit_id), Contact("Lila", PHONE, "v1"))
    assert visit(world, visit_id).sms_ended
    assert messages(world) == []


def test_what_was_planned_unaware_is_held_back_when_it_is_sent(world: World):
    """A consent given in the same moment as the STOP, or written by a floor that did not know of it."""
    world.database.subscribers[:] = [write_messages]
    text(world, "STOP")
    world.book(LATER, phone=PHONE)
    assert messages(world)[0] == (Kind.CONFIRMATION, MessageState.DUE)
    assert send(world, Notebook()) == 0
    assert messages(world)[0] == (Kind.CONFIRMATION, MessageState.WITHDRAWN)


def test_start_brings_consent_and_reminders_back_but_nothing_twice(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    send(world, Notebook())
    text(world, "STOP")
    text(world, "start")
    again = visit(world, visit_id)
    assert (again.wants_messages, again.consent_at, again.consent_channel) == (True, SOON, "sms")
    assert messages(world) == [
        (Kind.CONFIRMATION, MessageState.HANDED_OVER), (Kind.REMINDER, MessageState.DUE)
    ]  # fmt: skip
    with world.database.reading() as session:
        assert session.scalar(select(func.count(OptedOut.id))) == 0


def test_only_a_keyed_hash_is_kept_and_every_key_of_the_ring_finds_it(world: World):
    old, new = "o" * 40, "n" * 40
    with world.database.transaction(SYSTEM, NOW) as tx:
        opt_out(tx, PHONE, (old,))
        opt_out(tx, PHONE, (new, old))
    with world.database.reading() as session:
        (kept,) = session.scalars(select(OptedOut)).all()
        assert len(kept.number_hash) == 64
        assert is_opted_out(session, PHONE, (new, old))
        assert not is_opted_out(session, PHONE, (new,))
        assert not is_opted_out(session, OTHER_PHONE, (new, old))
    with world.database.transaction(SYSTEM, NOW) as tx:
        allow_again(tx, PHONE, (new, old), "desk")
        assert not is_opted_out(tx.session, PHONE, (new, old))


def test_a_number_that_the_provider_knows_as_stopped_is_stopped_here(world: World):
    class Refuses(Notebook):
        def send(self, recipient: str, body: str, reference: str) -> Receipt:
            return Receipt(Outcome.FAILED, error="21610")

    world.book(LATER, phone=PHONE)
    assert send(world, Refuses()) == 0
    assert messages(world) == [(Kind.CONFIRMATION, MessageState.FAILED), (Kind.REMINDER, MessageState.WITHDRAWN)]
    with world.database.reading() as session:
        assert is_opted_out(session, PHONE, KEYS)


def test_no_more_sms_for_one_who_is_helped_leaves_the_helpers_other_families_alone(world: World):
    ids = []
    for day in range(2):
        ids.append(world.hold(LATER + timedelta(days=day)))
        with world.database.transaction(CLIENT, NOW) as tx:
            held = visits.visit_to_change(tx, ids[-1])
            reaching.note_contact(tx, held, Contact(None, PHONE, "v1", "uk"))
            visits.confirm(tx, held, KEYS)
    with world.database.transaction(CLIENT, NOW) as tx:
        no_more(tx, visits.visit_to_change(tx, ids[0]), KEYS)
    assert (visit(world, ids[0]).phone, visit(world, ids[1]).wants_messages) == (None, True)


def test_consent_says_when_how_and_where(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    given = visit(world, visit_id)
    assert (given.consent_at, given.consent_wording, given.consent_channel) == (NOW, "test", "booking")
    with world.database.transaction(DESK, SOON) as tx:
        reaching.note_contact(tx, visits.visit_to_change(tx, visit_id), Contact(None, OTHER_PHONE, "v2"))
    assert visit(world, visit_id).consent_channel == "desk"
    with world.database.transaction(SYSTEM, SOON) as tx:
        erase(tx, visits.visit_to_change(tx, visit_id))
    assert visit(world, visit_id).consent_channel is None


def test_the_inbox_is_dealt_with_once_and_taken_back(world: World):
    world.book(LATER, phone=PHONE)
    text(world, "Ich bin krank")
    text(world, "Hallo", STRANGER)
    with world.database.reading() as session:
        mine, other = session.get_one(Centre, world.centre), session.get_one(Centre, world.other_centre)
        first, unknown = inbox(session, mine)
    with world.database.transaction(DESK, SOON) as tx:
        deal_with(tx, mine, first.id)
        deal_with(tx, other, unknown.id)
    assert listed(world) == []
    for centre, which, expected in ((mine, first.id, Moved), (other, first.id, NotFound), (mine, 99, NotFound)):
        with pytest.raises(expected), world.database.transaction(DESK, SOON) as tx:
            deal_with(tx, centre, which)
    with world.database.reading() as session:
        assert count_inbox(session, mine) == 0
        assert [one.body for one in read_lately(session, mine, SOON)] == ["Ich bin krank", "Hallo"]
    with world.database.transaction(DESK, SOON) as tx:
        deal_with(tx, mine, first.id, done=False)
    assert listed(world) == ["Ich bin krank"]


def test_number_and_text_of_a_reply_go_after_a_week_or_with_the_visit(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    text(world, "Ich bin krank")
    text(world, "Hallo", STRANGER)
    with world.database.transaction(SYSTEM, SOON) as tx:
        erase(tx, visits.visit_to_change(tx, visit_id))
    assert listed(world) == ["Hallo"]
    with world.database.transaction(SYSTEM, SOON + KEPT + timedelta(minutes=1)) as tx:
        forget_old_replies(tx)
    with world.database.reading() as session:
        assert {(one.sender, one.body) for one in session.scalars(select(Incoming))} == {(None, None)}


def test_what_was_understood_is_not_kept(world: World):
    world.book(LATER, phone=PHONE)
    text(world, "1")
    text(world, "STOP")
    with world.database.reading() as session:
        assert {(one.sender, one.body) for one in session.scalars(select(Incoming))} == {(None, None)}
        told = session.scalars(select(Fact).where(Fact.kind.in_(["reply.came", "number.opted_out"]))).all()
    assert all("28817386" not in str(vars(fact)) for fact in told)


def test_odd_texts_are_kept_as_they_can_be(world: World):
    text(world, "a\0b\n" + "x" * 5000, "Vodafone " * 9)
    (body,) = listed(world)
    assert len(body) == 1600
    assert body.startswith("a b\n")


def test_without_consent_no_text_changes_a_booking_and_none_is_answered(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(update(Visit).where(Visit.id == visit_id).values(consent_at=None))
    text(world, "2")
    assert states(world)[visit_id] is AppointmentState.BOOKED
    assert listed(world) == ["2"]
    assert answers(world) == []

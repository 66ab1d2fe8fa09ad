"""What becomes of a message after a way out was asked: nothing twice, nothing lost, and no guessing."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from foundation.facts import CLIENT, SYSTEM, Fact
from notifications.channels import Answer, Channel, Listed, Outcome, Receipt, Sought
from notifications.delivery import MONTH_IS_FULL, Post, send_due
from notifications.meanings import MEANINGS
from notifications.models import Message, MessageState, Pace
from notifications.pacing import ILL_AFTER, RESTS, month_of, sent_in
from notifications.settling import (
    ASKED_EVERY,
    GIVEN_UP,
    LIST_IS_WHOLE,
    Report,
    Said,
    give_up_due,
    note_report,
    settle,
    settle_doubts,
)
from notifications.texts import Kind
from scheduling import visits
from tests.build import KEYS, NOW, PHONE, World
from tests.domain.test_messages import LANGUAGES, LATER, Notebook

TWO_HOURS = timedelta(hours=2)


@dataclass
class Machine:
    """Machine time that goes on by itself when somebody waits."""

    now: datetime = NOW
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


def post(channel: Channel, machine: Machine, **more: object) -> Post:
    return Post(channel, LANGUAGES, "https://termin.example.org", KEYS, wait=machine.wait, **more)


def send(world: World, channel: Channel, machine: Machine, **more: object) -> int:
    return send_due(world.database, post(channel, machine, **more), machine.now, machine)


def look(world: World, channel: Channel, machine: Machine, times: int = 1) -> None:
    """Ask the provider's list so often, each time when it may be asked."""
    for _ in range(times):
        settle_doubts(world.database, channel, machine.now, machine)
        machine.wait(ASKED_EVERY.total_seconds())


def confirmation(world: World, visit_id: int | None = None) -> Message:
    with world.database.reading() as session:
        found = select(Message).where(Message.kind == Kind.CONFIRMATION).order_by(Message.id)
        return session.scalars(found if visit_id is None else found.where(Message.visit_id == visit_id)).first()


def kill_while_sending(world: World, machine: Machine) -> Notebook:
    """A worker is killed in the middle of handing over; what it had given to the provider by then."""

    class Killed(BaseException):
        pass

    class Kills(Notebook):
        def send(self, recipient: str, body: str, reference: str) -> Receipt:
            super().send(recipient, body, reference)
            raise Killed

    channel = Kills()
    with pytest.raises(Killed):
        send(world, channel, machine)
    return channel


def report(world: World, said: Said, message: Message, provider_id: str = "p1", error: str | None = None) -> bool:
    with world.database.transaction(SYSTEM, NOW) as tx:
        return note_report(tx, Report(str(message.id), provider_id, said, error), MEANINGS)


def test_a_message_whose_worker_died_is_asked_for_and_not_sent_again(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    kill_while_sending(world, machine)
    channel = Notebook(listed=Listed(Answer.THERE, "p9"))
    machine.wait(59)
    look(world, channel, machine)
    assert confirmation(world).state is MessageState.CLAIMED
    look(world, channel, machine)
    assert (confirmation(world).state, confirmation(world).provider_id) == (MessageState.HANDED_OVER, "p9")
    assert send(world, channel, machine) == 0
    assert channel.sent == []


def test_the_list_is_asked_for_the_text_without_its_link(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    given = kill_while_sending(world, machine)
    machine.wait(61)
    channel = Notebook()
    look(world, channel, machine)
    (sought,) = channel.sought
    (recipient, body) = given.sent[0]
    assert (sought.recipient, sought.since) == (recipient, NOW)
    assert body.startswith(sought.body + "\nhttps://")


def test_what_the_list_denies_when_it_must_be_complete_is_sent_again(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(Outcome.UNKNOWN), machine)
    machine.wait(30)
    channel = Notebook(listed=Listed(Answer.NOT_THERE))
    look(world, channel, machine, LIST_IS_WHOLE - 1)
    assert confirmation(world).state is MessageState.IN_DOUBT
    assert send(world, channel, machine) == 0
    look(world, channel, machine)
    assert send(world, channel, machine) == 1
    assert confirmation(world).state is MessageState.HANDED_OVER


@pytest.mark.parametrize("jump", [TWO_HOURS, -TWO_HOURS])
def test_a_clock_that_jumps_makes_no_list_complete(world: World, jump: timedelta):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(Outcome.UNKNOWN), machine)
    channel = Notebook(listed=Listed(Answer.NOT_THERE))
    machine.now += jump
    look(world, channel, machine)
    assert len(channel.sought) == 1
    assert confirmation(world).state is MessageState.IN_DOUBT


def test_what_nobody_can_say_is_unknown_within_ten_minutes_and_not_sent_again(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(Outcome.UNKNOWN), machine)
    machine.wait(30)
    channel = Notebook(listed=Listed(Answer.CANNOT_SAY))
    look(world, channel, machine, GIVEN_UP)
    assert confirmation(world).state is MessageState.UNKNOWN
    assert machine.now - NOW <= timedelta(minutes=10)
    assert send(world, channel, machine) == 0
    assert report(world, Said.DELIVERED, confirmation(world))
    assert confirmation(world).state is MessageState.DELIVERED


def test_a_list_that_breaks_says_nothing(world: World):
    class Breaks(Notebook):
        def look_up(self, sought: Sought) -> Listed:
            raise ConnectionError

    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(Outcome.UNKNOWN), machine)
    machine.wait(30)
    look(world, Breaks(), machine)
    assert confirmation(world).state is MessageState.IN_DOUBT


def test_what_was_cancelled_while_in_doubt_is_not_sent_again(world: World):
    visit_id = world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(Outcome.UNKNOWN), machine)
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    machine.wait(30)
    channel = Notebook(listed=Listed(Answer.NOT_THERE))
    look(world, channel, machine, LIST_IS_WHOLE)
    send(world, channel, machine)
    assert confirmation(world).state is MessageState.WITHDRAWN
    assert all("abgesagt" in body for _, body in channel.sent)


def test_reports_never_go_back_and_count_once(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(), machine)
    message = confirmation(world)
    told = [
        report(world, said, message, str(message.id))
        for said in (Said.ON_ITS_WAY, Said.DELIVERED, Said.DELIVERED, Said.ON_ITS_WAY, Said.NOT_DELIVERED)
    ]
    assert told == [False, True, False, False, False]
    assert confirmation(world).state is MessageState.DELIVERED


def test_a_report_settles_a_doubt_and_stops_what_would_be_sent_again(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(Outcome.UNKNOWN), machine)
    machine.wait(30)
    look(world, Notebook(listed=Listed(Answer.NOT_THERE)), machine, LIST_IS_WHOLE)
    assert confirmation(world).state is MessageState.DUE
    assert report(world, Said.ON_ITS_WAY, confirmation(world))
    assert send(world, Notebook(), machine) == 0
    assert confirmation(world).state is MessageState.HANDED_OVER


@pytest.mark.parametrize(("error", "tries"), [("30003", 2), ("30006", 1), ("99999", 1)])
def test_a_phone_that_was_off_is_tried_once_more_and_a_landline_is_not(world: World, error: str, tries: int):
    world.book(LATER, phone=PHONE)
    machine, channel = Machine(), Notebook()
    for _ in range(3):
        send(world, channel, machine)
        message = confirmation(world)
        report(world, Said.NOT_DELIVERED, message, str(message.id), error)
        machine.wait(3600)
    assert len(channel.sent) == tries
    assert (confirmation(world).state, confirmation(world).error) == (MessageState.FAILED, error)


@pytest.mark.parametrize("repeated", [Said.NOT_DELIVERED, Said.ON_ITS_WAY])
@pytest.mark.parametrize("in_flight", [False, True])
def test_a_repeated_report_of_the_first_try_leaves_the_second_alone(world: World, repeated: Said, in_flight: bool):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(), machine)
    message = confirmation(world)
    first = str(message.id)
    assert report(world, Said.NOT_DELIVERED, message, first, "30003")
    machine.wait(3600)
    if in_flight:
        kill_while_sending(world, machine)
    assert not report(world, repeated, message, first, "30003")
    assert confirmation(world).state is (MessageState.CLAIMED if in_flight else MessageState.DUE)


def test_a_report_of_the_second_try_counts_before_its_receipt(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(), machine)
    message = confirmation(world)
    report(world, Said.NOT_DELIVERED, message, str(message.id), "30003")
    machine.wait(3600)
    kill_while_sending(world, machine)
    assert report(world, Said.NOT_DELIVERED, message, "second", "30003")
    assert confirmation(world).state is MessageState.FAILED


@pytest.mark.parametrize("said", Said)
def test_what_was_too_late_to_be_sent_again_and_had_arrived_is_put_right(world: World, said: Said):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(Outcome.UNKNOWN), machine)
    machine.wait(30)
    look(world, Notebook(listed=Listed(Answer.NOT_THERE)), machine, LIST_IS_WHOLE)
    machine.now = LATER + TWO_HOURS
    send(world, Notebook(), machine)
    assert confirmation(world).state is MessageState.USELESS
    assert report(world, said, confirmation(world))
    assert confirmation(world).state is not MessageState.USELESS


def test_a_receipt_that_comes_after_the_list_has_denied_stops_the_second_try(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()

    class Sleeps(Notebook):
        def send(self, recipient: str, body: str, reference: str) -> Receipt:
            machine.wait(61)
            look(world, Notebook(listed=Listed(Answer.NOT_THERE)), machine, LIST_IS_WHOLE)
            return super().send(recipient, body, reference)

    channel = Sleeps()
    send(world, channel, machine)
    assert len(channel.sent) == 1
    assert confirmation(world).state is MessageState.HANDED_OVER
    assert send(world, Notebook(), machine) == 0


def test_nobody_is_asked_for_what_was_erased_and_it_stays_unknown(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    kill_while_sending(world, machine)
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(update(Message).values(recipient=None, body=None))
    machine.wait(61)
    channel = Notebook(listed=Listed(Answer.THERE, "p9"))
    look(world, channel, machine, GIVEN_UP)
    assert channel.sought == []
    assert confirmation(world).state is MessageState.UNKNOWN


def test_a_pass_over_slow_answers_ends_before_its_moment_is_old(world: World):
    for minute in (0, 35, 70):
        world.book(LATER + timedelta(minutes=minute), phone=PHONE)
    machine = Machine()

    class Slow(Notebook):
        def send(self, recipient: str, body: str, reference: str) -> Receipt:
            machine.wait(19)
            return super().send(recipient, body, reference)

    assert send(world, Slow(), machine) == 2


def test_a_pass_ends_when_the_clock_is_put_back(world: World):
    for minute in (0, 35):
        world.book(LATER + timedelta(minutes=minute), phone=PHONE)
    machine = Machine()

    class PutsBack(Notebook):
        def send(self, recipient: str, body: str, reference: str) -> Receipt:
            machine.now -= TWO_HOURS
            return super().send(recipient, body, reference)

    assert send(world, PutsBack(), machine) == 1


def test_the_list_is_told_which_earlier_try_does_not_count(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(), machine)
    report(world, Said.NOT_DELIVERED, confirmation(world), str(confirmation(world).id), "30003")
    machine.wait(3600)
    kill_while_sending(world, machine)
    machine.wait(61)
    channel = Notebook()
    look(world, channel, machine)
    assert str(confirmation(world).id) in channel.sought[0].besides


def test_who_claims_and_who_puts_off_do_not_stop_each_other(world: World):
    """Both lock the pace first and then the month."""
    for minute in (0, 35):
        world.book(LATER + timedelta(minutes=minute), phone=PHONE)
    locked: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        words = statement.lower()
        found = [table for table in ("pace", "month_sent") if re.search(rf"(update {table}|from {table}\b)", words)]
        locked.extend(found if "update" in words else [])

    send(world, Notebook(), Machine())
    event.listen(world.database.engine, "before_cursor_execute", note)
    with world.database.transaction(SYSTEM, NOW) as tx:
        message = tx.session.scalars(select(Message).order_by(Message.id)).first()
        message.state = MessageState.CLAIMED
        settle(tx, message, Receipt(Outcome.RETRY), MEANINGS, NOW)
    event.remove(world.database.engine, "before_cursor_execute", note)
    assert locked[-1] == "month_sent"


def test_pauses_grow_until_the_message_is_useless(world: World):
    world.book(LATER, phone=PHONE)
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Message, confirmation(world).id).useless_after = NOW + TWO_HOURS
    machine, channel, at = Machine(), Notebook(Outcome.RETRY), []
    while confirmation(world).state is MessageState.DUE and machine.now < NOW + timedelta(hours=4):
        before = len(channel.sent)
        send(world, channel, machine)
        if len(channel.sent) > before:
            at.append(machine.now)
        machine.wait(5)
    gaps = [later - earlier for earlier, later in zip(at, at[1:], strict=False)]
    assert gaps == sorted(gaps)
    assert len(gaps) >= 5
    assert confirmation(world).state is MessageState.USELESS
    assert at[-1] <= NOW + TWO_HOURS


def test_after_many_faults_the_provider_is_left_alone_for_a_minute(world: World):
    world.book(LATER, phone=PHONE)
    machine, channel = Machine(), Notebook(Outcome.RETRY)
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add(Pace(id=1, free_at=NOW, faults=ILL_AFTER - 1, faults_since=NOW))
    send(world, channel, machine)
    machine.wait(20)
    send(world, channel, machine)
    assert len(channel.sent) == 1
    machine.wait(RESTS.total_seconds())
    send(world, channel, machine)
    assert len(channel.sent) == 2


def test_messages_go_out_at_the_configured_rate(world: World):
    for minute in (0, 35, 70):
        world.book(LATER + timedelta(minutes=minute), phone=PHONE)
    machine = Machine()
    started: list[datetime] = []

    class Times(Notebook):
        def send(self, recipient: str, body: str, reference: str) -> Receipt:
            started.append(machine.now)
            return super().send(recipient, body, reference)

    assert send(world, Times(), machine, a_second=5) == 3
    assert [later - earlier for earlier, later in zip(started, started[1:], strict=False)] == [
        timedelta(milliseconds=200)
    ] * 2


def test_a_clock_put_back_does_not_stop_the_post(world: World):
    world.book(LATER, phone=PHONE)
    with world.database.transaction(SYSTEM, NOW) as tx:
        ahead = NOW + TWO_HOURS
        tx.session.add(Pace(id=1, free_at=ahead, faults=3, faults_since=ahead, rests_until=ahead))
    assert send(world, Notebook(), Machine()) == 1


def test_a_full_month_sends_nothing_more_and_a_person_calls(world: World):
    for minute in (0, 35):
        world.book(LATER + timedelta(minutes=minute), phone=PHONE)
    machine, channel = Machine(), Notebook()
    assert send(world, channel, machine, a_month=2) == 1
    with world.database.reading() as session:
        errors = session.scalars(select(Message.error).where(Message.state == MessageState.FAILED)).all()
        assert sent_in(session, month_of(NOW)) == 2
    assert errors == [MONTH_IS_FULL]


@pytest.mark.parametrize("outcome", [Outcome.RETRY, Outcome.FAILED])
def test_what_the_provider_did_not_take_costs_nothing(world: World, outcome: Outcome):
    world.book(LATER, phone=PHONE)
    send(world, Notebook(outcome), Machine())
    with world.database.reading() as session:
        assert sent_in(session, month_of(NOW)) == 0


def test_after_a_restore_what_was_due_is_unknown_and_what_comes_later_still_comes(world: World):
    world.book(LATER, phone=PHONE)
    with world.database.transaction(SYSTEM, NOW) as tx:
        assert give_up_due(tx) == 1
    channel = Notebook()
    assert send(world, channel, Machine()) == 0
    assert send(world, channel, Machine(LATER - timedelta(days=2))) == 1


def test_a_worker_that_slept_over_its_lease_sends_nothing(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    ticks = iter([*[NOW] * 4, *[NOW + timedelta(minutes=5)] * 20])
    channel = Notebook()
    assert send_due(world.database, post(channel, machine), NOW, lambda: next(ticks)) == 0
    assert channel.sent == []


def test_every_step_of_a_message_is_a_fact(world: World):
    world.book(LATER, phone=PHONE)
    machine = Machine()
    send(world, Notebook(Outcome.RETRY), machine)
    machine.wait(10)
    send(world, Notebook(), machine)
    report(world, Said.NOT_DELIVERED, confirmation(world), str(confirmation(world).id), "30006")
    with world.database.reading() as session:
        steps = session.execute(
            select(Fact.kind, Fact.details).where(Fact.subject_kind == "message").order_by(Fact.id)
        ).all()
    assert [kind for kind, _ in steps] == ["message.put_off", "message.handed_over", "message.failed"]
    assert steps[-1].details == {"error": "30006"}

"""Every way out keeps one contract; Twilio's is tried against a strict stand-in, with lost answers and an ill list."""

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from foundation.facts import SYSTEM
from foundation.settings import SMS_PROVIDERS
from notifications.channels import CHANNELS, LONGEST_TRY, Answer, Channel, Outcome, Receipt, Sought, channel_for
from notifications.channels.twilio import ANSWER_WITHIN, CONNECT_WITHIN, Line, make
from notifications.delivery import send_due
from notifications.forgetting import KEPT, KeptThere, forget_old
from notifications.models import MessageState
from notifications.settling import GIVEN_UP, LIST_IS_WHOLE, Said
from tests import fake_twilio
from tests.build import NOW, OTHER_PHONE, PHONE, World
from tests.conftest import settings_for
from tests.domain.test_messages import LATER
from tests.domain.test_settling import Machine, confirmation, look, post, report, send
from tests.fake_twilio import ACCOUNT, KEY, SECRET, SERVICE, TOKEN, FakeTwilio, Fault, Listing
from tools.catalogues import ROOT

BODY = "Ihr Termin: Do., 03.12., 10:10\nhttps://termin.example.org/t/secret"
PUBLIC_URL = "https://termin.example.org"


def settings(twilio: FakeTwilio | None = None, **more: object):
    url = twilio.url if twilio else ""
    given = {
        "sms_provider": "twilio", "twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN, "twilio_api_key": KEY,
        "twilio_api_secret": SECRET, "twilio_messaging_service_sid": SERVICE, "twilio_base_url": url,
    }  # fmt: skip
    return settings_for("sqlite://", demo=False, public_url=PUBLIC_URL, **{**given, **more})


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as running:
        yield running


def sought(body: str = BODY, *besides: str) -> Sought:
    return Sought(PHONE, body.rpartition("\n")[0], "7", NOW, frozenset(besides))


@pytest.mark.parametrize("name", CHANNELS)
def test_every_way_out_keeps_the_contract(name: str, twilio: FakeTwilio):
    channel = channel_for(settings(twilio, sms_provider=name))
    first, second = channel.send(PHONE, BODY, "1"), channel.send(OTHER_PHONE, "Hallo\nhttps://x", "2")
    assert {first.outcome, second.outcome} <= {Outcome.HANDED_OVER, Outcome.DELIVERED}
    assert first.provider_id
    assert second.provider_id != first.provider_id
    assert channel.look_up(sought("Nie gesagt\nhttps://x")).answer is Answer.NOT_THERE
    assert channel.forget(first.provider_id)
    assert channel.forget(first.provider_id), "what is gone is forgotten"
    assert channel.forget("some-other-way-out-s-name")


def test_every_provider_that_may_be_set_has_a_way_out():
    assert set(CHANNELS) == set(SMS_PROVIDERS)


def test_the_pages_start_without_the_client_of_a_provider_nobody_has_set():
    code = "import sys, wsgi, demo.door; assert not [m for m in sys.modules if m.split('.')[:2] == ['twilio', 'rest']]"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_twilio_gets_number_text_sender_and_where_to_report(twilio: FakeTwilio):
    receipt = make(settings(twilio)).send(PHONE, BODY, "7")
    (taken,) = twilio.to(PHONE)
    assert receipt == Receipt(Outcome.HANDED_OVER, taken.sid)
    back = taken.fields.pop("StatusCallback")
    assert taken.fields == {"To": PHONE, "Body": BODY, "MessagingServiceSid": SERVICE}
    assert back.startswith(f"{PUBLIC_URL}/hooks/sms/7/")


def test_without_a_service_the_constant_sender_is_named_and_without_a_key_the_token_sends(twilio: FakeTwilio):
    alone = settings(
        twilio, twilio_messaging_service_sid="", sms_sender="IZ KreisRT", twilio_api_key="", twilio_api_secret=""
    )
    assert make(alone).send(PHONE, BODY, "7").outcome is Outcome.HANDED_OVER
    assert twilio.to(PHONE)[0].fields["From"] == "IZ KreisRT"


@pytest.mark.parametrize(
    ("fault", "receipt"),
    [
        (fake_twilio.ANSWER_LOST, Receipt(Outcome.UNKNOWN)),
        (fake_twilio.CUT_OFF, Receipt(Outcome.UNKNOWN)),
        (fake_twilio.UNREADABLE, Receipt(Outcome.UNKNOWN)),
        (fake_twilio.ILL, Receipt(Outcome.UNKNOWN, error="20503")),
        (fake_twilio.ILL_BUT_TAKEN, Receipt(Outcome.UNKNOWN)),
        (Fault(201, taken=True, text="{}"), Receipt(Outcome.UNKNOWN)),
        (Fault(403, text="<h1>Not from here</h1>"), Receipt(Outcome.UNKNOWN)),
        (Fault(307, text=""), Receipt(Outcome.UNKNOWN)),
        (fake_twilio.BUSY, Receipt(Outcome.RETRY, error="20429")),
        (fake_twilio.OPTED_OUT, Receipt(Outcome.FAILED, error="21610")),
        (Fault(400, 21614), Receipt(Outcome.FAILED, error="21614")),
    ],
)
def test_only_what_twilio_itself_refused_counts_as_not_sent(twilio: FakeTwilio, fault: Fault, receipt: Receipt):
    twilio.faults.append(fault)
    channel = make(settings(twilio))
    assert channel.send(PHONE, BODY, "7") == receipt
    assert len([call for call in twilio.calls if call[0] == "POST"]) == 1, "nothing is tried twice in one try"


def test_a_wrong_shape_is_refused_with_twilios_own_code(twilio: FakeTwilio):
    channel = make(settings(twilio))
    errors = [
        channel.send("110", BODY, "1").error, channel.send(PHONE, "", "1").error,
        channel.send(PHONE, "x" * 1601, "1").error,
        make(settings(twilio, twilio_messaging_service_sid="MG1")).send(PHONE, BODY, "1").error,
        make(settings(twilio, twilio_api_secret="wrong")).send(PHONE, BODY, "1").error,
    ]  # fmt: skip
    assert errors == ["21211", "21602", "21617", "21705", "20003"]


def test_who_was_never_reached_has_taken_nothing():
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        channel = make(settings(twilio_base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}"))
        assert channel.send(PHONE, BODY, "7") == Receipt(Outcome.RETRY)
        assert channel.look_up(sought()).answer is Answer.CANNOT_SAY
        assert not channel.forget("SM" + "0" * 32)


def test_a_try_is_given_up_well_before_the_lease_asks():
    assert Line("").timeout == (CONNECT_WITHIN, ANSWER_WITHIN)
    assert timedelta(seconds=CONNECT_WITHIN + ANSWER_WITHIN) < LONGEST_TRY * 0.75


def test_region_and_edge_lead_to_twilio_there_and_a_test_server_takes_their_place():
    there = make(settings(twilio_region="ie1", twilio_edge="dublin")).client
    assert there.get_hostname("https://api.twilio.com/x") == "https://api.dublin.ie1.twilio.com/x"


def test_a_message_is_found_in_a_list_of_many_pages_by_its_words(twilio: FakeTwilio):
    channel, twilio.page_size = make(settings(twilio)), 2
    sent = [channel.send(PHONE, f"Nummer {n}\nhttps://x/{n}", str(n)).provider_id for n in range(7)]
    found = channel.look_up(sought("Nummer 0\nhttps://x/…"))
    assert (found.answer, found.provider_id) == (Answer.THERE, sent[0])
    assert channel.look_up(sought("Nummer 0\nhttps://x/…", sent[0])).answer is Answer.NOT_THERE
    twilio.list_breaks = 3
    assert channel.look_up(sought("Nummer 0\nhttps://x/…")).answer is Answer.CANNOT_SAY


def test_twilio_may_have_made_the_words_plainer(twilio: FakeTwilio):
    channel = make(settings(twilio))
    channel.send(PHONE, "Termin - 10 Uhr \nhttps://x", "1")
    assert channel.look_up(sought("Termin – 10 Uhr\nhttps://…")).answer is Answer.THERE


@pytest.mark.parametrize("hours", [2, -2])
def test_a_clock_two_hours_wrong_hides_nothing_in_the_list(twilio: FakeTwilio, hours: int):
    channel = make(settings(twilio))
    channel.send(PHONE, BODY, "7")
    wrong = Sought(PHONE, BODY.rpartition("\n")[0], "7", NOW + timedelta(hours=hours))
    assert channel.look_up(wrong).answer is Answer.THERE


def test_the_same_words_of_another_day_are_another_message(twilio: FakeTwilio):
    channel = make(settings(twilio))
    channel.send(PHONE, BODY, "6")
    today = Sought(PHONE, BODY.rpartition("\n")[0], "7", NOW + timedelta(days=1))
    assert channel.look_up(today).answer is Answer.NOT_THERE


def test_no_number_and_no_text_reaches_the_log(twilio: FakeTwilio, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    channel = make(settings(twilio))
    twilio.faults.append(fake_twilio.OPTED_OUT)
    channel.send(PHONE, BODY, "7")
    channel.send(PHONE, BODY, "7")
    channel.look_up(sought())
    assert PHONE[1:] not in caplog.text
    assert "Termin" not in caplog.text


def looked_at(world: World, channel: Channel, machine: Machine, twilio: FakeTwilio, times: int) -> None:
    """Look so often; Twilio's clock goes on with ours."""
    for _ in range(times):
        before = machine.now
        look(world, channel, machine)
        twilio.now += machine.now - before


@pytest.mark.parametrize("fault", [fake_twilio.ANSWER_LOST, fake_twilio.ILL_BUT_TAKEN])
@pytest.mark.parametrize("listing", [Listing.COMPLETE, Listing.LATE])
def test_a_message_whose_answer_was_lost_arrives_once(world: World, twilio: FakeTwilio, fault: Fault, listing: Listing):
    world.book(LATER, phone=PHONE)
    machine, channel, twilio.listing = Machine(), make(settings(twilio)), listing
    twilio.faults.append(fault)
    send(world, channel, machine)
    machine.wait(30)
    looked_at(world, channel, machine, twilio, LIST_IS_WHOLE)
    send(world, channel, machine)
    message = confirmation(world)
    assert (message.state, message.provider_id) == (MessageState.HANDED_OVER, twilio.to(PHONE)[0].sid)
    assert len(twilio.to(PHONE)) == 1


def test_a_message_that_never_came_to_twilio_is_sent_again_and_arrives_once(world: World, twilio: FakeTwilio):
    world.book(LATER, phone=PHONE)
    machine, channel = Machine(), make(settings(twilio))
    twilio.faults.append(fake_twilio.CUT_OFF)
    send(world, channel, machine)
    machine.wait(30)
    looked_at(world, channel, machine, twilio, LIST_IS_WHOLE)
    assert twilio.to(PHONE) == []
    send(world, channel, machine)
    assert len(twilio.to(PHONE)) == 1
    assert confirmation(world).state is MessageState.HANDED_OVER


@pytest.mark.parametrize("fault", [fake_twilio.ANSWER_LOST, fake_twilio.CUT_OFF])
def test_while_the_list_is_down_nobody_knows_and_nothing_is_sent_again(world: World, twilio: FakeTwilio, fault: Fault):
    world.book(LATER, phone=PHONE)
    machine, channel, twilio.listing = Machine(), make(settings(twilio)), Listing.DOWN
    twilio.faults.append(fault)
    send(world, channel, machine)
    machine.wait(30)
    looked_at(world, channel, machine, twilio, GIVEN_UP)
    send(world, channel, machine)
    assert confirmation(world).state is MessageState.UNKNOWN
    assert len(twilio.to(PHONE)) == (1 if fault.taken else 0)


def test_the_try_that_did_not_arrive_is_not_taken_for_the_next_whose_answer_was_lost(world: World, twilio: FakeTwilio):
    world.book(LATER, phone=PHONE)
    machine, channel = Machine(), make(settings(twilio))
    send(world, channel, machine)
    first = confirmation(world)
    assert report(world, Said.NOT_DELIVERED, first, first.provider_id, "30003")
    machine.wait(60)
    twilio.faults.append(fake_twilio.CUT_OFF)
    send(world, channel, machine)
    machine.wait(30)
    looked_at(world, channel, machine, twilio, LIST_IS_WHOLE)
    assert confirmation(world).state is MessageState.DUE
    assert send(world, channel, machine) == 1
    assert len(twilio.to(PHONE)) == 2


def test_the_same_words_for_another_visit_are_not_taken_for_this_one(world: World, twilio: FakeTwilio):
    machine, channel = Machine(), make(settings(twilio))
    visits = [world.book(LATER + timedelta(minutes=minutes), phone=PHONE) for minutes in (0, 35)]
    send(world, channel, machine)
    other, mine = (confirmation(world, visit_id) for visit_id in visits)
    with world.database.transaction(SYSTEM, NOW) as tx:
        row = tx.session.merge(mine)
        row.state, row.provider_id, row.body, row.lease_until = MessageState.IN_DOUBT, None, other.body, NOW
    looked_at(world, channel, machine, twilio, GIVEN_UP)
    assert confirmation(world, visits[1]).state is MessageState.UNKNOWN


def kept(world: World) -> set[str]:
    with world.database.reading() as session:
        return {row.provider_id for row in session.query(KeptThere)}


def test_number_and_text_are_erased_at_twilio_within_a_week(world: World, twilio: FakeTwilio):
    world.book(LATER, phone=PHONE)
    machine, channel = Machine(), make(settings(twilio))
    send(world, channel, machine)
    first = confirmation(world)
    report(world, Said.NOT_DELIVERED, first, first.provider_id, "30003")
    machine.wait(60)
    send(world, channel, machine)
    assert kept(world) == set(twilio.messages)
    assert len(kept(world)) == 2, "a try that did not arrive lies there, too"
    assert forget_old(world.database, channel, NOW + KEPT - timedelta(hours=1)) == 0
    twilio.listing = Listing.DOWN
    assert forget_old(world.database, channel, NOW + KEPT + timedelta(hours=1)) == 0
    assert len(kept(world)) == 2
    twilio.listing = Listing.COMPLETE
    assert forget_old(world.database, channel, NOW + KEPT + timedelta(hours=2)) == 2
    assert twilio.messages == {}
    assert kept(world) == set()


def test_one_message_that_cannot_be_erased_keeps_none_behind_it(world: World, twilio: FakeTwilio):
    class Stubborn:
        def forget(self, provider_id: str) -> bool:
            return provider_id != "a"

    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add_all(KeptThere(provider_id=name, since_at=NOW) for name in "abc")
    assert forget_old(world.database, Stubborn(), NOW + KEPT) == 2
    assert kept(world) == {"a"}


def test_many_workers_hand_over_to_twilio_at_once(world: World, twilio: FakeTwilio):
    for minutes in (0, 35, 70):
        world.book(LATER + timedelta(minutes=minutes), phone=PHONE)
    machine, channel = Machine(), make(settings(twilio))
    assert send_due(world.database, post(channel, machine, senders=8), NOW, machine) == 3
    assert len(twilio.to(PHONE)) == 3

"""E-mail as the second way out: one way a recipient, once, in her language, and no doubt that is none (S-10, S-11)."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from foundation.facts import CLIENT
from foundation.settings import Settings
from notifications.channels import Answer, Channel, Outcome, Receipt, Sought
from notifications.channels import email as mail_module
from notifications.channels.email import EMail, MailServer
from notifications.channels.simulated import Simulated
from notifications.channels.ways import Ways, ways_of
from notifications.delivery import send_due
from notifications.models import Message, MessageState
from notifications.outbox import to_phones
from notifications.pacing import ILL_AFTER, month_of, rests_until, sent_in
from scheduling import reaching, visits
from scheduling.models import Visit
from scheduling.refusals import HelpsMany, TooManyBookings, TopicBooked
from scheduling.tidying import erase
from scheduling.visits import Contact
from tests import fake_smtp
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at
from tests.domain.test_messages import LATER, Notebook, messages, post
from tests.fake_smtp import LOST, FakeSmtp

ADDRESS = "lila@example.org"
MAIL = {"smtp_host": "m.example.org", "smtp_from": "a@example.org"}
BODY = "Betreff\n\nIhr Termin: Do., 03.12., 10:10\nAnsehen:\nhttps://termin.example.org/t/secret"


@pytest.fixture
def server() -> Iterator[FakeSmtp]:
    with fake_smtp.running() as fake:
        yield fake


def email(server: FakeSmtp, **more: object) -> EMail:
    made = MailServer("127.0.0.1", server.port, "Integrationszentren <termin@centre.example>", tls="none")
    return EMail(replace(made, **more))


def said_in(mail: EmailMessage) -> str:
    return str(mail.get_content()).strip().replace("\r\n", "\n")


def book(
    world: World, start=LATER, address: str = ADDRESS, language: str = "de", helper: str | None = None, **more
) -> int:
    visit_id = world.hold(start, **more)
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        visit.ui_lang = language
        reaching.note_contact(tx, visit, Contact("Lila", None, "v1", helper, address))
        visits.confirm(tx, visit, KEYS)
    return visit_id


def send(world: World, channel: Channel, now=NOW, **how: object) -> int:
    return send_due(world.database, replace(post(channel), **how), now, lambda: now)


def test_the_mail_server_gets_one_plain_message(server: FakeSmtp):
    receipt = email(server).send(ADDRESS, BODY, "17")
    assert receipt == Receipt(Outcome.HANDED_OVER, "<message-17@centre.example>")
    ((to, mail),) = server.taken
    assert to == [ADDRESS]
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "Integrationszentren <termin@centre.example>",
        ADDRESS,
        "Betreff",
    )
    assert mail["Message-ID"] == "<message-17@centre.example>"
    assert mail["Date"]
    assert mail["Bcc"] is None
    assert mail.get_content_type() == "text/plain"
    assert said_in(mail) == BODY.partition("\n\n")[2]


def test_any_script_arrives_as_it_was_written(server: FakeSmtp):
    email(server).send(ADDRESS, "مركز الاندماج: رسالة\n\nموعدكم\nhttps://x", "1")
    ((_, mail),) = server.taken
    assert mail["Subject"] == "مركز الاندماج: رسالة"
    assert said_in(mail) == "موعدكم\nhttps://x"


def test_the_same_message_keeps_its_name_however_often_it_is_tried(server: FakeSmtp):
    server.answers = {"text": ["451 later", "250 ok"]}
    assert [email(server).send(ADDRESS, BODY, "17").outcome for _ in range(2)] == [Outcome.RETRY, Outcome.HANDED_OVER]
    assert email(server).send(ADDRESS, BODY, "18").provider_id != "<message-17@centre.example>"


@pytest.mark.parametrize(
    ("answers", "receipt"),
    [
        ({"hello": ["421 busy"]}, Receipt(Outcome.RETRY, error="smtp_421")),
        ({"hello": [LOST]}, Receipt(Outcome.RETRY)),
        ({"mail": ["451 later"]}, Receipt(Outcome.RETRY, error="smtp_451")),
        ({"mail": [LOST]}, Receipt(Outcome.RETRY)),
        ({"rcpt": ["450 greylisted"]}, Receipt(Outcome.RETRY, error="smtp_450")),
        ({"rcpt": ["550 no such user"]}, Receipt(Outcome.FAILED, error="smtp_550")),
        ({"rcpt": [LOST]}, Receipt(Outcome.RETRY)),
        ({"data": ["554 no"]}, Receipt(Outcome.FAILED, error="smtp_554")),
        ({"text": ["452 full"]}, Receipt(Outcome.RETRY, error="smtp_452")),
        ({"text": ["552 too big"]}, Receipt(Outcome.FAILED, error="smtp_552")),
        ({"text": [LOST]}, Receipt(Outcome.UNKNOWN)),
    ],
    ids=str,
)  # fmt: skip
def test_only_a_line_that_breaks_over_the_text_leaves_a_doubt(server: FakeSmtp, answers, receipt: Receipt):
    server.answers = answers
    assert email(server).send(ADDRESS, BODY, "1") == receipt
    assert len(server.taken) == (receipt.outcome is Outcome.UNKNOWN)


def test_nobody_at_home_is_no_doubt():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = FakeSmtp(port=free.getsockname()[1])
        assert email(gone).send(ADDRESS, BODY, "1").outcome is Outcome.RETRY


def test_who_is_not_let_in_tries_again_later(server: FakeSmtp):
    server.answers = {"auth": ["535 wrong password", "535 wrong password"]}
    receipt = email(server, user="house", password="secret").send(ADDRESS, BODY, "1")
    assert receipt == Receipt(Outcome.RETRY, error="smtp_535")
    assert email(server, user="house", password="secret").send(ADDRESS, BODY, "1").outcome is Outcome.HANDED_OVER


def test_nothing_goes_out_in_the_clear_where_encryption_is_set(server: FakeSmtp):
    assert email(server, tls="starttls").send(ADDRESS, BODY, "1").outcome is Outcome.RETRY
    assert not any(line.startswith(("MAIL", "mail")) for line in server.seen)


def test_a_server_that_falls_silent_is_given_up(server: FakeSmtp, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mail_module, "HANDS_OVER_WITHIN", 0.05)
    with socket.socket() as quiet:
        quiet.bind(("127.0.0.1", 0))
        quiet.listen()
        monkeypatch.setattr(mail_module, "STEP_LASTS", 0.05)
        silent = FakeSmtp(port=quiet.getsockname()[1])
        assert email(silent).send(ADDRESS, BODY, "1").outcome is Outcome.RETRY


@pytest.mark.parametrize("address", ["a@example.org\r\nBcc: b@example.org", "a@example.org\nX: y"])
def test_no_header_can_be_slipped_in(server: FakeSmtp, address: str):
    assert email(server).send(address, BODY, "1").outcome is Outcome.FAILED
    assert server.taken == []


def test_no_mail_server_says_what_it_has_taken(server: FakeSmtp):
    assert email(server).look_up(Sought(ADDRESS, "x", "1", NOW)).answer is Answer.CANNOT_SAY


def test_each_recipient_has_one_way(server: FakeSmtp):
    sms = Notebook()
    both = Ways(sms, email(server))
    assert both.send(PHONE, BODY, "1").outcome is both.send(ADDRESS, BODY, "2").outcome is Outcome.HANDED_OVER
    assert ([to for to, _ in sms.sent], [to for to, _ in server.taken]) == ([PHONE], [[ADDRESS]])
    assert Ways(sms, None).send(ADDRESS, BODY, "3") == Receipt(Outcome.FAILED, error="no_email")


def test_where_sms_are_simulated_so_is_email_and_a_mail_server_is_real():
    simulated = ways_of(Settings(), Simulated())
    assert simulated.send(ADDRESS, BODY, "1").outcome is Outcome.DELIVERED
    assert isinstance(ways_of(Settings(smtp_host="mail.example.org"), Simulated()).email, EMail)
    assert ways_of(Settings(sms_provider="twilio"), Simulated()).email is None


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"smtp_host": "m.example.org"}, "SMTP_FROM"), ({"smtp_from": "nobody"}, None),
        ({"smtp_host": "m.example.org", "smtp_from": "no address"}, "SMTP_FROM"),
        ({**MAIL, "smtp_user": "a"}, "SMTP_PASSWORD"),
        ({**MAIL, "smtp_tls": "ssl"}, "SMTP_TLS"),
        ({**MAIL, "smtp_tls": "none", "smtp_password": "x"}, "SMTP_TLS"),
        ({"smtp_host": "m.example.org", "smtp_from": "Zentren <a@example.org>"}, None),
        ({**MAIL, "demo": True}, "DEMO"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_named(given, fault: str | None):
    named = [said for said in Settings(**given).faults() if "SMTP" in said]
    assert (len(named) == 1 and fault in named[0]) if fault else named == []


def test_who_gave_an_address_is_confirmed_and_reminded_by_email(world: World, server: FakeSmtp):
    book(world)
    ways = Ways(Notebook(), email(server))
    assert send(world, ways) == 1
    assert send(world, ways, LATER - timedelta(days=2)) == 1
    (_, confirmation), (_, reminder) = server.taken
    assert {mail["Subject"] for mail in (confirmation, reminder)} == {
        "Integrationszentrum Pfullingen: Nachricht zu Ihrem Termin"
    }
    assert "Donnerstag, 03.12." in confirmation.get_content()
    assert said_in(confirmation).split("\n")[-1].startswith("https://termin.example.org/t/")
    assert not any(word in mail.as_string() for _, mail in server.taken for word in ("Lila", "Ahorn", "Dienst"))


@pytest.mark.parametrize(("language", "helper", "word"), [("ar", None, "موعدكم"), ("ar", "uk", "ви допомагаєте")])
def test_an_email_speaks_the_language_of_its_reader(world: World, language: str, helper: str | None, word: str):
    book(world, language=language, helper=helper)
    channel = Notebook()
    send(world, channel)
    ((to, body),) = channel.sent
    assert to == ADDRESS
    assert word in body


def test_an_email_costs_no_segments_and_keeps_to_no_rate(world: World):
    for day in range(3):
        book(world, LATER + timedelta(days=day % 2, minutes=35 * day), f"person{day}@example.org")
    assert send(world, Notebook(), a_second=1, a_month=1) == 3
    with world.database.reading() as session:
        assert sent_in(session, month_of(NOW)) == 0
        assert set(session.scalars(select(Message.segments).where(Message.sent_at.is_not(None)))) == {0}


def test_an_ill_mail_server_does_not_stop_sms(world: World):
    book(world)
    with world.database.transaction(CLIENT, NOW) as tx:
        first = tx.session.scalars(select(Message).order_by(Message.id)).first()
        told = {name: getattr(first, name) for name in ("visit_id", "appointment_id", "subject", "kind", "version")}
        times = {"recipient": ADDRESS, "due_at": NOW, "useless_after": LATER}
        tx.session.add_all(Message(**told, **times, again=again) for again in range(1, ILL_AFTER + 1))
    send(world, Ways(Notebook(), Notebook(Outcome.RETRY)))
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).where(Message.tries == 1)) == ILL_AFTER + 1
        assert rests_until(session, NOW) is None


def test_a_lost_answer_is_a_doubt_and_is_not_sent_again(world: World, server: FakeSmtp):
    book(world)
    server.answers = {"text": [LOST]}
    ways = Ways(Notebook(), email(server))
    assert send(world, ways) == 0
    assert send(world, ways, NOW + timedelta(minutes=5)) == 0
    assert len(server.taken) == 1
    assert messages(world)[0][1] is MessageState.IN_DOUBT


def test_a_number_in_place_of_the_address_is_told_and_the_address_no_more(world: World):
    visit_id = book(world)
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        reaching.note_contact(tx, visit, Contact(None, PHONE, "v1"))
        assert (visit.phone, visit.email, visit.recipient) == (PHONE, None, PHONE)
    channel = Notebook()
    send(world, channel)
    assert [to for to, _ in channel.sent] == [PHONE]


def test_an_address_has_two_bookings_to_come_and_a_helpers_ten(world: World):
    book(world, at("10:10"))
    with pytest.raises(TopicBooked):
        book(world, at("10:45"))
    book(world, at("13:00"), service=world.letters)
    with pytest.raises(TooManyBookings):
        book(world, at("13:50"), service=world.women)
    book(world, at("14:10"), "other@example.org")
    for n in range(10):
        book(world, at("09:35", MONDAY + timedelta(days=n // 2)), helper="en")
    with pytest.raises(HelpsMany):
        book(world, LATER, helper="en")


def test_an_address_is_erased_with_everything_else(world: World):
    visit_id = book(world)
    send(world, Notebook())
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        visits.cancel(tx, visit)
        erase(tx, visit)
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).email is None
        assert set(session.scalars(select(Message.recipient))) == {None}
        assert to_phones(session) == []

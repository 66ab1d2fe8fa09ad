"""Ending SMS, the provider's call with a reply, and the desk's inbox."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from foundation.facts import CLIENT, SYSTEM
from notifications.consent import is_opted_out, opt_out
from notifications.models import Incoming, Message, MessageState
from notifications.replies import Received, receive
from queueing.following import give_link, ticket_token
from queueing.models import Ticket
from queueing.tickets import check_in
from scheduling import reaching, visits
from scheduling.models import AppointmentState, Visit
from scheduling.visits import Contact, manage_token
from tests.build import KEYS, NOW, PHONE, World, at
from tests.conftest import settings_for
from tests.domain.test_day import act, walk_in
from tests.domain.test_messages import LANGUAGES, Notebook, send
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock
from tests.doors.test_front_desk import Staff, booked, opened
from wsgi import create_app

TOKEN, URL = "t" * 32, "https://termin.example.org"
ABBESTELLT = "Für diese Nummer sind SMS abbestellt"


def own_page(client: LookingClient, world: World, visit_id: int) -> LookingClient:
    with world.database.reading() as session:
        client.get(f"/t/{manage_token(KEYS, session.get_one(Visit, visit_id))}")
    client.get("/visit")
    return client


def kept(world: World, visit_id: int) -> Visit:
    with world.database.reading() as session:
        return session.get_one(Visit, visit_id)


def due(world: World) -> list[Message]:
    with world.database.reading() as session:
        return list(session.scalars(select(Message).where(Message.state == MessageState.DUE)))


def written(world: World, body: str, sender: str = PHONE) -> None:
    with world.database.transaction(CLIENT, NOW) as tx:
        receive(tx, KEYS, LANGUAGES, Received(f"SM{body}{sender}", sender, body))


def test_two_presses_on_her_own_page_end_all_sms_at_once(client: LookingClient, world: World):
    visit_id = booked(world)
    own_page(client, world, visit_id)
    assert {"href": "/stop", "class": "row"} in client.page.all("a")
    client.get("/stop")
    assert client.send("/visit/no-sms").location == "/stop?done=yes"
    client.get("/stop?done=yes")
    assert ABBESTELLT in client.page.text
    client.get("/visit")
    assert ABBESTELLT in client.page.text
    assert "Sie bekommen eine SMS" not in client.page.text
    client.get("/visit/data")
    assert ABBESTELLT in client.page.text
    assert due(world) == []
    assert kept(world, visit_id).ended_at is None


def test_who_waits_here_ends_sms_too(client: LookingClient, world: World):
    visit_id = booked(world, start=at("10:10"))
    own_page(client, world, visit_id)
    client.get("/visit/contact")
    with world.database.transaction(CLIENT, NOW) as tx:
        check_in(tx, visits.visit_to_change(tx, visit_id))
    assert client.send("/visit/no-sms").status_code == 303
    assert kept(world, visit_id).sms_ended


def test_who_is_helped_takes_the_helpers_number_off_her_visit_only(client: LookingClient, world: World):
    visit_id = world.hold(at("10:10"))
    with world.database.transaction(CLIENT, NOW) as tx:
        held = visits.visit_to_change(tx, visit_id)
        reaching.note_contact(tx, held, Contact(None, PHONE, "v1", "uk"))
        visits.confirm(tx, held, KEYS)
    own_page(client, world, visit_id)
    client.get("/stop")
    client.send("/visit/no-sms")
    client.get("/stop?done=yes")
    assert LANGUAGES["uk"].gettext("Zu diesem Termin kommen keine SMS mehr.") in client.page.text
    with world.database.reading() as session:
        assert not is_opted_out(session, PHONE, KEYS)


@pytest.mark.parametrize(("tag", "word"), [("de", "STOP"), ("ar", "إيقاف"), ("uk", "СТОП"), ("de-simple", "STOP")])
def test_anybody_reads_how_to_end_sms_two_presses_from_everywhere(client: LookingClient, tag: str, word: str):
    client.get(f"/?lang={tag}")
    client.get("/privacy")
    assert "/stop" in {a.get("href") for a in client.page.all("a")}
    client.get("/stop")
    assert word in client.page.text
    assert "030 23125 117" in client.page.text
    assert not [form for form in client.page.all("form") if form.get("action") == "/visit/no-sms"]


def test_a_number_that_ended_sms_is_told_so_before_she_books(client: LookingClient, world: World):
    with world.database.transaction(CLIENT, NOW) as tx:
        opt_out(tx, PHONE, KEYS)
    client.get("/book/pfullingen/other/B02")
    client.send("/book/pfullingen/other/B02", {"start": client.page.slots[0]})
    client.get("/book/contact")
    assert client.send("/book/contact", {"sms": "yes", "phone": "0152 28817386"}).status_code == 303
    client.get("/book/check")
    assert ABBESTELLT in client.page.text
    client.send("/book/confirm")
    client.get("/visit")
    assert ABBESTELLT in client.page.text
    assert due(world) == []


def test_before_her_turn_no_sms_goes_to_a_number_that_ended_them(client: LookingClient, world: World):
    with world.database.transaction(CLIENT, NOW) as tx:
        opt_out(tx, PHONE, KEYS)
    act(world, walk_in(world, NOW), lambda tx, ticket: give_link(tx, ticket, KEYS), NOW)
    with world.database.reading() as session:
        token = ticket_token(KEYS, session.scalars(select(Ticket)).one())
    client.get(f"/n/{token}")
    client.get("/turn")
    client.send("/turn/sms", {"wanted": "yes", "phone": "0152 28817386"})
    client.get("/turn")
    assert ABBESTELLT in client.page.text


def test_the_desk_ends_sms_and_allows_them_again(staff: Staff, world: World):
    visit_id = booked(world)
    desk = opened(staff("desk"), world, visit_id)
    assert desk.send("/desk/case/sms-again").status_code == 404
    desk.get("/desk/case")
    assert desk.send("/desk/case/no-sms").location == "/desk/case?done=contact"
    desk.get("/desk/case")
    assert "SMS abbestellt" in desk.page.text
    assert due(world) == []
    assert desk.send("/desk/case/sms-again").status_code == 303
    again = kept(world, visit_id)
    assert (again.wants_messages, again.consent_channel) == (True, "desk")
    assert due(world)


def test_a_counsellor_ends_sms_of_her_own_client_and_cannot_allow_them(staff: Staff, world: World):
    visit_id = booked(world)
    with world.database.reading() as session:
        hers = session.get_one(Visit, visit_id).first.counsellor.code
    others = {"ahorn", "buche"} - {hers}
    assert opened(staff(others.pop()), world, visit_id).send("/desk/case/no-sms").status_code == 403
    own = opened(staff(hers), world, visit_id)
    assert own.send("/desk/case/no-sms").status_code == 303
    own.get("/desk/case")
    assert own.send("/desk/case/sms-again").status_code == 403


def test_the_inbox_says_who_what_and_when_and_leads_to_the_case(staff: Staff, world: World):
    visit_id = booked(world)
    written(world, "<b>هل يمكنني</b>")
    written(world, "Hallo", "+491739091317")
    written(world, "Ihr Guthaben", "Vodafone")
    desk = staff("desk")
    desk.get("/desk/replies")
    assert "<b>هل يمكنني</b>" in desk.page.text, "shown as it was typed, never as a page"
    assert "01522 8817386" in desk.page.text
    assert desk.page.text.count("Nummer unbekannt") == 2
    assert "Vodafone" in desk.page.text
    assert desk.send("/desk/case", {"code": desk.page.field("code"), "day": desk.page.field("day")}).status_code == 303
    desk.get("/desk/replies")
    reply = desk.page.field("reply")
    assert desk.send("/desk/replies", {"reply": reply, "act": "done"}).location == "/desk/replies"
    assert desk.send("/desk/replies", {"reply": reply, "act": "done"}).status_code == 409
    desk.get("/desk/replies")
    assert "in den letzten Stunden" in desk.page.text
    assert desk.send("/desk/replies", {"reply": reply, "act": "back"}).status_code == 303
    other = staff("lead2")
    other.get("/desk/replies")
    assert "هل" not in other.page.text
    assert "Hallo" in other.page.text
    assert other.send("/desk/replies", {"reply": reply, "act": "done"}).status_code == 404
    assert staff("ahorn").get("/desk/replies").status_code == 403
    assert world.code(visit_id) not in other.page.text


def test_an_empty_inbox_says_so_and_the_day_counts_what_waits(staff: Staff, world: World):
    desk = staff("desk")
    desk.get("/desk/replies")
    assert "Alles ist gelesen" in desk.page.text
    booked(world)
    written(world, "Hallo")
    page = desk.get("/desk/").text
    assert page[page.index("/desk/replies") :].split("</a>")[0].endswith('<span class="pill pill--warn">1</span>')


def test_the_day_and_the_case_show_who_said_she_comes(staff: Staff, world: World):
    visit_id = booked(world, start=at("10:10"))
    desk = staff("desk")
    desk.get("/desk/")
    assert "hat zugesagt" not in desk.page.text
    written(world, "1")
    desk.get("/desk/")
    assert "hat zugesagt" in desk.page.text
    assert "hat zugesagt" in opened(desk, world, visit_id).page.text


def test_a_client_sees_what_she_wrote_beside_what_we_keep(client: LookingClient, world: World):
    visit_id = booked(world)
    written(world, "Ich habe eine Frage")
    own_page(client, world, visit_id).get("/visit/data")
    assert "Ich habe eine Frage" in client.page.text


@pytest.fixture
def live(world: World, database_url: str) -> Iterator[Flask]:
    """An app that the provider calls."""
    app = create_app(
        settings_for(
            database_url, demo=False, public_url=URL, sms_provider="twilio", twilio_account_sid="AC" + "0" * 32,
            twilio_auth_token=TOKEN,
        )
    )  # fmt: skip
    set_clock(world, NOW)
    yield app
    app.extensions["empfang"].database.engine.dispose()


@pytest.fixture
def provider(live: Flask) -> Callable[..., int]:
    """Calls as the provider does, signed unless the test tampers with it afterwards."""

    def call(fields: dict[str, str], **tampered: str) -> int:
        signature = RequestValidator(TOKEN).compute_signature(f"{URL}/hooks/incoming", fields)
        answer = live.test_client().post(
            "/hooks/incoming", data={**fields, **tampered}, headers={"X-Twilio-Signature": signature}, base_url=URL
        )
        if answer.status_code == 200:
            assert (answer.mimetype, answer.text) == ("text/xml", "<Response/>")
        return answer.status_code

    return call


def test_what_the_provider_signed_is_done_once(provider: Callable[..., int], world: World):
    visit_id = booked(world)
    fields = {"MessageSid": "SM1", "From": PHONE, "To": "+493023125117", "Body": "2", "NumMedia": "0"}
    assert [provider(fields), provider(fields)] == [200, 200]
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).first.state is AppointmentState.CANCELLED
        assert len(session.scalars(select(Incoming)).all()) == 1
    assert send(world, Notebook(), NOW + timedelta(minutes=5)) == 1


def test_what_somebody_tampered_with_changes_nothing(provider: Callable[..., int], world: World):
    visit_id = booked(world)
    fields = {"MessageSid": "SM1", "From": "+491739091317", "Body": "2"}
    assert provider(fields, From=PHONE) == 403
    assert provider({**fields, "MessageSid": ""}) == 404
    assert provider({**fields, "From": ""}) == 404
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).first.state is AppointmentState.BOOKED
        assert session.scalars(select(Incoming)).all() == []


def test_nobody_calls_where_no_provider_is(client: LookingClient):
    client.get("/")
    assert client.send("/hooks/incoming", {"MessageSid": "SM1", "From": PHONE, "Body": "2"}).status_code == 404


def test_a_phone_of_the_demo_writes_back(client: LookingClient, world: World):
    visit_id = booked(world)
    send(world, Notebook())
    client.get("/demo/")
    assert client.page.field("number") == PHONE
    assert client.send("/demo/reply", {"number": PHONE, "text": "٢"}).location == "/demo/"
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).first.state is AppointmentState.CANCELLED
    with world.database.transaction(SYSTEM, NOW) as tx:
        assert not is_opted_out(tx.session, PHONE, KEYS)

"""Whoever has no mobile leaves an e-mail address: asked once, shown back, kept as long as anything else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from foundation.facts import Actor
from notifications.models import Message
from notifications.texts import Kind
from scheduling import visits
from scheduling.models import AppointmentState, Centre, Visit
from scheduling.moving import move, wish_of
from tests.build import NOW, PHONE, World, at
from tests.domain.test_messages import LATER, Notebook, send
from tests.doors.client import LookingClient
from tests.doors.test_booking import hold

ADDRESS = "lila@example.org"
TO_CONTACT = {"sms": "email", "phone": "", "email": ADDRESS, "call_name": "Lila"}
Staff = Callable[[str], LookingClient]


def kept(world: World) -> Visit:
    with world.database.reading() as session:
        return session.scalars(select(Visit)).one()


def book(client: LookingClient, **contact: str) -> None:
    hold(client)
    client.get("/book/contact")
    assert client.send("/book/contact", {**TO_CONTACT, **contact}).location == "/book/check"
    client.get("/book/check")
    assert client.send("/book/confirm").location == "/visit"


def test_who_leaves_an_address_reads_it_before_and_after_booking(client: LookingClient, world: World):
    hold(client)
    client.get("/book/contact")
    client.send("/book/contact", TO_CONTACT)
    client.get("/book/check")
    assert "E-Mail an" in client.page.text
    assert ADDRESS in client.page.text
    client.send("/book/confirm")
    visit = kept(world)
    assert (visit.email, visit.phone, visit.consent_wording) == (ADDRESS, None, "email-2026-12")
    assert "Sie bekommen eine Nachricht" in client.get("/visit").text
    channel = Notebook()
    send(world, channel, NOW + timedelta(minutes=5))
    ((to, _),) = channel.sent
    assert to == ADDRESS
    data = client.get("/visit/data").text
    assert ADDRESS in data
    assert "Nachricht zu Ihrem Termin" in data


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Bitte schreiben Sie Ihre E-Mail-Adresse"), ("lila", "Adresse stimmt nicht"),
     ("a@example.org\r\nBcc: b@example.org", "Adresse stimmt nicht"),
     ("a" * 260 + "@example.org", "Adresse stimmt nicht")],
)  # fmt: skip
def test_a_wrong_address_is_said_at_its_field_and_nothing_typed_is_lost(client: LookingClient, typed: str, words: str):
    hold(client)
    client.get("/book/contact")
    sent = {"sms": "email", "phone": "0152 28817386", "email": typed, "call_name": "Lila"}
    assert client.send("/book/contact", sent).status_code == 422
    assert words in client.page.text
    assert client.page.field("email") == "".join(c for c in typed if c.isprintable())[:255]
    assert (client.page.field("phone"), client.page.field("call_name")) == ("0152 28817386", "Lila")
    (wrong,) = (field for field in client.page.all("input") if field.get("aria-invalid"))
    assert wrong["name"] == "email"
    assert any(link.get("href") == "#email" for link in client.page.all("a"))


def test_a_helper_is_told_by_number_or_by_address(client: LookingClient, world: World):
    hold(client)
    client.get("/book/contact")
    helped = {"sms": "helper", "helper_lang": "en", "phone": "", "email": ""}
    assert client.send("/book/contact", helped).status_code == 422
    assert "Nummer oder die E-Mail-Adresse" in client.page.text
    assert client.send("/book/contact", helped | {"email": ADDRESS}).status_code == 303
    assert (kept(world).email, kept(world).phone, kept(world).helper_lang) == (ADDRESS, None, "en")
    client.get("/book/contact")
    assert client.page.field("email") == ADDRESS
    assert client.send("/book/contact", helped | {"email": ADDRESS, "phone": "0152 28817386"}).status_code == 303
    assert (kept(world).email, kept(world).phone) == (None, PHONE)


def test_a_third_booking_of_an_address_is_refused_at_its_field(client: LookingClient, world: World):
    for start, service in ((at("13:00"), world.letters), (at("13:50"), world.women)):
        visit_id = world.book(start, service=service)
        with world.database.transaction(Actor("staff", 4), NOW) as tx:
            visits.visit_to_change(tx, visit_id).email = ADDRESS
    hold(client)
    client.get("/book/contact")
    assert client.send("/book/contact", TO_CONTACT | {"email": ADDRESS.upper()}).status_code == 409
    assert "schon zwei Termine" in client.page.text
    assert [field["name"] for field in client.page.all("input") if field.get("aria-invalid")] == ["email"]


def test_the_way_can_be_changed_on_her_own_page(client: LookingClient, world: World):
    book(client)
    client.get("/visit/contact")
    assert client.page.field("email") == ADDRESS
    changed = {"sms": "yes", "phone": "0152 28817386", "email": ADDRESS, "ui_lang": "de"}
    assert client.send("/visit/contact", changed).status_code == 303
    assert (kept(world).phone, kept(world).email) == (PHONE, None)
    client.get("/visit/contact")
    assert (
        client.send("/visit/contact", {"sms": "no", "phone": "", "email": ADDRESS, "ui_lang": "de"}).status_code == 303
    )
    assert (kept(world).recipient, kept(world).consent_at) == (None, None)


def test_without_a_mail_server_nobody_is_asked_for_an_address(app: Flask, client, world: World, monkeypatch):
    house = app.extensions["empfang"]
    monkeypatch.setattr(house, "settings", replace(house.settings, sms_provider="elsewhere"))
    hold(client)
    client.get("/book/contact")
    assert {field.get("value") for field in client.page.all("input") if field.get("name") == "sms"} == {
        "yes",
        "helper",
        "no",
    }
    client.send("/book/contact", TO_CONTACT)
    assert kept(world).email is None


def test_the_desk_writes_an_address_down_and_reads_it_in_the_case(staff: Staff, world: World):
    world.book(LATER)
    visit = kept(world)
    desk = staff("desk")
    desk.get("/desk/find")
    desk.send("/desk/case", {"code": visit.code or "", "day": str(visit.day_on)})
    desk.get("/desk/case")
    assert desk.send("/desk/case/contact", TO_CONTACT | {"email": "lila"}).status_code == 422
    assert "Adresse stimmt nicht" in desk.page.text
    assert desk.page.field("email") == "lila"
    assert desk.send("/desk/case/contact", TO_CONTACT).status_code == 303
    assert kept(world).email == ADDRESS
    assert ADDRESS in desk.get("/desk/case").text


def test_the_call_list_shows_where_an_email_went(staff: Staff, client: LookingClient, world: World):
    book(client)
    with world.database.transaction(Actor("system"), NOW) as tx:
        tx.session.scalars(select(Message).order_by(Message.id)).first().state = "failed"
    assert ADDRESS in staff("desk").get("/desk/call-list").text


@pytest.mark.parametrize(("who", "kind"), [("centre", Kind.CALLED_OFF), ("client", Kind.CANCELLED)])
def test_the_desk_says_who_has_called_off(staff: Staff, world: World, who: str, kind: Kind):
    world.book(LATER, phone=PHONE)
    visit = kept(world)
    desk = staff("desk")
    desk.get("/desk/find")
    desk.send("/desk/case", {"code": visit.code or "", "day": str(visit.day_on)})
    desk.get("/desk/case")
    assert desk.send("/desk/case/cancel", {"who": who}).status_code == 303
    with world.database.reading() as session:
        assert session.scalars(select(Visit)).one().first.state is AppointmentState.CANCELLED
        assert kind in session.scalars(select(Message.kind)).all()


def test_her_page_says_what_has_changed_when_a_message_asks_her_to_look(client: LookingClient, world: World):
    book(client)
    assert "andere Person berät" not in client.get("/visit").text
    with world.database.transaction(Actor("staff", 4), NOW) as tx:
        visit = visits.visit_to_change(tx, kept(world).id)
        other = world.buche if visit.first.counsellor_id == world.ahorn else world.ahorn
        move(tx, visit, replace(wish_of(visit, visit.appointments), counsellor=other), visit.first.starts_at)
    assert "Eine andere Person berät Sie. Tag und Uhrzeit bleiben." in client.get("/visit").text


def test_a_lead_chooses_a_second_reminder_for_her_centre_and_no_other(staff: Staff, world: World):
    lead = staff("lead")
    lead.get("/desk/devices")
    assert lead.send("/desk/reminders", {"centre": "pfullingen", "soon": "yes"}).location == "/desk/devices"
    with world.database.reading() as session:
        centres = session.scalars(select(Centre).order_by(Centre.id)).all()
        assert [centre.reminds_soon for centre in centres] == [True, False]
    assert "zwei Werktage und drei Stunden vorher" in lead.get("/desk/devices").text
    assert lead.send("/desk/reminders", {"centre": "dettingen", "soon": "yes"}).status_code == 404
    assert lead.send("/desk/reminders", {"centre": "pfullingen", "soon": "maybe"}).status_code == 404

"""The number on the client's own phone: what she sees in every state, live, and the SMS before her turn."""

import pytest
from sqlalchemy import select

from queueing import calls, handing
from queueing.following import give_link, ticket_token
from queueing.models import Ticket
from scheduling.models import Centre
from tests.build import KEYS, World, at
from tests.domain.test_day import act, call_next, walk_in
from tests.doors.client import LookingClient

HTMX = {"HX-Request": "true"}


@pytest.fixture
def phone(client: LookingClient, world: World) -> LookingClient:
    """The phone of somebody who has scanned the QR code of her ticket, number 100."""
    number = walk_in(world, at("09:00"), "ar")
    act(world, number, lambda tx, ticket: give_link(tx, ticket, KEYS), at("09:00"))
    with world.database.reading() as session:
        token = ticket_token(KEYS, session.scalars(select(Ticket)).one())
    assert client.get(f"/n/{token}").location == "/turn"
    client.get("/turn")
    return client


def test_she_sees_number_sign_place_and_a_range_and_no_countdown(phone: LookingClient):
    assert "100" in phone.page.text
    assert "Warteraum" in phone.page.text
    assert "Gleich sind Sie dran" in phone.page.text
    assert "Stand 09:0" in phone.page.text


def test_an_unchanged_number_gets_204_and_a_call_shows_at_the_next_poll(phone: LookingClient, world: World):
    poll = next(div["data-poll"] for div in phone.page.all("div") if "data-poll" in div)
    assert phone.get(poll, headers=HTMX).status_code == 204
    call_next(world, world.ahorn, at("09:00"))
    answer = phone.get(poll, headers=HTMX)
    assert "<html" not in answer.text
    assert "Sie sind jetzt dran" in answer.text
    assert "Zimmer" in answer.text


def test_every_state_says_the_next_step(phone: LookingClient, world: World):
    for move, said in (
        (calls.park, "Ihr Platz bleibt"),
        (calls.back_to_queue, "Bitte warten Sie hier"),
        (lambda tx, _: calls.call_next(tx, world.centre, world.ahorn), "Sie sind jetzt dran"),
        (calls.miss, "Wir rufen Sie noch einmal"),
        (calls.leave, "Diese Nummer gilt nicht mehr"),
    ):
        act(world, 100, move, at("09:01"))
        phone.get("/turn")
        assert said in phone.page.text


def test_who_is_sent_to_another_centre_is_told_where(phone: LookingClient, world: World):
    act(world, 100, lambda tx, t: handing.send_on(tx, t, tx.session.get_one(Centre, world.other_centre)), at("09:01"))
    phone.get("/turn")
    assert "Integrationszentrum Dettingen" in phone.page.text


def test_a_link_to_nothing_and_a_number_of_yesterday_look_the_same(client: LookingClient, world: World):
    assert client.get("/n/" + "y" * 22).status_code == 404
    assert client.get("/turn").status_code == 404


def test_an_sms_is_wished_with_a_number_and_given_up_again(phone: LookingClient, world: World):
    assert phone.send("/turn/sms", {"wanted": "yes", "phone": "0711 2345678"}).status_code == 422
    assert phone.page.field("phone") == "0711 2345678"
    assert phone.send("/turn/sms", {"wanted": "yes", "phone": "0152 28817386"}).status_code == 303
    phone.get("/turn")
    assert "Sie bekommen eine SMS, wenn Sie bald dran sind." in phone.page.text
    with world.database.reading() as session:
        visit = session.scalars(select(Ticket)).one().visit
        assert (visit.phone, visit.consent_wording) == ("+4915228817386", "sms-turn-2026-11")
    phone.send("/turn/sms", {"wanted": "no"})
    phone.get("/turn")
    assert "SMS, wenn ich bald dran bin" in phone.page.text


def test_who_is_called_is_not_promised_an_sms(phone: LookingClient, world: World):
    call_next(world, world.ahorn, at("09:00"))
    assert phone.send("/turn/sms", {"wanted": "yes", "phone": "0152 28817386"}).status_code == 409
    assert "Ihre Nummer wartet nicht mehr" in phone.page.text


def test_the_link_of_a_number_opens_no_visit(phone: LookingClient):
    for path in ("/visit", "/visit/cancel", "/visit/data"):
        assert phone.get(path).status_code == 404

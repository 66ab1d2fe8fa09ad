"""Kiosk and display: pairing, checking in, tickets, and what must never be shown."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from access.models import Device
from foundation.facts import Actor
from kiosk.display import NEVER_NAMES
from queueing.calls import call_next, undo
from queueing.models import HelpRequest, Ticket
from scheduling.models import Visit
from scheduling.visits import manage_token
from tests.build import KEYS, MONDAY, World, at
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock


def tickets(world: World) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


def choose_language(kiosk: LookingClient, tag: str = "de") -> None:
    kiosk.get("/kiosk/")
    assert kiosk.send("/kiosk/welcome", {"lang": tag}).status_code == 200


def test_an_unpaired_browser_is_led_to_pairing(client: LookingClient):
    for path in ("/kiosk/", "/display/"):
        assert client.get(path).location == "/kiosk/pairing"
    client.get("/kiosk/pairing")
    assert client.send("/kiosk/pairing", {"code": "12345678"}).status_code == 422


def test_a_lead_pairs_a_kiosk_with_a_code_and_can_revoke_it(staff, app):
    lead = staff("lead")
    lead.get("/desk/devices")
    lead.send("/desk/devices", {"kind": "kiosk", "name": "Kiosk A", "centre": "pfullingen"})
    lead.get("/desk/devices")
    code = re.search(r"(\d{5} \d{5})", lead.page.text).group(1)
    lead.get("/desk/devices")
    assert code not in lead.page.text  # shown once
    kiosk = app.test_client()
    kiosk.get("/kiosk/pairing")
    assert kiosk.send("/kiosk/pairing", {"code": code}).location == "/kiosk/"
    assert kiosk.get("/kiosk/").status_code == 200
    lead.send("/desk/devices/1/revoke")
    assert kiosk.get("/kiosk/").location == "/kiosk/pairing"


@pytest.mark.parametrize("tag", ["de", "en", "ar", "uk"])
def test_check_in_by_code_gives_number_sign_and_place(device, world: World, tag: str):
    code = world.code(world.book(at("10:10")))
    kiosk = device("kiosk")
    choose_language(kiosk, tag)
    kiosk.send("/kiosk/code", {"lang": tag})
    kiosk.send("/kiosk/check-in", {"lang": tag, "code": code})
    assert "100" in kiosk.page.text
    assert kiosk.page.all("html")[0]["lang"] == tag
    assert any("sign--" in a.get("class", "") for a in kiosk.page.all("svg"))
    assert tickets(world) == 1


def test_check_in_by_the_scanned_link(device, world: World):
    visit_id = world.book(at("10:10"))
    with world.database.reading() as session:
        token = manage_token(KEYS, session.get_one(Visit, visit_id))
    kiosk = device("kiosk")
    choose_language(kiosk)
    kiosk.send("/kiosk/code", {"lang": "de"})
    kiosk.send("/kiosk/check-in", {"lang": "de", "code": "", "scan": f"http://127.0.0.1:8000/t/{token}"})
    assert "100" in kiosk.page.text


def test_digits_of_other_scripts_are_a_code(device, world: World):
    code = world.code(world.book(at("10:10")))
    kiosk = device("kiosk")
    choose_language(kiosk, "ar")
    kiosk.send("/kiosk/check-in", {"lang": "ar", "code": "".join(chr(0x0660 + int(d)) for d in code)})
    assert tickets(world) == 1


def test_a_wrong_code_says_nothing_of_others_and_five_rest_the_pane(device, world: World):
    tomorrow = world.code(world.book(at("10:10", MONDAY + timedelta(days=1))))
    real = world.code(world.book(at("10:10")))
    kiosk = device("kiosk")
    choose_language(kiosk)
    for typed in (tomorrow, "111111", "", "abc", "999999", "222222", "333333"):
        assert kiosk.send("/kiosk/check-in", {"lang": "de", "code": typed}).status_code == 422
        assert "finden wir heute nicht" in kiosk.page.text
    assert kiosk.send("/kiosk/check-in", {"lang": "de", "code": real}).status_code == 429
    assert tickets(world) == 0
    assert kiosk.send("/kiosk/number", {"lang": "de"}).status_code == 200  # only the code pane rests
    with world.database.reading() as session:
        assert session.scalars(select(Device.wrong_today)).one() == 5


def test_a_scanned_link_of_another_day_is_told_the_day(device, world: World):
    visit_id = world.book(at("10:10", MONDAY + timedelta(days=1)))
    with world.database.reading() as session:
        token = manage_token(KEYS, session.get_one(Visit, visit_id))
    kiosk = device("kiosk")
    choose_language(kiosk)
    assert kiosk.send("/kiosk/check-in", {"lang": "de", "scan": f"http://x/t/{token}"}).status_code == 409
    assert "24.11." in kiosk.page.text
    assert kiosk.send("/kiosk/check-in", {"lang": "de", "scan": "http://x/t/" + "y" * 22}).status_code == 422


def test_a_walk_in_chooses_a_topic_or_does_not_say(device, world: World):
    kiosk = device("kiosk")
    choose_language(kiosk)
    kiosk.send("/kiosk/topics", {"lang": "de"})
    kiosk.send("/kiosk/number", {"lang": "de", "topic": "other"})
    assert "100" in kiosk.page.text
    kiosk.send("/kiosk/number", {"lang": "de"})
    assert "101" in kiosk.page.text


def test_a_double_tap_makes_one_ticket(device, world: World):
    kiosk = device("kiosk")
    choose_language(kiosk)
    kiosk.send("/kiosk/topics", {"lang": "de"})
    form = {"lang": "de", "topic": "other", "form_key": kiosk.page.field("form_key")}
    token = kiosk.page.field("csrf_token")
    for _ in range(2):
        kiosk.post("/kiosk/number", data={**form, "csrf_token": token})
        assert "100" in kiosk.page.text
    assert tickets(world) == 1


def test_a_late_client_is_welcomed_without_blame(device, world: World):
    code = world.code(world.book(at("09:35")))
    set_clock(world, at("09:55"))
    kiosk = device("kiosk")
    choose_language(kiosk)
    kiosk.send("/kiosk/check-in", {"lang": "de", "code": code})
    assert "Schön, dass Sie da sind" in kiosk.page.text


def test_a_closed_centre_gives_no_number_and_says_when_it_opens(device, world: World):
    set_clock(world, at("18:00"))
    kiosk, display = device("kiosk"), device("display")
    kiosk.get("/kiosk/")
    assert "geschlossen" in kiosk.page.text
    for path in ("/kiosk/welcome", "/kiosk/help", "/kiosk/number"):
        kiosk.send(path, {"lang": "de"})
        assert "Wir öffnen am Dienstag, 24.11. (morgen) um 09:00 Uhr" in kiosk.page.text
        assert "030 23125 117" in kiosk.page.text
    assert tickets(world) == 0
    display.get("/display/")
    assert "Wir öffnen am Dienstag" in display.page.text
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(HelpRequest)) == 0


def test_early_birds_can_check_in_before_the_doors_open(device, world: World):
    code = world.code(world.book(at("09:35")))
    set_clock(world, at("08:40"))
    kiosk = device("kiosk")
    choose_language(kiosk)
    assert "Haben Sie heute einen Termin?" in kiosk.page.text
    kiosk.send("/kiosk/check-in", {"lang": "de", "code": code})
    assert tickets(world) == 1


def test_help_reaches_the_desk(device, staff, world: World):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/help", {"lang": "uk"})
    desk = staff("desk")
    desk.get("/desk/")
    assert "kiosk 1 · Ukrainisch: Hilfe gewünscht um 09:00" in desk.page.text
    desk.send("/desk/help-coming")
    desk.get("/desk/")
    assert "Hilfe gewünscht" not in desk.page.text
    with world.database.reading() as session:
        assert session.scalars(select(HelpRequest.coming_at)).one() is not None


def test_nothing_about_a_client_stands_in_an_address(device, world: World):
    kiosk = device("kiosk")
    for path in ("/kiosk/welcome", "/kiosk/code", "/kiosk/topics", "/kiosk/number", "/kiosk/check-in", "/kiosk/help"):
        assert kiosk.get(path).status_code == 404


def call(world: World, now, counsellor: int | None = None) -> int:
    with world.database.transaction(Actor("staff", 1), now) as tx:
        number = call_next(tx, world.centre, counsellor or world.ahorn).number
        return tx.session.scalars(select(Ticket.id).where(Ticket.number == number)).one()


def test_the_display_shows_number_sign_and_room_and_nothing_else(app, device, world: World):
    kiosk, display = device("kiosk"), device("display")
    choose_language(kiosk, "ar")
    kiosk.send("/kiosk/number", {"lang": "ar", "topic": "other"})
    display.get("/display/")
    assert "100" not in display.page.text
    call(world, at("09:00"))
    display.get("/display/", headers={"HX-Request": "true"})
    text = re.sub(r"\s+", " ", display.page.text)
    said = [app.extensions["empfang"].languages[tag].gettext(NEVER_NAMES) for tag in ("de", "en", "ar", "uk")]
    allowed = (
        r"Aufruf 100, [\w ]+, Zimmer 1|100|Zimmer 1|Zimmer|Zuletzt aufgerufen|Montag|vor 0 s"
        r"|23\.11\.2026|09:0\d(?::\d\d)?|Demo|" + "|".join(map(re.escape, said))
    )
    assert re.sub(allowed, "", text).strip() == ""
    for forbidden in ("Anderes", "ar", "Ahorn"):
        assert forbidden not in [w for svg in display.page.all("svg") for w in svg.get("class", "").split()]


def test_an_unchanged_display_gets_204_and_a_call_shows_at_the_next_poll(device, world: World):
    kiosk, display = device("kiosk"), device("display")
    choose_language(kiosk)
    kiosk.send("/kiosk/number", {"lang": "de"})
    answer = display.get("/display/", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert answer.headers["Vary"] == "HX-Request, Cookie"
    again = next(a["hx-get"] for a in display.page.all("div") if "hx-get" in a)
    assert display.get(again, headers={"HX-Request": "true"}).status_code == 204
    ticket_id = call(world, at("09:00"))
    changed = display.get(again, headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert "100" in changed.text
    with world.database.transaction(Actor("staff", 1), at("09:01")) as tx:
        undo(tx, tx.session.get_one(Ticket, ticket_id))
    display.get("/display/")
    assert "100" not in display.page.text

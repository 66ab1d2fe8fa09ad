"""Kiosks and displays: pairing by QR, heartbeat, silence, settings, new versions, house messages (K-10, K-15, K-16)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from access.devices import note_wrong_code
from access.models import Device
from foundation.clock import machine_now
from foundation.facts import SYSTEM
from scheduling.models import Closure, Visit
from tests.build import MONDAY, PHONE, World, at
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock
from tests.doors.test_kiosk import call, choose_language

HTMX = {"HX-Request": "true"}


def beat(device: LookingClient, kind: str = "kiosk", tag: str | None = None):
    """What the page's script does."""
    script = next(s for s in device.page.all("script") if "data-address" in s)
    shown = script["data-tag"] if tag is None else tag
    return device.post(script["data-address"], data={"csrf_token": script["data-token"], "v": shown})


def one(world: World, device_id: int = 1) -> Device:
    with world.database.reading() as session:
        return session.get_one(Device, device_id)


def let_pass(world: World, length: timedelta) -> None:
    """So long ago the devices were heard."""
    with world.database.transaction(SYSTEM, machine_now()) as tx:
        tx.session.execute(update(Device).values(seen_at=machine_now() - length))


def silence(desk: LookingClient) -> str:
    """What the desk is told of devices."""
    return re.sub("<[^>]*>", "", desk.get("/desk/silent", headers=HTMX).text).strip()


def test_the_code_of_a_new_device_stands_in_a_qr_code_behind_the_hash(staff, app):
    lead = staff("lead")
    lead.get("/desk/devices")
    lead.send("/desk/devices", {"kind": "kiosk", "name": "Kiosk A", "centre": "pfullingen"})
    lead.get("/desk/devices")
    assert any(s.get("class") == "qr" for s in lead.page.all("svg"))
    lead.get("/desk/devices")
    assert not any(s.get("class") == "qr" for s in lead.page.all("svg"))  # shown once
    assert "/kiosk/pairing" in {str(rule) for rule in app.url_map.iter_rules()}  # no address takes a code


def test_a_heartbeat_is_noted_and_answered_204_while_nothing_is_new(device, world: World):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    let_pass(world, timedelta(minutes=1))
    assert beat(kiosk).status_code == 204
    assert machine_now() - one(world).seen_at < timedelta(seconds=10)
    assert one(world).version == kiosk.page.all("script")[-1].get("data-tag", one(world).version).partition(".")[0]


def test_an_older_page_is_told_where_to_go_and_a_busy_screen_says_it_lives(device, world: World):
    kiosk = device("kiosk")
    choose_language(kiosk)
    assert next(s for s in kiosk.page.all("script") if "data-address" in s)["data-moves"] == ""
    answer = beat(kiosk, tag="old.1.11231.96h.0")
    assert (answer.status_code, answer.text) == (200, "/kiosk/")
    assert one(world).version == "old"
    display = device("display")
    display.get("/display/")
    assert beat(display).status_code == 204
    assert beat(display, tag="old").text == "/display/"


def test_a_kiosk_follows_opening_hours_closures_and_the_day_by_itself(device, world: World):
    set_clock(world, at("08:20"))
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    assert "geschlossen" in kiosk.page.text
    set_clock(world, at("08:31"))
    assert beat(kiosk).status_code == 200  # half an hour before the doors open
    kiosk.get("/kiosk/")
    assert beat(kiosk).status_code == 204
    with world.database.transaction(SYSTEM, at("08:31")) as tx:
        tx.session.add(Closure(centre_id=world.centre, starts_at=at("08:00"), ends_at=at("18:00")))
    assert beat(kiosk).status_code == 200
    kiosk.get("/kiosk/")
    set_clock(world, at("08:20", MONDAY + timedelta(days=1)))
    assert beat(kiosk).status_code == 200  # nobody has to start it anew in the morning


def test_a_revoked_kiosk_is_led_to_pairing_by_its_next_heartbeat(device, staff, world: World):
    kiosk, lead = device("kiosk"), staff("lead")
    kiosk.get("/kiosk/")
    lead.get("/desk/devices")
    assert "sofort nichts mehr" in lead.page.text  # it is said before it is done
    lead.send("/desk/devices/1/revoke")
    assert beat(kiosk).location == "/kiosk/pairing"


def test_the_desk_is_told_of_a_silent_kiosk_until_it_is_heard_again(device, staff, world: World):
    kiosk, desk = device("kiosk"), staff("desk")
    kiosk.get("/kiosk/")
    assert silence(desk) == ""
    let_pass(world, timedelta(seconds=46))
    told = desk.get("/desk/silent", headers=HTMX)
    assert "kiosk 1 meldet sich seit 1 Minute nicht" in re.sub("<[^>]*>", "", told.text)
    again = next(d["hx-get"] for d in desk.page.all("div") if d.get("id") == "silent")
    assert desk.get(again, headers=HTMX).status_code == 204
    let_pass(world, timedelta(days=3))
    assert "seit über einer Stunde" in silence(desk)
    beat(kiosk)
    assert silence(desk) == ""


def test_nobody_is_alarmed_by_a_kiosk_that_sleeps_while_the_doors_are_shut(device, staff, world: World):
    device("kiosk")
    set_clock(world, at("17:05"))
    let_pass(world, timedelta(hours=1))
    assert silence(staff("desk")) == ""


def test_many_wrong_codes_are_told_to_the_desk_at_once(device, staff, world: World):
    device("kiosk")
    for _ in range(10):
        with world.database.transaction(SYSTEM, machine_now()) as tx:
            note_wrong_code(tx, 1, machine_now())
    assert "kiosk 1: viele falsche Codes" in silence(staff("desk"))


def test_the_day_and_its_polls_read_nothing_more_for_devices(device, staff, app, world: World):
    device("kiosk")
    desk, asked = staff("desk"), []
    engine = app.extensions["empfang"].database.engine
    event.listen(engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    desk.get("/desk/")
    assert [d["hx-get"] for d in desk.page.all("div") if d.get("id") == "silent"] == ["/desk/silent"]
    part = next(d["hx-get"] for d in desk.page.all("div") if d.get("id") == "day")
    assert desk.get(part, headers=HTMX).status_code == 204
    assert asked
    assert not [statement for statement in asked if "FROM device" in statement]


def test_a_lead_names_a_kiosk_and_measures_its_screen_and_the_kiosk_follows(device, staff, world: World):
    kiosk, lead = device("kiosk"), staff("lead")
    kiosk.get("/kiosk/")
    lead.get("/desk/devices/1")
    assert lead.send("/desk/devices/1", {"name": "Kiosk am Eingang", "low": "yes"}).status_code == 303
    assert lead.send("/desk/devices/1/line").status_code == 303
    assert beat(kiosk).text == "/kiosk/ruler"
    kiosk.get("/kiosk/ruler")
    assert kiosk.page.all("svg")[1]["width"] == "378"  # ten centimetres at 96
    assert beat(kiosk).status_code == 204
    assert lead.send("/desk/devices/1/measured", {"millimetres": "50"}).status_code == 303
    assert beat(kiosk).text == "/kiosk/ruler"
    kiosk.get("/kiosk/ruler")
    assert kiosk.page.all("svg")[1]["width"] == "756"
    assert lead.send("/desk/devices/1/measured", {"millimetres": "3"}).status_code == 422
    known = one(world)
    assert (known.name, known.low, known.ppi) == ("Kiosk am Eingang", True, 192)


@pytest.mark.parametrize("path", ["", "/revoke", "/line", "/measured"])
def test_a_lead_of_another_centre_changes_no_device_of_ours(device, staff, world: World, path: str):
    device("kiosk")
    other = staff("lead2")
    other.get("/desk/devices")
    assert other.send(f"/desk/devices/1{path}", {"name": "x", "millimetres": "90"}).status_code == 404
    assert other.get("/desk/devices/1").status_code == 404
    assert one(world).revoked_at is None
    assert staff("admin").get("/desk/devices/1").status_code == 200


def test_a_stolen_kiosk_cookie_opens_no_staff_page_and_no_booking(app, device, world: World):
    world.book(at("10:10"), phone=PHONE)
    thief = app.test_client()
    thief.set_cookie("kiosk", device("kiosk").get_cookie("kiosk").value)
    thief.set_cookie("display", device("kiosk").get_cookie("kiosk").value)
    opened = set()
    for rule in app.url_map.iter_rules():
        gate = getattr(app.view_functions.get(rule.endpoint), "gate", "open")
        if "GET" in rule.methods and not rule.arguments and gate not in {"open", "device:kiosk"}:
            opened |= {str(rule)} if thief.get(str(rule)).status_code == 200 else set()
    assert opened == set()
    assert thief.get("/desk/").location == "/desk/sign-in"
    assert thief.get("/visit").status_code == 404


def test_the_display_says_what_the_lead_has_chosen_in_every_language_until_the_day_is_over(device, staff, world: World):
    display, lead = device("display"), staff("lead")
    display.get("/display/")
    assert "nie Namen" in display.page.text
    lead.get("/desk/house-messages")
    lead.send("/desk/house-messages", {"water": "2026-11-24", "by_appointment": "2026-11-23"})
    again = next(d["hx-get"] for d in display.page.all("div") if d.get("id") == "calls")
    said = display.get(again, headers=HTMX).text
    for sentence in (
        "Heute nur mit Termin.",
        "Today only with an appointment.",
        "Wasser und Toilette",
        "Сьогодні лише",
    ):
        assert sentence in said
    assert "nie Namen" not in said
    set_clock(world, at("09:00", MONDAY + timedelta(days=1)))
    assert "Heute nur mit Termin" not in display.get("/display/").text
    assert "Wasser und Toilette" in display.page.text
    lead.send("/desk/house-messages", {"water": ""})
    assert "Wasser" not in display.get("/display/").text


@pytest.mark.parametrize("typed", ["morgen", "2026-13-01", "<b>"])
def test_nobody_writes_free_text_on_the_wall(staff, world: World, typed: str):
    lead = staff("lead")
    lead.get("/desk/house-messages")
    assert lead.send("/desk/house-messages", {"water": typed}).status_code == 404
    assert lead.send("/desk/house-messages", {"Lila ist dran": "2026-11-23"}).status_code == 303
    assert staff("desk").get("/desk/house-messages").status_code == 403


def test_two_called_in_the_same_second_are_both_seen_large_one_after_the_other(device, world: World):
    kiosk, display = device("kiosk"), device("display")
    for _ in range(2):
        kiosk.get("/kiosk/")
        kiosk.send("/kiosk/number", {"lang": "de"})
    call(world, at("09:00"))
    call(world, at("09:00"), world.buche)
    seen = {}
    for second in (2, 12):
        set_clock(world, at("09:00") + timedelta(seconds=second))
        display.get("/display/")
        seen[second] = next(m["data-call"] for m in display.page.all("main")).partition("-")[0]
        assert display.page.text.count("100") + display.page.text.count("101") >= 3  # large, read aloud, in the list
    assert seen == {2: "100", 12: "101"}


def test_a_display_knows_nothing_of_a_person_but_number_sign_and_room(device, world: World):
    visit_id = world.book(at("09:00"), phone=PHONE, language="ar")
    with world.database.transaction(SYSTEM, at("09:00")) as tx:
        tx.session.execute(update(Visit).where(Visit.id == visit_id).values(call_name="Lilamarie"))
    kiosk, display = device("kiosk"), device("display")
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/check-in", {"lang": "ar", "code": world.code(visit_id)})
    call(world, at("09:00"))
    said = display.get("/display/").text
    assert ">100<" in said
    with world.database.reading() as session:
        found = session.get_one(Visit, visit_id)
        for secret in ("Lilamarie", PHONE, PHONE[4:], "B02", "Dienst", "Anderes", "Ahorn", found.code or "-"):
            assert secret not in said
        assert session.scalars(select(Device.kind).where(Device.kind == "display")).all() == ["display"]


def test_without_scripts_an_old_display_says_so_too(device, app):
    display = device("display")
    display.get("/display/")
    hidden, shown = (d for d in display.page.all("div") if d.get("class") == "stale")
    assert "hidden" in hidden
    assert "data-alone" in shown  # in a noscript; the style sheet shows it once no newer page has come
    assert any(m.get("http-equiv") == "refresh" for m in display.page.all("meta"))
    sheet = display.get("/static/css/display.css").text
    assert "alone 1s step-end 30s forwards" in sheet

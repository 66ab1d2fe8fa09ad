"""The booking door, without JavaScript: the path, and everything that can go wrong on it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select, update

from booking import steps
from foundation.facts import CLIENT, Fact
from notifications.models import Message
from scheduling.models import Appointment, AppointmentState, Centre, Claim, Service, Visit
from scheduling.visits import manage_token, visit_to_change
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock

TIMES = "/book/pfullingen/other/B02"
TUESDAY = MONDAY + timedelta(days=1)


def slot(moment) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"


def hold(client: LookingClient, moment=at("10:10"), **more: str):
    client.get(TIMES)
    return client.send(TIMES, {"start": slot(moment), **more})


def book(client: LookingClient, moment=at("10:10"), sms: str = "no", phone: str = "", name: str = "") -> None:
    assert hold(client, moment).location == "/book/contact"
    client.get("/book/contact")
    assert client.send("/book/contact", {"sms": sms, "phone": phone, "call_name": name}).location == "/book/check"
    client.get("/book/check")
    assert client.send("/book/confirm").location == "/visit"


def count(world: World, table, *where) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def test_what_was_drawn_for_one_is_not_shown_to_who_reads_or_asks_something_else(client: LookingClient, world: World):
    for lang, words in (("de", ("frei", "Vormittag")), ("ar", ("متاح", "قبل الظهر")), ("de", ("frei", "Vormittag"))):
        client.get(f"{TIMES}?lang={lang}")
        assert all(word in client.page.text for word in words), lang
    monday = client.page.slots
    client.get(f"{TIMES}?day={TUESDAY}")
    assert not set(client.page.slots) & set(monday[1:]), "the first is «as soon as possible» of both days"
    world.book(at("10:10"))
    world.book(at("10:10"))
    client.get(f"{TIMES}?day={MONDAY}")
    assert slot(at("10:10")) not in client.page.slots


def test_a_client_walks_from_the_start_page_to_her_visit(client: LookingClient, world: World):
    client.get("/")
    assert "/book/pfullingen" in [a["href"] for a in client.page.all("a")]
    client.get("/book/pfullingen")
    client.get("/book/pfullingen/other")
    client.get(TIMES)
    assert slot(at("09:35")) in client.page.slots
    book(client, sms="yes", phone="0152 28817386", name="Lila")
    client.get("/visit")
    assert "Termin gebucht" in client.page.text
    with world.database.reading() as session:
        (visit,) = session.scalars(select(Visit)).all()
        assert (visit.phone, visit.call_name, visit.consent_wording) == (PHONE, "Lila", "sms-2026-11")
        assert f"{visit.code[:3]} {visit.code[3:]}" in client.page.text
    assert count(world, Message) == 1  # a booking for today is confirmed, not reminded


@pytest.mark.parametrize(("tag", "title"), [("en", "Your appointment"), ("ar", None), ("uk", None)])
def test_every_step_speaks_the_chosen_language(client: LookingClient, tag: str, title: str | None):
    client.get(f"/?lang={tag}")
    book(client, sms="yes", phone="0152 28817386")
    for path in ("/", "/book/pfullingen", "/book/pfullingen/other", TIMES, "/visit", "/visit/move", "/visit/cancel"):
        client.get(path)
        assert client.page.all("html")[0]["lang"] == tag
        assert client.page.all("html")[0]["dir"] == ("rtl" if tag == "ar" else "ltr")
        for german in ("Zurück", "Termin ", "Worum", "Woche", "abgesagt"):
            assert german not in client.page.text.replace("Integrationszentrum", "")
    if title:
        client.get("/visit")
        assert client.page.title.startswith(title)


def test_the_browsers_wish_is_heard_and_nonsense_is_not(client: LookingClient):
    client.get("/", headers={"Accept-Language": "fr, uk;q=0.8"})
    assert client.page.all("html")[0]["lang"] == "uk"
    for odd in ("/?lang=xx", "/?lang=" + "a" * 5000, "/?lang=%00%ff", "/?lang=../../etc"):
        assert client.get(odd, headers={"Accept-Language": "z" * 10_000}).status_code == 200
        assert client.page.all("html")[0]["lang"] == "de"


def test_a_date_further_away_than_the_page_looks_can_be_opened_and_taken(client: LookingClient, world: World):
    far = MONDAY + timedelta(days=35)
    client.get(f"{TIMES}?day={far}")
    assert slot(at("09:00", far)) in client.page.slots
    assert client.send(TIMES, {"start": slot(at("09:00", far))}).status_code == 303
    with world.database.reading() as session:
        assert session.scalars(select(Visit)).one().day_on == far


def test_a_taken_slot_is_said_with_the_other_times(client: LookingClient, world: World):
    client.get(TIMES)
    world.book(at("10:10"))
    world.book(at("10:10"))
    answer = client.send(TIMES, {"start": slot(at("10:10"))})
    assert answer.status_code == 409
    assert "gerade vergeben" in client.page.text
    assert slot(at("10:45")) in client.page.slots
    nearest = [button["value"] for button in client.page.all("button") if button.get("class") == "row"]
    assert nearest == [slot(at("09:35")), slot(at("10:45")), slot(at("11:20"))]


def test_the_page_after_a_lost_slot_knows_that_it_is_lost(
    client: LookingClient, world: World, monkeypatch: pytest.MonkeyPatch
):
    client.get(TIMES)
    honest = steps.asked_for

    def overtaken(*about: object) -> object:
        """The real one; meanwhile, after this request has begun to read, somebody faster books."""
        found = honest(*about)
        world.book(at("10:10"))
        world.book(at("10:10"))
        return found

    monkeypatch.setattr(steps, "asked_for", overtaken)
    assert client.send(TIMES, {"start": slot(at("10:10"))}).status_code == 409
    assert slot(at("10:10")) not in client.page.slots


def test_two_browsers_on_the_last_slot_one_wins_the_other_keeps_what_was_typed(
    app: Flask, client: LookingClient, world: World
):
    world.book(at("10:10"))
    hold(client)
    client.get("/book/contact")
    client.send("/book/contact", {"sms": "yes", "phone": "0152 28817386", "call_name": "Lila"})
    client.get("/book/check")
    set_clock(world, NOW + timedelta(minutes=11))
    other = app.test_client()
    book(other)
    answer = client.send("/book/confirm")
    assert answer.status_code == 409
    assert "Ihre Angaben sind noch da" in client.page.text
    book(client, at("10:45"), sms="yes", phone="0152 28817386", name="Lila")
    assert count(world, Visit, Visit.code.is_not(None)) == 3


def test_a_form_sent_twice_books_once(client: LookingClient, world: World):
    client.get(TIMES)
    form = {"start": slot(at("10:10")), "form_key": client.page.field("form_key")}
    token = {"csrf_token": client.page.field("csrf_token")}
    assert client.post(TIMES, data=form | token).status_code == 303
    assert client.post(TIMES, data=form | token).status_code == 303
    assert count(world, Visit) == 1
    other = client.post(TIMES, data=form | token | {"start": slot(at("10:45"))})
    assert other.location == "/book/contact"  # Back, and another button of the same page
    assert count(world, Claim) == 2
    client.get("/book/check")
    for _ in range(2):
        assert client.send("/book/confirm").status_code == 303
    assert count(world, Fact, Fact.kind == "visit.booked") == 1


@pytest.mark.parametrize(
    ("phone", "words"),
    [("", "Bitte schreiben Sie"), ("0711 2345678", "keine Handy-Nummer"), ("12", "stimmt nicht"),
     ("+380501234567", "deutsche")],
)  # fmt: skip
def test_a_number_that_gets_no_sms_is_refused_and_nothing_typed_is_lost(client: LookingClient, phone: str, words: str):
    hold(client)
    client.get("/book/contact")
    answer = client.send("/book/contact", {"sms": "yes", "phone": phone, "call_name": "Lila"})
    assert answer.status_code == 422
    assert words in client.page.text
    assert (client.page.field("phone"), client.page.field("call_name")) == (phone, "Lila")


def test_where_other_countries_get_sms_the_refusal_names_them_all(app: Flask, client: LookingClient, monkeypatch):
    house = app.extensions["empfang"]
    monkeypatch.setattr(house, "settings", replace(house.settings, sms_prefixes=("+49", "+380")))
    hold(client)
    client.get("/book/contact")
    assert client.send("/book/contact", {"sms": "yes", "phone": "+43 664 1234567"}).status_code == 422
    assert "Möglich sind Nummern mit +49, +380." in client.page.text
    client.get("/book/contact?lang=ar")
    answer = client.send("/book/contact", {"sms": "yes", "phone": "+43 664 1234567"})
    assert '<bdi dir="ltr">+380</bdi>' in answer.text
    assert client.send("/book/contact", {"sms": "yes", "phone": "+380 50 123 4567"}).status_code == 303


def test_arabic_and_persian_digits_are_a_phone_number(client: LookingClient, world: World):
    book(client, sms="yes", phone="٠١٥٢ ٢٨٨١٧٣٨٦")
    with world.database.reading() as session:
        assert session.scalars(select(Visit.phone)).one() == PHONE


def test_no_sms_means_no_number_is_kept(client: LookingClient, world: World):
    book(client, sms="no", phone="0152 28817386")
    with world.database.reading() as session:
        assert session.execute(select(Visit.phone, Visit.consent_at)).one() == (None, None)


@pytest.mark.parametrize("start", ["", "yesterday", "2026-11-23", "2026-11-23T03:00Z", "2020-01-01T10:00Z", "9" * 300])
def test_a_time_that_is_no_slot_is_refused(client: LookingClient, start: str):
    client.get(TIMES)
    assert client.send(TIMES, {"start": start}).status_code in {409, 422}


def test_pages_that_do_not_exist_say_so_kindly(client: LookingClient):
    for path in ("/book/nowhere", "/book/pfullingen/nothing", "/book/pfullingen/other/B99", "/t/" + "x" * 22, "/nix"):
        assert client.get(path).status_code == 404
        assert "Bitte gehen Sie zurück zum Anfang" in client.page.text


def test_without_a_booking_there_is_nothing_to_see(client: LookingClient):
    for path in ("/visit", "/visit/move", "/visit/cancel", "/visit/calendar"):
        assert client.get(path).status_code == 404
    assert client.get("/book/check").status_code == 409
    assert "noch keinen Termin gewählt" in client.page.text


def test_the_secret_link_opens_the_visit_in_another_browser_in_its_language(
    app: Flask, client: LookingClient, world: World
):
    client.get("/?lang=ar")
    book(client)
    with world.database.reading() as session:
        token = manage_token(KEYS, session.scalars(select(Visit)).one())
    phone = app.test_client()
    assert phone.get(f"/t/{token}").location == "/visit"
    phone.get("/visit")
    assert phone.page.all("html")[0]["lang"] == "ar"


def test_a_revoked_link_is_as_wrong_as_any_other_and_an_old_one_is_over(
    app: Flask, client: LookingClient, world: World
):
    book(client)
    with world.database.reading() as session:
        visit = session.scalars(select(Visit)).one()
        token, visit_id = manage_token(KEYS, visit), visit.id
    set_clock(world, at("10:41", TUESDAY))
    late = app.test_client()
    assert late.get(f"/t/{token}").status_code == 409
    assert "schon abgesagt oder vorbei" in late.page.text
    set_clock(world, at("10:00"))
    with world.database.transaction(CLIENT, NOW) as tx:
        visit_to_change(tx, visit_id).token_generation += 1
    assert client.get("/visit").status_code == 404


def test_moving_keeps_the_link_and_frees_the_old_time(client: LookingClient, world: World):
    book(client)
    client.get(f"/visit/move?day={TUESDAY}")
    assert client.send("/visit/move", {"start": slot(at("10:10", TUESDAY))}).location == "/visit"
    client.get("/visit")
    assert "Dienstag" in client.page.text
    assert count(world, Claim) == 2


def test_cancelling_takes_two_taps_and_frees_the_time(client: LookingClient, world: World):
    book(client)
    client.get("/visit/cancel")
    assert count(world, Appointment, Appointment.state == AppointmentState.BOOKED) == 1
    for _ in range(2):
        assert client.send("/visit/cancel").location == "/visit"
    client.get("/visit")
    assert "abgesagt" in client.page.text
    assert client.get("/visit/cancel").location == "/visit"
    assert b"STATUS:CANCELLED" in client.get("/visit/calendar").data
    assert count(world, Claim) == 0


def test_what_has_begun_can_not_be_moved_or_cancelled_online(client: LookingClient, world: World):
    book(client)
    client.get("/visit/cancel")
    set_clock(world, at("10:15"))
    assert client.send("/visit/cancel").status_code == 409
    assert "rufen Sie uns an" in client.page.text
    assert client.get("/visit/move").status_code == 409


def test_who_is_checked_in_asks_the_desk_instead_of_cancelling_under_the_ticket(
    client: LookingClient, device, world: World
):
    book(client)
    client.get("/visit/cancel")
    with world.database.reading() as session:
        code = session.scalars(select(Visit.code)).one()
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/check-in", {"lang": "de", "code": code})
    assert client.send("/visit/cancel").status_code == 409
    assert "Sie sind schon angemeldet" in client.page.text
    assert client.send("/visit/move", {"start": slot(at("10:45"))}).status_code == 409


def test_back_after_booking_leads_to_the_visit(client: LookingClient):
    book(client)
    for path in ("/book/check", "/book/contact"):
        assert client.get(path).location == "/visit"


def test_a_form_changes_only_the_visit_it_was_made_for(app: Flask, client: LookingClient, world: World):
    book(client)
    client.get("/visit/cancel")
    with world.database.reading() as session:
        first = session.scalars(select(Visit)).one().id
    other = world.book(at("13:00", TUESDAY))
    with world.database.reading() as session:
        token = manage_token(KEYS, session.get_one(Visit, other))
    page = client.page
    client.get(f"/t/{token}")  # another tab opens another visit
    client.page = page
    assert client.send("/visit/cancel").status_code == 409
    client.page = page
    assert client.send("/visit/move", {"start": slot(at("10:45"))}).status_code == 409
    with world.database.reading() as session:
        states = {session.get_one(Visit, v).appointments[0].state for v in (first, other)}
    assert states == {AppointmentState.BOOKED}


def test_another_tab_that_chose_another_time_is_not_booked_unseen(client: LookingClient, world: World):
    hold(client)
    client.get("/book/check")
    seen = client.page
    hold(client, at("13:00", TUESDAY))
    client.page = seen
    assert client.send("/book/confirm").status_code == 409
    assert count(world, Visit, Visit.code.is_not(None)) == 0


def test_choosing_an_earlier_time_before_confirming_books_that_one(client: LookingClient, world: World):
    hold(client, at("15:20"))
    book(client, at("14:10"), sms="yes", phone="0152 28817386")
    client.get("/visit")
    assert "Termin gebucht" in client.page.text
    assert "14:10" in client.page.text
    assert count(world, Message) == 1


def test_the_calendar_file_says_termin_and_place_only(client: LookingClient):
    book(client, name="Lila")
    answer = client.get("/visit/calendar")
    (event,) = Calendar.from_ical(answer.data).events
    assert str(event["summary"]) == "Termin"
    assert event.start == at("10:10")
    assert "Lila" not in answer.text
    assert "Dienst" not in answer.text


def test_when_nothing_is_free_the_page_says_what_to_do(client: LookingClient, world: World):
    client.get("/book/dettingen/other/B04")
    assert "Diese Beratung gibt es hier nicht" in client.page.text
    assert "/book/pfullingen/other/B04?day=2026-11-23" in [a["href"] for a in client.page.all("a")]
    assert any(a["href"].startswith("tel:") for a in client.page.all("a"))


def test_the_hold_can_be_extended(client: LookingClient, world: World):
    hold(client)
    client.get("/book/check")
    assert "09:10" in client.page.text
    set_clock(world, NOW + timedelta(minutes=5))
    client.send("/book/extend")
    client.get("/book/check")
    assert "09:15" in client.page.text


def test_who_never_got_the_answer_to_her_booking_finds_her_visit_and_not_an_empty_page(
    client: LookingClient, world: World
):
    hold(client)
    client.get("/book/contact")
    client.send("/book/contact", {"sms": "no"})
    client.get("/book/check")
    with client.session_transaction() as session:
        before = dict(session)
    assert client.send("/book/confirm").location == "/visit"
    with client.session_transaction() as session:  # the answer, and its cookie, are lost on the way
        session.clear()
        session.update(before)
    assert client.get("/book/check").location == "/visit"
    assert "Termin gebucht" in client.get("/visit").text
    assert count(world, Visit) == 1


def test_another_day_comes_alone_where_scripts_run_and_whole_where_not(client: LookingClient):
    whole = client.get(f"{TIMES}?day={TUESDAY}").text
    alone = client.get(f"{TIMES}?day={TUESDAY}", headers={"HX-Request": "true"})
    assert alone.text.strip().startswith('<div id="week"')
    assert alone.headers["Vary"].count("HX-Request") == 1
    part, page = (re.sub(r'"csrf_token" value="[^"]*"| ', "", text) for text in (alone.text, whole))  # new each second
    assert part.strip().split("form_key")[0] in page
    assert "<html" in client.get(TIMES, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}).text
    assert client.get(f"{TIMES}?day=2027-03-01", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_what_the_set_up_says_is_on_the_page_at_once_whoever_changed_it(client: LookingClient, world: World):
    assert "Neue Ringstraße" not in client.get("/book/pfullingen").text
    with world.database.transaction(CLIENT, NOW) as tx:
        tx.session.get_one(Centre, world.centre).place = "Neue Ringstraße"
    assert "Neue Ringstraße" in client.get("/").text


def test_a_time_taken_since_the_page_was_last_asked_for_is_not_offered_again(client: LookingClient, world: World):
    def first() -> str:
        return client.get(TIMES).text.split('name="start" value="')[1][:17]

    before = first()
    assert first() == before
    with world.database.transaction(CLIENT, NOW) as tx:
        tx.session.execute(update(Service).values(lead_time=timedelta(hours=3)))
    assert first() > before

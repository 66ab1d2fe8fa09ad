"""Messages seen at the desk: every text on a phone, figures, a case's messages, and what is wrong with the post."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from access.approvals import approve
from foundation.clock import machine_now
from foundation.facts import SYSTEM
from notifications.channels import Outcome
from notifications.happened import Happened
from notifications.models import Message, MessageState, MonthSent
from notifications.previews import Sample, previews
from notifications.texts import TEXTS, Kind
from tests.build import MONDAY, NOW, PHONE, World, at
from tests.conftest import settings_for
from tests.domain.test_messages import Notebook, send
from tests.doors.client import LANGUAGES, LookingClient
from tests.doors.test_front_desk import booked, first, opened

Staff = Callable[[str], LookingClient]
HTMX = {"HX-Request": "true"}


def said(browser: LookingClient, path: str) -> str:
    answer = browser.get(path, headers=HTMX if "silent" in path else None)
    assert answer.status_code == 200
    return " ".join(re.sub("<[^>]*>", " ", answer.text).split())


@pytest.mark.parametrize("kind", list(TEXTS))
def test_every_kind_of_message_is_shown_to_client_and_helper(staff: Staff, kind: Kind):
    lead = staff("lead")
    for to in ("", "&to=helper"):
        text = said(lead, f"/desk/texts?kind={kind}{to}")
        assert "ohne Namen, ohne Thema" in text
        assert "Pfullingen" in text
        assert len([m for m in lead.page.all("li") if "handset" in m.get("class", "")]) >= len(LANGUAGES.by_tag)


def test_a_reminder_shows_prepared_languages_their_spelling_and_what_each_costs(staff: Staff):
    desk = staff("desk")
    text = said(desk, "/desk/texts")
    assert "SMS: Erinnerung" in text
    assert "Randevûya we" in text
    assert "Randevuya we" in text
    assert "ohne besondere Buchstaben, Entwurf" in text
    assert "0,08 €" in text.replace("\xa0", " ")
    assert "0,24 €" in text.replace("\xa0", " ")
    turned = {(p["lang"], p["dir"]) for p in desk.page.all("p") if p.get("class") == "handset__msg"}
    assert {("ar", "rtl"), ("uk", "ltr"), ("fa", "rtl")} <= turned
    assert {a["data-key"] for a in desk.page.all("a") if "arrow" in a.get("data-key", "")} == {
        "arrowleft",
        "arrowright",
    }


def test_a_wording_that_a_native_speaker_approved_is_marked(staff: Staff, world: World):
    sample = Sample("x", "x", MONDAY, "x")
    arabic = next(p for p in previews(LANGUAGES.all.values(), Kind.MOVED, False, sample) if p.language.tag == "ar")
    lead = staff("lead")
    drafts = said(lead, "/desk/texts?kind=moved").count("Entwurf")
    with world.database.transaction(SYSTEM, NOW) as tx:
        approve(tx, "ar", arabic.digest)
    assert said(lead, "/desk/texts?kind=moved").count("Entwurf") == drafts - 2  # beside the phone and in the table


def test_an_unknown_kind_is_no_page_and_who_only_advises_sees_none(staff: Staff):
    assert staff("lead").get("/desk/texts?kind=advertising").status_code == 404
    for path in ("/desk/texts", "/desk/message-numbers"):
        assert staff("ahorn").get(path).status_code == 403
        assert staff("admin").get(path).status_code == 200


def test_small_numbers_of_a_language_are_words(staff: Staff, world: World):
    visit_id = booked(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        for n in range(7):
            tx.session.add(
                Message(
                    visit_id=visit_id, subject=f"ticket:{n}", kind=Kind.TURN, version=1, recipient=PHONE, due_at=NOW,
                    useless_after=NOW, state=MessageState.DELIVERED if n < 5 else MessageState.FAILED, language="ar",
                )
            )  # fmt: skip
    text = said(staff("lead"), "/desk/message-numbers")
    assert "Montag, 23.11. 5 – 2 – – 71 %" in text
    assert "Arabisch 5 – wenige – – –" in text


def test_the_month_shows_what_it_costs_and_when_it_is_nearly_used_up(staff: Staff, world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add(MonthSent(month=f"{machine_now():%Y-%m}", segments=4000))
    for path in ("/desk/message-numbers", "/desk/texts"):
        text = said(staff("desk"), path).replace("\xa0", " ")
        assert "4.000" in text
        assert "320,00 €" in text
        assert "80 %" in text
        assert "fast verbraucht" in text


def test_the_day_says_above_itself_what_is_wrong_with_the_post(staff: Staff, world: World, app: Flask):
    assert settings_for("").sms_segments_a_month == 5000
    desk, counsellor = staff("desk"), staff("ahorn")
    assert said(desk, "/desk/silent") == ""
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.record(Happened.FAILED, "message", 1, "messages:1", error="21612")
        tx.session.add(MonthSent(month=f"{machine_now():%Y-%m}", segments=4500))
    visit_id = booked(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        for message in tx.session.scalars(select(Message).where(Message.visit_id == visit_id)):
            message.due_at = NOW - timedelta(minutes=30)
    for browser, limit in ((desk, True), (counsellor, False)):
        text = said(browser, "/desk/silent")
        assert "Die älteste wartet seit 30 Minuten" in text
        assert "Der SMS-Anbieter lehnt ab ( 21612 )" in text
        assert ("90 % der SMS dieses Monats" in text) is limit
    again = next(d["hx-get"] for d in counsellor.page.all("div") if d.get("id") == "silent")
    assert counsellor.get(again, headers=HTMX).status_code == 204


def test_a_case_shows_each_message_with_its_journey_and_its_words_only_to_who_may_reach(staff: Staff, world: World):
    visit_id = booked(world)
    send(world, Notebook(Outcome.HANDED_OVER))
    with world.database.transaction(SYSTEM, NOW) as tx:
        message = tx.session.scalars(select(Message).where(Message.kind == Kind.CONFIRMATION)).one()
        message.state = MessageState.FAILED
        tx.record(Happened.FAILED, "message", message.id, "messages:1", error="21614")
    own = first(world, visit_id).counsellor.code
    for login, sees in (("desk", True), (own, True), ({"ahorn": "buche", "buche": "ahorn"}[own], False)):
        browser = opened(staff(login), world, visit_id)
        assert "nicht angekommen Die Nummer ist falsch: bitte korrigieren. (21614)" in " ".join(
            browser.page.text.split()
        )
        assert ("Termin gebucht." in browser.page.text) is sees
        assert ("Noch einmal schicken" in browser.page.text) is sees


def test_a_message_is_sent_again_once_however_often_the_form_is_sent(staff: Staff, world: World):
    visit_id = booked(world)
    send(world, Notebook(Outcome.FAILED))
    desk = opened(staff("desk"), world, visit_id)
    form = {"message": field_of(desk), "form_key": desk.page.field("form_key")}
    for _ in range(2):
        assert desk.send("/desk/case/message", form).location == "/desk/case?done=again"
    desk.get("/desk/case?done=again")
    assert "Die Nachricht geht noch einmal hinaus" in desk.page.text
    assert desk.send("/desk/case/message", {"message": form["message"]}).status_code == 409
    assert "geht schon hinaus" in desk.page.text
    opened(desk, world, visit_id)
    assert send(world, Notebook(), NOW + timedelta(minutes=1)) == 1
    assert desk.send("/desk/case/message", {"message": "999999"}).status_code == 404
    other = opened(staff({"ahorn": "buche", "buche": "ahorn"}[first(world, visit_id).counsellor.code]), world, visit_id)
    assert other.send("/desk/case/message", {"message": form["message"]}).status_code == 403


def field_of(desk: LookingClient) -> str:
    return next(b["value"] for b in desk.page.all("button") if b.get("name") == "message")


def test_the_call_list_says_why_and_the_demo_names_the_magic_numbers(staff: Staff, client: LookingClient, world: World):
    booked(world, start=at("10:10", MONDAY + timedelta(days=1)))
    with world.database.transaction(SYSTEM, NOW) as tx:
        for message in tx.session.scalars(select(Message)):
            message.state, message.error = MessageState.FAILED, "30003"
    assert "Das Handy war nicht erreichbar" in said(staff("desk"), "/desk/call-list")
    text = said(client, "/demo/?lang=de")
    for number, what in (
        ("0172 9925904", "Scheitert"), ("0172 9973186", "Langsam"), ("0172 9968532", "Besetzt"),
        ("0172 9973185", "Verloren"),
    ):  # fmt: skip
        assert f"{number} {what}" in text

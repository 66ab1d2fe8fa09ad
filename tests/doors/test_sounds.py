"""Whatever a kiosk shows it can say; a waiting room hears number, sign and room, and nothing private."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from foundation.facts import Actor
from foundation.languages import TRANSLATIONS
from foundation.sounds import AUTONYM, SIGNS, sound_id
from queueing.calls import call_next
from scheduling.models import Centre
from tests.build import World, at
from tests.doors.client import LANGUAGES, LookingClient
from tests.doors.conftest import set_clock
from tools.audio_list import listed

CONTENT = {sound_id((german,)) for german in ("Anderes", "Warteraum")}


def known(tag: str) -> set[str]:
    """Every id that has a state in a language."""
    return {sound.id for sound in listed(TRANSLATIONS / tag)} | set(SIGNS) | {AUTONYM} | CONTENT


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def said(kiosk: LookingClient) -> dict[str, str]:
    return json.loads(kiosk.page.all("data")[-1]["data-said"])


def walk(kiosk: LookingClient, world: World, tag: str):
    """Every screen of a check-in, one after the other, with the HTML of each."""
    code, form = world.code(world.book(at("10:10"))), {"lang": tag}
    yield kiosk.get("/kiosk/").text
    for path, more in (
        ("welcome", {}), ("topics", {}), ("confirm", {"topic": "other"}), ("tongues", {}), ("code", {}),
        ("times", {}), ("check-in", {"code": "999999"}), ("help", {}),
        ("check-in", {"code": code}), ("number", {"topic": "other"}),
    ):  # fmt: skip
        yield kiosk.send(f"/kiosk/{path}", form | more).text
    set_clock(world, at("18:00"))
    yield kiosk.send("/kiosk/number", form).text


@pytest.mark.parametrize("tag", LANGUAGES.by_tag)
def test_every_title_button_and_error_of_every_screen_has_sounds_with_a_state(device, world: World, tag: str):
    kiosk = device("kiosk")
    for html in walk(kiosk, world, tag):
        notes = said(kiosk)
        for sounds in notes.values():
            for language, sound in (one.split("/") for one in sounds.split()):
                assert language not in LANGUAGES.by_tag or sound in known(language), (sounds, html[:200])
        told = re.sub(r"<(\w+)\b[^>]*data-(?:unsaid|say)[^>]*>.*?</\1>", "", html.partition("<body")[2], flags=re.S)
        shown = re.findall(r"<(h1|button|a|label)\b[^>]*>(.*?)</\1>", told, flags=re.S)
        silent = [text for _, inside in shown if (text := plain(inside)) and not speaks(text, notes)]
        assert silent == []


def speaks(text: str, notes: dict[str, str]) -> bool:
    return bool(notes.get(text)) or text.isdigit() or "…" in text or text.startswith("Integrationszentrum")


def test_a_ticket_says_number_sign_place_and_wait_and_not_the_topic(device, world: World):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/topics", {"lang": "de"})
    assert "Anderes" not in said(kiosk)  # the only topic there is was chosen, and nobody hears what somebody chose
    kiosk.send("/kiosk/number", {"lang": "de", "topic": "other"})
    notes = said(kiosk)
    assert "Anderes" not in notes
    for text in ("Ihre Nummer", "Bitte warten Sie hier"):
        assert notes[text] == f"de/{sound_id((text,))}"
    assert any("Minuten" in text or "Gleich" in text for text, sounds in notes.items() if sounds), notes


def test_a_telephone_number_and_a_day_are_not_said(device, world: World):
    set_clock(world, at("18:00"))
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/welcome", {"lang": "de"})
    notes = said(kiosk)
    assert notes["Telefon: 030 23125 117"] == ""
    assert notes["Jetzt ist geschlossen."]


def test_desk_and_booking_pages_note_nothing(client: LookingClient, staff):
    lead = staff("lead")
    for browser, path in ((client, "/"), (lead, "/desk/languages")):
        browser.get(path)
        assert browser.page.all("data") == []


@pytest.fixture
def waiting_room(device, world: World, staff):
    """A display whose centre calls an Arabic speaker, by a voice the lead has chosen."""
    lead = staff("lead")

    def hear(voice: str) -> list[dict[str, str]]:
        lead.get("/desk/devices")
        assert lead.send("/desk/call-voice", {"centre": "pfullingen", "voice": voice}).status_code == 303
        kiosk, display = device("kiosk"), device("display")
        kiosk.get("/kiosk/")
        kiosk.send("/kiosk/number", {"lang": "ar", "topic": "other"})
        with world.database.transaction(Actor("staff", 1), at("09:00")) as tx:
            call_next(tx, world.centre, world.ahorn)
        display.get("/display/", headers={"HX-Request": "true"})
        return [item for item in display.page.all("li") if "data-call" in item]

    return hear


def test_the_waiting_room_hears_her_language_twice_and_german_once(waiting_room):
    (call,) = waiting_room("client")
    languages = [{one.split("/")[0] for one in part.split()} for part in call["data-say"].split("|")]
    assert languages == [{"ar"}, {"ar"}, {"de"}]
    assert call["data-say"].split("|")[0].split()[1:4] == ["ar/1", "ar/0", "ar/0"]


def test_german_alone_tells_no_language_and_the_chime_nothing_at_all(waiting_room, world: World):
    (call,) = waiting_room("german")
    assert {one.split("/")[0] for one in re.findall(r"\S+/\S+", call["data-say"])} == {"de"}
    with world.database.transaction(Actor("staff", 1), at("09:00")) as tx:
        tx.session.get_one(Centre, world.centre).call_voice = "chime"


def test_the_display_gets_of_a_call_a_key_and_recordings_and_nothing_else(waiting_room):
    (call,) = waiting_room("client")
    assert set(call) == {"data-call", "data-say"}
    assert re.fullmatch(r"100-\d{6}", call["data-call"])
    allowed = {sound.id for sound in listed(TRANSLATIONS / "ar") if "Aufruf" in sound.source or " " in sound.source}
    for one in call["data-say"].replace("|", " ").split():
        assert one.split("/")[1] in allowed | set(SIGNS)


def test_the_chime_says_nothing(waiting_room):
    (call,) = waiting_room("chime")
    assert call["data-say"] == ""


def test_a_call_that_is_over_is_not_called_out_again(waiting_room, device, world: World):
    waiting_room("german")
    set_clock(world, at("09:00") + timedelta(minutes=2))
    display = device("display")
    display.get("/display/")
    assert not [item for item in display.page.all("li") if "data-call" in item]


def test_a_foreign_centre_and_an_unknown_voice_are_refused(staff, world: World):
    lead = staff("lead")
    lead.get("/desk/devices")
    for form in ({"centre": "metzingen", "voice": "chime"}, {"centre": "pfullingen", "voice": "shout"}):
        assert lead.send("/desk/call-voice", form).status_code == 404
    counsellor = staff("ahorn")
    counsellor.get("/desk/day")
    assert counsellor.send("/desk/call-voice", {"centre": "pfullingen", "voice": "chime"}).status_code == 403


def test_the_page_of_languages_counts_sounds(staff):
    lead = staff("lead")
    lead.get("/desk/languages")
    assert "Ton: aufgenommen" in lead.page.text

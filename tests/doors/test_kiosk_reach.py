"""What stands around the kiosk's steps: all languages, who sits, how fine the panel is, and a person who comes."""

import pytest
from sqlalchemy import update

from access.models import Device
from foundation.clock import machine_now
from foundation.facts import SYSTEM
from tests.build import World
from tests.doors.client import LANGUAGES, LookingClient


def set_up(world: World, **values: object) -> None:
    with world.database.transaction(SYSTEM, machine_now()) as tx:
        tx.session.execute(update(Device).values(**values))


def body_of(kiosk: LookingClient) -> str:
    return kiosk.page.all("body")[0]["class"]


def test_every_language_stands_under_its_own_name_and_can_be_heard(device):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    offered = [*LANGUAGES.by_tag.values(), *LANGUAGES.prepared]
    heard = [button["data-say"] for button in kiosk.page.all("button") if button.get("class") == "say"]
    assert [sounds.partition("/autonym")[0] for sounds in heard] == [language.tag for language in offered]
    assert [b["lang"] for b in kiosk.page.all("button") if "lang__go" in b.get("class", "")] == [
        language.tag for language in offered
    ]
    assert all(language.autonym in kiosk.page.text for language in offered)


def test_who_sits_turns_the_screen_low_without_scripts_and_a_device_can_be_set_so(device, world: World):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    assert "kiosk--low" not in body_of(kiosk)
    assert kiosk.send("/kiosk/low").location == "/kiosk/"
    kiosk.send("/kiosk/welcome", {"lang": "ar"})
    assert "kiosk--low" in body_of(kiosk)
    set_up(world, low=True)
    kiosk.delete_cookie("low", path="/kiosk/")
    kiosk.get("/kiosk/")
    assert "kiosk--low" in body_of(kiosk)
    kiosk.send("/kiosk/low")
    kiosk.get("/kiosk/")
    assert "kiosk--low" not in body_of(kiosk)


def test_a_kiosk_says_how_fine_its_panel_is(device, world: World):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    assert not [link for link in kiosk.page.all("link") if "size-" in link["href"]]
    set_up(world, ppi=132)
    kiosk.get("/kiosk/")
    (sheet,) = [link["href"] for link in kiosk.page.all("link") if "size-" in link["href"]]
    answer = kiosk.get(sheet)
    assert (answer.mimetype, answer.text) == ("text/css", ":root { --ppi: 132; }")
    assert kiosk.get("/kiosk/size-7.css").status_code == 404


@pytest.mark.parametrize(("tag", "name"), [("uk", "Ukrainisch"), ("ti", "Tigrinya"), ("xx", "Deutsch")])
def test_the_kiosk_hears_that_somebody_comes(device, staff, tag: str, name: str):
    kiosk, desk = device("kiosk"), staff("desk")
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/help", {"lang": tag})
    asks = next(div["hx-get"] for div in kiosk.page.all("div") if "hx-get" in div)
    unanswered = kiosk.get(asks)
    assert (unanswered.status_code, unanswered.headers.get("HX-Trigger")) == (204, None)
    desk.get("/desk/")
    assert f"kiosk 1 · {name}: Hilfe gewünscht" in desk.page.text
    desk.send("/desk/help-coming")
    assert kiosk.get(asks).headers["HX-Trigger"] == "somebody-comes"
    for odd in ("", "x", "99999999999", "-1", "٣"):
        assert "HX-Trigger" not in kiosk.get("/kiosk/coming", query_string={"v": odd}).headers


def test_the_declaration_of_accessibility_is_a_screen_of_the_kiosk(device):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    assert any(form["action"] == "/kiosk/accessibility" for form in kiosk.page.all("form"))
    kiosk.send("/kiosk/accessibility", {"lang": "de"})
    assert "BITV 2.0" in kiosk.page.text
    assert not [a for a in kiosk.page.all("a") if not a["href"].startswith("/kiosk/")]

"""Languages at the doors: choosing, odd wishes, speaking and reading, words that help, approval at the desk."""

from collections.abc import Callable

import pytest
from jinja2 import Environment
from sqlalchemy import select

from doorway.speech import drawn_once
from foundation.facts import SYSTEM
from scheduling.models import Centre, Visit
from tests.build import MONDAY, NOW, World
from tests.doors.client import LookingClient

CONSENT = "Ja, erinnern Sie mich mit einer SMS."
TIMES = "/book/pfullingen/other/B02"


def language_of(client: LookingClient) -> tuple[str, str]:
    (html,) = client.page.all("html")
    return html["lang"], html["dir"]


@pytest.mark.parametrize(
    ("query", "header", "expected"),
    [
        ("?lang=ar", "uk", "ar"), ("", "uk-UA,uk;q=0.9,en;q=0.5", "uk"), ("", "ti,am;q=0.9,en;q=0.5", "en"),
        ("?lang=xx", "ar-SY", "ar"), ("?lang=" + "a" * 5000, "en", "en"), ("?lang=%D8%B9", "", "de"),
        ("?lang=ar&lang=uk", "", "ar"), ("", "en;q=0, uk;q=0.1", "uk"), ("", "*", "de"), ("", ",,;;=;q=x", "de"),
        ("", "xx-" * 3000 + ",ar", "de"), ("", "x," * 5000, "de"), ("?lang=de-simple", "", "de-simple"),
    ],
)  # fmt: skip
def test_what_was_asked_then_the_browsers_wish_then_german(
    client: LookingClient, query: str, header: str, expected: str
):
    assert client.get("/" + query, headers={"Accept-Language": header}).status_code == 200
    assert language_of(client) == (expected, "rtl" if expected == "ar" else "ltr")


def test_an_unknown_wish_does_not_forget_what_was_chosen(client: LookingClient):
    client.get("/?lang=ar")
    client.get("/?lang=nonsense")
    assert language_of(client) == ("ar", "rtl")


def test_every_language_stands_under_its_own_name_on_every_page(client: LookingClient):
    for path in ("/", "/book/pfullingen", TIMES, "/languages"):
        client.get(path)
        offered = {a["lang"]: a["href"] for a in client.page.all("a") if "chip" in a.get("class", "") and "lang" in a}
        assert {"de-simple", "en", "ar", "uk"} <= offered.keys()


def test_a_language_in_preparation_gives_words_and_phone_numbers(client: LookingClient):
    client.get("/languages")
    words = [a["href"] for a in client.page.all("a") if a.get("href", "").startswith("/languages/")]
    assert len(words) == 12
    for path in words:
        assert client.get(path).status_code == 200
        assert "Dolmetsch" in client.page.text
        assert [a for a in client.page.all("a") if a.get("href", "").startswith("tel:")]
    for tag in ("ar", "mnk", "xx", "..", "de"):
        assert client.get(f"/languages/{tag}").status_code == 404


def test_who_reads_english_and_speaks_mandinka_gets_an_interpreter_for_mandinka(client: LookingClient, world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Centre, world.centre).phone_languages = ["mnk"]
    client.get("/?lang=en")
    client.get(f"{TIMES}/wishes")
    assert "Mandinka" in client.page.text
    assert client.send(f"{TIMES}/wishes", {"spoken": "mnk"}).status_code == 303
    client.get(f"{TIMES}?day={MONDAY}")
    assert "Mandinka" in client.page.text
    client.send(TIMES, {"start": client.page.slots[0]})
    with world.database.reading() as session:
        visit = session.scalars(select(Visit)).one()
        assert (visit.ui_lang, visit.spoken_langs) == ("en", ["mnk"])
        assert visit.appointments[0].route == "phone"


def test_who_reads_easy_german_speaks_german(client: LookingClient, world: World):
    client.get(f"{TIMES}?lang=de-simple&day={MONDAY}")
    client.send(TIMES, {"start": client.page.slots[0]})
    with world.database.reading() as session:
        visit = session.scalars(select(Visit)).one()
        assert (visit.ui_lang, visit.spoken_langs) == ("de-simple", ["de"])


@pytest.mark.parametrize("spoken", ["xx", "de-simple", "<b>", "mnk" * 9])
def test_a_language_nobody_knows_is_refused_with_a_sentence(client: LookingClient, spoken: str):
    client.get(f"{TIMES}/wishes")
    assert client.send(f"{TIMES}/wishes", {"spoken": spoken}).status_code == 422
    assert "Diese Sprache kennen wir nicht" in client.page.text


def test_a_shared_kiosk_forgets_the_language_with_the_visit(device: Callable[..., LookingClient]):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/welcome", {"lang": "ar"})
    assert language_of(kiosk) == ("ar", "rtl")
    kiosk.get("/kiosk/")
    assert language_of(kiosk) == ("de", "ltr")
    kiosk.send("/kiosk/words", {"lang": "ti"})
    assert [a for _, a in kiosk.page.tags if a.get("lang") == "ti"]
    for odd in ("xx", "ar", "", "../de"):
        kiosk.send("/kiosk/words", {"lang": odd})
        assert [a for _, a in kiosk.page.tags if a.get("value") == "ti"], "the list again"


def contact_page(client: LookingClient, tag: str) -> str:
    client.get(f"{TIMES}?lang={tag}&day={MONDAY}")
    client.send(TIMES, {"start": client.page.slots[0]})
    client.get("/book/contact")
    return client.page.text


def test_consent_is_asked_beside_the_german_until_a_native_speaker_approved_it(
    client: LookingClient, staff: Callable[[str], LookingClient]
):
    assert CONSENT in contact_page(client, "ar")
    lead = staff("lead")
    lead.get("/desk/languages")
    lead.get("/desk/languages/ar")
    assert CONSENT in lead.page.text, "law comes first"
    for field in [i for i in lead.page.all("input") if i.get("name") == "digest"]:
        assert lead.send("/desk/languages/ar", {"digest": field["value"]}).status_code == 303
    assert CONSENT not in contact_page(client, "ar")
    assert CONSENT in contact_page(client, "uk")
    lead.get("/desk/languages/ar?page=99")
    approved = lead.page.all("input")
    back = next(i["value"] for i, n in zip(approved, approved[1:], strict=False) if n.get("value") == "withdraw")
    assert lead.send("/desk/languages/ar", {"digest": back, "act": "withdraw"}).status_code == 303
    assert lead.send("/desk/languages/ar", {"digest": "0" * 64}).status_code == 404


def test_only_who_may_vouches(staff: Callable[[str], LookingClient], client: LookingClient):
    assert staff("ahorn").get("/desk/languages").status_code == 403
    assert client.get("/desk/languages/ar").status_code == 303
    for tag in ("de", "mnk", "xx"):
        assert staff("lead").get(f"/desk/languages/{tag}").status_code == 404


def test_the_desk_is_german_or_english(staff: Callable[[str], LookingClient]):
    browser = staff("lead")
    for tag, expected in {"en": "en", "ar": "de", "de-simple": "de"}.items():
        browser.get(f"/desk/languages?lang={tag}")
        assert language_of(browser)[0] == expected


def test_a_drawing_is_made_once_for_each_look_and_each_thing():
    macro, kept = Environment().from_string("{% macro row(n) %}{{ n }}{% endmacro %}").module.row, {}
    assert drawn_once(("de",), kept, macro, 1) == "1"
    kept["row", "de", 1] = "as before"
    assert drawn_once(("de",), kept, macro, 1) == "as before"
    assert drawn_once(("de-simple",), kept, macro, 1) == drawn_once(("de",), {}, macro, 1) == "1"
    assert drawn_once(("de",), kept, macro, 2) == "2"

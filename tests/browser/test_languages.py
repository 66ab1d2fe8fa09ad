"""Languages on screen: sentences twice as long, the other direction, fonts that are enough, one tap to another one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePosixPath

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MORNING, Site
from tests.browser.looking import look
from tests.pseudo import with_pseudo

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PSEUDO = ["xx-LONG", "xx-RTL"]


@pytest.fixture
def pseudo(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    house = site.app.extensions["empfang"]
    monkeypatch.setattr(house, "languages", with_pseudo(house.languages))
    return site


@pytest.mark.parametrize("tag", PSEUDO)
@pytest.mark.parametrize("size", [(320, 640), (1080, 1920), (1280, 800)], ids=["small phone", "portrait", "landscape"])
def test_booking_pages_hold_any_language(pseudo: Site, window: Callable[..., Page], tag: str, size: tuple[int, int]):
    page = window(*size)
    for path in (
        f"/?lang={tag}", "/how", "/privacy", "/imprint", "/accessibility", "/languages", "/languages/ti",
        "/languages/ps", "/book/pfullingen", "/book/pfullingen/work",
        "/book/pfullingen/letters/B03", "/book/pfullingen/letters/B03/wishes", "/book/pfullingen/letters/B03",
    ):  # fmt: skip
        page.goto(pseudo.url + path)
        look(page, axe=False)
    page.locator("button.slot").first.click()
    look(page, axe=False)
    page.check("input[name=sms][value=yes]")
    page.locator(".p-do button").click()
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)
    look(page, axe=False)
    page.check("input[name=sms][value=no]")
    page.locator(".p-do button").click()
    look(page, axe=False)
    page.locator("form[action$=confirm] button").click()
    for path in ("/visit", "/visit/move", "/visit/cancel", "/visit/data", "/visit/erase", "/nowhere"):
        page.goto(pseudo.url + path)
        look(page, axe=False)


@pytest.mark.parametrize("tag", PSEUDO)
@pytest.mark.parametrize("size", [(1080, 1920), (1280, 800)], ids=["portrait", "landscape"])
def test_kiosk_screens_hold_any_language(pseudo: Site, window: Callable[..., Page], tag: str, size: tuple[int, int]):
    page = window(*size)

    def press(selector: str) -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state("load")
        look(page, kiosk=True, axe=False)

    page.goto(f"{pseudo.url}/demo/?lang={tag}")
    press("form[action$='pair/kiosk/pfullingen'] button")
    press(f"button[lang={tag}]")
    press(".tile__go")
    for digit in "111111":
        page.locator(f".key[data-digit='{digit}']").click()
    press(".key--go")
    expect(page.locator(".k-alert")).to_be_visible()
    press(".k-pair button >> nth=-1")
    press(".k-times .key >> nth=6")
    page.locator(".tile__go").nth(2).click()
    look(page, kiosk=True, axe=False)
    press(".k-bar__btn--help")
    page.goto(f"{pseudo.url}/kiosk/")
    page.locator(f"button[lang={tag}]").click()
    page.locator(".tile__go").nth(1).click()
    press(".tile__go")
    press(".k-wishes [formaction$=tongues]")
    press(".k-tongues button")
    pseudo.set_clock(MORNING + timedelta(hours=9))
    press(".k-take")
    press(".k-bar__btn--help")


@pytest.mark.parametrize("size", [(1080, 1920), (1280, 800)], ids=["portrait", "landscape"])
def test_somebody_whose_language_is_in_preparation_gets_words_and_a_person(
    site: Site, window: Callable[..., Page], size: tuple[int, int]
):
    page = window(*size)
    page.goto(f"{site.url}/demo/")
    page.locator("form[action$='pair/kiosk/pfullingen'] button").click()
    more = page.locator("[data-more]")
    while not page.locator("button[lang=ti]").is_visible():
        more.click()
    page.locator("button[lang=ti]").click()
    look(page, kiosk=True)
    expect(page.locator("dt[lang=ti]").first).to_be_visible()
    page.locator(".k-btn--main").click()
    expect(page.locator("[role=status]")).to_be_visible()
    look(page, kiosk=True)


def fonts_of(page: Page, address: str) -> list[str]:
    """The font files a page asks for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(PurePosixPath(request.url.split("?")[0]).name))
    page.goto(address)
    page.evaluate("document.fonts.ready")
    return sorted({name for name in asked if name.endswith(".woff2")})


def test_a_list_of_all_languages_needs_a_few_kilobytes_of_letters(site: Site, window: Callable[..., Page]):
    page = window(1080, 1920)
    fonts_of(page, f"{site.url}/demo/")
    page.locator("form[action$='pair/kiosk/pfullingen'] button").click()
    loaded = fonts_of(page, f"{site.url}/kiosk/")
    assert not [name for name in loaded if name.startswith("noto")], "a whole script for one list"
    assert [name for name in loaded if name.startswith("of-all-noto-sans-arabic")]
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.includes('of-all-')).map(e => e.decodedBodySize)"
    )
    assert sum(sizes) < 24_000


@pytest.mark.parametrize(("tag", "script"), [("de", None), ("ar", "noto-sans-arabic"), ("uk", "cyrillic")])
def test_a_page_loads_at_most_one_more_set_of_letters(
    site: Site, window: Callable[..., Page], tag: str, script: str | None
):
    page = window(1080, 1920)
    page.goto(f"{site.url}/demo/")
    page.locator("form[action$='pair/kiosk/pfullingen'] button").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(PurePosixPath(request.url.split("?")[0]).name))
    page.locator(f"button[lang={tag}]").click()
    page.evaluate("document.fonts.ready")
    extra = {n for n in asked if n.endswith(".woff2") and "latin" not in n and not n.startswith("of-all")}
    assert all(script and script in name for name in extra), extra


def test_on_a_phone_the_systems_letters_come_first(site: Site, window: Callable[..., Page]):
    loaded = fonts_of(window(390, 844), f"{site.url}/book/pfullingen?lang=ar")
    assert not [name for name in loaded if not name.startswith("of-all")]


def test_another_language_is_one_tap_and_the_page_stays(site: Site, window: Callable[..., Page]):
    page = window(390, 844)
    page.goto(f"{site.url}/book/pfullingen/letters/B03?lang=de")
    page.locator(".p-langs summary").click()
    page.locator(".p-langs a[lang=ar]").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.url.split("?")[0] == f"{site.url}/book/pfullingen/letters/B03"


def test_figures_keep_their_order_and_arrows_turn_in_arabic(site: Site, window: Callable[..., Page]):
    page = window(390, 844)
    page.goto(f"{site.url}/book/pfullingen/letters/B03?lang=ar")
    backwards = page.evaluate(
        """() => [...document.querySelectorAll("bdi[dir=ltr]")].filter(e => {
            const node = [...e.childNodes].find(n => n.nodeType === 3 && n.length > 1);
            if (!node) return false;
            const r = document.createRange();
            const at = n => { r.setStart(node, n); r.setEnd(node, n + 1); return r.getBoundingClientRect().left; };
            return at(0) > at(node.length - 1);
        }).map(e => e.textContent)"""
    )
    assert backwards == []
    turned = "e => getComputedStyle(e).transform.startsWith('matrix(-1')"
    assert page.locator(".icon--flow").first.evaluate(turned)
    for kept in page.locator(".icon:not(.icon--flow):not(.icon--turn), .dial, .mark, .pic").all():
        assert not kept.evaluate(turned)

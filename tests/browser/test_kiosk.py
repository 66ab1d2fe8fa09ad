"""The kiosk as people meet it: every screen in every language, sitting, by keys alone; nothing left for the next."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from access.models import Device
from foundation.facts import SYSTEM
from queueing.helping import come_to_help
from queueing.models import Ticket
from scheduling.models import Centre
from tests.browser.conftest import MORNING, Site
from tests.browser.looking import look

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Kiosk = Callable[..., Page]
TAGS = ["de", "de-simple", "en", "ar", "uk"]
SIZES = {"portrait": (1080, 1920), "landscape": (1280, 800), "small": (1024, 600)}
SAID = "window.said = []; addEventListener('kiosk:say', (event) => window.said.push(event.target));"
HELD = """document.querySelectorAll('#still-there ~ *, body > :not(#still-there, template, script)').values()
    .every((e) => e.inert && getComputedStyle(e).visibility === 'hidden')"""


@pytest.fixture
def kiosk(site: Site, window: Callable[..., Page]) -> Kiosk:
    """A paired kiosk at its first screen: kiosk(1080, 1920)."""

    def paired(width: int = 1080, height: int = 1920, *, ready: str = "", **more: object) -> Page:
        page = window(width, height, **more)
        if ready:
            page.add_init_script(ready)
        page.goto(f"{site.url}/demo/")
        page.locator("form[action$='pair/kiosk/pfullingen'] button").click()
        page.wait_for_url(f"{site.url}/kiosk/")
        page.wait_for_load_state("load")
        return page

    return paired


def choose_language(page: Page, tag: str) -> None:
    page.locator(f".lang__go[lang={tag}]").click()
    page.locator(".tiles--2").wait_for()


def take_ticket(page: Page) -> str:
    """From «appointment or not» to the number."""
    page.locator(".tile__go").nth(1).click()
    page.locator(".tiles--6 .tile__go").first.click()
    page.locator(".k-take").click()
    return page.locator(".ticket__no").inner_text()


def reset(page: Page) -> None:
    page.locator("[data-done]:visible").last.click()
    page.locator(".langs").wait_for()
    page.wait_for_load_state("load")


def walk(page: Page, tag: str, seen: Callable[[], None]) -> None:
    """Every screen from the language to the ticket and to help."""
    seen()
    choose_language(page, tag)
    seen()
    page.locator(".tile__go").first.click()
    for digit in "111111":
        page.locator(f".key[data-digit='{digit}']").click()
    seen()
    page.locator(".key--go").click()
    page.locator(".k-alert, .k-rest").wait_for()  # by the fifth language the figures rest
    seen()
    page.locator(".k-main > .k-step button, .k-pair button").last.click()
    page.locator(".k-times").wait_for()
    seen()
    page.locator(".k-times .key").nth(6).click()
    page.locator(".k-times").wait_for(state="detached")
    seen()
    page.goto(page.url.rpartition("/")[0] + "/")
    choose_language(page, tag)
    page.locator(".tile__go").nth(1).click()
    page.locator(".tiles--6").wait_for()
    seen()
    page.locator(".tiles--6 .tile__go").nth(2).click()
    page.locator(".k-party .key").last.click()
    page.locator(".k-wishes .tile__go").nth(2).click()
    seen()
    page.locator(".k-wishes li:not(.more) .tile__go").last.click()
    page.locator(".k-tongues").wait_for()
    seen()
    page.locator(".k-tongues button").nth(2).click()
    page.locator(".k-take").click()
    page.locator(".ticket").wait_for()
    seen()
    page.locator(".k-bar__btn--help").click()
    page.locator("#asked").wait_for()
    seen()
    reset(page)


@pytest.mark.parametrize("size", SIZES)
def test_every_screen_is_whole_in_every_language(kiosk: Kiosk, size: str):
    page = kiosk(*SIZES[size])
    rules = size != "small"  # smaller than recommended: whole, but smaller type than the kiosk's rules ask for
    for tag in TAGS:
        walk(page, tag, lambda: look(page, kiosk=rules, axe=size == "portrait"))
    page.locator("form[action$=accessibility] button").click()
    look(page, kiosk=rules)


def test_who_sits_reaches_everything_on_every_screen(kiosk: Kiosk):
    page = kiosk()
    for tag in ("uk", "ar"):
        page.locator("[data-low] button").click()
        page.locator("[data-more]").click()
        page.locator("[data-more]").click()
        page.locator("[data-more]").click()
        expect(page.locator("body")).to_have_class("kiosk kiosk--start kiosk--low")
        walk(page, tag, lambda: look(page, kiosk=True, axe=False))
        expect(page.locator(".kiosk--low")).to_have_count(0)  # the next person finds it as it is set up


@pytest.mark.parametrize(("ppi", "low"), [(110, True), (132, False)])
def test_sizes_are_true_on_a_finer_panel(site: Site, kiosk: Kiosk, ppi: int, low: bool):
    page = kiosk(*((1080, 1920) if low else (1024, 1366)))
    with site.database.transaction(SYSTEM, MORNING) as tx:
        tx.session.execute(update(Device).values(ppi=ppi, low=low))  # those of earlier tests are gone
    page.reload()
    look(page, kiosk=True, axe=False, ppi=ppi)
    choose_language(page, "de")
    look(page, kiosk=True, axe=False, ppi=ppi)
    page.locator(".tile__go").first.click()
    page.locator(".keypad").wait_for()
    look(page, kiosk=True, axe=False, ppi=ppi)


def test_somebody_with_keys_alone_gets_a_number_and_hears_each_stop_once(kiosk: Kiosk):
    page = kiosk(ready=SAID)

    def stop(key: str) -> None:
        before, was = page.evaluate("[said.length, said.at(-1)?.outerHTML]")
        page.keyboard.press(key)
        now, here = page.evaluate("[said.length, document.activeElement === said.at(-1)]")
        assert (now, here) == (before + 1, True), (key, was)
        assert page.evaluate("document.activeElement.matches(':focus-visible')")

    def go_to(selector: str, *keys: str) -> None:
        for key in keys:
            stop(key)
        assert page.evaluate("selector => document.activeElement.matches(selector)", selector)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    go_to("[lang=en]", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight", "Tab")
    go_to(".tile:nth-child(1) .tile__go", "Tab", "ArrowDown", "ArrowUp")
    page.keyboard.type("123")
    page.keyboard.press("Backspace")
    expect(page.locator("#code")).to_have_value("12")
    stop("Tab")
    for _ in range(20):
        if page.evaluate("document.activeElement.matches('.k-main > .k-step button')"):
            break
        stop("ArrowDown")
    go_to(".k-main > .k-step button")
    go_to(".k-times li:nth-child(5) .key", "ArrowDown", "ArrowDown")
    go_to(".tile:nth-child(3) .tile__go", "ArrowDown", "ArrowDown")
    expect(page.locator(".ticket__no")).to_be_visible()


def test_the_greeting_goes_round_until_somebody_comes(kiosk: Kiosk):
    page = kiosk()
    page.clock.install()
    page.reload()
    expect(page.locator("h1")).to_have_text("Willkommen", use_inner_text=True)
    page.clock.run_for(4_100)
    expect(page.locator("h1")).to_have_text("Welcome", use_inner_text=True)
    page.mouse.move(5, 5)
    page.mouse.down()
    page.mouse.up()
    page.clock.run_for(9_000)
    expect(page.locator("h1")).to_have_text("Welcome", use_inner_text=True)
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    page.clock.run_for(9_000)
    expect(page.locator("h1")).to_have_text("Willkommen", use_inner_text=True)
    assert page.locator(".k-hero__more li:visible").count() == page.locator("[data-hello]").count() - 1
    look(page, kiosk=True)


def test_nobodys_data_stay_on_the_kiosk(site: Site, kiosk: Kiosk):
    page = kiosk(ready=SAID)
    page.clock.install()
    choose_language(page, "de")
    number = take_ticket(page)
    for _ in range(2):  # however often: there is no limit
        page.clock.run_for(58_000)
        expect(page.locator("#still-there")).to_be_hidden()
        page.clock.run_for(3_000)
        expect(page.locator("#still-there")).to_be_visible()
        assert page.evaluate(HELD)
        assert page.evaluate("said.at(-1).id") == "still-there"
        page.clock.run_for(15_000)
        page.locator("[data-stay]").click()
        expect(page.locator("#still-there")).to_be_hidden()
        expect(page.locator(".ticket__no")).to_be_visible()
    page.clock.run_for(61_000)
    look(page, kiosk=True)
    page.clock.run_for(20_000)
    page.wait_for_url(f"{site.url}/kiosk/")
    page.locator(".langs").wait_for()
    for _ in range(10):
        page.evaluate("history.back()")
        page.wait_for_function("document.readyState === 'complete'")
        assert number not in page.content()
    expect(page).to_have_url(f"{site.url}/kiosk/")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_nobody_gets_out_of_the_kiosk(site: Site, kiosk: Kiosk):
    page = kiosk(has_touch=True)
    allowed = """([kind, said]) => document.querySelector('.lang__go').dispatchEvent(
        new (kind === 'keydown' ? KeyboardEvent : MouseEvent)(kind, {bubbles: true, cancelable: true, ...said}))"""
    keys = [{"key": f"F{n}"} for n in range(1, 13)] + [
        {"key": key, way: True}
        for key in ("ArrowLeft", "l", "n", "p", "t", "w", "+", "Tab")
        for way in ("ctrlKey", "altKey", "metaKey")
    ]
    for key in keys:
        assert page.evaluate(allowed, ["keydown", key]) is False, key
    for kind in ("contextmenu", "selectstart", "dragstart", "drop", "auxclick"):
        assert page.evaluate(allowed, [kind, {}]) is False, kind
    assert page.evaluate("window.open('https://example.org')") is None
    tile = page.locator(".lang__go").first
    tile.click(button="right")
    tile.click(button="middle")
    tile.click(modifiers=["Shift"])
    tile.click(modifiers=["Control"])
    page.mouse.wheel(0, 500)
    box = tile.bounding_box()
    assert box
    browser = page.context.new_cdp_session(page)
    fingers = [{"x": box["x"] + 20 * n, "y": box["y"] + 20, "id": n} for n in range(10)]
    browser.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": fingers})
    moved = [{**finger, "x": finger["x"] * 2, "y": 900} for finger in fingers]
    browser.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": moved})
    browser.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert page.evaluate("visualViewport.scale") == 1
    assert (page.url, len(page.context.pages)) == (f"{site.url}/kiosk/", 1)
    choose_language(page, "de")
    page.locator(".tile__go").first.click()
    page.locator("#code").wait_for()
    ways_out = (
        "a[target], a[href^='mailto:'], a[href^='tel:'], a[href^='http'], input[type=file], "
        "input:not([type=hidden], [inputmode=none])"
    )
    assert page.locator(ways_out).count() == 0
    assert page.locator("#code").evaluate("e => [e.autocomplete, e.spellcheck]") == ["off", False]


def test_two_quick_taps_make_one_ticket_and_a_slip_is_a_tap(site: Site, kiosk: Kiosk):
    page = kiosk()
    choose_language(page, "de")
    tile = page.locator(".tile__go").nth(1)
    box = tile.bounding_box()
    assert box
    edge = box["y"] + box["height"]
    page.mouse.move(box["x"] + 200, edge - 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, edge + 40)
    page.mouse.up()
    expect(tile).to_be_visible()  # far off: it was not meant
    page.mouse.move(box["x"] + 200, edge - 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, edge + 9)
    page.mouse.up()
    page.locator(".tiles--6 .tile__go").nth(2).click()
    before = tickets(site)
    page.locator(".k-take").dblclick(no_wait_after=True)
    expect(page.locator(".ticket__no")).to_be_visible()
    assert tickets(site) == before + 1


def test_the_screen_promises_a_person_once_the_desk_has_seen_it(site: Site, kiosk: Kiosk):
    page = kiosk(ready=SAID)
    page.locator(".k-bar__btn--help").click()
    expect(page.locator("#asked")).to_be_visible()
    expect(page.locator("#coming")).to_be_hidden()
    with site.database.transaction(SYSTEM, MORNING) as tx:
        come_to_help(tx, tx.session.scalars(select(Centre).where(Centre.code == "pfullingen")).one())
    expect(page.locator("#coming")).to_be_visible()
    assert page.evaluate("said.at(-1).id") == "coming"
    look(page, kiosk=True)


def test_the_tablet_stays_awake(kiosk: Kiosk):
    locks = """window.locks = []; navigator.wakeLock.request = async () => {
        const lock = new EventTarget(); window.locks.push(lock); return lock; };"""
    page = kiosk(ready=f"if (navigator.wakeLock) {{ {locks} }}")
    assert page.evaluate("locks.length") == 1
    page.evaluate("locks[0].dispatchEvent(new Event('release'))")
    assert page.evaluate("locks.length") == 2
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    assert page.evaluate("locks.length") == 3


def tickets(site: Site) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0

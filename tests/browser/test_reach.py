"""Who books by keys alone, who enlarges everything, and whose system takes the colours away; and how far it is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.looking import look

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REACH = (Path(__file__).parent / "reach.js").read_text()
CONFIRM = "form[action$=confirm] button"
OWN = ("code", "contact", "late", "proof", "move", "data", "erase", "cancel")


def loaded(page: Page) -> None:
    """Waits for the page and looks at it before anything has the focus."""
    page.wait_for_load_state("load")
    page.evaluate(REACH)


def stop_by(page: Page, key: str) -> int | None:
    """Presses a key: where the focus is now. It is neither covered nor unmarked, and goes on in reading order."""
    page.keyboard.press(key)
    stop = page.evaluate("back => reach.stop(back)", "Shift" in key)
    assert stop is None or stop[1] == [], (page.url, key)
    return stop and stop[0]


def there_and_back(page: Page) -> None:
    """Tab comes by everything that can be pressed and out again, and Shift+Tab goes the same way back."""
    loaded(page)
    stops = page.evaluate("reach.stops()")
    assert [stop_by(page, "Tab") for _ in stops] == stops, page.url
    assert stop_by(page, "Tab") in {None, stops[0]}, page.url
    back = [stop_by(page, "Shift+Tab") for _ in [*stops, None]]
    assert [stop for stop in back if stop is not None][: len(stops)] == stops[::-1], page.url


def tab_to(page: Page, selector: str) -> None:
    """Tab until something has the focus."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way to {selector} on {page.url}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Tab there, press it, and wait for the next page."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


@pytest.mark.parametrize("tag", ["de", "ar"])
def test_somebody_with_keys_alone_books_and_cancels(site: Site, window: Callable[..., Page], tag: str):
    page = window(390, 844)
    page.goto(site.url)
    press(page, f"#languages a[lang={tag}]")
    for link in ("a.row[href$=pfullingen]", "a.row[href$=women]"):
        there_and_back(page)
        press(page, link)
    there_and_back(page)
    for choice, key, then in (("#step_free", "Space", ""), ("[name=party]", "ArrowDown", "[value='2']")):
        tab_to(page, choice)
        page.keyboard.press(key)
        expect(page.locator(choice + then)).to_be_checked()
    assert page.evaluate("reach.stop()")[1] == []
    press(page, ".p-do .btn")
    there_and_back(page)
    press(page, ".day:not([aria-current])")
    expect(page.locator(".day[aria-current]")).to_be_focused()  # another day leaves her where she was
    page.reload()
    there_and_back(page)
    press(page, ".slot", "Space")
    there_and_back(page)
    tab_to(page, "[name=sms]")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[name=sms][value=helper]")).to_be_checked()
    page.keyboard.press("ArrowDown")
    for choice in (".p-do .btn", CONFIRM):
        press(page, choice)
        there_and_back(page)
    tab_to(page, ".secret summary")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator(".secret a")).to_be_focused()
    for choice in ("a[href$=cancel]", ".btn--stop"):
        press(page, choice)
        there_and_back(page)
    expect(page.locator(".note--warn h1")).to_be_visible()


def pages(page: Page, url: str, tag: str) -> Iterator[None]:
    """Every page from the start to the cancelled visit, one after the other."""
    for path in ("", "book/pfullingen", "book/pfullingen/letters", "book/pfullingen/letters/B03/wishes"):
        page.goto(f"{url}/{path}?lang={tag}")
        yield
    page.locator("[name=party]").last.locator("..").click()
    page.check("#step_free")
    yield
    for choice in (".p-do .btn", ".slot"):
        page.locator(choice).first.click()
        yield
    page.check("[name=sms][value=yes]")
    page.locator(".p-do .btn").click()
    expect(page.locator("[aria-invalid]")).to_be_visible()
    yield
    page.check("[name=sms][value=no]")
    for choice in (".p-do .btn", CONFIRM):
        page.locator(choice).click()
        yield
    for path in OWN:
        page.goto(f"{url}/visit/{path}")
        yield
    page.locator(".btn--stop").click()
    yield


@pytest.mark.parametrize("tag", ["de", "ar", "uk"])
def test_somebody_who_enlarges_everything_loses_nothing(site: Site, window: Callable[..., Page], tag: str):
    page = window(640, 512, device_scale_factor=2)
    browser = page.context.new_cdp_session(page)
    for _ in pages(page, site.url, tag):
        for width, height, letters in ((640, 512, 16), (320, 640, 16), (1280, 1024, 32)):
            page.set_viewport_size({"width": width, "height": height})
            browser.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
            look(page, axe=False)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"


def test_who_sees_only_the_systems_colours_sees_every_control(site: Site, window: Callable[..., Page]):
    page = window(390, 844, forced_colors="active", color_scheme="dark")
    for _ in pages(page, site.url, "de"):
        loaded(page)
        assert page.evaluate("[...reach.lines(), ...reach.chosen()]") == [], page.url
        if page.evaluate("document.querySelector('.days, .count') && document.activeElement === document.body"):
            there_and_back(page)


@pytest.mark.parametrize(("topic", "notes"), [("women", "12345"), ("letters", "112345")])
def test_it_is_five_steps_from_the_topic_to_the_visit(site: Site, window: Callable[..., Page], topic: str, notes: str):
    page, said = window(390, 844), ""
    page.goto(f"{site.url}/book/pfullingen?lang=de")
    for choice in (f"a[href$={topic}]", "a[href*=B03]", ".p-do .btn", ".slot", ".p-do .btn", CONFIRM):
        if page.locator(choice).count():
            said += page.locator(".p-step bdi").first.inner_text()
            assert page.locator(".p-step").inner_text().endswith("von 5")
            with page.expect_navigation():
                page.locator(choice).first.click()
    assert (said, page.url) == (notes, f"{site.url}/visit")

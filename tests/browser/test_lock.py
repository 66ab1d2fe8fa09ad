"""The locked screen keeps what was typed and shows nothing of it; the alarm is held, silent, and seen next door."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from demo.setup import PASSWORD
from queueing.alarms import Alarm
from tests.browser.conftest import Site
from tests.browser.looking import look

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HELD, QUARTER = 1_500, 15 * 60


def signed_in(page: Page, site: Site, login: str, path: str) -> Page:
    page.goto(f"{site.url}/demo/?lang=de")
    page.locator(f"form[action$='sign-in/{login}'] button").click()
    page.goto(site.url + path)
    return page


def let_pass(page: Page, site: Site, seconds: int) -> None:
    """Nobody has acted at this desk for so long; the server reads it from the cookie it has signed."""
    signer = site.app.session_interface.get_signing_serializer(site.app)
    (cookie,) = [c for c in page.context.cookies() if c["name"] == "empfang"]
    session = signer.loads(cookie["value"])
    session["acted_at"] -= seconds
    page.context.add_cookies([{**cookie, "value": signer.dumps(session)}])


def unlock(page: Page, password: str = PASSWORD) -> None:
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def look_in_both_themes(page: Page) -> None:
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        look(page)


def alarms(site: Site) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Alarm)) or 0


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desk", "phone"])
def test_a_locked_page_is_covered_and_keeps_what_was_typed(site: Site, window: Callable[..., Page], size):
    page = signed_in(window(*size), site, "ahorn", "/desk/proofs")
    page.fill("#proof-code", "123456")
    let_pass(page, site, QUARTER)
    cover = page.locator("#lock")
    expect(cover).to_be_visible()
    for behind in ("h1", "#proof-code", ".d-nav", ".d-top"):
        expect(page.locator(behind)).to_be_hidden()
    assert page.get_by_role("textbox").count() == 2, "name and password, nothing of the page behind"
    expect(page.locator("#lock-password")).to_be_focused()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('.d-nav, main')")
    look_in_both_themes(page)
    page.locator("#lock-password").focus()
    unlock(page, "wrong")
    expect(page.locator("#lock-said")).to_contain_text("Das Passwort stimmt nicht")
    look(page)
    unlock(page)
    expect(cover).to_be_hidden()
    expect(page.locator("#proof-code")).to_have_value("123456")
    expect(page.locator("#proof-code")).to_be_focused()


def test_windows_of_one_session_lock_and_unlock_together(site: Site, window: Callable[..., Page]):
    page = signed_in(window(1280, 800), site, "ahorn", "/desk/")
    other = page.context.new_page()
    other.goto(f"{site.url}/desk/links")
    page.bring_to_front()
    page.keyboard.press("l")
    for seen in (page, other):
        expect(seen.locator("#lock")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("l")
    page.locator("#lock-password").focus()
    unlock(page)
    for seen in (page, other):
        expect(seen.locator("#lock")).to_be_hidden()


def test_a_page_without_a_live_part_asks_when_nobody_has_acted(site: Site, window: Callable[..., Page]):
    page = window(1280, 800)
    page.clock.install()
    signed_in(page, site, "einrichtung", "/desk/devices")
    let_pass(page, site, QUARTER)
    page.clock.run_for((QUARTER - 20) * 1000)
    expect(page.locator("#lock")).to_be_hidden()
    page.clock.run_for(40_000)
    expect(page.locator("#lock")).to_be_visible()


def test_the_lock_works_without_scripts(site: Site, window: Callable[..., Page]):
    page = signed_in(window(1280, 800, java_script_enabled=False), site, "ahorn", "/desk/links")
    page.locator("#lock-now button").click()
    expect(page.locator("h1")).to_have_text("Bildschirm gesperrt")
    page.goto(f"{site.url}/desk/proofs")
    page.locator("#lock-password").focus()
    unlock(page)
    expect(page).to_have_url(f"{site.url}/desk/proofs")


def test_held_the_button_raises_the_alarm_and_a_brush_of_the_hand_does_not(site: Site, window: Callable[..., Page]):
    page, next_door = window(1280, 800), signed_in(window(1280, 800), site, "empfang-pfullingen", "/desk/proofs")
    page.clock.install()
    signed_in(page, site, "ahorn", "/desk/")
    page.locator("#hold summary").hover()
    page.mouse.down()
    page.clock.run_for(HELD - 100)
    page.mouse.up()
    page.clock.run_for(HELD)
    expect(page.locator("#hold form")).to_be_visible()
    page.clock.run_for(5_000)
    expect(page.locator("#hold form")).to_be_hidden()
    assert alarms(site) == 0
    page.locator("#hold summary").hover()
    page.mouse.down()
    page.clock.run_for(HELD + 100)
    expect(page.locator(".alarm__own")).to_contain_text("gemeldet")
    page.mouse.up()
    expect(page.locator("#hold form")).to_be_hidden()
    expect(page.locator(".alarm__card")).to_have_count(0)
    assert alarms(site) == 1
    look_in_both_themes(page)
    expect(next_door.locator(".alarm__card")).to_contain_text("Notfall: Zimmer")
    expect(next_door).to_have_title("(!) Nachweis prüfen · Empfang")
    look_in_both_themes(next_door)
    next_door.locator("form[action$='alarm/answer'] button").click()
    expect(next_door.locator(".alarm__card")).to_contain_text("Sie gehen hin")
    next_door.locator("form[action$='alarm/close'] button").click()
    expect(next_door.locator(".alarm__card")).to_have_count(0)
    expect(next_door).to_have_title("Nachweis prüfen · Empfang")
    page.clock.run_for(2_100)
    expect(page.locator(".alarm__own")).to_have_count(0)


@pytest.mark.parametrize("state", ["in front of it", "behind the lock", "while the day fails"])
def test_beside_the_day_it_is_seen_next_door_as_well(site: Site, window: Callable[..., Page], state: str):
    page, next_door = window(1280, 800), signed_in(window(1280, 800), site, "empfang-pfullingen", "/desk/")
    if state == "behind the lock":
        next_door.locator("#lock-now button").click()
    elif state == "while the day fails":
        next_door.route("**/desk/?*", lambda route: route.fulfill(status=503))
    signed_in(page, site, "ahorn", "/desk/")
    page.locator("#hold summary").click()
    page.locator("#hold form button").click()
    expect(next_door.locator(".alarm__card")).to_contain_text("Notfall: Zimmer")
    expect(next_door).to_have_title("(!) Heute · Empfang")
    page.locator(".alarm__back").click()
    expect(next_door.locator(".alarm__card")).to_contain_text("zurückgenommen")


def test_escape_held_raises_it_behind_the_lock_too(site: Site, window: Callable[..., Page]):
    page = window(390, 844)
    page.clock.install()
    signed_in(page, site, "ahorn", "/desk/")
    page.locator("#lock-now button").click()
    expect(page.locator("#lock")).to_be_visible()
    page.keyboard.press("Escape")
    page.clock.run_for(HELD + 100)
    assert alarms(site) == 0
    page.keyboard.down("Escape")
    page.clock.run_for(HELD + 100)
    page.keyboard.up("Escape")
    expect(page.locator(".alarm__own")).to_contain_text("gemeldet")
    expect(page.locator("#lock")).to_be_visible()
    assert alarms(site) == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_two_presses_of_a_key_or_switch_raise_it_too(site: Site, window: Callable[..., Page], scripts: bool):
    page = signed_in(window(1280, 800, java_script_enabled=scripts), site, "ahorn", "/desk/")
    page.locator("#hold summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#hold form")).to_be_visible()
    assert alarms(site) == 0
    if not scripts:
        page.keyboard.press("Tab")
    expect(page.locator("#hold form button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".alarm__own")).to_contain_text("gemeldet")
    assert alarms(site) == 1
    page.locator(".alarm__back").click()
    expect(page.locator(".alarm__own")).to_have_count(0)

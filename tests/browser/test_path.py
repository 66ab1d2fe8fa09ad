"""The whole path in a real browser: book, be reminded, check in, be called. In German and in Arabic."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MORNING, Site
from tests.browser.looking import look
from tests.build import at

THURSDAY = date(2026, 12, 3)


def press(page: Page, selector: str) -> None:
    page.locator(selector).first.click()


@pytest.mark.parametrize("tag", ["de", "ar"])
def test_a_client_books_is_reminded_checks_in_and_is_called(site: Site, window: Callable[..., Page], tag: str):
    direction = "rtl" if tag == "ar" else "ltr"

    # She books on an old phone.
    phone = window(390, 844)
    phone.goto(f"{site.url}/")
    press(phone, f"#languages a.chip[lang={tag}]")
    expect(phone.locator("html")).to_have_attribute("dir", direction)
    look(phone)
    press(phone, "a.row[href$=pfullingen]")
    look(phone)
    press(phone, "a.row[href$=letters]")
    look(phone)
    press(phone, "a.row[href*=B03]")
    look(phone)
    press(phone, ".p-do button")
    phone.goto(f"{phone.url}?day={THURSDAY}")
    look(phone)
    start = phone.locator("button.slot").first
    wall = start.inner_text()
    start.click()
    look(phone)
    phone.check("input[name=sms][value=yes]")
    phone.fill("#phone", "0711 2345678")
    press(phone, ".p-do button")
    look(phone)
    assert phone.locator("[aria-invalid=true]").count() == 1
    phone.fill("#phone", "0152 28817386")
    phone.fill("#call_name", "Lila")
    press(phone, ".p-do button")
    look(phone)
    press(phone, "form[action$=confirm] button")
    look(phone)
    code = re.sub(r"\D", "", phone.locator(".pass__code b").inner_text())
    assert len(code) == 6

    # She is told at once, and reminded two working days before.
    assert site.post_once(MORNING + timedelta(minutes=5)) == 1
    reminder_at = at(wall, THURSDAY - timedelta(days=2))
    assert site.post_once(reminder_at - timedelta(minutes=1)) == 0
    assert site.post_once(reminder_at) == 1
    phone.goto(f"{site.url}/demo/")
    bubbles = phone.locator(".handset .bubble")
    expect(bubbles).to_have_count(2)
    assert code in bubbles.first.inner_text()
    link = re.search(r"http\S+/t/\S{22}", bubbles.first.inner_text()).group()

    # On the day she comes ten minutes early and checks in at the kiosk, by the code.
    site.set_clock(at(wall, THURSDAY) - timedelta(minutes=10))
    kiosk = window(1080, 1920)
    kiosk.goto(f"{site.url}/demo/")
    press(kiosk, "form[action$='pair/kiosk/pfullingen'] button")
    look(kiosk, kiosk=True)
    press(kiosk, f"button[lang={tag}]")
    expect(kiosk.locator("html")).to_have_attribute("dir", direction)
    look(kiosk, kiosk=True)
    press(kiosk, ".tile__go")
    look(kiosk, kiosk=True)
    for digit in code:
        kiosk.locator(f".key[data-digit='{digit}']").click()
    press(kiosk, ".key--go")
    look(kiosk, kiosk=True)
    number = kiosk.locator(".ticket__no").inner_text()
    assert len(number) == 3
    press(kiosk, "[data-done]")
    kiosk.wait_for_url(f"{site.url}/kiosk/")
    assert code not in kiosk.content()

    # Her own phone shows her place.
    phone.goto(link)
    expect(phone.locator(".wait__no")).to_have_text(number)
    look(phone)

    # The display is quiet until the counsellor calls her; then it shows her within two seconds.
    display = window(1920, 1080)
    display.goto(f"{site.url}/demo/")
    press(display, "form[action$='pair/display/pfullingen'] button")
    expect(display.locator("#calls")).to_be_visible()
    expect(display.get_by_text(number, exact=True)).to_have_count(0)
    desk = window(1440, 900)
    counsellor = _counsellor_of(site, code)
    desk.goto(f"{site.url}/demo/")
    press(desk, f"form[action$='sign-in/{counsellor}'] button")
    look(desk)
    site.set_clock(at(wall, THURSDAY))
    desk.reload()
    expect(desk.locator(".nextcard .tick__no")).to_have_text(number)
    desk.keyboard.press("Space")
    expect(desk.locator(".nowcard .tick__no")).to_have_text(number)
    expect(display.locator(".now__no")).to_have_text(number, timeout=2000)
    look(display)
    look(desk)
    desk.keyboard.press("s")
    expect(desk.locator(".nowcard [data-key=f]")).to_be_visible()
    look(desk)
    desk.keyboard.press("f")
    expect(desk.locator(".nowcard")).to_have_count(0)
    desk.keyboard.press("z")
    expect(desk.locator(".nowcard .tick__no")).to_have_text(number)


def _counsellor_of(site: Site, code: str) -> str:
    from sqlalchemy import select

    from scheduling.models import Visit

    with site.database.reading() as session:
        visit = session.scalars(select(Visit).where(Visit.code == code, Visit.phone.is_not(None))).one()
        return visit.appointments[0].counsellor.code


def test_a_device_from_a_busy_address_computes_by_itself_and_goes_on(
    site: Site, window: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
):
    counts, free = site.app.extensions["effort"]
    while counts.hit(free, "choices", "127.0.0.1"):
        pass
    monkeypatch.setitem(site.app.extensions, "trusted_networks", [])
    slow = window(320, 640)
    slow.route("**/effort.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    for tag in ("de", "de-simple", "en", "ar", "uk"):
        slow.goto(f"{site.url}/book/pfullingen/letters/B03?lang={tag}")
        slow.locator(".slot").first.click()
        expect(slow.locator("#effort")).to_be_visible()
        look(slow)
    page = window(390, 844, locale="de-DE")
    page.goto(f"{site.url}/book/pfullingen/letters/B03")
    page.locator(".slot").first.click()
    page.wait_for_url("**/book/contact", timeout=60_000)
    assert page.get_by_role("heading", level=1).inner_text() == "Sollen wir Sie erinnern?"


def test_another_day_leaves_the_page_and_the_finger_where_they_are(site: Site, window: Callable[..., Page]):
    page = window(390, 600)
    page.goto(f"{site.url}/book/pfullingen/letters/B03")
    page.wait_for_load_state("load")
    page.evaluate("window.stays = true; document.querySelector('.days').scrollIntoView()")
    day = page.locator(".day:not([aria-current])").first
    where, identity = page.evaluate("scrollY"), day.get_attribute("id") or ""
    day.click()
    expect(page.locator(f"#{identity}")).to_have_attribute("aria-current", "date")
    expect(page).to_have_url(re.compile(identity.removeprefix("day-")))
    assert page.evaluate("[window.stays, scrollY, document.activeElement.id]") == [True, where, identity]
    page.go_back()
    expect(page.locator(f"#{identity}")).not_to_have_attribute("aria-current", "date")
    page.locator(".slot").first.click()
    expect(page.locator("h1")).to_have_text(re.compile("erinnern|remind"))

"""Display and kiosk as devices: stale and well again, calls one after another, a QR code that leaves no trace."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from access.models import Device
from foundation.facts import Actor
from queueing.calls import call_next
from scheduling.models import Counsellor
from tests.browser.conftest import MORNING, Site
from tests.browser.looking import look

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BROKEN = "**/display/?v=*"


def become(site: Site, page: Page, kind: str) -> None:
    page.goto(f"{site.url}/demo/")
    page.locator(f"form[action$='pair/{kind}/pfullingen'] button").click()


def call_two(site: Site, at) -> list[str]:
    """Two counsellors press in the same second."""
    with site.database.transaction(Actor("staff", 1), at) as tx:
        free = tx.session.scalars(select(Counsellor).where(Counsellor.name.in_(("Ahorn", "Erle")))).all()
        return [str(call_next(tx, 1, counsellor.id).number) for counsellor in free]


def test_the_display_says_when_it_hears_nothing_and_recovers_alone(site: Site, window: Callable[..., Page]):
    page = window(1920, 1080)
    page.clock.install()
    become(site, page, "display")
    look(page)
    page.route(BROKEN, lambda route: route.fulfill(status=503))
    page.clock.run_for(25_000)
    expect(page.locator("#stale")).to_be_hidden()
    page.clock.run_for(10_000)
    expect(page.locator("#stale")).to_be_visible()
    look(page)
    page.set_viewport_size({"width": 1080, "height": 1920})
    look(page)
    page.unroute(BROKEN)
    page.clock.run_for(3000)
    expect(page.locator("#stale")).to_be_hidden()


def test_two_called_in_the_same_second_are_large_one_after_the_other(site: Site, window: Callable[..., Page]):
    display = window(1080, 1920, color_scheme="dark")
    become(site, display, "display")
    first, second = sorted(call_two(site, MORNING))
    large = display.locator(".now__no")
    expect(large).to_have_text(first)
    expect(display.locator(".call.is-new .call__no")).to_have_text([second])
    look(display)
    site.set_clock(MORNING + timedelta(seconds=30))
    expect(large).to_have_text(second)
    expect(display.locator(".call.is-new .call__no")).to_have_text([first])
    keys = display.evaluate("[...document.querySelectorAll('main[data-call]')].map((e) => e.dataset.call)")
    assert [key.partition("-")[0] for key in keys] == [second]


def test_the_qr_code_of_the_desk_pairs_a_tablet_and_its_code_leaves_the_address(
    site: Site, window: Callable[..., Page]
):
    desk, tablet = window(1440, 900), window(1080, 1920)
    desk.goto(f"{site.url}/demo/?lang=de")
    desk.locator("form[action$='sign-in/leitung-pfullingen'] button").click()
    desk.goto(f"{site.url}/desk/devices")
    desk.locator("input[name=name]").fill("Kiosk am Eingang")
    desk.get_by_role("button", name="Code erzeugen").click()
    look(desk)
    code = desk.locator(".paircode").inner_text().replace(" ", "")
    tablet.goto(f"{site.url}/kiosk/pairing#{code}")
    assert tablet.url == f"{site.url}/kiosk/pairing"
    look(tablet)
    tablet.keyboard.press("Enter")  # the button has the focus
    tablet.wait_for_url(f"{site.url}/kiosk/")
    desk.goto(f"{site.url}/desk/house-messages")
    look(desk)
    with site.database.reading() as session:
        number = session.scalars(select(Device.id).where(Device.name == "Kiosk am Eingang")).one()
    desk.goto(f"{site.url}/desk/devices/{number}")
    look(desk)
    desk.get_by_role("button", name="Linie auf dem Gerät zeigen").click()
    tablet.wait_for_url(f"{site.url}/kiosk/ruler")  # by itself
    look(tablet, kiosk=True)

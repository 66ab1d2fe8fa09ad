"""What is heard, by the events of our own player: one a focus, silence at any act, tickets twice, calls once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from foundation.facts import Actor
from queueing.calls import call_next
from queueing.models import Ticket
from scheduling.models import Centre, Counsellor
from tests.browser.conftest import MORNING, Site
from tests.browser.looking import look

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HEAR = """window.heard = []; for (const kind of ["say", "hush", "end"])
  document.addEventListener(`voice:${kind}`, (event) =>
  window.heard.push({kind, sounds: event.detail?.sounds, focused: event.detail?.element === document.activeElement}))"""


def paired(site: Site, window: Callable[..., Page], kind: str, *size: int) -> Page:
    page = window(*size)
    page.add_init_script(HEAR)
    page.goto(f"{site.url}/demo/")
    page.locator(f"form[action$='pair/{kind}/pfullingen'] button").first.click()
    page.wait_for_load_state("load")
    return page


def until_said(page: Page) -> None:
    page.evaluate("""() => heard.some((event) => event.kind === "say")
      || new Promise((done) => document.addEventListener("voice:say", () => done(true), {once: true}))""")


def said(page: Page) -> list[str]:
    return page.evaluate("heard.filter((event) => event.kind === 'say').map((event) => event.sounds)")


def test_a_kiosk_is_heard_by_keyboard_silenced_by_any_act_and_says_a_ticket_twice(
    site: Site, window: Callable[..., Page]
):
    kiosk = paired(site, window, "kiosk", 1080, 1920)
    look(kiosk, kiosk=True)

    # A speaker beside each language says its name; from then on screens read themselves.
    kiosk.locator(".lang:has([lang=ar]) .say").click()
    assert said(kiosk)[0].startswith("ar/autonym ar/")
    kiosk.locator(".lang__go[lang=ar]").click()
    expect(kiosk.locator("h1.is-said")).to_be_visible()
    kiosk.keyboard.press("Shift")
    expect(kiosk.locator(".is-said")).to_have_count(0)
    look(kiosk, kiosk=True)

    # By keyboard: each step of the focus is exactly one thing said, of what has the focus.
    kiosk.evaluate("heard.length = 0")
    for step in range(1, 6):
        kiosk.keyboard.press("Tab")
        events = kiosk.evaluate("heard.filter((event) => event.kind === 'say')")
        assert len(events) == step
        assert events[-1]["focused"]
        assert events[-1]["sounds"].startswith("ar/")

    # Once more on request; a finger silences it; the volume is back for the next person.
    kiosk.locator("[data-listen]").click()
    expect(kiosk.locator("h1.is-said")).to_be_visible()
    kiosk.locator("[data-louder]").click()
    expect(kiosk.locator("[data-listen]")).to_have_attribute("aria-pressed", "false")
    expect(kiosk.locator("[data-louder]")).to_have_attribute("data-louder", "2")

    # An error is said at once.
    kiosk.locator(".tile__go").first.click()
    for _ in range(6):
        kiosk.locator(".key[data-digit='9']").click()
    kiosk.locator(".key--go").click()
    expect(kiosk.locator("main [role=alert]")).to_be_visible()
    until_said(kiosk)
    assert [sounds[:3] for sounds in said(kiosk)] == ["ar/"]

    # The ticket is said twice, number and all.
    kiosk.locator(".k-pair button").last.click()
    kiosk.locator(".k-times .key").first.click()
    kiosk.clock.install()
    kiosk.locator(".tile__go").first.click()
    number = kiosk.locator(".ticket__no").inner_text()
    spoken = " ".join(f"ar/{figure}" for figure in number)
    for _ in range(60):
        kiosk.clock.run_for(1500)
        if said(kiosk).count(spoken) == 2:
            break
    assert said(kiosk).count(spoken) == 2

    kiosk.locator(".k-main [data-done]").click()
    kiosk.wait_for_url(f"{site.url}/kiosk/")
    expect(kiosk.locator("[data-louder]")).to_have_attribute("data-louder", "1")
    assert kiosk.evaluate("sessionStorage.length") == 0


def test_a_waiting_room_hears_each_call_once_also_after_a_reload(site: Site, window: Callable[..., Page]):
    display = paired(site, window, "display", 1920, 1080)
    expect(display.locator("#touch-for-sound")).to_be_hidden()
    first = call(site, "ahorn")
    until_said(display)
    assert said(display)[0].split()[1:4] == [f"de/{figure}" for figure in str(first)]
    display.reload()
    expect(display.locator(".now__no")).to_have_text(str(first))
    second = call(site, "buche")
    until_said(display)
    assert [one.split()[1:4] for one in said(display)] == [[f"de/{figure}" for figure in str(second)]]


def call(site: Site, counsellor: str) -> int:
    """She calls whoever is next; the number."""
    with site.database.transaction(Actor("staff", 1), MORNING) as tx:
        person = tx.session.scalars(select(Counsellor).where(Counsellor.code == counsellor)).one()
        centre = tx.session.scalars(select(Centre.id).where(Centre.code == "pfullingen")).one()
        ticket: Ticket = call_next(tx, centre, person.id)
        return ticket.number

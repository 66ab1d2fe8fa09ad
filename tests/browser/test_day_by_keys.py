"""A counsellor's day by keys alone, what keeps its focus, and every part of it in both themes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from foundation.facts import SYSTEM
from queueing import calls
from queueing.models import Ticket, TicketState
from scheduling.models import Appointment, BlockedTime, Visit
from tests.browser.conftest import MORNING, Site
from tests.browser.test_lock import look_in_both_themes, signed_in
from tests.browser.test_reach import tab_to

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def day_of(page: Page, site: Site) -> Page:
    """Ahorn's day; keys are heard once the script runs."""
    signed_in(page, site, "ahorn", "/desk/")
    page.locator("#day").wait_for()
    page.wait_for_load_state("load")
    return page


def number_of(page: Page) -> int:
    return int(page.locator(".nowcard .tick__no").inner_text())


def state(site: Site, number: int) -> TicketState:
    with site.database.reading() as session:
        return _ticket(session, number).state


def _ticket(session, number: int) -> Ticket:
    here = select(Ticket).where(Ticket.number == number)
    return next(ticket for ticket in session.scalars(here) if ticket.centre.code == "pfullingen")


def pressed(page: Page, key: str, path: str) -> None:
    """A key, the answer of what it asks for, and the new list ready to be used."""
    with page.expect_response(lambda answer: path in answer.url and answer.status < 400):
        page.keyboard.press(key)
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-added")).to_have_count(0)


def count(site: Site, table: type) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def delayed(site: Site) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).where(Appointment.delayed_by.is_not(None))) or 0


def test_a_whole_day_by_keys_alone(site: Site, window: Callable[..., Page]):
    page = day_of(window(1280, 800), site)
    visits = count(site, Visit)
    pressed(page, "Space", "/call-next")
    page.locator(".nowcard").wait_for()
    first = number_of(page)
    assert state(site, first) is TicketState.CALLED
    pressed(page, "s", "/start")
    page.locator("#note-follow_up").wait_for()
    assert state(site, first) is TicketState.SERVING
    tab_to(page, "#note-follow_up")
    pressed(page, "Space", "/notes")
    expect(page.locator("#note-follow_up")).to_be_focused()
    with site.database.reading() as session:
        assert _ticket(session, first).notes == ["follow_up"]
    pressed(page, "f", "/finish")
    page.locator("#follow_up").wait_for()
    assert state(site, first) is TicketState.DONE
    pressed(page, "1", "/followed-up")
    expect(page.locator("#follow_up")).to_contain_text("Folgetermin gebucht")
    assert count(site, Visit) == visits + 1
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_empty()
    pressed(page, "Space", "/call-next")
    second = number_of(page)
    assert second != first
    pressed(page, "n", "/miss")
    page.locator(".nowcard").wait_for(state="detached")
    assert state(site, second) is TicketState.MISSED
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    third = int(page.evaluate("document.activeElement.id").removeprefix("call-"))
    pressed(page, "Enter", f"/tickets/{third}/call")
    assert state(site, third) is TicketState.CALLED
    pressed(page, "w", f"/tickets/{third}")
    page.locator("#ticket").wait_for()
    tab_to(page, "#drawer button[value='counsellor:birke']")
    pressed(page, "Enter", "/hand-over")
    expect(page.locator("#drawer")).to_be_empty()
    with site.database.reading() as session:
        handed = _ticket(session, third).handed_to
        assert handed
        assert handed.code == "birke"
    pressed(page, "b", "/block")
    page.locator("#block").wait_for()
    blocked = count(site, BlockedTime)
    tab_to(page, "#block button[name=start]")
    pressed(page, "Enter", "/desk/block")
    expect(page.locator("#drawer")).to_be_empty()
    assert count(site, BlockedTime) == blocked + 1
    before = delayed(site)
    pressed(page, "v", "/late")
    expect(page.locator("#late-0")).to_be_visible()
    assert delayed(site) > before
    pressed(page, "z", f"/tickets/{third}/undo")
    page.locator(".nowcard").wait_for()
    assert state(site, third) is TicketState.CALLED


def act(site: Site, number: int, step) -> None:
    """A colleague does something meanwhile: the next poll brings a new list."""
    with site.database.transaction(SYSTEM, MORNING) as tx:
        step(tx, _ticket(tx.session, number))


def waiting(page: Page) -> list[int]:
    return [
        int(id_.removeprefix("more-")) for id_ in page.locator("a[id^=more-]").evaluate_all("es => es.map(e => e.id)")
    ]


@pytest.mark.parametrize("where", ["row", "drawer", "tool"])
def test_a_poll_takes_nobody_the_focus(site: Site, window: Callable[..., Page], where: str):
    page = day_of(window(1280, 800), site)
    first, *_, gone = waiting(page)
    if where == "drawer":
        page.locator(f"#more-{first}").click()
        page.locator("#ticket").wait_for()
        tab_to(page, "#drawer button")
    else:
        page.locator(f"#more-{first}" if where == "row" else "#late-15").focus()
    here = page.evaluate("document.activeElement.outerHTML")
    act(site, gone, calls.leave)
    expect(page.locator(f"#more-{gone}")).to_have_count(0)
    assert page.evaluate("document.activeElement.outerHTML") == here


@pytest.mark.parametrize("size", [(360, 740)], ids=["phone"])
def test_every_part_of_the_day_in_light_and_dark(site: Site, window: Callable[..., Page], size: tuple[int, int]):
    page = day_of(window(*size), site)
    pressed(page, "Space", "/call-next")
    page.locator(".nowcard").wait_for()
    pressed(page, "s", "/start")
    page.locator(".notes").wait_for()
    look_in_both_themes(page)
    for key, part in (("w", "#ticket"), ("b", "#block")):
        page.keyboard.press(key)
        page.locator(part).wait_for()
        look_in_both_themes(page)
        page.keyboard.press("Escape")
    pressed(page, "v", "/late")
    page.locator("#late-0").wait_for()
    pressed(page, "f", "/finish")
    page.locator("#follow_up").wait_for()
    look_in_both_themes(page)
    for path in ("/desk/summary", "/desk/tickets/110", "/desk/block"):
        page.goto(site.url + path)
        look_in_both_themes(page)


def test_a_ticket_on_a_page_of_its_own_can_be_acted_on(site: Site, window: Callable[..., Page]):
    page = day_of(window(1280, 800), site)
    number = waiting(page)[0]
    page.goto(f"{site.url}/desk/tickets/{number}")
    page.locator("button[formaction$=park]").click()
    page.wait_for_url("**/desk/")
    assert state(site, number) is TicketState.PARKED

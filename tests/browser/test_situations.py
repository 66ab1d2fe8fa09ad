"""Whole situations, as people meet them: a network that drops, a family of five, somebody who comes late."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from notifications.models import Message
from queueing.models import Ticket
from scheduling.models import Appointment, AppointmentState, Interpreter, Service, Visit
from tests.browser.conftest import MORNING, Site

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEXT_MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
FRESH = MORNING - timedelta(minutes=1)  # what the demo made is older
CONFIRM = "form[action$=confirm] button"


def press(page: Page, *selectors: str) -> None:
    for selector in selectors:
        page.locator(selector).first.click()


def visit_on(site: Site, page: Page) -> Visit:
    """The one visit that was booked and has the code on the page, with its parts."""
    code = re.sub(r"\D", "", page.locator(".pass__code b").inner_text())
    of = selectinload(Visit.appointments)
    parts = [of.joinedload(which) for which in (Appointment.room, Appointment.service, Appointment.counsellor)]
    with site.database.reading() as session:
        visit = session.scalars(select(Visit).where(Visit.typed_at > FRESH).options(*parts)).one()
    assert visit.code == code
    return visit


def check_in(site: Site, kiosk: Page, visit: Visit) -> str:
    """At the kiosk, in German, by the code; the number on the one ticket that this makes."""
    kiosk.goto(f"{site.url}/demo/")
    press(kiosk, "form[action$='pair/kiosk/pfullingen'] button", "button[lang=de]", ".tile__go")
    press(kiosk, *(f".key[data-digit='{digit}']" for digit in visit.code or ""), ".key--go")
    number = kiosk.locator(".ticket__no").inner_text()
    with site.database.reading() as session:
        assert session.scalars(select(Ticket.number).where(Ticket.visit_id == visit.id)).all() == [int(number)]
    return number


def test_a_woman_whose_network_drops_books_once_and_cancels_in_two_taps(site: Site, window: Callable[..., Page]):
    page = window(360, 640, java_script_enabled=False)
    page.goto(f"{site.url}/?lang=en")
    press(page, "a.row[href$=pfullingen]", "a.row[href$=women]")
    page.select_option("#spoken", "ti")
    press(page, ".p-do .btn")
    page.goto(f"{page.url}?day={NEXT_MONDAY}")
    times, start = page.url, page.locator(".slot").first.get_attribute("value")
    press(page, ".slot", "[name=sms][value=yes]")
    page.fill("#phone", "0152 28817386")
    press(page, ".p-do .btn")

    # The server has worked, its answer never arrives; the form still stands there, and she presses again.
    answered: list[int] = []

    def drop(route: Route) -> None:
        known = page.context.cookies()
        answered.append(route.fetch(max_redirects=0).status)
        page.context.clear_cookies()
        page.context.add_cookies(known)
        route.abort("aborted")

    page.route("**/book/confirm", drop, times=1)
    press(page, CONFIRM)
    expect(page).to_have_url(f"{site.url}/book/check")
    assert answered == [303]
    press(page, CONFIRM)
    visit = visit_on(site, page)
    (talk,) = visit.appointments
    assert (talk.state, talk.counsellor.gender, talk.route) == (AppointmentState.BOOKED, "female", "house")
    with site.database.reading() as session:
        interpreter = session.get_one(Interpreter, talk.interpreter_id)
        assert (interpreter.gender, "ti" in interpreter.languages) == ("female", True)
        women = session.scalars(select(Service).where(Service.code == "B04")).one()
        topic = {*women.titles.values(), *women.topic_group.titles.values(), *women.topic_group.hints.values()}

    # She is told at once and reminded in time; then she cancels, and the time is free again.
    assert site.post_once(MORNING + timedelta(minutes=5)) == 1
    reminded_at = talk.starts_at - timedelta(days=4)  # Thursday, two working days before
    site.set_clock(reminded_at)
    assert site.post_once(reminded_at) == 1
    shown = [page.request.get(f"{site.url}/visit/calendar").text()]
    for path in ("/code", "/proof", "/move", "/late", "/cancel", ""):
        page.goto(f"{site.url}/visit{path}")
        shown.append(page.content())
    press(page, "a[href$=cancel]", "form .btn--stop")
    expect(page.locator("[role=status] h1")).to_be_visible()
    shown.append(page.content())
    assert site.post_once(reminded_at + timedelta(minutes=5)) == 1
    page.goto(times)
    expect(page.locator(f".slot[value='{start}']")).to_have_count(1)
    with site.database.reading() as session:
        sent = list(session.scalars(select(Message.body).where(Message.sent_at.is_not(None))))
    assert len(sent) == 3
    assert not [word for text in (*shown, *sent) for word in topic if word in text]


def test_a_family_of_five_has_two_talks_in_a_row_and_one_code(site: Site, window: Callable[..., Page]):
    page = window(390, 844)
    page.goto(f"{site.url}/book/pfullingen/family?lang=de")
    press(page, "a.row[href*=B14]", ".count label:has-text('5')")
    page.select_option("#second", "B02")
    press(page, ".p-do .btn")
    page.goto(f"{page.url}?day={TUESDAY}")
    press(page, ".slot", ".p-do .btn")
    expect(page.locator(".sum")).to_contain_text(re.compile("Kita und Schule[^#]*Weiteres Gespräch[^#]*Personen5"))
    press(page, CONFIRM)
    visit = visit_on(site, page)
    school, talk = visit.appointments
    assert (visit.party, school.service.code, talk.service.code) == (5, "B14", "B02")
    assert (school.state, talk.state, talk.starts_at) == (*[AppointmentState.BOOKED] * 2, school.ends_at)
    assert min(school.room.seats, talk.room.seats) >= 5

    site.set_clock(school.starts_at - timedelta(minutes=5))
    check_in(site, window(1080, 1920), visit)


def test_a_man_twenty_minutes_late_is_welcome_and_waits_with_the_walk_ins(site: Site, window: Callable[..., Page]):
    page, desk = window(390, 844), window(1440, 900)
    page.goto(f"{site.url}/book/pfullingen/letters/B03?lang=de&day={TUESDAY}")
    press(page, ".slot", ".p-do .btn", CONFIRM)
    visit = visit_on(site, page)
    starts_at, booked_with = visit.first.starts_at, visit.first.counsellor.code
    assert booked_with != "ahorn"
    site.set_clock(starts_at)
    desk.goto(f"{site.url}/demo/?lang=de")
    press(desk, f"form[action$='sign-in/{booked_with}'] button")
    expect(desk.locator(".code", has_text=visit.code)).to_have_count(1)

    site.set_clock(starts_at + timedelta(minutes=20))
    number = check_in(site, kiosk := window(1080, 1920), visit)
    expect(kiosk.locator(".k-note")).to_contain_text("Schön, dass Sie da sind")
    assert "spät" not in kiosk.locator("main").inner_text()
    page.reload()
    expect(page.locator(".wait__no")).to_have_text(number)

    # He waits with those who have no appointment: a colleague who has time is told to call him.
    desk.goto(f"{site.url}/demo/?lang=de")
    press(desk, "form[action$='sign-in/ahorn'] button")
    expect(desk.locator(".nextcard .tick__no")).to_have_text(number)
    expect(desk.locator(".nextcard .pill--warn")).to_have_text(re.compile("^kam"))

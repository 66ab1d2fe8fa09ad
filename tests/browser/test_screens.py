"""Every screen in every language: nothing cut off, axe finds nothing, small windows, no scripts, shared device."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from foundation.facts import SYSTEM
from scheduling.colliding import Wanted
from scheduling.courses import CoursePlan, make_course, open_course
from scheduling.earlier import pass_on
from scheduling.interpreters import write_down
from scheduling.interval import Interval
from scheduling.models import Centre, Counsellor, FreedTime, Hours, PoolRequest, RequestState, Visit
from scheduling.sessions import cancel_session
from tests.browser.conftest import MORNING, Site
from tests.browser.looking import look
from tests.build import at

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What a screen looks like does not depend on the database."""

THURSDAY = date(2026, 12, 3)
TAGS = ["de", "de-simple", "en", "ar", "uk"]


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("size", [(320, 640), (1280, 860)], ids=["small phone", "desktop"])
def test_booking_pages(site: Site, window: Callable[..., Page], tag: str, size: tuple[int, int]):
    page = window(*size)
    for path in (
        f"/?lang={tag}",
        "/languages",
        "/how",
        "/privacy",
        "/stop",
        "/imprint",
        "/accessibility",
        "/book/pfullingen",
        "/book/pfullingen/work",
        "/book/pfullingen/letters/B03/wishes",
        "/book/pfullingen/letters/B03",
    ):
        page.goto(site.url + path)
        look(page)
    page.locator("button.slot").first.click()
    look(page)
    page.locator(".p-do button").click()
    look(page)
    page.locator("form[action$=confirm] button").click()
    for path in (
        "/visit",
        "/visit/code",
        "/visit/contact",
        "/visit/late",
        "/visit/proof",
        "/visit/move",
        "/visit/cancel",
        "/visit/data",
        "/visit/erase",
        "/nowhere",
    ):
        page.goto(site.url + path) if path != "/nowhere" else None
        look(page)


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)], ids=["desk", "phone"])
def test_desk_screens(site: Site, window: Callable[..., Page], size: tuple[int, int]):
    page = window(*size)
    screens = [
        ("ahorn", "/desk/?all=1"), ("ahorn", "/desk/links"), ("ahorn", "/desk/proofs"), ("ahorn", "/desk/invitations"),
        ("ahorn", "/desk/interpreters"), ("ahorn", "/desk/feedback"),
        ("ahorn", "/desk/week"), ("ahorn", "/desk/rooms"), ("ahorn", "/desk/print"), ("ahorn", "/desk/calendar-feed"),
        ("leitung-pfullingen", "/desk/week?of=buche"),
        ("ahorn", "/desk/links/poster?link=B03&in=ar&in=uk"), ("empfang-pfullingen", "/desk/"),
        ("leitung-pfullingen", "/desk/devices"), ("leitung-pfullingen", "/desk/languages"),
        ("leitung-pfullingen", "/desk/languages/ar"), ("leitung-pfullingen", "/desk/texts"),
        ("leitung-pfullingen", "/desk/message-numbers"), ("leitung-pfullingen", "/desk/interpreters/people"),
        ("leitung-pfullingen", "/desk/interpreters/hours"),
    ]  # fmt: skip
    signed_in = ""
    for login, path in screens:
        if login != signed_in:
            page.goto(f"{site.url}/demo/?lang=de")
            page.locator(f"form[action$='sign-in/{login}'] button").click()
            signed_in = login
        page.goto(site.url + path)
        look(page)


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desk", "phone"])
def test_front_desk_screens(site: Site, window: Callable[..., Page], size: tuple[int, int]):
    page = window(*size)
    page.goto(f"{site.url}/demo/?lang=de")
    page.locator("form[action$='sign-in/empfang-pfullingen'] button").click()
    page.wait_for_load_state("load")  # keys are heard once the script runs
    page.keyboard.press("/")
    page.wait_for_url("**/desk/find")
    look(page)
    page.goto(f"{site.url}/desk/book")
    look(page)
    page.select_option("#service", "B03")
    page.select_option("#reads", "ar")
    page.locator("form[action$='/desk/book'] button").click()
    look(page)
    page.locator(".f-next button").last.click()
    look(page)
    page.fill("#call_name", "Lila")
    page.select_option("#sms", "yes")
    page.fill("#phone", "12")
    page.locator("form[action$=confirm] button").click()
    look(page)
    page.fill("#phone", "0152 28817386")
    page.locator("form[action$=confirm] button").click()
    for more in page.locator("main details").all():
        more.locator("summary").click()
    look(page)
    for path in ("/desk/case/move", "/desk/case/slip", "/desk/call-list", "/desk/replies", "/desk/tickets/new"):
        page.goto(site.url + path)
        look(page)
    page.locator("form[action$='tickets/new'] button").click()
    look(page)
    page.locator("a[href$='/slip']").click()
    look(page)
    page.goto(f"{site.url}/desk/find")
    page.fill("#typed", "lil")
    page.locator(".f-search button").click()
    expect(page.locator("#found table")).to_be_visible()
    look(page)


@pytest.mark.parametrize("tag", TAGS)
def test_an_offer_a_helper_and_an_interpreter_on_the_own_page(site: Site, window: Callable[..., Page], tag: str):
    page = window(320, 640)
    page.goto(f"{site.url}/?lang={tag}")
    visit_id = book_with_interpreter(page, site)
    page.goto(f"{site.url}/visit")
    look(page)
    page.locator("button[name=wanted]").click()
    look(page)
    offer_earlier(site, visit_id)
    page.goto(f"{site.url}/visit")
    expect(page.locator(".note--offer")).to_be_visible()
    look(page)
    for was, to in (("requested", "confirmed"), ("confirmed", "declined"), ("declined", "given_up")):
        answer_of_pool(site, was, to)
        page.goto(f"{site.url}/visit")
        look(page)


def book_with_interpreter(page: Page, site: Site) -> int:
    """A helper is told; the visit's id."""
    page.goto(f"{site.url}/book/pfullingen/letters/B03/wishes")
    page.select_option("#spoken", "ur")
    page.locator(".p-do button").click()
    page.goto(f"{page.url}?day={THURSDAY}")
    page.locator("button.slot").last.click()
    page.check("input[name=sms][value=helper]")
    page.fill("#phone", "0172 9980752")
    look(page)
    page.locator(".p-do button").click()
    look(page)
    page.locator("form[action$=confirm] button").click()
    with site.database.reading() as session:
        return session.scalars(select(Visit.id).where(Visit.helper_lang.is_not(None))).one()


def offer_earlier(site: Site, visit_id: int) -> None:
    """Somebody has given an earlier time back."""
    with site.database.transaction(SYSTEM, MORNING) as tx:
        visit = tx.session.get_one(Visit, visit_id)
        starts_at = visit.first.starts_at - timedelta(hours=2)
        freed = FreedTime(centre_id=visit.centre_id, service_id=visit.first.service_id, starts_at=starts_at)
        tx.session.add(freed)
        tx.session.flush()
        pass_on(tx, freed.id)


def answer_of_pool(site: Site, was: str, to: str) -> None:
    """The desk writes down what the pool says."""
    with site.database.transaction(SYSTEM, MORNING) as tx:
        request = tx.session.scalars(select(PoolRequest).order_by(PoolRequest.id.desc())).first()
        assert request
        write_down(tx, request.appointment.visit.centre, request.id, RequestState(was), RequestState(to), request.asked)


def test_the_path_works_without_scripts(site: Site, window: Callable[..., Page]):
    page = window(390, 844, java_script_enabled=False)
    page.goto(f"{site.url}/book/pfullingen/letters/B03")
    page.locator("button.slot").first.click()
    page.locator(".p-do button").click()
    page.locator("form[action$=confirm] button").click()
    code = page.locator(".pass__code b").inner_text().replace(" ", "")
    assert len(code) == 6
    page.goto(f"{site.url}/demo/")
    page.locator("form[action$='sign-in/ahorn'] button").click()
    page.locator(".nextcard button").click()
    expect(page.locator(".nowcard")).to_be_visible()


def test_a_refusal_is_shown_without_losing_the_day(site: Site, window: Callable[..., Page]):
    slow, quick = window(1440, 900), window(1440, 900)
    for page in (slow, quick):
        page.goto(f"{site.url}/demo/?lang=de")
        page.locator("form[action$='sign-in/ahorn'] button").click()
        page.locator(".nextcard").wait_for()
        page.wait_for_load_state("load")  # keys are heard once the script runs
    slow.route("**/desk/?*", lambda route: route.fulfill(status=204))  # its polls bring nothing new
    quick.keyboard.press("Space")
    number = quick.locator(".nowcard .tick__no").inner_text()
    slow.locator(".nextcard button").click()
    expect(slow.locator("#notice")).to_contain_text(f"Bei Ihnen ist noch {number}")
    expect(slow.locator("#day")).to_be_visible()
    look(slow)


@pytest.mark.parametrize(("tag", "width"), [("ar", 320), ("uk", 1280)])
def test_a_course_from_the_list_to_the_own_page(site: Site, window: Callable[..., Page], tag: str, width: int):
    teach_women(site)
    page = window(width, 740)
    page.goto(f"{site.url}/courses?lang={tag}&women=yes")
    look(page)
    page.locator(".crs[href$='/frauen']").click()
    look(page)
    page.locator(".join .btn").click()
    look(page)
    page.locator(".p-do button").click()
    page.check("[value=yes]")
    page.fill("#phone", "0152 28817386")
    look(page)
    page.locator(".p-do button").click()
    look(page)
    page.locator("form[action$=check] button").click()
    look(page)
    page.locator("form[action$=leave] button").click()
    look(page)


def teach_women(site: Site) -> None:
    """A course outside, on two Tuesdays of January, with every word that a list can say of it; one is cancelled."""
    with site.database.transaction(SYSTEM, MORNING) as tx:
        centre = tx.session.scalars(select(Centre).where(Centre.code == "pfullingen")).one()
        works = select(Hours.resource_id).join(Counsellor, Counsellor.id == Hours.resource_id)
        teacher = tx.session.scalars(works.where(Hours.centre_id == centre.id, Hours.weekday == 1)).first()
        assert teacher
        plan = CoursePlan(
            "frauen", {"de": "Frauensprachkurs mit Kinderbetreuung", "ar": "دورة للنساء"}, {"de": "Für den Alltag."},
            {"de": "Frauen, die gerade anfangen"}, "A1", True, False, teacher, None, "Musterstraße 9", 3, 2,
        )  # fmt: skip
        starts = [at("14:00", date(2027, 1, 12) + timedelta(weeks=week)) for week in range(2)]
        wanted = [Wanted(Interval(start, start + timedelta(minutes=90)), teacher, None) for start in starts]
        course = make_course(tx, centre, plan, wanted)
        open_course(tx, course)
        cancel_session(tx, course.sessions[1])

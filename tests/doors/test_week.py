"""Around the day: the own week, the rooms, and the sheet for when the network is down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from foundation.facts import SYSTEM, Actor
from scheduling.blocked import block
from scheduling.interval import Interval
from scheduling.models import Absence, BlockedKind, BlockedTime, Centre, Service, Visit
from tests.build import MONDAY, NOW, World, at
from tests.domain.counting import statements
from tests.doors.client import LookingClient

Staff = Callable[[str], LookingClient]


def blocked(world: World, resources: list[int], start: str = "15:00", end: str = "16:00") -> int:
    with world.database.transaction(Actor("staff", 1), NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        return block(tx, BlockedKind.HOME_VISIT, resources, Interval(at(start), at(end)), centre).id


def there(world: World, blocked_id: int) -> bool:
    with world.database.reading() as session:
        return session.get(BlockedTime, blocked_id) is not None


def counsellor_of(world: World, visit_id: int) -> tuple[int, str]:
    with world.database.reading() as session:
        counsellor = session.get_one(Visit, visit_id).first.counsellor
        return counsellor.id, counsellor.code


def test_a_counsellor_sees_her_week_and_only_hers(staff: Staff, world: World):
    visit_id = world.book(at("10:10"), language="ar", phone="+4915228817386")
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Visit, visit_id).call_name = "Lila"
    _, code = counsellor_of(world, visit_id)
    desk, other = staff(code), staff("buche" if code == "ahorn" else "ahorn")
    desk.get("/desk/week")
    assert "Meine Woche" in desk.page.text
    assert "Dienst B02" in desk.page.text
    assert "Arabisch" in desk.page.text
    assert "09:00–12:00" in desk.page.text
    assert "Lila" not in desk.page.text
    assert "28817386" not in desk.page.text
    other.get("/desk/week")
    assert "Dienst B02" not in other.page.text
    assert other.get(f"/desk/week?of={code}").status_code == 404


def test_leads_and_the_front_desk_see_the_weeks_of_their_own_centre(staff: Staff, world: World):
    for login in ("desk", "lead"):
        browser = staff(login)
        browser.get("/desk/week?of=buche&week=2026-W48")
        assert "Woche von Buche" in browser.page.text
        assert "Freigeben" not in browser.page.text
        assert browser.get("/desk/week").status_code == 200
        assert browser.get("/desk/week?of=eiche").status_code == 404
    assert staff("lead2").get("/desk/week?of=buche").status_code == 404


@pytest.mark.parametrize(
    "week", ["", "2026", "2026-W54", "2026-W00", "2026-11-23", "x", "9999-W01", "0001-W01", "٢٠٢٦-W48", "2026-W48 "]
)
def test_what_is_no_week_or_day_leads_to_nothing(staff: Staff, week: str):
    desk = staff("ahorn")
    assert desk.get("/desk/week", query_string={"week": week}).status_code == 404
    day = week.replace("2026-11-23", "2026-11-31")
    for page in ("/desk/rooms", "/desk/print"):
        assert desk.get(page, query_string={"day": day}).status_code == 404


def test_a_week_leads_to_the_one_before_and_after_by_keys(staff: Staff):
    desk = staff("ahorn")
    desk.get("/desk/week?week=2026-W53")
    keys = {a["data-key"]: a["href"] for a in desk.page.all("a") if "data-key" in a}
    assert keys["arrowleft"].endswith("week=2026-W52")
    assert keys["arrowright"].endswith("week=2027-W01")
    assert keys["t"] == "/desk/week"


def test_a_counsellor_gives_her_own_blocked_time_back_and_nobody_elses(staff: Staff, world: World):
    own, others, both = (
        blocked(world, [world.ahorn]), blocked(world, [world.buche]),
        blocked(world, [world.ahorn, world.buche], "16:00", "17:00"),
    )  # fmt: skip
    desk = staff("ahorn")
    desk.get("/desk/week")
    assert desk.page.text.count("Freigeben") == 1
    for foreign in (others, both, 9999):
        assert desk.send("/desk/week/give-back", {"blocked": str(foreign)}).status_code == 404
    desk.get("/desk/week")
    answer = desk.send("/desk/week/give-back?week=2026-W48", {"blocked": str(own)})
    assert answer.location == "/desk/week?week=2026-W48"
    assert [there(world, id_) for id_ in (own, others, both)] == [False, True, True]
    assert desk.send("/desk/week/give-back", {"blocked": str(own)}).status_code == 404


def test_a_week_says_who_is_away_and_that_nothing_is_in_it(staff: Staff, world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tomorrow = at("00:00", MONDAY + timedelta(days=1))
        tx.session.add(Absence(resource_id=world.ahorn, starts_at=tomorrow, ends_at=tomorrow + timedelta(days=1)))
    desk = staff("ahorn")
    desk.get("/desk/week")
    assert "abwesend" in desk.page.text
    assert "ganzer Tag" in desk.page.text
    desk.get("/desk/week?week=2026-W53")
    assert "Feiertag" in desk.page.text
    desk.get("/desk/week?week=2025-W40")
    assert "In dieser Woche steht nichts" not in desk.page.text  # Friday 3 October is a holiday
    desk.get("/desk/week?week=2025-W41")
    assert "In dieser Woche steht nichts" in desk.page.text


def test_the_rooms_say_who_is_where_and_what_is_free(staff: Staff, world: World):
    visit_id = world.book(at("09:00"))
    desk = staff("desk")
    desk.get("/desk/rooms")
    assert "besetzt bis 09:30" in desk.page.text
    assert "frei" in desk.page.text
    assert counsellor_of(world, visit_id)[1].capitalize() in desk.page.text
    desk.get("/desk/rooms?day=2026-11-28")
    assert "Zentrum geschlossen" in desk.page.text
    eiche = staff("eiche")
    eiche.get("/desk/rooms")
    assert "Dienst B02" not in eiche.page.text


def test_the_sheet_of_the_day_has_codes_and_topics_and_lines_for_who_comes(staff: Staff, world: World):
    visit_id = world.book(at("10:10"), phone="+4915228817386", language="ar")
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Visit, visit_id).call_name = "Lila"
    desk, other = staff("desk"), staff("lead2")
    desk.get("/desk/print")
    assert world.code(visit_id) in desk.page.text
    assert "Stand 09:00" in desk.page.text
    assert "Arabisch" in desk.page.text
    assert "Lila" not in desk.page.text
    assert "28817386" not in desk.page.text
    other.get("/desk/print")
    assert world.code(visit_id) not in other.page.text
    desk.get("/desk/print?day=2026-11-24")
    assert world.code(visit_id) not in desk.page.text


def test_a_hidden_topic_is_on_no_plan_and_no_paper(staff: Staff, world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Service, world.talk).hidden_topic = True
    _, code = counsellor_of(world, world.book(at("10:10")))
    desk = staff(code)
    for page in ("/desk/week", "/desk/rooms", "/desk/print"):
        desk.get(page)
        assert "Thema verdeckt" in desk.page.text, page
        assert "Dienst B02" not in desk.page.text, page


def test_more_appointments_make_no_more_statements(app: Flask, staff: Staff, world: World):
    desk = staff("ahorn")

    def cost() -> dict[str, int]:
        pages = {}
        for page in ("/desk/week", "/desk/rooms", "/desk/print"):
            desk.get(page)
            with statements(app.extensions["empfang"].database.engine) as seen:
                desk.get(page)
            pages[page] = len(seen)
        return pages

    world.book(at("10:10"))
    world.book(at("10:10"))
    few = cost()
    for start in ("10:45", "10:45", "11:20", "11:20", "13:00", "13:00"):
        world.book(at(start))
    assert cost() == few
    assert max(few.values()) <= 10, few

"""Everything a counsellor presses in a day, with and without htmx; what is refused, and what is never shown."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.facts import Actor
from queueing.models import Ticket, TicketState
from queueing.tickets import WalkIn, check_in, take_number
from scheduling import reaching, visits
from scheduling.models import BlockedTime, Centre, Counter, Visit
from scheduling.visits import Contact, visit_to_change
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at
from tests.doors.client import LookingClient, Page
from tests.doors.conftest import set_clock

STAFF = Actor("staff", 1)


def walk_in(world: World, now=NOW) -> int:
    with world.database.transaction(STAFF, now) as tx:
        return take_number(tx, WalkIn(tx.session.get_one(Centre, world.centre), None, "de", ("de",))).number


def booked(world: World, start, who: int | None = None, phone: str | None = None) -> int:
    with world.database.transaction(STAFF, NOW - timedelta(days=1)) as tx:
        visit = visit_to_change(tx, visits.hold(tx, world.wish(counsellor=who or world.ahorn), start, "de"))
        reaching.note_contact(tx, visit, Contact("Lila", phone, "asked"), unlimited=True)
        return visits.confirm(tx, visit, KEYS).id


def ticket(world: World, number: int = 100, centre: int | None = None) -> Ticket:
    with world.database.reading() as session:
        here = (Ticket.number == number, Ticket.centre_id == (centre or world.centre))
        return session.scalars(select(Ticket).where(*here).order_by(Ticket.id.desc())).first()


def state(world: World, number: int = 100) -> TicketState:
    return ticket(world, number).state


def live(desk: LookingClient, path: str, data: dict[str, str] | None = None, page: str = "/desk/"):
    """What htmx sends from a page, and what it gets."""
    told = {"X-CSRFToken": desk.token, "HX-Request": "true", "HX-Current-URL": f"http://localhost{page}"}
    return desk.post(path, data=data or {}, headers=told)


def opened(desk: LookingClient) -> LookingClient:
    desk.get("/desk/")
    return desk


@pytest.fixture
def desk(staff) -> LookingClient:
    """Ahorn's window."""
    return opened(staff("ahorn"))


def test_every_button_about_a_ticket_does_what_it_says(desk: LookingClient, world: World):
    for _ in range(2):
        walk_in(world)
    for path, expected in (
        ("100/call", TicketState.CALLED), ("100/miss", TicketState.MISSED), ("100/return", TicketState.WAITING),
        ("100/park", TicketState.PARKED), ("100/return", TicketState.WAITING), ("100/call", TicketState.CALLED),
        ("100/back", TicketState.WAITING), ("100/start", TicketState.SERVING), ("100/park", TicketState.PARKED),
        ("100/start", TicketState.SERVING), ("100/finish", TicketState.DONE), ("100/undo", TicketState.SERVING),
        ("100/finish", TicketState.DONE),
    ):  # fmt: skip
        assert desk.send(f"/desk/tickets/{path}").status_code == 303, path
        assert state(world) is expected, path
    assert desk.send("/desk/tickets/101/leave").status_code == 303
    assert state(world, 101) is TicketState.LEFT


def test_of_two_at_once_either_has_the_client_before_her_and_ends_the_talk(world: World, staff):
    wish = replace(world.wish(), services=(world.talk, world.letters), together=True)
    with world.database.transaction(STAFF, NOW) as tx:
        visit = visits.confirm(tx, visit_to_change(tx, visits.hold(tx, wish, NOW, "de")), KEYS)
        check_in(tx, visit)
    first, second = opened(staff("ahorn")), opened(staff("buche"))
    first.send("/desk/call-next")
    first.send("/desk/tickets/100/start")
    assert "Jetzt bei Ihnen" in second.get("/desk/").text
    assert second.send("/desk/call-next").status_code == 409
    assert second.send("/desk/tickets/100/notes", {"note": "follow_up"}).status_code == 303
    assert second.send("/desk/tickets/100/finish").status_code == 303
    assert (state(world), ticket(world).notes) == (TicketState.DONE, ["follow_up"])


@pytest.mark.parametrize("htmx", [True, False])
def test_all_about_a_ticket_stands_in_a_drawer_and_on_a_page(desk: LookingClient, world: World, htmx: bool):
    booked(world, at("10:10"), phone=PHONE)
    walk_in(world)
    answer = desk.get("/desk/tickets/100", headers={"HX-Request": "true"} if htmx else {})
    page = Page(answer.text)
    assert ("<html" in answer.text) is not htmx
    assert [section["id"] for section in page.all("section")] == ["ticket"]
    words = " ".join(page.text.split())
    for said in ("Nummer 100", "Rufen", "Ist bei mir: beginnen", "Parken", "Ist gegangen", "Buche", "Dettingen"):
        assert said in words, said
    assert "Anderes Zimmer" not in words, "nobody sits anywhere yet"
    assert any("hx-disable" in div for div in page.all("div")) is not htmx, "a page has no list to put the answer in"
    assert desk.get("/desk/tickets/555").status_code == 409


def test_the_drawer_offers_only_what_the_state_allows(desk: LookingClient, world: World):
    walk_in(world)
    seen = {}
    for step in ("call", "start", "finish"):
        desk.send(f"/desk/tickets/100/{step}")
        seen[step] = Page(desk.get("/desk/tickets/100").text)
    words = {step: page.text for step, page in seen.items()}
    assert "Nicht gekommen" in words["call"]
    assert "Nicht gekommen" not in words["start"]
    assert "Zimmer 2" in words["start"]
    for gone in ("Rufen", "Parken", "Weitergeben", "Vorziehen"):
        assert gone not in words["finish"], gone


def test_somebody_is_handed_to_a_colleague_a_service_a_room_and_a_centre(desk: LookingClient, world: World):
    walk_in(world)
    desk.send("/desk/call-next")
    with world.database.reading() as session:
        free = session.scalars(select(Counter).where(Counter.code == "pfullingen-2")).one().id
    assert desk.send("/desk/tickets/100/hand-over", {"to": "room:pfullingen-2"}).status_code == 303
    assert ticket(world).counter_id == free
    assert desk.send("/desk/tickets/100/hand-over", {"to": "counsellor:buche"}).status_code == 303
    assert (ticket(world).handed_to_id, state(world)) == (world.buche, TicketState.WAITING)
    assert desk.send("/desk/tickets/100/hand-over", {"to": "service:B03"}).status_code == 303
    assert (ticket(world).service_id, ticket(world).handed_to_id) == (world.letters, None)
    assert desk.send("/desk/tickets/100/hand-over", {"to": "centre:dettingen"}).status_code == 303
    assert state(world) is TicketState.SENT_ON
    assert ticket(world, 100, world.other_centre).state is TicketState.PARKED


@pytest.mark.parametrize(
    "to",
    [
        "counsellor:eiche", "counsellor:nobody", "service:X99", "room:dettingen-1", "room:nowhere", "centre:pfullingen",
        "centre:nowhere", "planet:mars", "counsellor:", "", "counsellor",
    ],
)  # fmt: skip
def test_a_foreign_or_unknown_code_leads_nowhere(desk: LookingClient, world: World, to: str):
    walk_in(world)
    desk.send("/desk/call-next")
    before = ticket(world)
    assert desk.send("/desk/tickets/100/hand-over", {"to": to}).status_code == 404
    after = ticket(world)
    assert (after.state, after.counter_id, after.trail) == (before.state, before.counter_id, before.trail)


def test_notes_are_ticked_by_whoever_holds_the_talk_and_by_nobody_else(desk: LookingClient, staff, world: World):
    walk_in(world)
    assert desk.send("/desk/tickets/100/notes", {"note": "follow_up"}).status_code == 403, "nobody holds it yet"
    for step in ("call", "start"):
        desk.send(f"/desk/tickets/100/{step}")
    answer = live(desk, "/desk/tickets/100/notes", {"note": ["follow_up", "papers_missing", "boredom"]})
    assert ticket(world).notes == ["follow_up", "papers_missing"]
    assert {i["id"] for i in Page(answer.text).all("input") if "checked" in i} == {
        "note-follow_up", "note-papers_missing"
    }  # fmt: skip
    assert opened(staff("buche")).send("/desk/tickets/100/notes", {"note": "follow_up"}).status_code == 403
    assert opened(staff("desk")).send("/desk/tickets/100/notes", {"note": "follow_up"}).status_code == 403
    desk.get("/desk/")
    desk.send("/desk/tickets/100/notes")
    assert ticket(world).notes == []


def test_urgent_goes_first_once_and_only_while_it_waits(desk: LookingClient, world: World):
    for _ in range(2):
        walk_in(world)
    assert desk.send("/desk/tickets/101/urgent/child").status_code == 303
    assert desk.send("/desk/tickets/101/urgent/health").status_code == 409
    desk.send("/desk/call-next")
    assert state(world, 101) is TicketState.CALLED
    assert desk.send("/desk/tickets/101/urgent/health").status_code == 409
    assert ticket(world, 101).urgent == "child"


def test_who_went_straight_to_the_door_is_begun_with_checked_in_or_not(desk: LookingClient, world: World):
    visit_id = booked(world, at("10:10"))
    code = {"code": world.code(visit_id)}
    assert desk.send("/desk/at-the-door", code).status_code == 303
    begun = ticket(world)
    assert (begun.state, begun.counsellor_id, begun.visit_id) == (TicketState.SERVING, world.ahorn, visit_id)
    assert desk.send("/desk/at-the-door", code).status_code == 404, "she is in already"
    waits = walk_in(world)
    assert desk.send(f"/desk/tickets/{waits}/start").status_code == 409, "one talk at a time"
    desk.send("/desk/tickets/100/finish")
    assert desk.send(f"/desk/tickets/{waits}/start").status_code == 303
    assert state(world, waits) is TicketState.SERVING


def test_at_the_door_while_another_is_inside_nothing_happens_at_all(desk: LookingClient, world: World):
    code = world.code(booked(world, at("10:10")))
    walk_in(world)
    desk.send("/desk/call-next")
    assert desk.send("/desk/at-the-door", {"code": code}).status_code == 409
    assert ticket(world, 101) is None, "not checked in either"


def test_time_is_blocked_in_two_taps_and_given_back(desk: LookingClient, world: World):
    set_clock(world, at("09:01"))
    answer = desk.get("/desk/block", headers={"HX-Request": "true"})
    form = Page(answer.text)
    assert form.all("section")[0]["id"] == "block"
    first = {"kind": form.field("kind"), "minutes": form.field("minutes"), "start": form.slots[0]}
    assert first == {"kind": "pause", "minutes": "15", "start": "09:05"}
    taken = live(desk, "/desk/block", first)
    assert "Keine Beratung" not in taken.text, "it has not begun"
    set_clock(world, at("09:06"))
    desk.get("/desk/")
    assert "Keine Beratung bis 09:20" in " ".join(desk.page.text.split())
    which = next(b["value"] for b in Page(taken.text).all("button") if b.get("name") == "which")
    assert "Keine Beratung" not in live(desk, "/desk/unblock", {"which": which}).text
    assert live(desk, "/desk/unblock", {"which": which}).status_code == 404


def test_a_blocked_time_over_a_booking_names_it_and_takes_nothing(desk: LookingClient, world: World):
    booked(world, at("10:10"))
    answer = live(desk, "/desk/block", {"kind": "meeting", "minutes": "60", "start": "09:30"})
    assert answer.status_code == 409
    assert "10:10" in answer.text
    with world.database.reading() as session:
        assert session.scalars(select(BlockedTime)).all() == []


@pytest.mark.parametrize(
    "typed",
    [
        {"minutes": "4"}, {"minutes": "481"}, {"minutes": "soon"}, {"minutes": "-30"}, {"minutes": ""},
        {"start": "25:00"}, {"start": ""}, {"start": "now"}, {"kind": "event"}, {"kind": "nap"}, {"kind": ""},
    ],
)  # fmt: skip
def test_what_no_form_of_ours_says_blocks_nothing(desk: LookingClient, world: World, typed: dict[str, str]):
    asked = {"kind": "pause", "minutes": "30", "start": "09:30", **typed}
    assert desk.send("/desk/block", asked).status_code == 404
    with world.database.reading() as session:
        assert session.scalars(select(BlockedTime)).all() == []


def test_a_start_that_has_just_passed_means_now_and_nobody_gives_back_anothers_time(
    desk: LookingClient, staff, world: World
):
    set_clock(world, at("09:07"))
    assert desk.send("/desk/block", {"kind": "pause", "minutes": "30", "start": "09:05"}).status_code == 303
    desk.get("/desk/")
    assert "bis 09:37" in desk.page.text
    which = next(b["value"] for b in desk.page.all("button") if b.get("name") == "which")
    assert opened(staff("buche")).send("/desk/unblock", {"which": which}).status_code == 404


def test_running_late_is_said_told_and_taken_back(desk: LookingClient, world: World):
    visit_id = booked(world, at("10:10"), phone=PHONE)
    said = Page(live(desk, "/desk/late", {"minutes": "15"}).text)
    assert "beginnt 15 Minuten später" in said.text
    assert "Doch pünktlich" in said.text
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).first.delayed_by == timedelta(minutes=15)
    assert "Doch pünktlich" not in live(desk, "/desk/late", {"minutes": "0"}).text
    for wrong in ("20", "-10", "", "many"):
        assert live(desk, "/desk/late", {"minutes": wrong}).status_code == 404


def test_the_next_date_stands_beside_the_list_when_a_talk_is_over(desk: LookingClient, world: World):
    booked(world, at("10:10"), phone=PHONE)
    walk_in(world)
    desk.send("/desk/call-next")
    answer = live(desk, "/desk/tickets/100/finish")
    page = Page(answer.text)
    (drawer,) = page.all("aside")
    assert (drawer["id"], drawer["hx-swap-oob"]) == ("drawer", "true")
    assert next(a["id"] for tag, a in page.tags if "id" in a) == "day"
    assert len(page.slots) == 3
    assert len({slot[:10] for slot in page.slots}) == 3
    assert [b.get("data-key") for b in page.all("button") if b.get("name") == "start"] == ["1", "2", "3"]


@pytest.mark.parametrize("htmx", [True, False])
def test_the_next_date_is_booked_once_with_one_press(desk: LookingClient, world: World, htmx: bool):
    code = world.code(booked(world, at("10:10"), phone=PHONE))
    desk.send("/desk/at-the-door", {"code": code})
    desk.send("/desk/tickets/100/finish")
    told = {"HX-Request": "true"} if htmx else {}
    shown = Page(desk.get("/desk/tickets/100/follow-up", headers=told).text)
    assert "im selben Zimmer" in shown.text
    chosen = {name: shown.field(name) for name in ("form_key", "room", "interpreter")} | {"start": shown.slots[0]}
    for _ in range(2):
        assert desk.send("/desk/tickets/100/follow-up", chosen).location == "/desk/tickets/100/followed-up"
    answer = desk.get("/desk/tickets/100/followed-up", headers=told)
    assert ("<html" in answer.text) is not htmx
    with world.database.reading() as session:
        _, after = session.scalars(select(Visit).order_by(Visit.id)).all()
        assert (after.call_name, after.phone, after.first.counsellor_id) == ("Lila", None, world.ahorn)
        assert after.code in answer.text
    assert "Bitte geben Sie den Code mit." in answer.text
    assert "Lila" not in answer.text


def test_an_sms_about_the_next_date_needs_a_yes_of_today(desk: LookingClient, world: World):
    desk.send("/desk/at-the-door", {"code": world.code(booked(world, at("10:10"), phone=PHONE))})
    desk.send("/desk/tickets/100/finish")
    shown = Page(desk.get("/desk/tickets/100/follow-up").text)
    assert "checked" not in next(i for i in shown.all("input") if i.get("name") == "sms")
    desk.send("/desk/tickets/100/follow-up", {"start": shown.slots[1], "sms": "yes"})
    with world.database.reading() as session:
        assert session.scalars(select(Visit.phone).order_by(Visit.id.desc())).first() == PHONE


def test_weeks_are_chosen_and_wrong_ones_lead_nowhere(desk: LookingClient, world: World):
    walk_in(world)
    desk.send("/desk/call-next")
    for weeks in (1, 2, 4):
        shown = Page(desk.get(f"/desk/tickets/100/follow-up?weeks={weeks}").text)
        assert min(shown.slots)[:10] == str(MONDAY + timedelta(weeks=weeks))
    assert desk.get("/desk/tickets/100/follow-up?weeks=99").status_code == 404
    for start in ("", "tomorrow", "9999-12-31T23:59Z"):
        assert desk.send("/desk/tickets/100/follow-up", {"start": start}).status_code == 404
    assert desk.get("/desk/tickets/100/followed-up").status_code == 404, "nothing was booked"


def test_the_summary_of_today_of_another_day_and_of_nothing(desk: LookingClient, world: World):
    desk.get("/desk/summary")
    assert "An diesem Tag war nichts." in desk.page.text
    walk_in(world)
    for step in ("call", "start", "finish"):
        desk.send(f"/desk/tickets/100/{step}")
    for path in ("/desk/summary", f"/desk/summary?day={MONDAY}"):
        desk.get(path)
        assert "Tagesabschluss, Montag" in desk.page.text
        assert "Ahorn" in desk.page.text
    desk.get("/desk/summary?day=2026-11-20")
    assert "An diesem Tag war nichts." in desk.page.text
    for wrong in ("soon", "2026-02-30", "9999-01-01"):
        assert desk.get(f"/desk/summary?day={wrong}").status_code == 404


def test_whoever_is_too_late_hears_what_happened_when_and_by_whom(desk: LookingClient, staff, world: World):
    buche = opened(staff("buche"))
    for step, minute, sentence in (
        ("call", "09:01", "Ahorn hat Nummer 100 um 09:01 gerufen."),
        ("start", "09:02", "Ahorn hat um 09:02 mit Nummer 100 begonnen."),
        ("park", "09:03", "Ahorn hat Nummer 100 um 09:03 geparkt."),
        ("return", "09:04", "Nummer 100 wartet seit 09:04 wieder (Ahorn)."),
        ("call", "09:05", "Ahorn hat Nummer 100 um 09:05 gerufen."),
        ("finish", "09:06", "Ahorn ist seit 09:06 mit Nummer 100 fertig."),
        ("undo", "09:07", "Ahorn hat um 09:07 bei Nummer 100 etwas zurückgenommen."),
    ):
        if step == "call" and minute == "09:01":
            walk_in(world)
        set_clock(world, at(minute))
        assert desk.send(f"/desk/tickets/100/{step}").status_code == 303
        assert buche.send("/desk/tickets/100/leave", {"was": "elsewhere"}).status_code == 409
        assert sentence in buche.page.text, step


@pytest.mark.parametrize("press", ["start", "recall", "miss", "finish"])
def test_a_colleagues_talk_is_hers_however_old_the_page_is(desk: LookingClient, staff, world: World, press: str):
    walk_in(world)
    desk.send("/desk/call-next")
    if press == "finish":
        desk.send("/desk/tickets/100/start")
    before = state(world)
    assert opened(staff("buche")).send(f"/desk/tickets/100/{press}", {"was": before.value}).status_code == 409
    assert (state(world), ticket(world).counsellor_id) == (before, world.ahorn)


def test_two_windows_of_one_counsellor_stay_in_step(staff, world: World):
    one, two = opened(staff("ahorn")), opened(staff("ahorn"))
    walk_in(world)
    two.get("/desk/")
    again = next(div["hx-get"] for div in two.page.all("div") if div.get("id") == "day")
    one.send("/desk/call-next")
    polled = two.get(again, headers={"HX-Request": "true"})
    assert "Beginnen" in Page(polled.text).text
    assert two.send("/desk/call-next").status_code == 409
    assert two.send("/desk/tickets/100/start", {"was": "waiting"}).status_code == 409
    assert two.send("/desk/tickets/100/start", {"was": "called"}).status_code == 303


@pytest.mark.parametrize(("page", "whole"), [("/desk/?all=1", True), ("/desk/", False)])
def test_whoever_looks_at_the_whole_centre_goes_on_looking_at_it(
    desk: LookingClient, world: World, page: str, whole: bool
):
    code = world.code(booked(world, at("10:10"), world.buche))
    walk_in(world)
    desk.get(page)
    assert (code in live(desk, "/desk/call-next", page=page).text) is whole


def test_nobody_is_named_and_no_number_is_seen_in_lists_drawers_and_summary(desk: LookingClient, staff, world: World):
    booked(world, at("10:10"), world.buche, PHONE)
    code = world.code(booked(world, at("10:10"), phone="+491729980752"))
    front = opened(staff("desk"))
    front.send("/desk/arrived", {"code": code})
    for path in ("/desk/", "/desk/?all=1", "/desk/tickets/100", "/desk/summary", "/desk/block"):
        for browser in (desk, front):
            browser.get(path)
            assert "Lila" not in browser.page.text, path
            assert "99807" not in browser.page.text, path


def test_a_number_of_yesterday_is_nobodys_today(desk: LookingClient, world: World):
    walk_in(world)
    set_clock(world, at("09:00", MONDAY + timedelta(days=1)))
    assert desk.get("/desk/tickets/100").status_code == 409
    for step in ("call", "start", "park", "leave", "undo", "urgent/child"):
        assert desk.send(f"/desk/tickets/100/{step}").status_code == 409, step
    assert desk.get("/desk/tickets/100/follow-up").status_code == 409
    assert state(world) is TicketState.WAITING


def test_a_whole_talk_without_scripts(desk: LookingClient, world: World):
    walk_in(world)
    for path, data in (
        ("/desk/call-next", {}), ("/desk/tickets/100/recall", {"was": "called"}), ("/desk/tickets/100/start", {}),
        ("/desk/tickets/100/notes", {"note": "follow_up"}), ("/desk/tickets/100/finish", {}),
    ):  # fmt: skip
        desk.get("/desk/")
        actions = {form["action"] for form in desk.page.all("form")}
        actions |= {b.get("formaction") for b in desk.page.all("button")}
        assert path in actions, path
        assert desk.send(path, data).location == "/desk/"
    desk.get("/desk/")
    assert "/desk/tickets/100/follow-up" in {a.get("href") for a in desk.page.all("a")}
    desk.get("/desk/tickets/100/follow-up")
    start = {"start": desk.page.slots[0], "form_key": desk.page.field("form_key")}
    desk.get(desk.send("/desk/tickets/100/follow-up", start).location)
    assert "Folgetermin gebucht" in desk.page.text
    assert "/desk/" in {a.get("href") for a in desk.page.all("a")}

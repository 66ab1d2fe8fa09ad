"""The desk: signing in, the day, calling, and who may do what where."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from access.models import Account
from access.rights import Right, Role, may
from foundation.facts import Actor, Fact
from queueing.models import Ticket, TicketState
from queueing.tickets import WalkIn, take_number
from scheduling.models import Centre, Visit
from tests.build import NOW, World, at
from tests.domain.counting import statements
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock

ROLES = {
    "ahorn": Role.COUNSELLOR, "desk": Role.FRONT_DESK, "lead": Role.LEAD, "district": Role.DISTRICT_LEAD,
    "admin": Role.ADMIN,
}  # fmt: skip


def walk_in(world: World, now=NOW) -> int:
    with world.database.transaction(Actor("staff", 1), now) as tx:
        return take_number(tx, WalkIn(tx.session.get_one(Centre, world.centre), None, "ar", ("ar",))).number


def state(world: World, number: int = 100) -> TicketState:
    with world.database.reading() as session:
        return session.scalars(select(Ticket.state).where(Ticket.number == number)).one()


def test_a_wrong_password_is_refused_and_noted_without_saying_which_half_was_wrong(client: LookingClient, world: World):
    client.get("/desk/sign-in")
    answers = [client.send("/desk/sign-in", {"login": login, "password": "wrong"}) for login in ("ahorn", "nobody")]
    assert [a.status_code for a in answers] == [422, 422]
    assert "Name oder Passwort stimmt nicht" in client.page.text
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).where(Fact.kind == "account.sign_in_failed")) == 1


def test_the_desk_asks_to_sign_in_and_signing_out_ends_it(client: LookingClient, staff):
    assert client.get("/desk/").location == "/desk/sign-in"
    desk = staff("ahorn")
    desk.get("/desk/")
    desk.send("/desk/sign-out")
    assert desk.get("/desk/").location == "/desk/sign-in"


def test_the_day_costs_eight_statements_after_a_change_and_its_poll_one(app: Flask, staff, world: World):
    walk_in(world)
    desk, engine = staff("ahorn"), app.extensions["empfang"].database.engine
    desk.get("/desk/")  # the set-up is remembered
    walk_in(world)
    with statements(engine) as asked:
        desk.get("/desk/")
    assert len(asked) <= 8, asked
    day = next(a["hx-get"] for a in desk.page.all("div") if a.get("id") == "day")
    poll = f"{day}&alarms={desk.page.field('alarms')}"
    with statements(engine) as asked:
        assert desk.get(poll, headers={"HX-Request": "true"}).status_code == 204
    assert len(asked) <= 1, asked


def test_signing_out_in_one_window_takes_the_others_along(staff):
    desk = staff("ahorn")
    desk.get("/desk/")
    desk.send("/desk/sign-out")
    poll = desk.get("/desk/?v=0", headers={"HX-Request": "true"})
    assert (poll.status_code, poll.headers["HX-Redirect"]) == (204, "/desk/sign-in")


def test_who_has_no_page_here_can_at_least_sign_out(staff):
    district = staff("district")
    assert district.get("/desk/").status_code == 403
    assert district.send("/desk/sign-out").location == "/desk/sign-in"


def test_a_closed_account_loses_its_session_at_once(staff, world: World):
    desk = staff("ahorn")
    assert desk.get("/desk/").status_code == 200
    with world.database.transaction(Actor("system"), NOW) as tx:
        tx.session.query(Account).filter_by(login="ahorn").one().session_generation += 1
    assert desk.get("/desk/").location == "/desk/sign-in"


def test_a_counsellor_sees_who_is_next_and_why_calls_starts_and_finishes(staff, world: World):
    walk_in(world)
    desk = staff("ahorn")
    desk.get("/desk/")
    assert "Warum jetzt?" in desk.page.text
    assert "Wartet am längsten" in desk.page.text
    for path, expected in (
        ("/desk/call-next", TicketState.CALLED),
        ("/desk/tickets/100/recall", TicketState.CALLED),
        ("/desk/tickets/100/start", TicketState.SERVING),
        ("/desk/tickets/100/finish", TicketState.DONE),
        ("/desk/tickets/100/undo", TicketState.SERVING),
        ("/desk/tickets/100/undo", TicketState.CALLED),
        ("/desk/tickets/100/no-show", TicketState.NO_SHOW),
    ):
        assert desk.send(path).location == "/desk/"
        assert state(world) is expected
        desk.get("/desk/")


def test_an_action_answers_htmx_with_the_new_day_and_a_refusal_with_its_sentence(staff, world: World):
    walk_in(world)
    desk = staff("ahorn")
    desk.get("/desk/")
    token = {"X-CSRFToken": desk.page.field("csrf_token"), "HX-Request": "true"}
    called = desk.post("/desk/call-next", headers=token)
    assert called.status_code == 200
    assert 'id="day"' in called.text
    assert "<html" not in called.text
    refused = desk.post("/desk/call-next", headers=token)
    assert refused.status_code == 409
    assert refused.headers["HX-Retarget"] == "#notice"
    assert "Bei Ihnen ist noch 100" in refused.text


def test_a_ticket_that_has_moved_on_says_so(staff, world: World):
    walk_in(world)
    ahorn, buche = staff("ahorn"), staff("buche")
    for desk in (ahorn, buche):
        desk.get("/desk/")
    ahorn.send("/desk/call-next")
    assert buche.send("/desk/tickets/100/call").status_code == 409
    assert "Ahorn hat Nummer 100 um 09:00 gerufen." in buche.page.text
    assert buche.send("/desk/tickets/555/start").status_code == 409


def test_an_old_tab_does_not_act_on_what_has_moved_on(staff, world: World):
    walk_in(world)
    desk = staff("ahorn")
    desk.get("/desk/")
    desk.send("/desk/call-next")
    assert desk.send("/desk/tickets/100/undo", {"was": "done"}).status_code == 409
    assert state(world) is TicketState.CALLED
    assert desk.send("/desk/tickets/100/undo", {"was": "called"}).status_code == 303


def test_the_front_desk_may_let_somebody_go_first(staff, world: World):
    walk_in(world)
    desk = staff("desk")
    desk.get("/desk/")
    assert desk.send("/desk/tickets/100/urgent/health").location == "/desk/"
    desk.get("/desk/")
    assert "dringend" in desk.page.text
    assert desk.send("/desk/tickets/100/urgent/boredom").status_code == 404


def test_an_unchanged_day_answers_204_and_a_new_ticket_wakes_it(staff, world: World):
    desk = staff("ahorn")
    desk.get("/desk/")
    again = next(a["hx-get"] for a in desk.page.all("div") if a.get("id") == "day")
    assert desk.get(again, headers={"HX-Request": "true"}).status_code == 204
    walk_in(world)
    changed = desk.get(again, headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert "100" in changed.text


def test_history_is_restored_as_a_whole_page(staff):
    desk = staff("ahorn")
    answer = desk.get("/desk/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in answer.text


def test_the_front_desk_checks_in_who_stands_before_it(staff, world: World):
    code = world.code(world.book(at("10:10")))
    desk = staff("desk")
    desk.get("/desk/")
    assert code in desk.page.text
    assert desk.send("/desk/arrived", {"code": code}).location == "/desk/"
    assert state(world) is TicketState.WAITING
    assert desk.send("/desk/arrived", {"code": "000000"}).status_code == 404


def test_a_hidden_topic_is_not_in_the_list(staff, world: World):
    with world.database.transaction(Actor("system"), NOW) as tx:
        tx.session.get_one(Centre, world.centre)
        from scheduling.models import Service

        tx.session.get_one(Service, world.talk).hidden_topic = True
    world.book(at("10:10"))
    desk = staff("lead")
    desk.get("/desk/")
    assert "Thema verdeckt" in desk.page.text
    assert "Dienst B02" not in desk.page.text


def test_names_and_numbers_of_clients_are_not_in_the_list(staff, world: World):
    visit_id = world.book(at("10:10"), phone="+4915228817386")
    with world.database.transaction(Actor("system"), NOW) as tx:
        tx.session.get_one(Visit, visit_id).call_name = "Lila"
    desk = staff("desk")
    desk.get("/desk/")
    assert "Lila" not in desk.page.text
    assert "28817386" not in desk.page.text


def test_the_desk_speaks_english_too_and_falls_back_to_german(staff):
    desk = staff("ahorn")
    desk.get("/desk/?lang=en")
    assert "Today" in desk.page.text
    desk.get("/desk/?lang=ar")
    assert desk.page.all("html")[0]["lang"] == "de"


@pytest.mark.parametrize("login", ROLES)
def test_every_route_asks_every_role_for_its_right(app: Flask, staff, world: World, login: str):
    browser = staff(login)
    browser.get("/desk/sign-in")
    role, tried = ROLES[login], 0
    for rule in app.url_map.iter_rules():
        gate = getattr(app.view_functions[rule.endpoint], "gate", "")
        if not gate.startswith("staff:"):
            continue
        path = re.sub(r"<[^>]*number>", "1", rule.rule).replace("<reason>", "health")
        path = re.sub(r"<any\('?([\w-]+).*?>", r"\1", path)
        answer = browser.get(path) if "GET" in rule.methods else browser.send(path)
        allowed = may(role, Right(gate.removeprefix("staff:")))
        refused = answer.status_code == 403 and "fehlt Ihnen die Berechtigung" in browser.page.text
        assert refused is not allowed, (path, answer.status_code)
        tried += 1
    assert tried >= 10


def test_a_foreign_centre_can_not_be_reached(staff, device, world: World):
    code = world.code(world.book(at("10:10")))
    number = walk_in(world)
    device("kiosk")
    eiche, lead2 = staff("eiche"), staff("lead2")
    for browser in (eiche, lead2):
        browser.get("/desk/?all=1")
        assert code not in browser.page.text
        assert "100" not in browser.page.text
    assert eiche.send(f"/desk/tickets/{number}/call").status_code == 409
    assert eiche.send("/desk/arrived", {"code": code}).status_code == 404
    lead2.get("/desk/devices")
    assert lead2.send("/desk/devices/1/revoke").status_code == 404
    assert lead2.send("/desk/devices", {"kind": "kiosk", "name": "x", "centre": "pfullingen"}).status_code == 404


def test_a_stolen_kiosk_cookie_opens_no_desk_and_no_visit(device):
    kiosk = device("kiosk")
    assert kiosk.get("/desk/").location == "/desk/sign-in"
    assert kiosk.get("/visit").status_code == 404
    assert kiosk.get("/display/").location == "/kiosk/pairing"


def test_after_closing_the_desk_is_calm(staff, world: World):
    set_clock(world, at("18:00"))
    desk = staff("ahorn")
    desk.get("/desk/")
    assert "Niemand wartet" in desk.page.text

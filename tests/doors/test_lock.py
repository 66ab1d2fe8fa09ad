"""The screen of a shared PC locks when nobody acts, and opens by the password of whoever is signed in (X-10)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from access.models import Account
from doorway import lock as screen
from foundation.facts import Fact
from tests.build import PASSWORD, World
from tests.doors.client import LookingClient

LIVE = {"HX-Request": "true"}


def quiet(browser: LookingClient, minutes: int, key: str = "acted_at") -> None:
    """So long ago somebody acted at this desk last (or signed in)."""
    with browser.session_transaction() as session:
        session[key] -= int(timedelta(minutes=minutes).total_seconds())


def is_locked(browser: LookingClient) -> bool:
    return browser.get("/desk/lock-state?v=0", headers=LIVE).json["locked"]


def script(browser: LookingClient, path: str, **form: str) -> dict[str, object]:
    """What `lock.js` sends."""
    answer = browser.post(path, data={"csrf_token": browser.token, **form}, headers=LIVE)
    assert answer.status_code == 200
    return answer.json


@pytest.fixture
def desk(staff) -> LookingClient:
    """Ahorn's browser, with her links open."""
    browser = staff("ahorn")
    browser.get("/desk/links")
    return browser


def failures(world: World) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).where(Fact.kind == "account.sign_in_failed")) or 0


def test_after_fifteen_quiet_minutes_the_desk_asks_for_the_password_and_leads_back(desk: LookingClient):
    quiet(desk, 14)
    assert desk.get("/desk/links").status_code == 200
    quiet(desk, 15)
    locked = desk.get("/desk/links")
    assert (locked.status_code, locked.location) == (303, "/desk/locked?to=/desk/links")
    desk.get(locked.location)
    assert "Bildschirm gesperrt" in desk.page.text
    assert desk.page.field("to") == "/desk/links"
    assert [i["value"] for i in desk.page.all("input") if i.get("id") == "lock-login"] == ["ahorn"]
    back = desk.send("/desk/unlock", {"to": "/desk/links", "password": PASSWORD})
    assert back.location == "/desk/links"
    assert desk.get("/desk/links").status_code == 200


def test_a_poll_neither_keeps_the_screen_open_nor_changes_the_cookie(desk: LookingClient):
    quiet(desk, 14)
    for path in ("/desk/?v=old", "/desk/alarm?v=old", "/desk/lock-state?v=0"):
        answer = desk.get(path, headers=LIVE)
        assert answer.status_code == 200
        assert not answer.headers.getlist("Set-Cookie"), path
    quiet(desk, 1)
    assert is_locked(desk)


@pytest.mark.parametrize("act", ["opens a page", "presses in a live part", "types without sending"])
def test_what_a_person_does_keeps_the_screen_open(desk: LookingClient, act: str):
    quiet(desk, 14)
    if act == "opens a page":
        desk.get("/desk/proofs")
    elif act == "presses in a live part":
        desk.post("/desk/help-coming", headers={"X-CSRFToken": desk.token, **LIVE})
    else:
        script(desk, "/desk/lock-state")
    quiet(desk, 14)
    assert not is_locked(desk)


def test_acts_are_written_down_once_a_minute(desk: LookingClient):
    assert not desk.get("/desk/links").headers.getlist("Set-Cookie")
    quiet(desk, 1)
    assert desk.get("/desk/links").headers.getlist("Set-Cookie")
    assert not desk.get("/desk/links").headers.getlist("Set-Cookie")


def test_who_types_in_a_locked_page_does_not_unlock_it(desk: LookingClient):
    quiet(desk, 15)
    assert script(desk, "/desk/lock-state")["locked"]
    assert is_locked(desk)


def test_a_live_part_is_told_and_keeps_its_page(desk: LookingClient):
    quiet(desk, 15)
    told = desk.get("/desk/?v=old", headers=LIVE)
    assert (told.status_code, told.headers["HX-Trigger"], told.text) == (204, screen.LOCKED, "")
    pressed = desk.post("/desk/call-next", headers={"X-CSRFToken": desk.token, **LIVE})
    assert (pressed.status_code, pressed.headers["HX-Trigger"]) == (204, screen.LOCKED)


def test_going_away_locks_at_once_in_every_window(desk: LookingClient):
    assert desk.send("/desk/lock", {"to": "/desk/links"}).location == "/desk/locked?to=/desk/links"
    assert desk.get("/desk/proofs").location == "/desk/locked?to=/desk/proofs"
    assert is_locked(desk)
    assert script(desk, "/desk/unlock", password=PASSWORD) == {"locked": False, "login": "ahorn", "said": ""}
    assert desk.get("/desk/proofs").status_code == 200


def test_a_wrong_password_counts_and_five_pause_the_account_for_a_minute_only(desk: LookingClient, world: World):
    desk.send("/desk/lock")
    desk.get("/desk/locked")
    for _ in range(3):
        assert desk.send("/desk/unlock", {"password": "wrong"}).status_code == 422
        assert "Das Passwort stimmt nicht" in desk.page.text
    for _ in range(2):
        said = script(desk, "/desk/unlock", password="wrong")
        assert said == {"locked": True, "login": "ahorn", "said": said["said"]}
        assert "Das Passwort stimmt nicht" in said["said"]
    assert failures(world) == 5
    assert desk.send("/desk/unlock", {"password": PASSWORD}).status_code == 429
    with world.database.reading() as session:
        paused_until = session.scalars(select(Account.locked_until).where(Account.login == "ahorn")).one()
    assert paused_until is not None
    assert is_locked(desk)


def test_only_the_account_that_is_signed_in_opens_its_screen(desk: LookingClient, staff):
    desk.send("/desk/lock")
    desk.get("/desk/locked")
    assert desk.send("/desk/unlock", {"login": "buche", "password": "buche's own"}).status_code == 422
    assert desk.send("/desk/sign-out").location == "/desk/sign-in"
    assert desk.get("/desk/").location == "/desk/sign-in"
    assert desk.get("/desk/lock-state?v=0", headers=LIVE).headers["HX-Redirect"] == "/desk/sign-in"


def test_half_a_day_after_the_password_it_is_asked_for_again_however_busy_the_desk_is(desk: LookingClient):
    quiet(desk, 12 * 60 - 1, "entered_at")
    assert not is_locked(desk)
    quiet(desk, 1, "entered_at")
    assert is_locked(desk)
    script(desk, "/desk/unlock", password=PASSWORD)
    assert not is_locked(desk)


def test_a_session_from_before_there_was_a_lock_is_locked(desk: LookingClient):
    with desk.session_transaction() as session:
        del session["acted_at"], session["entered_at"]
    assert is_locked(desk)


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/desk//evil.example/..", "/\\evil.example", "/desk/@evil\r\nX: y",
           "javascript:alert(1)", "/visit", "", "\0"],
)  # fmt: skip
def test_the_way_back_leads_nowhere_else(desk: LookingClient, to: str):
    assert desk.get("/desk/locked", query_string={"to": to}).location == "/desk/"
    desk.send("/desk/lock", {"to": to})
    desk.get("/desk/locked", query_string={"to": to})
    assert desk.page.field("to") == "/desk/"
    assert desk.send("/desk/unlock", {"to": to, "password": PASSWORD}).location == "/desk/"


def test_the_way_back_keeps_what_was_looked_at(desk: LookingClient):
    quiet(desk, 15)
    where = "/desk/invitations/poster?invitation=5"
    assert desk.get(where).location == "/desk/locked?to=/desk/invitations/poster?invitation%3D5"
    assert desk.send("/desk/unlock", {"to": where, "password": PASSWORD}).location == where
    quiet(desk, 15)
    assert desk.send("/desk/call-next").location == "/desk/locked?to=/desk/", "a form is not sent again"


def test_every_page_and_form_of_staff_is_behind_the_lock(app: Flask, desk: LookingClient):
    desk.send("/desk/lock")
    tried, open_anyway = 0, set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not getattr(view, "gate", "").startswith("staff:"):
            continue
        if view.even_locked:
            open_anyway.add(rule.endpoint)
            continue
        path = re.sub(r"<any\('?([\w-]+).*?>", r"\1", re.sub(r"<(?!any)[^>]*>", "1", rule.rule))
        answer = desk.get(path) if "GET" in rule.methods else desk.send(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/desk/locked"), path
        tried += 1
    assert tried > 20
    assert open_anyway == {"desk.alarm", "desk.raise_"}, "danger does not wait for a password"

"""What holds for every door: headers, CSRF, GET changes nothing, no demo outside demo mode, kind errors."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from access.rights import Right, Role, may
from foundation.facts import SYSTEM
from foundation.model import Base
from scheduling.invariants import INVARIANTS
from scheduling.models import Claim, Visit
from scheduling.visits import manage_token
from tests.build import KEYS, MONDAY, NOW, World, at
from tests.conftest import settings_for
from tests.doors.client import LookingClient
from wsgi import create_app

STAFF = {"ahorn": Role.COUNSELLOR, "desk": Role.FRONT_DESK, "lead": Role.LEAD, "admin": Role.ADMIN}
VALUES = {
    "centre_code": "pfullingen", "topic_code": "other", "service_code": "B02", "token": "x" * 22, "number": "100",
    "code": "123456", "device_number": "1", "kind": "kiosk", "reason": "health",
    "call": "recall", "move": "undo", "login": "ahorn", "step": "hour",
    "filename": "css/base.css", "tag": "ar", "ppi": "132", "duty_number": "1", "course_code": "deutsch",
    "session_number": "1", "end": "cancel",
}  # fmt: skip


def every_path(app: Flask, method: str) -> list[str]:
    with app.test_request_context():
        return [
            app.url_for(rule.endpoint, **{name: VALUES[name] for name in rule.arguments})
            for rule in app.url_map.iter_rules()
            if method in (rule.methods or ())
        ]


def every_form(app: Flask) -> list[tuple[str, str]]:
    """Where every form outside the demo leads, and its gate."""
    with app.test_request_context():
        return [
            (app.url_for(rule.endpoint, **{name: VALUES[name] for name in rule.arguments}), gate)
            for rule in app.url_map.iter_rules()
            if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("demo.")
            for gate in [app.view_functions[rule.endpoint].gate]
        ]


def contents(world: World) -> dict[str, int]:
    with world.database.reading() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}


def test_get_changes_nothing_anywhere(app: Flask, staff: Callable[[str], LookingClient], device, world: World):
    world.book(at("10:10"))
    browsers = [app.test_client(), staff("ahorn"), staff("lead"), device("kiosk"), device("display")]
    before, refused = contents(world), 0
    for browser in browsers:
        for path in every_path(app, "GET"):
            answer = browser.get(path)
            assert answer.status_code < 500, path
            refused += answer.status_code == 403
    assert contents(world) == before | {"fact": before["fact"] + contents(world)["fact"] - before["fact"]}
    denied = contents(world)["fact"] - before["fact"]
    assert denied == refused, "a refused page is noted in the audit trail, and nothing else"


def test_every_form_needs_its_token(app: Flask, client: LookingClient, world: World):
    before = contents(world)
    for path in every_path(app, "POST"):
        assert client.post(path).status_code == 400, path
        assert "zu lange offen" in client.page.text
    assert contents(world) == before


def test_a_form_of_a_foreign_site_is_refused(client: LookingClient):
    client.get("/book/pfullingen/other/B02")
    answer = client.send(
        "/book/pfullingen/other/B02", {"start": "2026-11-23T09:10Z"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_every_answer_protects_itself(app: Flask, client: LookingClient):
    for path in every_path(app, "GET"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        if not path.startswith("/static"):
            assert headers["Cache-Control"] == "no-store"


def test_live_servers_insist_on_https_and_have_no_demo(database_url: str, world: World):
    app = create_app(settings_for(database_url, demo=False, public_url="https://termin.example.org"))
    assert not any(rule.rule.startswith("/demo") for rule in app.url_map.iter_rules())
    client = app.test_client()
    answer = client.get("/", base_url="https://termin.example.org")
    assert "Strict-Transport-Security" in answer.headers
    (cookie,) = client.get("/?lang=ar", base_url="https://termin.example.org").headers.getlist("Set-Cookie")
    assert client.get("/demo/", base_url="https://termin.example.org").status_code == 404
    assert "Demo" not in client.get("/", base_url="https://termin.example.org").text
    assert cookie.startswith("__Host-empfang=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    app.extensions["empfang"].database.engine.dispose()


def test_the_health_page_tells_versions_and_the_net(client: LookingClient):
    findings = json.loads(client.get("/health").data)
    assert findings["sound"] is True
    assert findings["net"] is True
    assert findings["database"].split()[0] in {"sqlite", "postgresql"}


def test_the_doctor_says_the_same(app: Flask):
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 0
    assert "net: True" in result.output
    assert "no two claims of a resource overlap" in result.output
    assert f"{len(INVARIANTS)} invariants of the plan asked, 0 broken." in result.output


def test_the_doctor_finds_what_is_broken(app: Flask, world: World):
    visit_id = world.book(at("10:10"))
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(update(Visit).where(Visit.id == visit_id).values(day_on=MONDAY + timedelta(days=1)))
        tx.session.execute(delete(Claim))
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "BROKEN  every appointment has claimed its counsellor: 1" in result.output
    assert "BROKEN  a visit is on the day of its first appointment: 1" in result.output


def test_an_account_is_made_on_the_command_line_with_a_long_password(app: Flask, world: World):
    runner = app.test_cli_runner()
    short = runner.invoke(args=["add-account", "neu", "lead", "--centre", "pfullingen", "--password", "short"])
    assert short.exit_code == 2
    made = runner.invoke(args=["add-account", "neu", "lead", "--centre", "pfullingen", "--password", "x" * 15])
    assert made.exit_code == 0, made.output
    browser = app.test_client()
    browser.get("/desk/sign-in")
    assert browser.send("/desk/sign-in", {"login": "neu", "password": "x" * 15}).status_code == 303


def test_too_large_a_body_and_wrong_methods_get_a_sentence(client: LookingClient):
    client.get("/book/pfullingen/other/B02")
    assert client.send("/book/pfullingen/other/B02", {"start": "x" * 100_000}).status_code == 413
    assert client.put("/").status_code == 404
    assert "Bitte gehen Sie zurück" in client.page.text


@pytest.mark.parametrize(
    "path",
    ["/book/%00", "/t/%00", "/book/pfullingen/other/B02?day=%00", "/book/pfullingen/other/B02?day=9999-12-31",
     "/?lang=%00", "/desk/tickets/99999999999999999999/call", "/book/" + "x" * 5000, "/visit?" + "a=1&" * 2000],
)  # fmt: skip
def test_odd_addresses_are_no_fault_of_ours(client: LookingClient, path: str):
    client.get("/book/pfullingen/other/B02")
    assert client.get(path).status_code < 500
    assert client.send(path).status_code < 500


@pytest.mark.parametrize(
    "odd", ["\0", "\ud800x", "9" * 5000, "0001-01-01T00:00Z", "9999-12-31T23:59Z", "<b>", "٣" * 9, "-1"]
)
def test_odd_content_of_any_form_is_no_fault_of_ours(app: Flask, world: World, staff, device, odd: str):
    names = ("start", "sms", "phone", "call_name", "code", "scan", "lang", "topic", "login", "password", "was", "name",
             "kind", "centre")  # fmt: skip
    odd = odd.encode("utf-8", "replace").decode()
    visit_id = world.book(at("10:10"))
    with world.database.reading() as session:
        link = f"/t/{manage_token(KEYS, session.get_one(Visit, visit_id))}"
    colleagues = {role: staff(login) for login, role in STAFF.items()}
    let_in = {"signed_in": staff("ahorn"), "device:kiosk": device("kiosk")} | {
        f"staff:{right}": next(browser for role, browser in colleagues.items() if may(role, right)) for right in Right
    }
    for path, gate in every_form(app):
        browser = let_in.get(gate) or app.test_client()
        if gate == "visitor":
            browser.get(link)
        browser.get("/book/pfullingen/other/B02")
        answer = browser.send(path, dict.fromkeys(names, odd) | {"sms": "yes"})
        assert answer.status_code < 500, (path, answer.status_code)
        assert answer.status_code not in {400, 403}, path


def test_a_fault_of_ours_shows_no_trace_and_logs_no_person(
    app: Flask, client: LookingClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, world: World
):
    def break_(*_: object, **__: object) -> None:
        world_session = app.extensions["empfang"].database
        with world_session.transaction(None, None) as tx:  # type: ignore[arg-type]
            tx.session.add(Visit(call_name="Lila", phone="+4915228817386"))
            tx.session.flush()

    monkeypatch.setitem(app.view_functions, "booking.start", break_)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/")
    assert answer.status_code == 500
    assert "Bei uns ist etwas schiefgegangen" in client.page.text
    assert "Traceback" not in answer.text
    assert "Lila" not in caplog.text
    assert "28817386" not in caplog.text


def test_the_demo_moves_the_clock_forward_only_and_signs_in_by_one_press(client: LookingClient, world: World):
    client.get("/demo/")
    before = client.page.text
    assert client.send("/demo/clock/hour").location == "/demo/"
    client.get("/demo/")
    assert "10:0" in client.page.text
    assert "09:0" in before
    assert client.send("/demo/clock/back").status_code == 404
    assert client.send("/demo/sign-in/ahorn").location == "/desk/"
    assert client.get("/desk/").status_code == 200
    client.get("/demo/")
    assert client.send("/demo/pair/kiosk/pfullingen").location == "/kiosk/"
    assert client.get("/kiosk/").status_code == 200

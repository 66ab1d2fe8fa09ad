"""Whoever chooses very many times computes or waits; nobody else notices, and nobody has to solve a riddle."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta

import pytest
from altcha.v1 import solve_challenge
from flask import Flask
from sqlalchemy import func, select

from doorway.effort import ticket_of
from foundation.clock import machine_now
from scheduling.models import Visit
from tests.build import NOW, World, join, teach
from tests.conftest import settings_for
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock
from wsgi import create_app

TIMES, FREE = "/book/pfullingen/other/B02", 2
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def app(database_url: str, world: World) -> Iterator[Flask]:
    """A house where two choices in ten minutes are free."""
    built = create_app(settings_for(database_url, holds_without_effort=FREE))
    built.test_client_class = LookingClient
    set_clock(world, NOW)
    yield built
    built.extensions["empfang"].database.engine.dispose()


def choose(app: Flask, **more: str):
    """A new browser at the address chooses the first free time; its answer, and the browser."""
    browser = app.test_client()
    browser.get(TIMES, environ_base=ELSEWHERE)
    return browser.send(TIMES, {"start": browser.page.slots[0], **more}, environ_base=ELSEWHERE), browser


def used_up(app: Flask) -> LookingClient:
    """Somebody at an address that has had its free choices; what her device has to compute is on the page."""
    for _ in range(FREE):
        assert choose(app)[0].status_code == 303
    answer, browser = choose(app)
    assert answer.status_code == 429
    assert "30 Sekunden" in answer.text
    return browser


def computed(browser: LookingClient) -> dict[str, str]:
    (task,) = [form for form in browser.page.all("form") if form.get("id") == "effort"]
    found = solve_challenge(task["data-challenge"], task["data-salt"], "SHA-256", int(task["data-most"]), 0)
    assert found
    answer = {"algorithm": "SHA-256", "challenge": task["data-challenge"], "number": found.number}
    answer |= {"salt": task["data-salt"], "signature": task["data-signature"]}
    return {"effort": b64encode(json.dumps(answer).encode()).decode(), "ticket": browser.page.field("ticket")}


def held(world: World) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Visit)) or 0


def test_what_the_device_has_computed_opens_the_way_once(app: Flask, world: World):
    browser = used_up(app)
    answer = computed(browser)
    start = browser.page.field("start")
    assert browser.send(TIMES, {"start": start, **answer}, environ_base=ELSEWHERE).status_code == 303
    assert held(world) == FREE + 1
    assert choose(app, **answer)[0].status_code == 429
    assert held(world) == FREE + 1


def test_who_has_no_scripts_waits_half_a_minute(app: Flask, world: World):
    browser = used_up(app)
    start = browser.page.field("start")
    early = {"start": start, "ticket": browser.page.field("ticket")}
    assert browser.send(TIMES, early, environ_base=ELSEWHERE).status_code == 429
    assert browser.page.field("ticket") == early["ticket"], "who pressed too early does not begin anew"
    with app.app_context():
        waited = [ticket_of(machine_now() - timedelta(seconds=31)) for _ in range(2)]
        stale = ticket_of(machine_now() - timedelta(minutes=11))
    assert browser.send(TIMES, {"start": start, "ticket": stale}, environ_base=ELSEWHERE).status_code == 429
    assert browser.send(TIMES, {"start": start, "ticket": waited[0]}, environ_base=ELSEWHERE).status_code == 303
    assert choose(app, ticket=waited[1])[0].status_code == 429, "one at a time, however many tickets were fetched"
    assert held(world) == FREE + 1


def test_pressing_twice_is_pressing_once_even_then(app: Flask, world: World):
    browser = used_up(app)
    form = {"start": browser.page.field("start"), "form_key": browser.page.field("form_key"), **computed(browser)}
    assert browser.send(TIMES, form, environ_base=ELSEWHERE).status_code == 303
    assert browser.send(TIMES, form, environ_base=ELSEWHERE).status_code == 303
    assert held(world) == FREE + 1


def test_enrolling_in_a_course_counts_too_and_keeps_that_she_would_wait(app: Flask, world: World):
    join(world, teach(world, seats=1))
    browser = used_up(app)
    for path, typed in (("", {"party": "1"}), ("/contact", {"sms": "no"})):
        browser.send(f"/courses/deutsch/join{path}", typed, environ_base=ELSEWHERE)
    check = "/courses/deutsch/join/check"
    browser.get(check, environ_base=ELSEWHERE)
    assert browser.send(check, {"wait": "yes"}, environ_base=ELSEWHERE).status_code == 429
    answer = {"wait": browser.page.field("wait"), **computed(browser)}
    assert browser.send(check, answer, environ_base=ELSEWHERE).location == "/visit"
    browser.get("/visit/course", environ_base=ELSEWHERE)
    assert "Warteliste" in browser.page.text


SURROGATE = {"algorithm": "SHA-256", "challenge": "x", "salt": "\ud800", "signature": "x", "number": 1}


ODD = [
    "", "x", "MQ==", "bnVsbA==", "e30=",
    *(b64encode(json.dumps(odd).encode()).decode() for odd in (SURROGATE, {"number": "1"})),
]  # fmt: skip


@pytest.mark.parametrize("effort", ODD)
def test_what_is_no_answer_is_asked_again(app: Flask, effort: str):
    browser = used_up(app)
    odd = {"start": browser.page.field("start"), "ticket": browser.page.field("ticket"), "effort": effort}
    assert browser.send(TIMES, odd, environ_base=ELSEWHERE).status_code == 429
    assert browser.send(TIMES, {**odd, "ticket": "x.y"}, environ_base=ELSEWHERE).status_code == 429


def test_other_addresses_and_the_centres_own_choose_freely(app: Flask):
    used_up(app)
    for address in ("192.0.2.8", "127.0.0.1"):
        browser = app.test_client()
        browser.get(TIMES, environ_base={"REMOTE_ADDR": address})
        answer = browser.send(TIMES, {"start": browser.page.slots[0]}, environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 303

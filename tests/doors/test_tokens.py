"""Whoever tries secrets learns nothing from the answer, nor from the work it makes; counted, never timed."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from foundation.facts import CLIENT
from foundation.tokens import derived_token, token_hash
from scheduling import visits
from scheduling.models import Visit
from scheduling.tidying import erase
from tests.build import KEYS, NOW, World, at
from tests.domain.counting import statements
from tests.doors.client import LookingClient

MADE_UP = {"unknown": "x" * 22, "short": "x", "long": "x" * 250, "odd": "¼ 🦉 ' OR 1=1"}


@dataclass(frozen=True)
class Work:
    """What an answer cost, and what it said but for what is fresh in every page."""

    asked: tuple[str, ...]
    digests: tuple[str, ...]
    status: int
    cookies: tuple[str, ...]
    page: str


@pytest.fixture
def work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], TestResponse]], Work]:
    """The work of a request, done twice: what is looked up once in a process is known the second time."""

    def done(ask: Callable[[], TestResponse]) -> Work:
        ask()
        with statements(app.extensions["empfang"].database.engine) as asked, digests(monkeypatch) as begun:
            answer = ask()
        page = re.sub(r'((?:name="(?:csrf_token|form_key)" value|data-token)=")[^"]*', r"\1", answer.text)
        cookies = tuple(answer.headers.getlist("Set-Cookie"))
        return Work(tuple(asked), tuple(begun), answer.status_code, cookies, page)

    return done


@contextmanager
def digests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every SHA-256 and HMAC that is begun."""
    begun: list[str] = []

    def counted(name: str, make: Callable[..., object]) -> Callable[..., object]:
        def made(*args: object, **more: object) -> object:
            begun.append(name)
            return make(*args, **more)

        return made

    with monkeypatch.context() as patch:
        patch.setattr(hashlib, "sha256", counted("sha256", hashlib.sha256))
        patch.setattr(hmac, "new", counted("hmac", hmac.new))
        yield begun


def booked(world: World, start: str) -> tuple[int, str]:
    """A visit and the secret of its link."""
    visit_id = world.book(at(start))
    with world.database.reading() as session:
        return visit_id, visits.manage_token(KEYS, session.get_one(Visit, visit_id))


@pytest.fixture
def wrong_tokens(world: World) -> dict[str, str]:
    """Made-up ones, one that was good until a newer link was made, and one of a visit that was erased."""
    (moved_on, revoked), (gone, erased) = booked(world, "10:10"), booked(world, "10:45")
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = tx.session.get_one(Visit, moved_on)
        visit.token_generation += 1
        visit.token_hash = token_hash(derived_token(KEYS[0], "visit", moved_on, visit.token_generation))
        visits.cancel(tx, visits.visit_to_change(tx, gone))
        erase(tx, visits.visit_to_change(tx, gone))
    return {**MADE_UP, "revoked": revoked, "erased": erased}


@pytest.mark.parametrize("door", ["/t/{}", "/i/{}", "/feed/{}.ics"])
def test_all_wrong_links_make_the_same_work_and_get_the_same_page(
    client: LookingClient, wrong_tokens: dict[str, str], work, door: str
):
    made = {
        name: work(lambda path=door.format(quote(token, "")): client.get(path)) for name, token in wrong_tokens.items()
    }
    assert len(set(made.values())) == 1, made
    assert made["unknown"].status == 404
    assert made["unknown"].digests == ("sha256",)


def test_a_right_link_is_looked_up_as_a_wrong_one_is(app: Flask, world: World, work):
    _, right = booked(world, "10:10")
    found, wrong = (work(lambda t=token: app.test_client().get(f"/t/{t}")) for token in (right, "x" * 22))
    assert (found.status, wrong.status) == (303, 404)
    assert found.asked[0] == wrong.asked[0]
    assert found.digests[0] == wrong.digests[0] == "sha256"


def test_all_wrong_links_look_alike_to_a_kiosk(device, wrong_tokens: dict[str, str], work):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")

    def show(token: str) -> Work:
        return work(lambda: kiosk.send("/kiosk/check-in", {"lang": "de", "scan": f"https://x/t/{token}"}))

    made = {name: show(token) for name, token in wrong_tokens.items()}
    assert len(set(made.values())) == 1, made
    assert made["unknown"].status == 422


@pytest.mark.parametrize("kind", ["kiosk", "display"])
def test_a_device_that_was_revoked_is_as_one_that_never_was(app: Flask, device, staff, work, kind: str):
    secret, lead = device(kind).get_cookie(kind).value, staff("lead")
    lead.get("/desk/devices")
    assert lead.send("/desk/devices/1/revoke").status_code == 303

    def come(secret: str) -> Work:
        browser = app.test_client()
        browser.set_cookie(kind, secret)
        return work(lambda: browser.get(f"/{kind}/"))

    made = {name: come(cookie) for name, cookie in {"revoked": secret, "unknown": "x" * 22, "short": "x"}.items()}
    assert len(set(made.values())) == 1, made
    assert made["revoked"].status == 303


def test_all_wrong_pairing_codes_are_one(app: Flask, device, work):
    browser = app.test_client()
    browser.get("/kiosk/pairing")
    made = {code: work(lambda c=code: browser.send("/kiosk/pairing", {"code": c})) for code in ("1" * 10, "1", "x", "")}
    assert len(set(made.values())) == 1, made
    assert made["1"].status == 422

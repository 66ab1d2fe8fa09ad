"""The desk writes down what the interpreter pool says; the client reads it on her own page."""

from collections.abc import Callable

import pytest

from foundation.facts import SYSTEM
from scheduling.models import Centre
from tests.build import NOW, World
from tests.doors.client import LookingClient

THURSDAY = "2026-12-03T09:10Z"


@pytest.fixture
def booked(client: LookingClient, world: World) -> LookingClient:
    """A client who speaks Farsi has an appointment that rests on the pool."""
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Centre, world.centre).pool_languages = ["fa"]
    client.get("/book/pfullingen/other/B02/wishes")
    client.send("/book/pfullingen/other/B02/wishes", {"spoken": "fa", "party": "1"})
    client.get("/book/pfullingen/other/B02?day=2026-12-03")
    assert THURSDAY in client.page.slots
    client.send("/book/pfullingen/other/B02", {"start": THURSDAY})
    client.get("/book/contact")
    client.send("/book/contact", {"sms": "no"})
    client.get("/book/check")
    assert client.send("/book/confirm").location == "/visit"
    return client


def press(desk: LookingClient, was: str, to: str) -> int:
    desk.get("/desk/interpreters")
    request = desk.page.field("request")
    answer = {"request": request, "was": was, "asked": desk.page.field("asked"), "to": to}
    return desk.send("/desk/interpreters", answer).status_code


def test_a_client_reads_how_far_the_search_has_come(booked: LookingClient, staff: Callable[[str], LookingClient]):
    desk = staff("desk")
    assert "Wir suchen jemanden, der für Sie übersetzt" in booked.get("/visit").text
    desk.get("/desk/interpreters")
    assert "Persisch" in desk.page.text
    assert press(desk, "requested", "assigned") == 303
    assert "steht hier, ob es klappt" in booked.get("/visit").text
    assert press(desk, "assigned", "confirmed") == 303
    assert "Das ist sicher" in booked.get("/visit").text
    assert press(desk, "confirmed", "declined") == 303
    assert press(desk, "declined", "given_up") == 303
    page = booked.get("/visit").text
    assert "niemanden gefunden" in page
    assert "tel:03023125117" in page


def test_odd_answers_are_refused(booked: LookingClient, staff: Callable[[str], LookingClient]):
    assert booked
    desk = staff("desk")
    assert press(desk, "assigned", "confirmed") == 409
    assert press(desk, "requested", "nonsense") == 404
    desk.get("/desk/interpreters")
    assert desk.send("/desk/interpreters", {"request": "x", "asked": "1", "was": "", "to": ""}).status_code == 404

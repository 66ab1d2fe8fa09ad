"""What clients are told of their wait: at the kiosk and on their own page, in their language; and the way out."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from queueing.models import Ticket
from queueing.tickets import WalkIn, take_number
from scheduling.models import Absence, Centre, TopicGroup, Visit
from scheduling.visits import manage_token
from tests.build import KEYS, NOW, World, at
from tests.domain.test_day import STAFF, arrive
from tests.doors.conftest import set_clock


def wait_before(world: World, count: int, now=NOW) -> None:
    """So many have taken a number before."""
    with world.database.transaction(STAFF, now) as tx:
        centre, topic = tx.session.get_one(Centre, world.centre), tx.session.get_one(TopicGroup, world.topic)
        for _ in range(count):
            take_number(tx, WalkIn(centre, topic, "de", ("de",)), despite_forecast=True)


def number(kiosk, tag: str) -> None:
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/welcome", {"lang": tag})
    kiosk.send("/kiosk/topics", {"lang": tag})
    kiosk.send("/kiosk/number", {"lang": tag, "topic": "other"})


@pytest.mark.parametrize(
    ("tag", "ahead", "said"),
    [
        ("de", 0, "Gleich sind Sie dran"),
        ("en", 0, "It is your turn very soon"),
        ("de", 5, "Sie warten etwa"),
        ("en", 5, "You will wait about"),
        ("ar", 5, "ستنتظرون حوالي"),
        ("de", 12, "Sie warten mehr als eine Stunde"),
        ("uk", 12, "Ви чекатимете більше години"),
    ],
)
def test_the_ticket_says_how_long_in_the_clients_language(device, world: World, tag: str, ahead: int, said: str):
    wait_before(world, ahead)
    kiosk = device("kiosk")
    number(kiosk, tag)
    assert said in kiosk.page.text
    assert any("p-clock" in use.get("href", "") for use in kiosk.page.all("use"))


def test_who_waits_more_than_an_hour_is_asked_about_an_appointment(device, world: World):
    wait_before(world, 12)
    kiosk = device("kiosk")
    number(kiosk, "de")
    assert "Wollen Sie lieber einen Termin?" in kiosk.page.text


def test_before_closing_an_appointment_is_offered_instead_of_a_number(device, world: World):
    with world.database.transaction(STAFF, NOW) as tx:
        tx.session.add(Absence(resource_id=world.buche, starts_at=at("08:00"), ends_at=at("18:00")))
    wait_before(world, 9, at("15:00"))
    set_clock(world, at("15:01"))
    kiosk = device("kiosk")
    number(kiosk, "de")
    assert "Bitte buchen Sie einen Termin" in kiosk.page.text
    assert any("qr" in svg.get("class", "") for svg in kiosk.page.all("svg"))
    assert "Dienstag, 24.11. (morgen) 09:00" in re.sub(r"\s+", " ", kiosk.page.text)
    with world.database.reading() as session:
        assert len(session.scalars(select(Ticket.id)).all()) == 9


def test_a_checked_in_client_sees_the_same_range_on_her_own_page(client, world: World):
    visit_id = world.book(at("10:10"))
    wait_before(world, 4, at("10:00"))
    arrive(world, visit_id, at("10:00"))
    set_clock(world, at("10:00") + timedelta(seconds=20))
    with world.database.reading() as session:
        token = manage_token(KEYS, session.get_one(Visit, visit_id))
    client.get(f"/t/{token}")
    client.get("/visit")
    assert "Sie warten" in client.page.text or "Gleich sind Sie dran" in client.page.text

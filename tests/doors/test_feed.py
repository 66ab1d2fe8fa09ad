"""A counsellor's own calendar at a secret address: a word, a time and a room, until she ends it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import update

from access.models import Account
from foundation.facts import SYSTEM, Actor
from scheduling import visits
from scheduling.blocked import block
from scheduling.interval import Interval
from scheduling.models import BlockedKind, Centre, Visit
from scheduling.moving import move, wish_of
from tests.build import NOW, World, at
from tests.domain.counting import statements
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock

Staff = Callable[[str], LookingClient]


def address(desk: LookingClient) -> str:
    """What the field to copy from holds, without the host."""
    desk.get("/desk/calendar-feed")
    (field,) = [i for i in desk.page.all("input") if i.get("id") == "address"]
    return field["value"].removeprefix("http://127.0.0.1:8000")


def subscribed(desk: LookingClient) -> str:
    desk.get("/desk/calendar-feed")
    assert desk.send("/desk/calendar-feed").location == "/desk/calendar-feed"
    return address(desk)


def events(client: LookingClient, path: str) -> list:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.data).walk("VEVENT")


@pytest.fixture
def visit_id(world: World) -> int:
    visit_id = world.book(at("10:10"), phone="+4915228817386", language="ar")
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Visit, visit_id).call_name = "Lila"
    return visit_id


def test_a_calendar_says_a_word_a_time_and_a_room(client: LookingClient, staff: Staff, world: World, visit_id: int):
    with world.database.transaction(Actor("staff", 1), NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        block(tx, BlockedKind.PRIVATE, [world.ahorn], Interval(at("15:00"), at("16:00")), centre)
    path = subscribed(staff("ahorn"))
    appointment, taken = events(client, path)
    assert set(appointment) == {"UID", "SUMMARY", "DTSTART", "DTEND", "LOCATION", "SEQUENCE", "DTSTAMP"}
    assert (appointment["SUMMARY"], appointment["LOCATION"]) == ("Termin", "Zimmer 1")
    assert (appointment.start, appointment.end) == (at("10:10"), at("10:40"))
    assert (taken["SUMMARY"], taken.start) == ("Belegt", at("15:00"))
    body = client.get(path).text
    for secret in ("Lila", "28817386", "B02", "rabi", world.code(visit_id), "horn"):
        assert secret not in body


def test_a_moved_appointment_keeps_its_entry_and_a_cancelled_one_vanishes(
    client: LookingClient, staff: Staff, world: World, visit_id: int
):
    path = subscribed(staff("ahorn"))
    (before,) = events(client, path)
    with world.database.transaction(SYSTEM, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        move(tx, visit, wish_of(visit, visit.appointments), at("13:00"))
    (after,) = events(client, path)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.start == at("13:00")
    with world.database.transaction(SYSTEM, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    assert events(client, path) == []


def test_an_unchanged_calendar_is_not_drawn_again(
    app: Flask, client: LookingClient, staff: Staff, world: World, visit_id: int
):
    path = subscribed(staff("ahorn"))
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    kept = {"If-None-Match": first.headers["ETag"]}
    with statements(app.extensions["empfang"].database.engine) as seen:
        again = client.get(path, headers=kept)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert len(seen) <= 4, seen
    with world.database.transaction(SYSTEM, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    assert client.get(path, headers=kept).status_code == 200


def test_a_month_back_is_in_it_and_no_more(client: LookingClient, staff: Staff, world: World, visit_id: int):
    path = subscribed(staff("ahorn"))
    for days, count in ((30, 1), (31, 0)):
        set_clock(world, NOW + timedelta(days=days))
        assert len(events(client, path)) == count


def test_a_new_address_ends_the_old_one_and_ending_ends_all(client: LookingClient, staff: Staff, visit_id: int):
    desk = staff("ahorn")
    old = subscribed(desk)
    assert address(desk) == old
    new = subscribed(desk)
    assert new != old
    gone, wrong = client.get(old), client.get("/feed/" + "x" * 22 + ".ics")
    assert (gone.status_code, wrong.status_code) == (404, 404)
    assert gone.headers["Cache-Control"] == "no-store"
    assert client.get(new).status_code == 200
    desk.get("/desk/calendar-feed")
    assert desk.send("/desk/calendar-feed/end").status_code == 303
    assert client.get(new).status_code == 404
    desk.get("/desk/calendar-feed")
    assert "Adresse machen" in desk.page.text
    assert subscribed(desk) not in {old, new}


def test_a_closed_account_has_no_calendar(client: LookingClient, staff: Staff, world: World):
    path = subscribed(staff("ahorn"))
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(update(Account).where(Account.login == "ahorn").values(active=False))
    assert client.get(path).status_code == 404


def test_who_advises_nobody_has_no_calendar(staff: Staff):
    for login in ("desk", "lead"):
        assert staff(login).get("/desk/calendar-feed").status_code == 403

"""On her own page a client wishes to come earlier, and answers an offer with one press."""

from sqlalchemy import select

from foundation.facts import SYSTEM
from scheduling import visits
from scheduling.models import FreedTime, Visit
from tests.build import NOW, World, at
from tests.doors.client import LookingClient
from tests.doors.test_booking import book
from worker import pass_offers_on


def own_visit(world: World) -> Visit:
    with world.database.reading() as session:
        visit = session.scalars(select(Visit).where(Visit.phone.is_not(None))).one()
        assert visit.first
        return visit


def offered_a_time(client: LookingClient, world: World) -> str:
    """She books for later, wishes to come earlier, and somebody gives one o'clock back; returns her code."""
    before = [world.book(at("13:00")), world.book(at("13:00"))]
    book(client, at("13:35"), sms="yes", phone="0152 28817386")
    client.get("/visit")
    code = own_visit(world).code or ""
    assert client.send("/visit/earlier", {"visit": code, "wanted": "yes"}).status_code == 303
    assert "Wenn ein früherer Termin frei wird" in client.get("/visit").text
    with world.database.transaction(SYSTEM, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, before[0]))
    pass_offers_on(world.database, NOW)
    return code


def test_a_client_takes_an_earlier_time_with_one_press(client: LookingClient, world: World):
    code = offered_a_time(client, world)
    page = client.get("/visit").text
    assert "Ein früherer Termin ist frei" in page
    assert client.page.field("start") == "2026-11-23T12:00Z"
    answer = {"visit": code, "start": "2026-11-23T12:00Z", "answer": "take"}
    assert client.send("/visit/offer", answer).status_code == 303
    page = client.get("/visit").text
    assert "Ein früherer Termin ist frei" not in page
    assert "13:00" in page
    assert own_visit(world).first.starts_at == at("13:00")


def test_a_client_keeps_her_time_and_still_wishes(client: LookingClient, world: World):
    code = offered_a_time(client, world)
    client.get("/visit")
    answer = {"visit": code, "start": "2026-11-23T12:00Z", "answer": "leave"}
    assert client.send("/visit/offer", answer).status_code == 303
    assert "Wenn ein früherer Termin frei wird" in client.get("/visit").text
    assert own_visit(world).first.starts_at == at("13:35")
    again = client.send("/visit/offer", answer)
    assert again.status_code == 409
    assert "Ihr Termin bleibt" in again.text


def test_without_a_number_nobody_is_asked_whether_to_be_told(client: LookingClient, world: World):
    book(client, at("13:35"))
    assert "Ich will früher kommen" not in client.get("/visit").text
    with world.database.reading() as session:
        code = session.scalars(select(Visit.code)).one()
    client.get("/visit/contact")
    refused = client.send("/visit/earlier", {"visit": code or "", "wanted": "yes"})
    assert refused.status_code == 409
    assert "Handy-Nummer" in refused.text


def test_who_calls_off_without_anybody_waiting_leaves_no_trace(world: World):
    visit_id = world.book(at("09:35"))
    with world.database.transaction(SYSTEM, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    with world.database.reading() as session:
        assert session.scalars(select(FreedTime)).all() == []

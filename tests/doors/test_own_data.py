"""What is kept is shown to whom it belongs, and goes when she wants it."""

from sqlalchemy import func, select

from notifications.models import Message
from scheduling.models import AppointmentState, Claim, Visit
from tests.build import World
from tests.doors.client import LookingClient
from tests.doors.test_booking import book


def kept(world: World) -> Visit:
    with world.database.reading() as session:
        return session.scalars(select(Visit)).one()


def test_a_client_sees_everything_that_is_kept(client: LookingClient, world: World):
    book(client, sms="yes", phone="0152 28817386", name="Lila")
    client.get("/visit")
    assert "/visit/data" in {a.get("href") for a in client.page.all("a")}
    client.get("/visit/data")
    for said in (kept(world).code, "Lila", "01522 8817386", "Dienst B02", "Deutsch"):
        assert said in client.page.text


def test_what_a_client_erases_is_gone_and_its_time_free(client: LookingClient, world: World):
    book(client, sms="yes", phone="0152 28817386", name="Lila")
    client.get("/visit/erase")
    assert "abgesagt" in client.page.text
    assert client.send("/visit/erase").status_code == 200
    assert "gelöscht" in client.page.text
    visit = kept(world)
    assert (visit.code, visit.phone, visit.call_name, visit.token_hash, visit.spoken_langs) == (None,) * 4 + ([],)
    assert visit.erased_at
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Claim)) == 0
        (part,) = session.get_one(Visit, visit.id).appointments
        assert part.state is AppointmentState.CANCELLED
        assert set(session.scalars(select(Message.recipient))) <= {None}
        assert set(session.scalars(select(Message.body))) <= {None}
    assert client.get("/visit/data").status_code in {303, 404}


def test_nobody_elses_data_are_shown_and_a_stale_form_erases_nothing(client: LookingClient, world: World):
    for path in ("/visit/data", "/visit/erase"):
        assert client.get(path).status_code in {303, 404}
    book(client)
    client.get("/visit/erase")
    assert client.send("/visit/erase", {"visit": "000000"}).status_code == 409
    assert kept(world).erased_at is None

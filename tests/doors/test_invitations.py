"""A personal invitation leads to one booking, with whom and in which language the desk chose, and then no more."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from scheduling.models import Invitation, Visit
from tests.build import MONDAY, NOW, PHONE, World, at
from tests.conftest import PUBLIC_URL
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock

TIMES = "/book/pfullingen/other/B02"
WISHED = {"service": "B02", "counsellor": "buche", "language": "de-simple", "days": "7"}


def invitation(browser: LookingClient, **changes: str) -> str:
    browser.get("/desk/invitations")
    assert browser.send("/desk/invitations", {**WISHED, **changes}).status_code == 303
    browser.get("/desk/invitations")
    links = [a["href"] for a in browser.page.all("a") if "/i/" in a.get("href", "")]
    return links[0].removeprefix(PUBLIC_URL)


def book(client: LookingClient, phone: str = "") -> int:
    client.get(f"{TIMES}?day={MONDAY}")
    client.send(TIMES, {"start": client.page.slots[0]})
    client.get("/book/contact")
    client.send("/book/contact", {"sms": "yes" if phone else "no", "phone": phone})
    client.get("/book/check")
    return client.send("/book/confirm").status_code


def kept(world: World) -> tuple[list[Visit], Invitation]:
    with world.database.reading() as session:
        visits = session.scalars(select(Visit).where(Visit.code.is_not(None)).order_by(Visit.id)).all()
        assert all(visit.first.counsellor.code for visit in visits)
        return list(visits), session.scalars(select(Invitation)).one()


def test_who_is_invited_books_once_with_whom_she_is_invited_to(
    client: LookingClient, staff: Callable[[str], LookingClient], world: World
):
    link = invitation(staff("desk"))
    answer = client.get(link)
    assert answer.location == f"{TIMES}/wishes"
    assert 'lang="de-simple"' in client.get(answer.location).text
    assert kept(world)[1].used_at is None  # opening, and a preview of the link, use nothing up
    assert book(client) == 303
    (visit,), used = kept(world)
    assert (visit.first.counsellor.code, visit.ui_lang) == ("buche", "de-simple")
    assert used.used_at is not None
    assert client.get(link).status_code == 409
    assert client.get("/i/" + "x" * 22).status_code == 404
    desk = staff("desk")
    desk.get("/desk/invitations")
    assert "keine Einladung offen" in desk.page.text


def test_two_who_open_one_invitation_book_once(
    app, client: LookingClient, staff: Callable[[str], LookingClient], world: World
):
    link, second = invitation(staff("ahorn"), counsellor=""), app.test_client()
    client.get(link)
    second.get(link)
    assert book(client) == 303
    assert book(second) == 409
    assert len(kept(world)[0]) == 1
    assert book(second) == 303  # told to book anew, she can, as everybody else


def test_an_invitation_is_over_after_its_days(
    client: LookingClient, staff: Callable[[str], LookingClient], world: World
):
    link = invitation(staff("desk"))
    set_clock(world, NOW + timedelta(days=7, minutes=1))
    assert client.get(link).status_code == 409
    assert "Diesen Link" in client.page.text or "abgelaufen" in client.page.text


def test_who_is_invited_may_have_more_appointments_than_others(
    client: LookingClient, staff: Callable[[str], LookingClient], world: World
):
    for start, service in ((at("13:00"), world.letters), (at("13:50"), world.women)):
        world.book(start, service=service, phone=PHONE)
    client.get(invitation(staff("desk")))
    assert book(client, "0152 28817386") == 303
    assert len(kept(world)[0]) == 3


def test_the_desk_invites_only_to_what_is_there(staff: Callable[[str], LookingClient]):
    desk = staff("desk")
    for wrong in ({"service": "B99"}, {"language": "xx"}, {"counsellor": "eiche", "service": "B99"}):
        desk.get("/desk/invitations")
        assert desk.send("/desk/invitations", {**WISHED, **wrong}).status_code == 404


def test_an_invitation_taken_back_opens_nothing_and_a_used_one_stays_used(
    client: LookingClient, staff: Callable[[str], LookingClient], world: World
):
    desk = staff("desk")
    link = invitation(desk)
    number = desk.page.field("invitation")
    sheet = desk.get(f"/desk/invitations/poster?invitation={number}")
    assert sheet.status_code == 200
    assert "Dienst B02" in sheet.text
    assert "poster--a4" in desk.get(f"/desk/invitations/poster?invitation={number}&size=a4").text
    assert desk.get("/desk/invitations/poster?invitation=99").status_code == 404
    desk.get("/desk/invitations")
    other = staff("eiche")
    other.get("/desk/invitations")
    assert other.send("/desk/invitations/withdraw", {"invitation": number}).status_code == 404
    assert desk.send("/desk/invitations/withdraw", {"invitation": number}).status_code == 303
    assert client.get(link).status_code == 409
    assert kept(world)[1].used_at is None
    again = invitation(desk)
    number = desk.page.field("invitation")
    client.get(again)
    assert book(client) == 303
    assert desk.send("/desk/invitations/withdraw", {"invitation": number}).status_code == 409
    assert desk.send("/desk/invitations/withdraw", {"invitation": "x"}).status_code == 404

"""A series at the desk: the dates are shown with what stands in the way, one press books them; she sees all of hers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from notifications.models import Message
from notifications.texts import Kind
from scheduling.models import Visit
from scheduling.visits import manage_token
from tests.build import KEYS, PHONE, World, at
from tests.domain.test_rebooking import with_ahorn
from tests.domain.test_series import REACHED, Rhythm, absent, monday, repeat
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock
from tests.doors.test_front_desk import TUESDAY, WHO, opened, start

Staff = Callable[[str], LookingClient]
THREE = {"weeks": "1", "times": "3"}


def series(desk: LookingClient, **rhythm: str) -> str:
    desk.get("/desk/case/series", query_string=rhythm or THREE)
    return desk.page.text


def press(desk: LookingClient, path: str = "/desk/case/series", **more: object):
    return desk.send(path, {**THREE, "how": "all", **more})


def standing(world: World) -> list[Visit]:
    with world.database.reading() as session:
        visits = session.scalars(select(Visit).where(Visit.ended_at.is_(None))).all()
        return sorted(visits, key=lambda visit: visit.first.starts_at)


def her_page(client: LookingClient, visit: Visit) -> LookingClient:
    assert client.get(f"/t/{manage_token(KEYS, visit)}").status_code == 303
    client.get("/visit")
    return client


def test_the_dates_are_shown_first_and_one_press_books_them_all(staff: Staff, world: World):
    desk = opened(staff("desk"), world, world.book(at("09:35"), phone=PHONE))
    assert "Serie: alle paar Wochen" in desk.page.text
    assert series(desk).count("passt") == 2
    form = {"sms": "yes", "form_key": desk.page.field("form_key"), "visit": desk.page.field("visit")}
    answer = press(desk, **form)
    desk.get(answer.location)
    assert "2 Termine gebucht. Eine Nachricht sagt alle an." in desk.page.text
    assert desk.page.text.count("Code") >= 2
    assert [visit.first.starts_at for visit in standing(world)] == [at("09:35", monday(n)) for n in range(3)]
    assert {visit.phone for visit in standing(world)} == {PHONE}
    assert press(desk, **form).location == answer.location
    assert len(standing(world)) == 3


def test_without_asking_her_the_others_have_no_number(staff: Staff, world: World):
    desk = opened(staff("desk"), world, world.book(at("09:35"), phone=PHONE))
    series(desk)
    press(desk)
    assert [visit.phone for visit in standing(world)] == [PHONE, None, None]


def test_what_collides_is_said_with_another_time_of_that_day_which_can_be_taken(staff: Staff, world: World):
    desk = opened(staff("ahorn"), world, with_ahorn(world, at("09:35")))
    with_ahorn(world, at("09:35", monday(1)))
    absent(world, monday(2))
    text = series(desk)
    assert "belegt" in text
    assert "stattdessen 09:00" in " ".join(text.split())
    assert "abwesend" in text
    assert press(desk).status_code == 409
    assert "Es ist keiner gebucht" in desk.page.text
    assert len(standing(world)) == 2
    answer = press(desk, how="fitting", instead=start(at("09:00", monday(1)))["start"])
    desk.get(answer.location)
    assert "1 Termin gebucht" in desk.page.text
    assert "1 passt nicht" in desk.page.text
    assert "abwesend" in desk.page.text
    assert at("09:00", monday(1)) in [visit.first.starts_at for visit in standing(world)]


def test_a_series_is_made_of_what_is_about_to_be_booked_and_told_once(staff: Staff, world: World):
    desk = staff("desk")
    desk.get("/desk/book")
    assert desk.send("/desk/book", {**WHO, "counsellor": "ahorn"}).status_code == 303
    desk.get("/desk/book")
    desk.send("/desk/book/time", start(at("09:35", TUESDAY)))
    assert "eine Serie daraus machen" in desk.get("/desk/book/check").text
    assert desk.get("/desk/book/series", query_string=THREE).status_code == 200
    assert press(desk, "/desk/book/series", sms="yes", phone="123").status_code == 422
    assert desk.page.field("phone") == "123"
    assert standing(world)[0].code is None
    answer = press(desk, "/desk/book/series", sms="yes", phone="0152 28817386", call_name="Sara")
    assert answer.location.startswith("/desk/case/series?")
    desk.get(answer.location)
    assert "3 Termine gebucht" in desk.page.text
    assert [visit.first.starts_at for visit in standing(world)] == [
        at("09:35", TUESDAY + timedelta(weeks=weeks)) for weeks in range(3)
    ]
    assert {(visit.phone, visit.call_name) for visit in standing(world)} == {(PHONE, "Sara")}
    with world.database.reading() as session:
        told = session.scalars(select(Message.kind).where(Message.kind != Kind.REMINDER)).all()
        assert told == [Kind.SERIES]
    assert press(desk, "/desk/book/series").location == "/desk/book"


def test_she_sees_all_of_hers_on_each_page_and_opens_each(staff: Staff, client: LookingClient, world: World):
    first = world.book(at("09:35"), phone=PHONE)
    repeat(world, first, Rhythm(1, 3), contact=REACHED)
    visits = standing(world)
    page = her_page(client, visits[0]).page
    assert "Ihre nächsten Termine" in page.text
    links = [a["href"].split("/t/")[1] for a in page.all("a") if "/t/" in a.get("href", "")]
    assert set(links) == {manage_token(KEYS, visit) for visit in visits}
    her_page(client, visits[2])
    client.get("/visit/cancel")
    assert client.send("/visit/cancel").status_code == 303
    assert [visit.id for visit in standing(world)] == [visits[0].id, visits[1].id]
    client.get("/visit?lang=ar")
    assert len([a for a in client.page.all("a") if "/t/" in a.get("href", "")]) == 2


def test_she_calls_all_of_them_off_with_one_press(client: LookingClient, world: World):
    first = world.book(at("09:35"), phone=PHONE)
    repeat(world, first, Rhythm(1, 3), contact=REACHED)
    set_clock(world, at("12:00"))  # the first is over
    her_page(client, standing(world)[1])
    client.get("/visit/cancel")
    assert "Alle Termine absagen" in client.page.text
    assert client.send("/visit/cancel-all").status_code == 303
    assert [visit.id for visit in standing(world)] == [first]
    client.get("/visit")
    assert "Ihr Termin ist abgesagt" in client.page.text


def test_a_form_of_another_appointment_calls_nothing_off(client: LookingClient, world: World):
    first = world.book(at("09:35"))
    repeat(world, first, Rhythm(1, 3))
    her_page(client, standing(world)[0])
    client.get("/visit/cancel")
    assert client.send("/visit/cancel-all", {"visit": "000000"}).status_code == 409
    assert len(standing(world)) == 3


@pytest.mark.parametrize("who", ["client", "centre"])
def test_the_desk_calls_the_rest_off(staff: Staff, world: World, who: str):
    first = world.book(at("09:35"), phone=PHONE)
    repeat(world, first, Rhythm(1, 3), contact=REACHED)
    desk = opened(staff("lead"), world, first)
    assert "Alle absagen" in series(desk)
    assert desk.send("/desk/case/series/cancel", {"who": who}).status_code == 303
    assert standing(world) == []
    desk.get("/desk/case")
    assert desk.send("/desk/case/series/cancel").status_code == 409


def test_a_locked_link_leads_to_none_of_the_series(staff: Staff, client: LookingClient, world: World):
    first = world.book(at("09:35"), phone=PHONE)
    repeat(world, first, Rhythm(1, 3), contact=REACHED)
    links = [manage_token(KEYS, visit) for visit in standing(world)]
    desk = opened(staff("desk"), world, first)
    assert desk.send("/desk/case/link").status_code == 303
    assert {client.get(f"/t/{link}").status_code for link in links} == {404}


def test_odd_series_are_refused(staff: Staff, world: World):
    desk = opened(staff("desk"), world, world.book(at("09:35")))
    for weeks, times in (("0", "3"), ("2", "1"), ("2", "13"), ("99999", "2")):
        assert desk.get("/desk/case/series", query_string={"weeks": weeks, "times": times}).status_code == 422
        assert "2 bis 12 Termine" in desk.page.text
        assert desk.send("/desk/case/series", {"weeks": weeks, "times": times}).status_code == 422
    series(desk)
    assert press(desk, instead="tomorrow").status_code == 422
    assert press(desk, visit="000000").status_code == 409
    assert len(standing(world)) == 1
    assert desk.get("/desk/book/series").location == "/desk/book"
    assert opened(desk, world, standing(world)[0].id).send("/desk/case/cancel", {"who": "client"}).status_code == 303
    assert desk.get("/desk/case/series").status_code == 404

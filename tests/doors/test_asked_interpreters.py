"""An interpreter answers by her link; the lead keeps the register; the desk calls, notes and prints (C-02)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.db import Database
from foundation.facts import CLIENT, SYSTEM
from notifications.models import Message, MessageState
from scheduling import visits
from scheduling.asking_interpreters import pass_on
from scheduling.askings import asking_token
from scheduling.models import Asking, Centre, PoolInterpreter, PoolRequest
from scheduling.moving import move, wish_of
from tests.build import KEYS, MONDAY, NOW, World, at
from tests.doors.client import LANGUAGES, LookingClient
from tests.doors.conftest import set_clock
from worker import ask_interpreters

Staff = Callable[[str], LookingClient]
THURSDAY = at("10:10", MONDAY + timedelta(days=10))
PEOPLE = "/desk/interpreters/people"


@pytest.fixture
def lead(staff: Staff, world: World) -> LookingClient:
    """The lead has put Leila and Soraya into the register, and has the system ask."""
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Centre, world.centre).pool_languages = ["fa"]
    lead = staff("lead")
    lead.get(PEOPLE)
    for name, phone in (("Leila", "0172 9973185"), ("Soraya", "0172 9973186")):
        assert lead.send(PEOPLE, entry(name=name, phone=phone)).status_code == 303
    assert lead.send("/desk/interpreters/who-asks", {"who": "system"}).status_code == 303
    return lead


@pytest.fixture
def asked(lead: LookingClient, world: World) -> World:
    """Somebody who speaks Farsi has booked, and Leila is asked."""
    world.book(THURSDAY, language="fa")
    ask_interpreters(KEYS)(world.database, NOW)
    return world


def entry(**typed: object) -> dict[str, object]:
    return {
        "code": "", "version": "0", "gender": "female", "languages": ["fa", "ps"], "phone": "", "email": "", **typed,
    }  # fmt: skip


def link(database: Database) -> str:
    """That of whoever was asked last."""
    with database.reading() as session:
        return f"/d/{asking_token(KEYS, session.scalars(select(Asking).order_by(Asking.id.desc())).first())}"


def opened(browser: LookingClient, database: Database) -> str:
    assert browser.get(link(database)).location == "/asked"
    assert browser.get("/asked").status_code == 200
    return browser.page.text


def press(browser: LookingClient, comes: str) -> int:
    answer = {"asking": browser.page.field("asking"), "was": browser.page.field("was"), "comes": comes}
    return browser.send("/asked", answer).status_code


def test_her_page_says_when_where_how_long_and_in_which_language_and_nothing_of_the_client(
    client: LookingClient, asked: World
):
    text = opened(client, asked.database)
    for said in ("Donnerstag", "10:10", "30 Minuten", "Persisch", "Integrationszentrum Pfullingen", "Musterstraße 1"):
        assert said in text
    with asked.database.reading() as session:
        visit = session.scalars(select(PoolRequest)).one().appointment.visit
        assert visit.code not in text
    assert "Dienst" not in text.replace("Dienstag", "")
    assert "Ahorn" not in text


@pytest.mark.parametrize("tag", list(LANGUAGES.by_tag))
def test_her_page_reads_in_every_language(client: LookingClient, asked: World, tag: str):
    opened(client, asked.database)
    assert client.get(f"/asked?lang={tag}").status_code == 200


def test_she_comes_then_cannot_and_another_is_asked(client: LookingClient, asked: World, staff: Staff):
    opened(client, asked.database)
    assert press(client, "yes") == 303
    assert "Sie kommen. Vielen Dank!" in client.get("/asked").text
    desk = staff("desk")
    assert "zugesagt" in desk.get("/desk/interpreters").text
    assert press(client, "no") == 303
    assert "Wir fragen eine andere Person" in client.get("/asked").text
    ask_interpreters(KEYS)(asked.database, NOW)
    assert "Soraya" in desk.get("/desk/interpreters").text


def test_a_page_from_before_does_not_undo_what_another_tab_has_said(client: LookingClient, asked: World):
    opened(client, asked.database)
    old = {"asking": client.page.field("asking"), "was": "open", "comes": "no"}
    assert press(client, "yes") == 303
    assert client.send("/asked", old).status_code == 409
    assert client.send("/asked", {**old, "asking": "99"}).status_code == 409
    assert client.send("/asked", {**old, "comes": "perhaps"}).status_code == 404
    assert client.send("/asked", {**old, "was": "x"}).status_code == 404
    assert "Sie kommen" in client.get("/asked").text


def test_the_first_link_says_kindly_that_another_was_asked(client: LookingClient, asked: World):
    first = link(asked.database)
    with asked.database.reading() as session:
        until = session.scalars(select(Asking.answer_by)).one()
    set_clock(asked, until)
    client.get(first)
    client.get("/asked")
    old = {"asking": client.page.field("asking"), "was": "open", "comes": "yes"}
    ask_interpreters(KEYS)(asked.database, until)
    assert "Wir haben inzwischen eine andere Person gefragt" in client.get("/asked").text
    assert not client.page.all("article")
    answer = client.send("/asked", old)
    assert answer.status_code == 409
    assert "Diese Anfrage ist vorbei" in answer.text


def test_a_cancelled_or_moved_appointment_says_so_at_once(client: LookingClient, asked: World):
    opened(client, asked.database)
    with asked.database.transaction(CLIENT, NOW) as tx:
        request = tx.session.scalars(select(PoolRequest)).one()
        visit = visits.visit_to_change(tx, request.appointment.visit_id)
        move(tx, visit, wish_of(visit, visit.appointments), THURSDAY + timedelta(days=1))
    assert "Bitte kommen Sie nicht" in client.get("/asked").text
    assert not [button for button in client.page.all("button") if button.get("name") == "comes"]


def test_who_has_no_link_sees_nothing(client: LookingClient, asked: World):
    assert client.get("/asked").status_code == 404
    assert client.get("/d/" + "x" * 22).status_code == 404
    opened(client, asked.database)
    with asked.database.transaction(SYSTEM, NOW) as tx:
        for asking in tx.session.scalars(select(Asking)):
            asking.token_hash = None
    assert client.get("/asked").status_code == 404


def test_the_register_is_kept_by_the_lead_alone(lead: LookingClient, staff: Staff, world: World):
    for login in ("desk", "ahorn", "admin"):
        assert staff(login).get(PEOPLE).status_code == 403
    other = staff("lead2")
    assert "Leila" not in other.get(PEOPLE).text
    page = lead.get(PEOPLE).text
    assert "0172 9973185" in page
    with world.database.reading() as session:
        code = session.scalars(select(PoolInterpreter.code).where(PoolInterpreter.name == "Leila")).one()
    assert other.send(PEOPLE + "/leave", {"code": code}).status_code == 404
    lead.get(f"{PEOPLE}?who={code}")
    changed = entry(name="Leyla", email="leyla@example.org", code=code, version=lead.page.field("version"))
    assert lead.send(PEOPLE, changed).status_code == 303
    assert lead.send(PEOPLE, changed).status_code == 409
    assert "leyla@example.org" in lead.get(PEOPLE).text
    assert lead.send(PEOPLE + "/leave", {"code": code}).status_code == 303
    assert "Leyla" not in lead.get(PEOPLE).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Anna", "phone": "030 1"}, "stimmt nicht"), ({"name": "Anna", "email": "anna"}, "stimmt nicht"),
        ({"name": ""}, "mindestens eine Sprache"), ({"name": "Anna", "languages": ["xx"]}, "mindestens eine Sprache"),
        ({"name": "Anna", "gender": "?"}, "mindestens eine Sprache"),
    ],
)  # fmt: skip
def test_what_was_typed_stays_when_it_is_refused(lead: LookingClient, typed: dict[str, object], said: str):
    answer = lead.send(PEOPLE, entry(**typed))
    assert answer.status_code == 422
    assert said in answer.text
    assert lead.page.field("name") == typed["name"]
    assert lead.send("/desk/interpreters/who-asks", {"who": "nobody"}).status_code == 404


def test_the_desk_asks_by_hand_and_sees_when_nobody_is_left(asked: World, staff: Staff):
    desk = staff("desk")
    text = desk.get("/desk/interpreters").text
    assert "eine Person ist angefragt" in text
    request = desk.page.field("request")
    with asked.database.reading() as session:
        code = session.scalars(select(PoolInterpreter.code).where(PoolInterpreter.name == "Soraya")).one()
    wanted = {"request": request, "who": code, "mode": "phone"}
    assert desk.send("/desk/interpreters/ask", {**wanted, "who": "nobody"}).status_code == 404
    assert desk.send("/desk/interpreters/ask", wanted).status_code == 303
    assert "am Telefon" in desk.get("/desk/interpreters").text
    answer = {"request": request, "asked": desk.page.field("asked"), "was": "assigned", "to": "declined"}
    assert desk.send("/desk/interpreters", answer).status_code == 303
    assert "niemand mehr, der gefragt werden kann" in desk.get("/desk/interpreters").text


def test_whom_no_message_reaches_is_on_the_list_until_somebody_has_called(asked: World, staff: Staff):
    desk = staff("desk")
    assert "Bitte anrufen" not in desk.get("/desk/interpreters").text
    from_message(asked.database, MessageState.HANDED_OVER)
    with asked.database.transaction(SYSTEM, NOW) as tx:
        request = tx.session.scalars(select(PoolRequest)).one()
        visits.cancel(tx, visits.visit_to_change(tx, request.appointment.visit_id))
    with asked.database.transaction(SYSTEM, NOW) as tx:
        pass_on(tx, 1, KEYS)
    from_message(asked.database)
    text = desk.get("/desk/interpreters").text
    assert "Bitte anrufen" in text
    assert "0172 9973185" in text
    message = desk.page.field("message")
    assert desk.send("/desk/interpreters/called", {"message": message}).status_code == 303
    assert "Bitte anrufen" not in desk.get("/desk/interpreters").text
    assert desk.send("/desk/interpreters/called", {"message": message}).status_code == 409


def from_message(database: Database, state: MessageState = MessageState.FAILED) -> None:
    """What is due fails, or goes out."""
    with database.transaction(SYSTEM, NOW) as tx:
        for message in tx.session.scalars(select(Message).where(Message.state == MessageState.DUE)):
            message.state = state


def test_a_duty_is_noted_printed_and_listed(asked: World, client: LookingClient, staff: Staff):
    opened(client, asked.database)
    press(client, "yes")
    set_clock(asked, THURSDAY + timedelta(hours=1))
    desk, counsellor = staff("desk"), staff("ahorn")
    counsellor.get("/desk/interpreters")
    noted = {"appointment": counsellor.page.field("appointment"), "minutes": "95", "came": "yes", "back": "list"}
    assert counsellor.send("/desk/interpreters/duty", {**noted, "minutes": "0"}).status_code == 422
    assert counsellor.send("/desk/interpreters/duty", {**noted, "came": "?"}).status_code == 404
    assert counsellor.send("/desk/interpreters/duty", noted).status_code == 303
    slip = counsellor.get("/desk/interpreters/slip/1").text
    for said in ("Leila", "Persisch", "10:10", "11:45", "2", "Unterschrift"):
        assert said in slip
    assert "Dienst B02" not in slip
    assert staff("eiche").get("/desk/interpreters/slip/1").status_code == 404
    assert counsellor.get("/desk/interpreters/hours").status_code == 403
    text = desk.get("/desk/interpreters/hours?month=2026-12").text
    assert "24,00" in text
    assert "nichts notiert" in desk.get("/desk/interpreters/hours?month=2026-11").text
    assert "24,00" in desk.get("/desk/interpreters/hours?month=odd").text, "this month"
    table = desk.get("/desk/interpreters/hours.csv?month=2026-12")
    assert table.mimetype == "text/csv"
    assert table.text.lstrip("\ufeff").splitlines()[1] == "Leila;03.12.2026;10:10;11:45;Persisch / Dari;2;24,00"


def test_a_name_that_looks_like_a_formula_is_one_no_more_in_the_table(asked: World, staff: Staff):
    desk = staff("desk")
    desk.get("/desk/interpreters")
    shown = {name: desk.page.field(name) for name in ("request", "asked")}
    answer = {**shown, "was": "assigned", "to": "declined"}
    desk.send("/desk/interpreters", answer)
    desk.send("/desk/interpreters", {**answer, "was": "declined", "to": "requested"})
    desk.get("/desk/interpreters")
    again = {**answer, "asked": desk.page.field("asked")}
    desk.send("/desk/interpreters", {**again, "was": "requested", "to": "confirmed"})
    set_clock(asked, THURSDAY + timedelta(hours=1))
    desk.get("/desk/interpreters")
    noted = {"appointment": desk.page.field("appointment"), "minutes": "30", "came": "yes", "name": "=1+1"}
    assert desk.send("/desk/interpreters/duty", noted).status_code == 303
    assert "'=1+1;" in desk.get("/desk/interpreters/hours.csv?month=2026-12").text


def test_the_case_asks_whether_the_interpreter_came(asked: World, client: LookingClient, staff: Staff):
    opened(client, asked.database)
    press(client, "yes")
    set_clock(asked, THURSDAY + timedelta(minutes=20))
    desk = staff("desk")
    with asked.database.reading() as session:
        visit = session.scalars(select(PoolRequest)).one().appointment.visit
        code, day = visit.code, visit.day_on.isoformat()
    desk.get("/desk/find")
    assert desk.send("/desk/case", {"code": code, "day": day}).status_code == 303
    assert "War da" in desk.get("/desk/case").text
    noted = {"appointment": desk.page.field("appointment"), "minutes": "30", "came": "no", "back": "case"}
    assert desk.send("/desk/interpreters/duty", noted).location == "/desk/case"
    assert "nicht gekommen" in desk.get("/desk/case").text

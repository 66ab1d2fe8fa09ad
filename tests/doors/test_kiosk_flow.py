"""At the kiosk from the first press to the ticket: with QR, with digits, with neither, and without appointment."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from access.models import Device
from foundation.clock import machine_now
from foundation.facts import SYSTEM
from queueing import calls
from queueing.following import ticket_token
from queueing.models import HelpRequest, Ticket
from scheduling.models import Centre, Service, TopicGroup, Visit
from scheduling.visits import cancel, manage_token, visit_to_change
from tests.build import KEYS, MONDAY, World, at
from tests.domain.test_day import STAFF, act, call_next
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock

MOST_PRESSES = 5


def presses(kiosk: LookingClient, *steps: tuple[str, dict[str, str]]) -> int:
    """Press one button after the other, from the first screen on; how many presses it took."""
    kiosk.get("/kiosk/")
    for path, data in steps:
        assert kiosk.send(f"/kiosk/{path}", {"lang": "de", **data}).status_code == 200
    return len(steps)


def second_topic(world: World) -> None:
    with world.database.transaction(SYSTEM, at("08:00")) as tx:
        topic = TopicGroup(code="letters", position=2, pictogram="letters", titles={"de": "Briefe"}, hints={"de": "x"})
        tx.session.add(topic)
        tx.session.get_one(Service, world.letters).topic_group = topic


def link(world: World, visit_id: int) -> str:
    with world.database.reading() as session:
        return f"http://x/t/{manage_token(KEYS, session.get_one(Visit, visit_id))}"


def ticket(world: World) -> Ticket:
    with world.database.reading() as session:
        found = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
        assert found
        assert found.visit
        return found


def shown_link(world: World) -> str:
    return f"http://x/n/{ticket_token(KEYS, ticket(world))}"


def test_a_walk_in_has_her_ticket_after_at_most_five_presses(device, world: World):
    second_topic(world)
    kiosk = device("kiosk")
    steps = [("welcome", {}), ("topics", {}), ("confirm", {"topic": "letters"}), ("number", {"topic": "letters"})]
    assert presses(kiosk, *steps) <= MOST_PRESSES
    assert "100" in kiosk.page.text
    made = ticket(world)
    assert (made.visit.party, made.visit.wishes, made.visit.spoken_langs) == (1, [], ["de"])


def test_where_there_is_one_topic_nobody_is_asked_for_it(device, world: World):
    kiosk = device("kiosk")
    presses(kiosk, ("welcome", {}), ("topics", {}))
    assert "Stimmt das so?" in kiosk.page.text
    assert kiosk.page.field("topic") == "other"
    presses(kiosk, ("welcome", {}), ("about", {"start": "2026-11-23T09:00Z"}))
    assert "100" in kiosk.page.text


def test_how_many_come_and_what_they_wish_is_chosen_by_pictures(device, world: World):
    kiosk = device("kiosk")
    presses(kiosk, ("welcome", {}), ("topics", {}), ("confirm", {"topic": "other", "press": "plus"}))
    assert kiosk.page.field("party") == "2"
    kiosk.send("/kiosk/confirm", {"lang": "de", "topic": "other", "party": "2", "press": "female_counsellor"})
    kiosk.send("/kiosk/tongues", {"lang": "de", "topic": "other", "party": "2", "wish": "female_counsellor"})
    assert kiosk.page.field("spoken") in {"de", "en", "ar"}
    chosen = {"lang": "de", "topic": "other", "party": "2", "wish": "female_counsellor", "spoken": "ar"}
    kiosk.send("/kiosk/confirm", chosen)
    kiosk.send("/kiosk/number", chosen)
    made = ticket(world)
    assert (made.visit.party, made.visit.wishes) == (2, ["female_counsellor"])
    assert (made.visit.ui_lang, made.visit.spoken_langs) == ("de", ["ar"])


def test_nobody_comes_with_fewer_than_one_or_more_than_nine(device, world: World):
    kiosk = device("kiosk")
    for party, press, left in (("1", "minus", "1"), ("9", "plus", "9"), ("x", "", "1"), ("0", "", "1")):
        presses(kiosk, ("confirm", {"party": party, "press": press}))
        assert kiosk.page.field("party") == left


def test_with_her_link_she_presses_three_times(device, world: World):
    visit_id = world.book(at("10:10"))
    kiosk = device("kiosk")
    assert presses(kiosk, ("welcome", {}), ("code", {}), ("check-in", {"scan": link(world, visit_id)})) <= 3
    assert "Sie sind früh da. Wir rufen Ihre Nummer um 10:10 Uhr" in kiosk.page.text


@pytest.mark.parametrize(
    ("now", "said"),
    [("10:05", "Wir rufen Ihre Nummer"), ("10:25", "Ihr Termin hat schon begonnen"), ("10:45", "einem neuen Termin")],
)
def test_early_late_and_very_late_are_all_welcome(device, world: World, now: str, said: str):
    code = world.code(world.book(at("10:10")))
    set_clock(world, at(now))
    kiosk = device("kiosk")
    presses(kiosk, ("welcome", {}), ("code", {}), ("check-in", {"code": code}))
    assert said in kiosk.page.text
    assert "100" in kiosk.page.text


def test_who_checks_in_again_sees_the_same_number_and_who_is_called_the_room(device, world: World):
    visit_id = world.book(at("10:10"))
    kiosk = device("kiosk")
    presses(kiosk, ("code", {}), ("check-in", {"code": world.code(visit_id)}))
    set_clock(world, at("10:09"))
    presses(kiosk, ("code", {}), ("check-in", {"code": world.code(visit_id)}))
    assert "Sie sind schon angemeldet" in kiosk.page.text
    with world.database.reading() as session:
        counsellor = session.get_one(Visit, visit_id).appointments[0].counsellor_id
    call_next(world, counsellor, at("10:09"))
    presses(kiosk, ("code", {}), ("check-in", {"code": world.code(visit_id)}))
    assert "Sie sind jetzt dran" in kiosk.page.text
    assert "Zimmer" in kiosk.page.text


def scan(kiosk: LookingClient, text: str) -> str:
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/check-in", {"lang": "de", "scan": text})
    return kiosk.page.text


def test_a_scanned_link_is_told_what_it_is_and_what_comes_next(device, world: World):
    gone, tomorrow = world.book(at("10:10")), world.book(at("10:10", MONDAY + timedelta(days=1)))
    with world.database.transaction(STAFF, at("09:00")) as tx:
        cancel(tx, visit_to_change(tx, gone))
    kiosk, elsewhere = device("kiosk"), device("kiosk", world.other_centre)
    for browser, visit_id, said in (
        (kiosk, gone, "Dieser Termin ist abgesagt"),
        (kiosk, tomorrow, "24.11."),
        (elsewhere, tomorrow, "an einem anderen Ort: Pfullingen"),
    ):
        assert said in scan(browser, link(world, visit_id))
        assert "Nummer ohne Termin nehmen" in browser.page.text
    assert "finden wir heute nicht" in scan(kiosk, "http://x/n/" + "y" * 22)


def test_a_scanned_number_comes_back_while_it_waits_and_not_when_it_is_over(device, world: World):
    kiosk = device("kiosk")
    presses(kiosk, ("topics", {}), ("number", {"topic": "other"}))
    address = shown_link(world)
    act(world, 100, calls.park, at("09:00"))
    set_clock(world, at("09:05"))
    assert "Sie sind schon angemeldet" in scan(kiosk, address)
    assert ticket(world).state == "waiting"
    act(world, 100, calls.leave, at("09:06"))
    assert "nicht mehr gültig" in scan(kiosk, address)


def test_five_wrong_codes_rest_the_keys_and_everything_else_goes_on(device, world: World):
    visit_id = world.book(at("10:10"))
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    for _ in range(5):
        kiosk.send("/kiosk/check-in", {"lang": "de", "code": "111111"})
    assert "Um 09:0" in kiosk.page.text
    assert "können Sie wieder tippen" in kiosk.page.text
    assert not [b for b in kiosk.page.all("button") if "data-digit" in b]
    assert kiosk.send("/kiosk/check-in", {"lang": "de", "code": world.code(visit_id)}).status_code == 429
    for path in ("code", "times", "topics", "help"):
        assert kiosk.send(f"/kiosk/{path}", {"lang": "de"}).status_code == 200
    assert "100" in scan(kiosk, link(world, visit_id))


def test_after_ten_wrong_codes_the_desk_is_asked_to_look(device, world: World):
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    for n in range(10):
        with world.database.transaction(SYSTEM, machine_now()) as tx:
            tx.session.execute(update(Device).values(codes_locked_until=None))
        kiosk.send("/kiosk/check-in", {"lang": "de", "code": f"11111{n}"})
    with world.database.reading() as session:
        assert [asked.place for asked in session.scalars(select(HelpRequest))] == ["kiosk 1"]


def test_without_code_the_answer_is_the_same_whether_it_fits_or_not(device, world: World):
    second_topic(world)
    world.book(at("10:10"))
    kiosk = device("kiosk")
    answers = []
    for start in ("2026-11-23T09:15Z", "2026-11-23T11:00Z"):
        presses(kiosk, ("code", {}), ("times", {}), ("about", {"start": start}))
        kiosk.send("/kiosk/without-code", {"lang": "de", "start": start, "topic": "other"})
        answers.append(kiosk.page.text)
    with world.database.reading() as session:
        assert [t.meant_id is not None for t in session.scalars(select(Ticket).order_by(Ticket.id))] == [True, False]
    assert "10:10" not in answers[0]
    same = [a.replace(n, "#") for a, n in zip(answers, ("100", "101"), strict=True)]
    assert [line for line in same[0].split("\n") if "Termin" in line] == [
        line for line in same[1].split("\n") if "Termin" in line
    ]


def test_the_desk_sees_whom_to_ask_and_joins_with_one_press(device, staff, world: World):
    world.book(at("10:10"))
    kiosk, desk = device("kiosk"), staff("desk")
    presses(kiosk, ("about", {"start": "2026-11-23T09:15Z"}))
    desk.get("/desk/?all=1")
    assert "Termin prüfen" in desk.page.text
    desk.get("/desk/tickets/100")
    assert "Gemeint ist vielleicht der Termin um 10:10" in desk.page.text
    desk.send("/desk/tickets/100/join")
    assert ticket(world).appointment_id is not None


def test_two_taps_on_any_way_to_a_number_make_one_ticket(device, world: World):
    kiosk = device("kiosk")
    for path, more in (("number", {"topic": "other"}), ("without-code", {"start": "2026-11-23T09:15Z"})):
        presses(kiosk, ("topics", {}))
        form = {"lang": "de", "form_key": kiosk.page.field("form_key"), "csrf_token": kiosk.token, **more}
        numbers = {kiosk.post(f"/kiosk/{path}", data=form) and ticket(world).number for _ in range(2)}
        assert len(numbers) == 1
    with world.database.reading() as session:
        assert len(session.scalars(select(Ticket.id)).all()) == 2


def test_only_a_kiosk_that_prints_has_paper(device, staff, world: World):
    kiosk, lead = device("kiosk"), staff("lead")
    presses(kiosk, ("topics", {}), ("number", {"topic": "other"}))
    assert not [d for d in kiosk.page.all("div") if d.get("class") == "slip"]
    lead.get("/desk/devices/1")
    lead.send("/desk/devices/1", {"name": "Kiosk", "prints": "yes"})
    kiosk.get("/kiosk/")
    kiosk.send("/kiosk/number", {"lang": "ar", "topic": "other"})
    assert [s["lang"] for s in kiosk.page.all("section") if "lang" in s] == ["ar", "de"]
    assert any("printing.js" in s["src"] for s in kiosk.page.all("script"))


def test_the_next_person_finds_nothing_of_the_one_before(device, world: World):
    kiosk = device("kiosk")
    presses(kiosk, ("topics", {}), ("confirm", {"topic": "other", "party": "4", "wish": "step_free", "spoken": "ar"}))
    presses(kiosk, ("welcome", {}), ("topics", {}))
    assert (kiosk.page.field("party"), kiosk.page.field("spoken")) == ("1", "")
    assert not [i for i in kiosk.page.all("input") if i.get("name") == "wish"]


def test_when_nobody_can_help_today_the_phone_can_book(device, world: World):
    with world.database.transaction(SYSTEM, at("08:00")) as tx:
        tx.session.get_one(Centre, world.centre).phone_languages = []
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    answer = kiosk.send("/kiosk/number", {"lang": "uk", "topic": "other", "spoken": "mnk"})
    assert answer.status_code == 409
    assert any("qr" in svg.get("class", "") for svg in kiosk.page.all("svg"))


@pytest.mark.parametrize("party", ["1", "9"])
def test_when_the_day_is_full_a_family_of_any_size_is_told_so_at_the_kiosk(device, world: World, party: str):
    set_clock(world, at("16:55"))
    kiosk = device("kiosk")
    kiosk.get("/kiosk/")
    answer = kiosk.send("/kiosk/number", {"lang": "de", "topic": "other", "party": party})
    assert answer.status_code == 409
    assert "kiosk" in kiosk.page.all("body")[0]["class"]
    assert ("Zum Beispiel:" in answer.text) == (party == "1")

"""The front desk: find, open a case, move, cancel, book for somebody, give a ticket, call."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, render_template_string
from sqlalchemy import select

from foundation.facts import SYSTEM, Actor
from notifications.models import Message, MessageState
from queueing.models import Ticket, TicketState
from queueing.numbers import Numbers
from queueing.tickets import WalkIn, check_in, take_number
from scheduling.models import Appointment, AppointmentState, Centre, Service, Visit
from scheduling.visits import manage_token, visit_to_change
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at
from tests.doors.client import LookingClient, Page
from tests.doors.conftest import set_clock

Staff = Callable[[str], LookingClient]
TUESDAY = MONDAY + timedelta(days=1)
WHO = {"service": "B02", "spoken": "de", "reads": "de", "party": "1", "counsellor": ""}


def start(moment) -> dict[str, str]:
    return {"start": f"{moment:%Y-%m-%dT%H:%MZ}"}


def search(desk: LookingClient, typed: str) -> str:
    desk.get("/desk/find")
    assert desk.send("/desk/find", {"typed": typed}).status_code == 200
    return desk.page.text


def opened(desk: LookingClient, world: World, visit_id: int) -> LookingClient:
    desk.get("/desk/find")
    with world.database.reading() as session:
        visit = session.get_one(Visit, visit_id)
        answer = desk.send("/desk/case", {"code": visit.code, "day": str(visit.day_on)})
    assert answer.location == "/desk/case"
    assert desk.get("/desk/case").status_code == 200
    return desk


def booked(world: World, called: str = "", phone: str | None = PHONE, start=at("10:10", TUESDAY)) -> int:
    visit_id = world.book(start, phone=phone)
    if called:
        with world.database.transaction(SYSTEM, NOW) as tx:
            tx.session.get_one(Visit, visit_id).call_name = called
    return visit_id


def first(world: World, visit_id: int) -> Appointment:
    with world.database.reading() as session:
        part = session.get_one(Visit, visit_id).first
        assert part.counsellor.code
        assert part.visit.phone != ""
        return part


def newest(world: World) -> Visit:
    with world.database.reading() as session:
        visit = session.scalars(select(Visit).order_by(Visit.id.desc())).first()
        assert visit
        assert isinstance(visit.appointments, list)
        return visit


def walk_in(world: World) -> int:
    with world.database.transaction(Actor("staff", 1), NOW) as tx:
        return take_number(tx, WalkIn(tx.session.get_one(Centre, world.centre), None, "ar", ("ar",))).number


def test_a_client_is_found_by_what_she_has_and_her_name_shows_only_when_she_says_it(staff: Staff, world: World):
    visit_id = booked(world, "Lila")
    code, desk = world.code(visit_id), staff("desk")
    for typed in (code, "0152 28817386", "li"):
        assert code in search(desk, typed)
        assert ("Lila" in desk.page.text) == (typed == "li")
        assert "8817386" not in desk.page.text
    assert "Nichts gefunden" in search(desk, "Xenia")


def test_times_and_numbers_mean_today(staff: Staff, world: World):
    later, number = booked(world), walk_in(world)
    today = world.book(at("10:10"))
    desk = staff("desk")
    found = search(desk, "10:10")
    assert world.code(today) in found
    assert world.code(later) not in found
    assert "ohne Termin" in search(desk, str(number))
    assert desk.send("/desk/case", {"number": str(number)}).location == "/desk/case"
    desk.get("/desk/case")
    assert "Nummer berichtigen" in desk.page.text


def test_the_search_answers_htmx_with_what_was_found_alone(staff: Staff, world: World):
    code, desk = world.code(booked(world)), staff("desk")
    desk.get("/desk/find")
    answer = desk.send("/desk/find", {"typed": code}, headers={"HX-Request": "true"})
    assert 'id="found"' in answer.text
    assert "<html" not in answer.text


def test_another_centre_finds_and_opens_nothing(staff: Staff, world: World):
    visit_id = booked(world)
    other = staff("lead2")
    assert "Nichts gefunden" in search(other, world.code(visit_id))
    assert other.send("/desk/case", {"code": world.code(visit_id), "day": str(TUESDAY)}).status_code == 404
    assert "suchen Sie ihn noch einmal" in other.page.text
    assert other.get("/desk/case").status_code == 404
    assert other.get("/desk/case/move").status_code == 404
    assert other.get("/desk/case/slip").status_code == 404
    assert other.get(f"/desk/tickets/{walk_in(world)}/slip").status_code == 404


@pytest.mark.parametrize("wrong", [{"code": "000000"}, {"code": "1"}, {"number": "899"}, {"number": "x"}, {}])
def test_an_unknown_code_opens_nothing(staff: Staff, wrong: dict[str, str]):
    desk = staff("desk")
    desk.get("/desk/find")
    assert desk.send("/desk/case", {"day": str(MONDAY), **wrong}).status_code == 404


def test_only_who_may_reach_people_sees_the_number_of_anothers_client(staff: Staff, world: World):
    visit_id = booked(world, "Lila")
    own = first(world, visit_id).counsellor.code
    other = {"ahorn": "buche", "buche": "ahorn"}[own]
    for login, sees in (("desk", True), ("lead", True), (own, True), (other, False)):
        browser = opened(staff(login), world, visit_id)
        assert ("8817386" in browser.page.text) is sees
        assert "Lila" in browser.page.text
        answer = browser.send("/desk/case/contact", {"sms": "no", "call_name": "Lila"})
        assert answer.status_code == (303 if sees else 403)
        with world.database.transaction(SYSTEM, NOW) as tx:
            visit = tx.session.get_one(Visit, visit_id)
            visit.phone, visit.consent_at = PHONE, NOW
    assert "Nichts gefunden" in search(staff(other), "0152 28817386")


def test_a_hidden_topic_stays_hidden_from_all_but_who_advises(staff: Staff, world: World):
    visit_id = booked(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Service, world.talk).hidden_topic = True
    own = first(world, visit_id).counsellor.code
    assert "Thema verdeckt" in opened(staff("desk"), world, visit_id).page.text
    assert "Dienst B02" in opened(staff(own), world, visit_id).page.text


def test_a_client_is_checked_in_leaves_and_comes_back(staff: Staff, world: World):
    desk = opened(staff("desk"), world, world.book(at("10:10")))
    assert desk.send("/desk/case/arrived").location == "/desk/case"
    for path, was, state in (("left", "waiting", TicketState.LEFT), ("back", "left", TicketState.WAITING)):
        desk.get("/desk/case")
        assert desk.send(f"/desk/case/{path}", {"was": was}).location == "/desk/case"
        with world.database.reading() as session:
            assert session.scalars(select(Ticket.state)).one() is state
    assert desk.send("/desk/case/left", {"was": "called"}).status_code == 409


def test_a_form_of_an_older_case_does_nothing_to_the_new_one(staff: Staff, world: World):
    old, new = booked(world, phone=None), booked(world, phone=None, start=at("10:45", TUESDAY))
    desk = opened(staff("desk"), world, old)
    mark = world.code(old)
    opened(desk, world, new)
    assert desk.send("/desk/case/cancel", {"visit": mark}).status_code == 409
    assert {first(world, old).state, first(world, new).state} == {AppointmentState.BOOKED}


def test_the_desk_moves_by_a_proposal_and_the_client_is_told(staff: Staff, world: World):
    visit_id = booked(world)
    desk = opened(staff("desk"), world, visit_id)
    desk.get("/desk/case/move")
    proposed = desk.page.slots[0]
    assert desk.send("/desk/case/move", {"start": proposed}).location == "/desk/case?done=moved"
    desk.get("/desk/case?done=moved")
    assert "hat eine neue Zeit" in desk.page.text
    assert f"{first(world, visit_id).starts_at:%Y-%m-%dT%H:%MZ}" == proposed
    with world.database.reading() as session:
        assert "moved" in session.scalars(select(Message.kind)).all()


def test_a_time_taken_meanwhile_leads_to_the_nearest(staff: Staff, world: World):
    visit_id = booked(world)
    for _ in range(2):
        world.book(at("11:20", TUESDAY))
    desk = opened(staff("desk"), world, visit_id)
    desk.get("/desk/case/move")
    assert desk.send("/desk/case/move", start(at("11:20", TUESDAY))).status_code == 409
    assert "Am nächsten frei" in desk.page.text
    assert f"{at('10:45', TUESDAY):%Y-%m-%dT%H:%MZ}" in desk.page.slots[:3]
    assert first(world, visit_id).starts_at == at("10:10", TUESDAY)


def test_staff_go_outside_the_rules_with_a_reason_only(staff: Staff, world: World):
    visit_id = booked(world)
    desk = opened(staff("desk"), world, visit_id)
    desk.get("/desk/case/move")
    evening = {"day": str(TUESDAY), "time": "17:30", "reason": ""}
    assert desk.send("/desk/case/move", evening).status_code == 422
    assert "Bitte wählen Sie, warum" in desk.page.text
    assert desk.page.field("time") == "17:30"
    for wrong in ({"time": "x"}, {"day": "0001-01-01"}, {"day": str(MONDAY - timedelta(days=7))}):
        assert desk.send("/desk/case/move", evening | {"reason": "agreed"} | wrong).status_code == 422
    assert desk.send("/desk/case/move", evening | {"reason": "agreed"}).status_code == 303
    part = first(world, visit_id)
    assert (part.starts_at, part.overruled) == (at("17:30", TUESDAY), "agreed")


def test_a_client_calls_off_at_the_desk(staff: Staff, world: World):
    visit_id = booked(world)
    desk = opened(staff("desk"), world, visit_id)
    assert desk.send("/desk/case/cancel").location == "/desk/case"
    desk.get("/desk/case")
    assert "abgesagt" in desk.page.text
    assert first(world, visit_id).state is AppointmentState.CANCELLED


def test_a_wrong_number_is_said_and_what_was_typed_stays(staff: Staff, world: World):
    visit_id = booked(world)
    desk = opened(staff("desk"), world, visit_id)
    answer = desk.send("/desk/case/contact", {"sms": "yes", "phone": "12", "call_name": "Lila"})
    assert answer.status_code == 422
    assert "Diese Nummer stimmt nicht" in desk.page.text
    assert (desk.page.field("phone"), desk.page.field("call_name")) == ("12", "Lila")
    assert desk.send("/desk/case/contact", {"sms": "yes", "phone": "0172 9980752"}).status_code == 303
    assert first(world, visit_id).visit.phone == "+491729980752"


def test_a_locked_link_is_over_and_the_new_slip_has_another(staff: Staff, client: LookingClient, world: World):
    visit_id = booked(world)
    with world.database.reading() as session:
        old = manage_token(KEYS, session.get_one(Visit, visit_id))
    assert client.get(f"/t/{old}").status_code == 303
    desk = opened(staff("desk"), world, visit_id)
    assert desk.send("/desk/case/link").location == "/desk/case?done=link"
    assert client.get(f"/t/{old}").status_code == 404
    assert client.get("/visit").status_code == 404
    slip = desk.get("/desk/case/slip")
    assert slip.status_code == 200
    assert world.code(visit_id)[:3] in desk.page.text


def test_slips_are_in_the_clients_language_and_german_and_say_no_topic(staff: Staff, world: World):
    visit_id = world.book(at("10:10"), language="ar")
    desk = opened(staff("desk"), world, visit_id)
    desk.get("/desk/case/slip")
    assert {"ar", "de"} <= {section["lang"] for section in desk.page.all("section")}
    assert "Dienst" not in desk.page.text
    with world.database.transaction(SYSTEM, NOW) as tx:
        number = check_in(tx, visit_to_change(tx, visit_id)).number
    desk.get(f"/desk/tickets/{number}/slip")
    assert str(number) in desk.page.text
    assert "Bitte warten Sie hier" in desk.page.text
    assert desk.get("/desk/tickets/899/slip").status_code == 404


def test_the_desk_books_for_somebody_with_number_and_name(staff: Staff, world: World):
    desk = staff("desk")
    desk.get("/desk/book")
    assert desk.send("/desk/book", {**WHO, "spoken": "ar", "reads": "ar", "party": "2"}).location == "/desk/book#times"
    desk.get(f"/desk/book?day={TUESDAY}")
    assert desk.send("/desk/book/time", start(at("10:10", TUESDAY))).location == "/desk/book/check"
    desk.get("/desk/book/check")
    answer = desk.send("/desk/book/confirm", {"sms": "yes", "phone": "0152 28817386", "call_name": "Lila"})
    assert answer.location == "/desk/case?done=booked"
    desk.get(answer.location)
    visit = newest(world)
    assert visit.code
    assert visit.code[:3] in desk.page.text
    assert (visit.ui_lang, visit.spoken_langs, visit.party, visit.phone) == ("ar", ["ar"], 2, PHONE)
    assert desk.page.text.count("01522 8817386") == 2
    assert desk.send("/desk/book/confirm", {"visit": visit.first.starts_at.isoformat()}).status_code == 303
    assert newest(world).id == visit.id


def test_another_appointment_begins_with_what_is_known(staff: Staff, world: World):
    visit_id = world.book(at("09:40"), language="ar", service=world.letters)
    desk = opened(staff("desk"), world, visit_id)
    assert desk.send("/desk/case/again").location == "/desk/book#times"
    desk.get("/desk/book")
    chosen = {option["value"] for option in desk.page.all("option") if "selected" in option and "value" in option}
    assert chosen == {"B03", "ar"}
    assert desk.page.slots


def test_a_number_may_have_more_appointments_when_the_desk_books(staff: Staff, world: World):
    for moment in ("10:10", "10:45"):
        world.book(at(moment, TUESDAY), phone=PHONE)
    desk = held(staff("desk"), at("13:00", TUESDAY))
    assert desk.send("/desk/book/confirm", {"sms": "yes", "phone": PHONE}).status_code == 303
    assert newest(world).phone == PHONE


def held(desk: LookingClient, moment) -> LookingClient:
    desk.get("/desk/book")
    desk.send("/desk/book", WHO)
    desk.get("/desk/book")
    assert desk.send("/desk/book/time", start(moment)).location == "/desk/book/check"
    desk.get("/desk/book/check")
    return desk


def test_a_double_press_holds_one_time_and_a_second_choice_gives_the_first_back(staff: Staff, world: World):
    desk = staff("desk")
    desk.get("/desk/book")
    desk.send("/desk/book", WHO)
    desk.get("/desk/book")
    pressed = {**start(at("10:10", TUESDAY)), "form_key": desk.page.field("form_key")}
    assert [desk.send("/desk/book/time", pressed).status_code for _ in range(2)] == [303, 303]
    assert desk.send("/desk/book/time", start(at("10:45", TUESDAY))).status_code == 303
    with world.database.reading() as session:
        assert session.scalars(select(Appointment.starts_at)).all() == [at("10:45", TUESDAY)]


def test_a_time_lost_while_typing_leads_to_the_nearest_and_what_was_typed_stays(staff: Staff, world: World):
    desk = held(staff("desk"), at("10:10", TUESDAY))
    set_clock(world, NOW + timedelta(minutes=11))
    for _ in range(2):
        world.book(at("10:10", TUESDAY), NOW + timedelta(minutes=11))
    confirm = {"sms": "yes", "phone": "0152 28817386", "call_name": "Lila"}
    assert desk.send("/desk/book/confirm", confirm).status_code == 409
    assert "Am nächsten frei" in desk.page.text
    assert desk.send("/desk/book/time", {"start": desk.page.slots[0]}).location == "/desk/book/check"
    desk.get("/desk/book/check")
    assert (desk.page.field("call_name"), desk.page.field("phone")) == ("Lila", PHONE)


def test_a_wrong_number_while_booking_is_said_and_the_time_stays(staff: Staff, world: World):
    desk = held(staff("desk"), at("10:10", TUESDAY))
    assert desk.send("/desk/book/confirm", {"sms": "yes", "phone": "030 1", "call_name": "Lila"}).status_code == 422
    assert (desk.page.field("call_name"), desk.page.field("phone")) == ("Lila", "030 1")
    assert desk.send("/desk/book/confirm", {"sms": "no"}).status_code == 303
    assert newest(world).phone is None


def test_a_wished_counsellor_a_past_time_and_what_is_not_offered(staff: Staff, world: World):
    desk = staff("desk")
    desk.get("/desk/book")
    assert desk.send("/desk/book", {**WHO, "service": "B99"}).status_code == 404
    assert desk.send("/desk/book", {**WHO, "spoken": "xx"}).status_code == 422
    assert desk.send("/desk/book", {**WHO, "counsellor": "eiche"}).status_code == 404
    desk.send("/desk/book", {**WHO, "counsellor": "buche"})
    desk.get("/desk/book")
    assert desk.send("/desk/book/time", start(at("08:00"))).status_code == 422
    assert desk.send("/desk/book/time", start(at("10:10"))).status_code == 303
    assert newest(world).first.starts_at == at("10:10")
    assert first(world, newest(world).id).counsellor.code == "buche"
    assert desk.send("/desk/book/anew").location == "/desk/book"
    assert desk.get("/desk/book/check").location == "/desk/book"
    assert desk.send("/desk/book/confirm").status_code == 409


def test_a_group_that_fits_nowhere_is_told_so(staff: Staff):
    desk = staff("desk")
    desk.get("/desk/book")
    desk.send("/desk/book", {**WHO, "party": "9"})
    assert desk.get("/desk/book").status_code == 422
    assert "So viele Menschen" in desk.page.text


def test_somebody_at_the_door_gets_one_number_and_it_can_be_put_right(staff: Staff, world: World):
    desk = staff("desk")
    desk.get("/desk/tickets/new")
    form = {"topic": "other", "spoken": "ar", "reads": "ar", "party": "2", "form_key": "k" * 22}
    assert [desk.send("/desk/tickets/new", form).location for _ in range(2)] == ["/desk/case?done=ticket"] * 2
    desk.get("/desk/case?done=ticket")
    assert desk.send("/desk/case/correct", {"topic": "", "spoken": "uk", "party": "3"}).status_code == 303
    with world.database.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.number, ticket.topic_group_id, ticket.visit.ui_lang) == (100, None, "ar")
        assert (ticket.visit.spoken_langs, ticket.visit.party) == (["uk"], 3)


def test_no_number_is_given_when_nobody_can_help_and_what_was_chosen_stays(staff: Staff, world: World):
    desk = staff("desk")
    desk.get("/desk/tickets/new")
    form = {"topic": "other", "spoken": "so", "reads": "uk", "party": "3"}
    assert desk.send("/desk/tickets/new", form).status_code == 409
    chosen = {option["value"] for option in desk.page.all("option") if "selected" in option and "value" in option}
    assert chosen == {"other", "so", "uk"}
    set_clock(world, at("18:00"))
    assert desk.send("/desk/tickets/new", form | {"spoken": "de"}).status_code == 409
    assert "Heute ist geschlossen" in desk.page.text


def test_the_call_list_names_number_and_what_to_say_and_can_be_taken_back(staff: Staff, world: World):
    visit_id = booked(world, "Lila")
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.scalars(select(Message).order_by(Message.id)).first().state = MessageState.FAILED
    desk = staff("desk")
    desk.get("/desk/call-list")
    assert "01522 8817386" in desk.page.text
    assert "Der Termin ist gebucht" in desk.page.text
    assert "Lila" not in desk.page.text
    message = desk.page.field("message")
    assert desk.send("/desk/call-list", {"message": message, "act": "done"}).location == "/desk/call-list"
    assert desk.send("/desk/call-list", {"message": message, "act": "done"}).status_code == 409
    desk.get("/desk/call-list")
    assert "Alle sind erreicht" in desk.page.text
    assert "8817386" not in desk.page.text
    assert desk.send("/desk/call-list", {"message": message, "act": "back"}).status_code == 303
    desk.get("/desk/call-list")
    assert world.code(visit_id) in desk.page.text
    assert staff("ahorn").get("/desk/call-list").status_code == 403
    other = staff("lead2")
    other.get("/desk/call-list")
    assert other.send("/desk/call-list", {"message": message, "act": "done"}).status_code == 404


def test_the_day_stands_in_one_line(app: Flask):
    line = '{% from "components/numbers.html" import numbers_line with context %}{{ numbers_line(numbers) }}'
    with app.test_request_context():
        busy = render_template_string(line, numbers=Numbers(8, 3, 1, timedelta(minutes=47), 2, 5))
        quiet = render_template_string(line, numbers=Numbers(0, 0, 0, None, 0, 1))
    said = " ".join(Page(busy).text.split())
    assert said == "8 beraten 3 davon ohne Termin 1 wartet, am längsten 47 Minuten 2 nicht gekommen 5 kommen noch"
    assert "am längsten" not in quiet

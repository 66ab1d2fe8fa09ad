"""Interpreters of the register: asked one after the other, answering by their link, called off, and paid (C-02)."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from foundation.db import Database, Transaction
from foundation.errors import Moved, NotFound, Refusal
from foundation.facts import CLIENT, SYSTEM, Actor
from notifications.calling import messages_of
from notifications.consent import opt_out
from notifications.models import Message
from notifications.outbox import told
from notifications.resending import send_again
from notifications.to_interpreters import forget_interpreters, note_interpreter_called, to_be_called
from scheduling import asking_interpreters, duties, visits
from scheduling.asking_interpreters import answer, ask_by_hand
from scheduling.askings import asking_by_token
from scheduling.candidates import next_of
from scheduling.interpreters import request_for, requests_to_come, to_call_off, write_down
from scheduling.models import (
    Appointment,
    Asking,
    AskingState,
    Centre,
    Duty,
    PoolInterpreter,
    PoolRequest,
    RequestState,
    Service,
    Visit,
)
from scheduling.moving import move, wish_of
from scheduling.refusals import AskingOver, LengthBroken, NameMissing, StillNeeded
from scheduling.register import Entry, add_to_register, choose_who_asks, leave_register
from scheduling.tidying import erase_ended
from scheduling.wish import Wish
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at
from tests.domain.test_messages import Notebook, send
from worker import ask_interpreters

LEAD, HER = Actor("staff", 5), Actor("interpreter", 1)
THURSDAY = at("10:10", MONDAY + timedelta(days=10))
LEILA, SORAYA, KARIM = "+491729973185", "+491729973186", "+491749091317"
A, R = AskingState, RequestState


def asked_of(tx: Transaction) -> int:
    """How often the pool has been asked for the first request, as the desk's page says it."""
    return tx.session.get_one(PoolRequest, 1).asked


def register(world: World, *people: tuple[str, str, str, list[str]]) -> None:
    with world.database.transaction(LEAD, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        for name, gender, phone, languages in people:
            add_to_register(tx, centre, Entry(name, gender, languages, phone, None))


@pytest.fixture
def pool(world: World) -> World:
    """Nobody of the house speaks Farsi; two of the register do, and the system asks them."""
    with world.database.transaction(LEAD, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        centre.pool_languages = ["fa"]
        choose_who_asks(tx, centre, system=True)
    register(world, ("Leila", "female", LEILA, ["fa"]), ("Soraya", "female", SORAYA, ["fa", "ps"]))
    return world


def pass_on(world: World, now=NOW) -> None:
    ask_interpreters(KEYS)(world.database, now)


def texts(world: World, now=NOW) -> list[tuple[str, str]]:
    notebook = Notebook()
    send(world, notebook, now)
    return notebook.sent


def said(world: World, comes: bool, was: AskingState = A.OPEN, now=NOW, asking_id: int | None = None) -> None:
    with world.database.transaction(HER, now) as tx:
        last = select(Asking.id).order_by(Asking.id.desc()).limit(1)
        answer(tx, asking_id or tx.session.scalars(last).one(), was, comes)


def stands(database: Database) -> list[tuple[RequestState, list[tuple[str, AskingState]]]]:
    """Every request, and who was asked for it."""
    with database.reading() as session:
        found = []
        for request in session.scalars(select(PoolRequest).order_by(PoolRequest.id)):
            asked = select(Asking).where(Asking.request_id == request.id).order_by(Asking.id)
            found.append((request.state, [(one.interpreter.name, one.state) for one in session.scalars(asked)]))
        return found


def moved(world: World, visit_id: int, start) -> None:
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        move(tx, visit, wish_of(visit, visit.appointments), start)


def test_the_system_asks_one_by_sms_and_names_nobody(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    assert stands(pool.database) == [(R.ASSIGNED, [("Leila", A.OPEN)])]
    ((to, body),) = texts(pool)
    assert to == LEILA
    first, second, link = body.split("\n")
    assert first == "Integrationszentrum Pfullingen: Dolmetschen Donnerstag, 03.12. 10:10 Uhr?"
    assert second == "Bitte antworten:"
    with pool.database.reading() as session:
        assert asking_by_token(session, link.rpartition("/d/")[2]).interpreter.name == "Leila"
        assert session.scalars(select(Message.body)).one() == body.replace(link.rpartition("/")[2], "…")
    pass_on(pool)
    assert texts(pool) == []


def test_no_client_sees_what_was_written_to_an_interpreter_nor_gets_it(pool: World):
    visit_id = pool.book(THURSDAY, language="fa", phone=PHONE)
    pass_on(pool)
    assert len(texts(pool)) == 2
    with pool.database.transaction(LEAD, NOW) as tx:
        visit = tx.session.get_one(Visit, visit_id)
        hers = tx.session.scalars(select(Message).where(Message.asking_id.is_not(None))).one()
        assert [message.recipient for message in told(tx.session, visit)] == [PHONE]
        assert {message.recipient for message in messages_of(tx.session, visit)} == {PHONE}
        with pytest.raises(NotFound):
            send_again(tx, visit, hers.id)


def test_where_the_desk_asks_the_system_asks_nobody(pool: World):
    with pool.database.transaction(LEAD, NOW) as tx:
        choose_who_asks(tx, tx.session.get_one(Centre, pool.centre), system=False)
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    assert stands(pool.database) == [(R.REQUESTED, [])]


def test_a_yes_confirms_the_request_and_a_second_yes_changes_nothing(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    said(pool, comes=True)
    said(pool, comes=True)
    assert stands(pool.database) == [(R.CONFIRMED, [("Leila", A.ACCEPTED)])]


def test_a_no_goes_to_the_next_and_when_nobody_is_left_a_person_decides(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    said(pool, comes=False)
    pass_on(pool)
    assert stands(pool.database) == [(R.ASSIGNED, [("Leila", A.REFUSED), ("Soraya", A.OPEN)])]
    said(pool, comes=False)
    for _ in range(3):
        pass_on(pool)
    assert stands(pool.database) == [(R.DECLINED, [("Leila", A.REFUSED), ("Soraya", A.REFUSED)])]
    with pool.database.reading() as session:
        (request,) = requests_to_come(session, session.get_one(Centre, pool.centre), NOW)
        assert next_of(session, request, NOW) is None
        assert request.asked == 2


def test_silence_passes_it_on_and_the_first_link_says_so(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    with pool.database.reading() as session:
        until = session.scalars(select(Asking.answer_by)).one()
    pass_on(pool, until - timedelta(seconds=1))
    assert stands(pool.database) == [(R.ASSIGNED, [("Leila", A.OPEN)])]
    pass_on(pool, until)
    assert stands(pool.database) == [(R.ASSIGNED, [("Leila", A.PASSED_ON), ("Soraya", A.OPEN)])]
    with pytest.raises(AskingOver):
        said(pool, comes=True, now=until, asking_id=1)
    assert [to for to, _ in texts(pool, until)] == [SORAYA], "what was due for the first is taken back"


def test_late_but_not_passed_on_yet_is_in_time(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    said(pool, comes=True, now=at("17:30", MONDAY + timedelta(days=2)))
    assert stands(pool.database) == [(R.CONFIRMED, [("Leila", A.ACCEPTED)])]


def test_who_cannot_come_after_all_says_so_and_another_is_asked(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    said(pool, comes=True)
    later = at("09:00", MONDAY + timedelta(days=8))
    said(pool, comes=False, was=A.ACCEPTED, now=later)
    pass_on(pool, later)
    assert stands(pool.database) == [(R.ASSIGNED, [("Leila", A.REFUSED), ("Soraya", A.OPEN)])]
    with pytest.raises(AskingOver):
        said(pool, comes=True, now=THURSDAY)


def test_two_tabs_answer_and_one_counts(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    together, fates = Barrier(2), []

    def press(comes: bool) -> None:
        together.wait()
        try:
            said(pool, comes)
            fates.append("counts")
        except Refusal as refusal:
            fates.append(type(refusal).__name__)

    tabs = [Thread(target=press, args=(comes,)) for comes in (True, False)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert fates.count("counts") == 1
    assert stands(pool.database)[0] in [
        (R.CONFIRMED, [("Leila", A.ACCEPTED)]), (R.DECLINED, [("Leila", A.REFUSED)])
    ]  # fmt: skip


def test_a_cancelled_appointment_calls_off_whoever_was_to_come(pool: World):
    visit_id = pool.book(THURSDAY, language="fa")
    pass_on(pool)
    said(pool, comes=True)
    texts(pool)
    with pool.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    with pytest.raises(AskingOver):
        said(pool, comes=False, was=A.ACCEPTED)
    pass_on(pool)
    assert stands(pool.database) == [(R.DECLINED, [("Leila", A.OFF)])]
    ((to, body),) = texts(pool)
    assert to == LEILA
    assert "10:10 Uhr ist abgesagt" in body
    pass_on(pool)
    assert texts(pool) == []


def test_a_moved_appointment_calls_off_the_old_time_and_asks_her_first_for_the_new(pool: World):
    visit_id = pool.book(THURSDAY, language="fa")
    pass_on(pool)
    said(pool, comes=True)
    texts(pool)
    moved(pool, visit_id, THURSDAY + timedelta(days=1))
    pass_on(pool)
    assert stands(pool.database) == [(R.DECLINED, [("Leila", A.OFF)]), (R.ASSIGNED, [("Leila", A.OPEN)])]
    bodies = [body for _, body in texts(pool)]
    assert ["03.12. 10:10 Uhr ist abgesagt" in body for body in bodies].count(True) == 1
    assert ["Freitag, 04.12. 10:10 Uhr?" in body for body in bodies].count(True) == 1


def test_who_interprets_comes_all_the_same_when_somebody_else_advises(pool: World):
    visit_id = pool.book(THURSDAY, language="fa")
    pass_on(pool)
    said(pool, comes=True)
    with pool.database.transaction(LEAD, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        other = {pool.ahorn, pool.buche} - {visit.first.counsellor_id}
        wish = Wish(**(wish_of(visit, visit.appointments).__dict__ | {"counsellor": other.pop()}))
        move(tx, visit, wish, THURSDAY)
    pass_on(pool)
    assert stands(pool.database) == [(R.CONFIRMED, [("Leila", A.ACCEPTED)])]
    with pool.database.reading() as session:
        first = session.get_one(Visit, visit_id).first
        request = request_for(session, first)
        assert request is not None
        assert not to_call_off(request)


def test_women_are_asked_for_what_is_for_women_only(pool: World):
    with pool.database.transaction(LEAD, NOW) as tx:
        for one in tx.session.scalars(select(PoolInterpreter)):
            one.gender = "male"
    register(pool, ("Aziza", "female", KARIM, ["fa"]))
    with pool.database.reading() as session:
        assert session.get_one(Service, pool.women).women_only
    pool.book(THURSDAY - timedelta(minutes=20), service=pool.women, language="fa")
    pass_on(pool)
    assert stands(pool.database) == [(R.ASSIGNED, [("Aziza", A.OPEN)])]


def test_who_may_be_needed_elsewhere_then_is_not_asked(pool: World):
    pool.book(THURSDAY, language="fa")
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    assert [asked[0][0] for _, asked in stands(pool.database)] == ["Leila", "Soraya"]
    pool.book(THURSDAY + timedelta(hours=3, minutes=25), language="fa")
    pass_on(pool)
    assert stands(pool.database)[2][0] is R.ASSIGNED


def test_the_desk_chooses_somebody_and_who_was_asked_before_need_not_answer(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    with pool.database.transaction(LEAD, NOW) as tx:
        centre = tx.session.get_one(Centre, pool.centre)
        soraya = tx.session.scalars(select(PoolInterpreter.code).where(PoolInterpreter.name == "Soraya")).one()
        ask_by_hand(tx, centre, 1, soraya, KEYS, by_phone=True)
    assert stands(pool.database) == [(R.ASSIGNED, [("Leila", A.PASSED_ON), ("Soraya", A.OPEN)])]
    with pool.database.transaction(LEAD, NOW) as tx:
        other = tx.session.get_one(Centre, pool.other_centre)
        with pytest.raises(NotFound):
            ask_by_hand(tx, other, 1, soraya, KEYS)
        with pytest.raises(NotFound):
            ask_by_hand(tx, tx.session.get_one(Centre, pool.centre), 1, "nobody", KEYS)
    said(pool, comes=True)
    with pool.database.transaction(LEAD, NOW) as tx, pytest.raises(Moved):
        ask_by_hand(tx, tx.session.get_one(Centre, pool.centre), 1, soraya, KEYS)


def test_what_the_desk_writes_down_counts_for_whoever_was_asked(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    with pool.database.transaction(LEAD, NOW) as tx:
        write_down(tx, tx.session.get_one(Centre, pool.centre), 1, R.ASSIGNED, R.CONFIRMED, asked_of(tx))
    assert stands(pool.database) == [(R.CONFIRMED, [("Leila", A.ACCEPTED)])]
    with pool.database.transaction(LEAD, NOW) as tx:
        write_down(tx, tx.session.get_one(Centre, pool.centre), 1, R.CONFIRMED, R.DECLINED, asked_of(tx))
    pass_on(pool)
    with pool.database.transaction(LEAD, NOW) as tx:
        write_down(tx, tx.session.get_one(Centre, pool.centre), 1, R.ASSIGNED, R.GIVEN_UP, asked_of(tx))
    assert stands(pool.database) == [(R.GIVEN_UP, [("Leila", A.REFUSED), ("Soraya", A.OFF)])]
    pass_on(pool)
    assert stands(pool.database)[0][0] is R.GIVEN_UP, "what a person gave up stays so"


def test_whoever_wants_no_sms_is_called_by_a_person(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    with pool.database.transaction(SYSTEM, NOW) as tx:
        opt_out(tx, LEILA, KEYS)
    assert texts(pool) == []
    with pool.database.transaction(LEAD, NOW) as tx:
        centre = tx.session.get_one(Centre, pool.centre)
        (message,) = to_be_called(tx.session, centre, NOW)
        note_interpreter_called(tx, centre, message.id)
        assert to_be_called(tx.session, centre, NOW) == []
        with pytest.raises(Moved):
            note_interpreter_called(tx, centre, message.id)
        with pytest.raises(Moved):
            note_interpreter_called(tx, tx.session.get_one(Centre, pool.other_centre), message.id)


def test_who_leaves_the_register_is_forgotten_but_not_while_she_is_needed(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    with pool.database.transaction(LEAD, NOW) as tx:
        centre = tx.session.get_one(Centre, pool.centre)
        codes = {one.name: one.code for one in tx.session.scalars(select(PoolInterpreter))}
        with pytest.raises(StillNeeded):
            leave_register(tx, centre, codes["Leila"])
        leave_register(tx, centre, codes["Soraya"])
        with pytest.raises(NotFound):
            leave_register(tx, centre, codes["Soraya"])
        with pytest.raises(NameMissing):
            add_to_register(tx, centre, Entry("Nobody", "female", [], KARIM, None))
    with pool.database.reading() as session:
        gone = session.scalars(select(PoolInterpreter).where(~PoolInterpreter.active)).one()
        assert (gone.name, gone.phone, gone.email) == ("", None, None)


def noted(world: World, now, name: str = "", minutes: int | None = 30) -> int:
    with world.database.transaction(LEAD, now) as tx:
        appointment = tx.session.scalars(select(Appointment.id).order_by(Appointment.id.desc())).first() or 0
        return duties.note_duty(tx, tx.session.get_one(Centre, world.centre), appointment, name, minutes).id


def test_a_duty_is_noted_corrected_and_outlives_the_visit(pool: World):
    visit_id = pool.book(THURSDAY, language="fa")
    pass_on(pool)
    said(pool, comes=True)
    after = THURSDAY + timedelta(hours=1)
    with pytest.raises(NotFound):
        noted(pool, NOW)
    with pool.database.reading() as session:
        (came,) = duties.to_note(session, session.get_one(Centre, pool.centre), after)
        assert (came.name, came.language, came.length) == ("Leila", "fa", timedelta(minutes=30))
    with pytest.raises(LengthBroken):
        noted(pool, after, minutes=601)
    assert noted(pool, after) == noted(pool, after, minutes=95)
    with pool.database.transaction(SYSTEM, after + timedelta(days=9)) as tx:
        assert erase_ended(tx) == 1
    with pool.database.reading() as session:
        assert session.get_one(Visit, visit_id).spoken_langs == []
        (tally,) = duties.tallies(session, session.get_one(Centre, pool.centre), THURSDAY.date())
        assert (tally.name, tally.units, tally.pay(1200)) == ("Leila", 2, 2400)
        assert duties.to_note(session, session.get_one(Centre, pool.centre), after) == []
        assert duties.tallies(session, session.get_one(Centre, pool.centre), MONDAY) == []
        assert duties.tallies(session, session.get_one(Centre, pool.other_centre), THURSDAY.date()) == []
    with pool.database.transaction(SYSTEM, after + timedelta(days=731)) as tx:
        duties.forget_old_duties(tx)
        assert tx.session.scalars(select(Duty)).all() == []


def test_an_interpreter_of_the_house_is_noted_too_and_who_did_not_come_has_no_unit(world: World):
    world.book(at("10:10", MONDAY + timedelta(days=7)), language="ti")
    after = at("11:00", MONDAY + timedelta(days=7))
    with world.database.reading() as session:
        (came,) = duties.to_note(session, session.get_one(Centre, world.centre), after)
        assert (came.name, came.language) == ("Amsel", "ti")
    noted(world, after, minutes=None)
    with world.database.reading() as session:
        (tally,) = duties.tallies(session, session.get_one(Centre, world.centre), after.date())
        assert (tally.name, tally.house, tally.units) == ("Amsel", True, 0)


def test_somebody_the_desk_found_elsewhere_is_noted_by_name(pool: World):
    pool.book(THURSDAY, language="fa")
    with pool.database.transaction(LEAD, NOW) as tx:
        write_down(tx, tx.session.get_one(Centre, pool.centre), 1, R.REQUESTED, R.CONFIRMED, asked_of(tx))
    after = THURSDAY + timedelta(hours=1)
    with pytest.raises(NameMissing):
        noted(pool, after)
    noted(pool, after, name="Farida")
    with pool.database.reading() as session:
        assert [t.name for t in duties.tallies(session, session.get_one(Centre, pool.centre), after.date())] == [
            "Farida"
        ]


def test_the_pass_asks_nothing_of_what_has_begun(pool: World):
    pool.book(THURSDAY, language="fa")
    with pool.database.reading() as session:
        assert asking_interpreters.to_pass_on(session, THURSDAY) == []


def test_the_desks_answer_counts_for_whom_the_page_has_shown(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    said(pool, comes=False)
    pass_on(pool)
    assert stands(pool.database)[0][1] == [("Leila", A.REFUSED), ("Soraya", A.OPEN)]
    with pytest.raises(Moved), pool.database.transaction(LEAD, NOW) as tx:
        write_down(tx, tx.session.get_one(Centre, pool.centre), 1, R.ASSIGNED, R.CONFIRMED, 1)
    assert stands(pool.database)[0][1][1] == ("Soraya", A.OPEN)


def test_who_has_not_read_yet_that_she_is_asked_is_not_told_that_she_is_not(pool: World):
    night = at("22:00")
    visit_id = pool.book(THURSDAY, now=night, language="fa")
    pass_on(pool, night)
    with pool.database.transaction(CLIENT, night) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    pass_on(pool, night)
    assert stands(pool.database)[0][1] == [("Leila", A.OFF)]
    assert texts(pool, at("09:00", MONDAY + timedelta(days=1))) == []


def test_asked_twice_by_hand_is_asked_once(pool: World):
    pool.book(THURSDAY, language="fa")
    with pool.database.reading() as session:
        code = session.scalars(select(PoolInterpreter.code).where(PoolInterpreter.name == "Soraya")).one()
    for _ in range(2):
        with pool.database.transaction(LEAD, NOW) as tx:
            ask_by_hand(tx, tx.session.get_one(Centre, pool.centre), 1, code, KEYS)
    assert stands(pool.database)[0][1] == [("Soraya", A.OPEN)]


def test_what_was_written_to_an_interpreter_goes_a_week_after_or_with_her(pool: World):
    pool.book(THURSDAY, language="fa")
    pass_on(pool)
    assert texts(pool)
    with pool.database.transaction(SYSTEM, THURSDAY + timedelta(days=8)) as tx:
        forget_interpreters(tx)
    with pool.database.reading() as session:
        written = session.scalars(select(Message).where(Message.asking_id.is_not(None))).all()
        assert [(one.recipient, one.body) for one in written] == [(None, None)]

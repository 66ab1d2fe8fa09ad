"""What people in courses are told: their seat, their place in the list, and every session that changes, once."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from foundation.errors import Moved, NotFound
from foundation.facts import CLIENT, SYSTEM
from notifications.calling import called_lately, count_to_call, note_called, to_call
from notifications.channels import Outcome
from notifications.consent import opt_out
from notifications.models import Message, MessageState
from notifications.outbox import will_be_reminded
from notifications.resending import send_again
from notifications.texts import Kind
from scheduling.colliding import Wanted
from scheduling.courses import call_off
from scheduling.enrolling import course_to_change, enrolment_to_change
from scheduling.interval import Interval
from scheduling.models import Centre, Enrolment, EnrolmentState, Room, Visit
from scheduling.reaching import note_contact
from scheduling.sessions import cancel_session, move_session, restore_session
from scheduling.teaching_refusals import SeatOfferOver
from scheduling.tidying import erase
from scheduling.visits import Contact, visit_to_change
from scheduling.waitlist import accept, come_back, leave, pass_on
from tests.build import KEYS, MONDAY, NOW, OTHER_PHONE, PHONE, World, at, join, teach
from tests.domain.test_courses import act, session_of
from tests.domain.test_messages import Notebook, send
from worker import pass_seats_on

TUESDAY = MONDAY + timedelta(days=1)
FIRST, SECOND = at("14:00", TUESDAY), at("14:00", TUESDAY + timedelta(weeks=1))
LATER, LATEST = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
NIGHT = at("21:30")
DUE, WITHDRAWN, BY_PERSON = MessageState.DUE, MessageState.WITHDRAWN, MessageState.BY_PERSON


def move(world: World, course_id: int, to: datetime, now=NOW, number: int = 1, **more: int) -> None:
    with world.database.transaction(SYSTEM, now) as tx:
        one = session_of(tx, course_id, number)
        interval = Interval(to, to + (one.ends_at - one.starts_at))
        move_session(tx, one, Wanted(interval, one.teacher_id, more.get("room_id", one.room_id)))


def change(world: World, what, course_id: int, now=NOW, number: int = 1) -> None:
    with world.database.transaction(SYSTEM, now) as tx:
        what(tx, session_of(tx, course_id, number))


def told(world: World, enrolment_id: int) -> list[tuple[Kind, MessageState]]:
    with world.database.reading() as session:
        found = select(Message).where(Message.enrolment_id == enrolment_id).order_by(Message.id)
        return [(one.kind, one.state) for one in session.scalars(found)]


def due(world: World, enrolment_id: int) -> list[Kind]:
    return [kind for kind, state in told(world, enrolment_id) if state is DUE]


def sent(world: World, now=NOW) -> list[str]:
    """What goes out now, as it is read, without the last line."""
    channel = Notebook()
    send(world, channel, now)
    return [body.rpartition("\n")[0] for _, body in channel.sent]


def listed(world: World, now=NOW) -> list[tuple[Kind, MessageState]]:
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        found = to_call(session, centre, now)
        assert count_to_call(session, centre, now) == len(found)
        return [(one.kind, one.state) for one in found]


def contact(world: World, enrolment_id: int, phone: str | None, now=NOW) -> None:
    with world.database.transaction(CLIENT, now) as tx:
        visit_id = tx.session.get_one(Enrolment, enrolment_id).visit_id
        note_contact(tx, visit_to_change(tx, visit_id), Contact(None, phone, "v1" if phone else None), unlimited=True)


def test_who_enrols_at_night_reads_at_once_that_her_seat_is_certain_and_no_title(world: World):
    course_id = teach(world)
    channel = Notebook()
    join(world, course_id, PHONE, now=NIGHT)
    assert send(world, channel, NIGHT) == 1
    ((to, body),) = channel.sent
    assert to == PHONE
    assert "Kurs ab Dienstag, 24.11. 14:00 Uhr. Platz ist sicher." in body
    assert body.split("\n")[-1].startswith("https://termin.example.org/t/")
    assert not any(word in body for word in ("Deutsch", "A1", "Ahorn", "Code"))


def test_who_waits_is_promised_no_day_and_the_offer_names_until_when(world: World):
    course_id = teach(world, seats=1)
    seated = join(world, course_id, OTHER_PHONE)
    waiter = join(world, course_id, PHONE, waits=True)
    assert "Sie stehen auf der Warteliste" in "".join(sent(world))
    act(world, leave, seated)
    assert due(world, waiter) == [Kind.SEAT_OFFER]
    assert any("Antwort bis Dienstag, 24.11. 09:00 Uhr" in body for body in sent(world))
    act(world, accept, waiter)
    assert due(world, waiter) == [Kind.ENROLLED]


def test_an_offer_made_at_night_goes_in_the_morning_and_what_she_did_herself_is_answered_at_once(world: World):
    course_id = teach(world, seats=1, late_sessions=2)
    seated, waiter = join(world, course_id, OTHER_PHONE), join(world, course_id, PHONE, waits=True)
    sent(world)
    act(world, leave, seated, NIGHT)
    assert [body.split(": ")[1].split(".")[0] for body in sent(world, NIGHT)] == ["Sie sind vom Kurs abgemeldet"]
    assert due(world, waiter) == [Kind.SEAT_OFFER]
    assert len(sent(world, at("08:00", TUESDAY))) == 1


def test_who_leaves_is_not_reminded_and_who_comes_back_is(world: World):
    course_id = teach(world)
    change(world, cancel_session, course_id)
    one = join(world, course_id, PHONE)
    assert due(world, one) == [Kind.ENROLLED, Kind.COURSE_SOON]
    act(world, leave, one)
    assert due(world, one) == [Kind.LEFT]
    act(world, come_back, one)
    assert sorted(due(world, one)) == sorted([Kind.ENROLLED, Kind.COURSE_SOON])
    assert len(sent(world)) == 1
    with world.database.reading() as session:
        visit = session.get_one(Enrolment, one).visit
        assert will_be_reminded(session, visit)
    (reminder,) = sent(world, SECOND - timedelta(days=4))
    assert "Ihr Kurs: Dienstag, 01.12. 14:00 Uhr" in reminder


def test_a_cancelled_session_is_told_once_to_everybody_enrolled_and_to_nobody_who_waits(world: World):
    course_id = teach(world, seats=2)
    one, other = join(world, course_id, PHONE), join(world, course_id, OTHER_PHONE)
    waiter = join(world, course_id, "+491739091317", waits=True)
    sent(world)
    change(world, cancel_session, course_id)
    change(world, cancel_session, course_id)
    assert due(world, one) == due(world, other) == [Kind.SESSION_OFF, Kind.COURSE_SOON]
    assert due(world, waiter) == []
    assert [body.split(": ")[1] for body in sent(world)] == [
        "Kurs am Dienstag, 24.11. 14:00 Uhr fällt aus.\nAlle Termine:"
    ] * 2
    assert sent(world) == []


def test_of_two_moves_only_the_last_is_told_and_of_one_taken_back_nothing(world: World):
    course_id = teach(world)
    one = join(world, course_id, PHONE)
    sent(world)
    move(world, course_id, LATER)
    move(world, course_id, LATEST)
    assert [body for body in sent(world) if "Donnerstag, 26.11. 14:00" in body and "Neue Zeit" in body]
    move(world, course_id, LATER)
    move(world, course_id, LATEST)
    assert sent(world) == [], "she knows Thursday"
    assert told(world, one).count((Kind.SESSION_MOVED, WITHDRAWN)) == 2


def test_a_move_that_was_told_is_told_again_when_it_is_taken_back(world: World):
    course_id = teach(world)
    join(world, course_id, PHONE)
    sent(world)
    move(world, course_id, LATER)
    assert len(sent(world)) == 1
    move(world, course_id, FIRST)
    (body,) = sent(world)
    assert "Neue Zeit im Kurs: Dienstag, 24.11. 14:00" in body


def test_a_session_moved_and_then_cancelled_unheard_is_called_off_at_the_time_she_knows(world: World):
    course_id = teach(world)
    join(world, course_id, PHONE)
    sent(world)
    move(world, course_id, LATER)
    change(world, cancel_session, course_id)
    (body,) = sent(world)
    assert "Kurs am Dienstag, 24.11. 14:00 Uhr fällt aus" in body


def test_a_session_that_takes_place_after_all_is_told_to_who_heard_the_opposite(world: World):
    course_id = teach(world)
    one = join(world, course_id, PHONE)
    sent(world)
    change(world, cancel_session, course_id)
    change(world, restore_session, course_id)
    assert sent(world) == []
    change(world, cancel_session, course_id)
    sent(world)
    change(world, restore_session, course_id)
    assert due(world, one) == [Kind.SESSION_MOVED]
    assert "Dienstag, 24.11. 14:00" in "".join(sent(world))


def test_of_another_room_nobody_is_told_and_the_reminder_stays(world: World):
    course_id = teach(world)
    change(world, cancel_session, course_id)
    one = join(world, course_id, PHONE)
    before = told(world, one)
    with world.database.reading() as session:
        rooms = session.scalars(select(Room.id).where(Room.centre_id == world.centre).order_by(Room.id)).all()
    move(world, course_id, SECOND, number=2, room_id=rooms[1])
    assert told(world, one) == before == [(Kind.ENROLLED, DUE), (Kind.COURSE_SOON, DUE)]


def test_a_session_that_is_no_more_takes_the_reminder_along(world: World):
    course_id = teach(world)
    change(world, cancel_session, course_id)
    one = join(world, course_id, PHONE)
    sent(world)
    change(world, cancel_session, course_id, number=2)
    assert sorted(due(world, one)) == sorted([Kind.SESSION_OFF, Kind.COURSE_SOON])
    sent(world)
    third = SECOND + timedelta(weeks=1)
    assert sent(world, SECOND - timedelta(days=4)) == []
    (body,) = sent(world, third - timedelta(days=4))
    assert "Ihr Kurs: Dienstag, 08.12. 14:00" in body


def test_whoever_was_called_off_reads_it_and_is_led_to_the_start(world: World):
    course_id = teach(world, seats=1)
    join(world, course_id, PHONE)
    join(world, course_id, OTHER_PHONE, waits=True)
    sent(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        call_off(tx, course_to_change(tx, course_id))
    channel = Notebook()
    assert send(world, channel) == 2
    assert {body.split("\n")[-1] for _, body in channel.sent} == {"https://termin.example.org"}
    assert all("Wir müssen Ihren Kurs absagen" in body for _, body in channel.sent)


def test_silence_passes_a_seat_on_and_both_read_so(world: World):
    course_id = teach(world, seats=1, late_sessions=2)
    seated, first = join(world, course_id, "+491739091317"), join(world, course_id, PHONE, waits=True)
    second = join(world, course_id, OTHER_PHONE, waits=True)
    act(world, leave, seated)
    sent(world)
    pass_seats_on(world.database, NOW + timedelta(hours=23))
    assert due(world, first) == []
    for _ in range(2):
        pass_seats_on(world.database, NOW + timedelta(hours=24))
    assert (due(world, first), due(world, second)) == ([Kind.SEAT_GONE], [Kind.SEAT_OFFER])
    with pytest.raises(SeatOfferOver):
        act(world, accept, first, NOW + timedelta(hours=24))


def test_an_answer_and_the_worker_at_the_same_moment_tell_one_of_both(world: World):
    course_id = teach(world, seats=1, late_sessions=2)
    seated, waiter = join(world, course_id, OTHER_PHONE), join(world, course_id, PHONE, waits=True)
    act(world, leave, seated)
    with world.database.reading() as session:
        until = session.get_one(Enrolment, waiter).offered_until
    assert until
    start, refused = threading.Barrier(2), []

    def answer() -> None:
        start.wait()
        try:
            act(world, accept, waiter, until - timedelta(seconds=1))
        except (Moved, SeatOfferOver) as over:
            refused.append(over)

    def worker() -> None:
        start.wait()
        with world.database.transaction(SYSTEM, until) as tx:
            pass_on(tx, waiter)

    both = [threading.Thread(target=one) for one in (answer, worker)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    with world.database.reading() as session:
        state = session.get_one(Enrolment, waiter).state
    assert state is (EnrolmentState.LAPSED if refused else EnrolmentState.ENROLLED)
    assert due(world, waiter)[-1:] == [Kind.SEAT_GONE if refused else Kind.ENROLLED]


def test_what_changed_while_a_message_waited_is_not_sent(world: World):
    course_id = teach(world, seats=1)
    one = join(world, course_id, PHONE)
    with world.database.transaction(SYSTEM, NOW) as tx:  # as if it had been written by an older process
        tx.session.get_one(Enrolment, one).version += 1
    assert sent(world) == []
    assert told(world, one) == [(Kind.ENROLLED, WITHDRAWN)]


class TestCallList:
    def test_a_move_that_did_not_arrive_is_told_by_phone_and_then_she_knows_it(self, world: World):
        course_id = teach(world)
        join(world, course_id, PHONE)
        sent(world)
        move(world, course_id, LATER)
        send(world, Notebook(Outcome.FAILED))
        assert listed(world) == [(Kind.SESSION_MOVED, MessageState.FAILED)]
        move(world, course_id, LATEST)
        assert listed(world) == [], "another message is on its way"
        send(world, Notebook(Outcome.FAILED))
        with world.database.transaction(SYSTEM, NOW) as tx:
            centre = tx.session.get_one(Centre, world.centre)
            (message,) = to_call(tx.session, centre, NOW)
            note_called(tx, centre, message.id)
        assert listed(world) == []
        move(world, course_id, FIRST)
        assert len(sent(world)) == 1, "Thursday was told"

    def test_who_left_no_number_is_listed_once_and_the_press_can_be_taken_back(self, world: World):
        course_id = teach(world)
        one = join(world, course_id)
        assert told(world, one) == []
        move(world, course_id, LATER)
        move(world, course_id, LATEST)
        assert listed(world) == [(Kind.SESSION_MOVED, BY_PERSON)]
        with world.database.transaction(SYSTEM, NOW) as tx:
            centre = tx.session.get_one(Centre, world.centre)
            (message,) = to_call(tx.session, centre, NOW)
            note_called(tx, centre, message.id)
            assert [one.id for one in called_lately(tx.session, centre, NOW)] == [message.id]
            with pytest.raises(NotFound):
                note_called(tx, tx.session.get_one(Centre, world.other_centre), message.id)
            note_called(tx, centre, message.id, called=False)
        move(world, course_id, FIRST)
        assert listed(world) == []
        assert send(world, Notebook()) == 0

    def test_an_offer_to_who_has_no_number_is_listed_until_it_is_over(self, world: World):
        course_id = teach(world, seats=1, late_sessions=2)
        seated = join(world, course_id)
        join(world, course_id, waits=True)
        act(world, leave, seated)
        assert listed(world) == [(Kind.SEAT_OFFER, BY_PERSON)]
        assert listed(world, NOW + timedelta(hours=24)) == []

    def test_who_has_no_number_is_told_that_her_course_is_off(self, world: World):
        course_id = teach(world)
        one = join(world, course_id)
        change(world, cancel_session, course_id)
        with world.database.transaction(SYSTEM, NOW) as tx:
            call_off(tx, course_to_change(tx, course_id))
        assert listed(world) == [(Kind.COURSE_OFF, BY_PERSON)]
        with world.database.transaction(SYSTEM, NOW) as tx:
            erase(tx, tx.session.get_one(Enrolment, one).visit)
        assert listed(world) == []

    def test_a_number_that_comes_later_hears_what_is_open_and_nobody_has_to_call(self, world: World):
        course_id = teach(world)
        one = join(world, course_id)
        move(world, course_id, LATER)
        contact(world, one, PHONE)
        assert listed(world) == []
        assert sorted(due(world, one)) == sorted([Kind.ENROLLED, Kind.COURSE_SOON, Kind.SESSION_MOVED])
        contact(world, one, OTHER_PHONE)
        assert len(sent(world)) == 2
        contact(world, one, PHONE)
        assert due(world, one) == [Kind.ENROLLED, Kind.COURSE_SOON], (
            "what the first number never got; the change is heard"
        )
        contact(world, one, None)
        assert due(world, one) == listed(world) == []

    @pytest.mark.parametrize("arrived", [True, False])
    def test_who_wants_no_sms_while_an_offer_is_open_is_called_once(self, world: World, arrived: bool):
        course_id = teach(world, seats=1, late_sessions=2)
        seated, waiter = join(world, course_id), join(world, course_id, PHONE, waits=True)
        act(world, leave, seated)
        if not arrived:
            send(world, Notebook(Outcome.FAILED))
        with world.database.transaction(CLIENT, NOW) as tx:
            opt_out(tx, PHONE, KEYS)
        assert due(world, waiter) == []
        assert listed(world) == [(Kind.SEAT_OFFER, BY_PERSON if arrived else MessageState.FAILED)]

    def test_what_cannot_be_told_before_the_session_goes_to_the_call_list_at_once(self, world: World):
        course_id = teach(world)
        join(world, course_id, PHONE)
        sent(world)
        early = at("09:00", TUESDAY)
        move(world, course_id, early)
        sent(world)
        with world.database.transaction(SYSTEM, NOW) as tx:
            session_of(tx, course_id, 1).starts_at = at("07:30", TUESDAY)
        change(world, cancel_session, course_id, NIGHT)
        assert send(world, Notebook(), NIGHT) == 0
        assert listed(world, NIGHT) == [(Kind.SESSION_OFF, MessageState.USELESS)]

    def test_a_person_at_the_desk_sends_a_change_again_as_long_as_it_is_so(self, world: World):
        course_id = teach(world)
        one = join(world, course_id, PHONE)
        sent(world)
        move(world, course_id, LATER)
        send(world, Notebook(Outcome.FAILED))
        with world.database.transaction(SYSTEM, NOW) as tx:
            visit = tx.session.get_one(Enrolment, one).visit
            failed = tx.session.scalars(select(Message.id).where(Message.state == MessageState.FAILED)).one()
            send_again(tx, visit_to_change(tx, visit.id), failed)
        assert len(sent(world)) == 1
        assert listed(world) == []


def test_what_was_written_goes_with_the_enrolment(world: World):
    course_id = teach(world)
    one = join(world, course_id, PHONE)
    sent(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        erase(tx, enrolment_to_change(tx, one).visit)
    with world.database.reading() as session:
        assert session.scalars(select(Message.recipient).where(Message.recipient.is_not(None))).all() == []
        assert session.scalars(select(Visit.phone).where(Visit.phone.is_not(None))).all() == []

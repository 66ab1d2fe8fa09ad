"""The demo's data and its clock."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

import worker
from demo.seed import NotADemo, seed, waking_hour
from demo.teaching import PHONES
from foundation.clock import domain_now, move_domain_time
from foundation.db import Database
from foundation.facts import SYSTEM
from notifications.models import Message
from queueing.models import Ticket, TicketState
from scheduling.courses import course_by_code, in_course
from scheduling.invariants import examine
from scheduling.models import (
    Appointment,
    AppointmentState,
    Centre,
    Claim,
    Counsellor,
    Course,
    CourseSession,
    Enrolment,
    Interpreter,
    Room,
    Service,
    Visit,
)
from scheduling.opening import is_holiday
from scheduling.setup_rows import read_setup
from scheduling.wish import Wish
from tests.build import ZONE, World, at

MORNING = at("10:15", date(2026, 11, 24))


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2026-11-24 10:15", "2026-11-24 10:15"),  # inside opening hours: the moment itself
        ("2026-11-24 07:00", "2026-11-24 09:40"),  # before they begin
        ("2026-11-24 20:00", "2026-11-25 09:40"),
        ("2026-11-27 13:00", "2026-11-30 09:40"),  # Friday afternoon: Monday
        ("2026-11-22 12:00", "2026-11-23 09:40"),  # Sunday
        ("2026-12-24 20:00", "2026-12-28 09:40"),  # over Christmas
    ],
)
def test_outside_opening_hours_the_demo_begins_on_the_next_working_morning(now: str, starts: str):
    moments = [datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (now, starts)]
    assert waking_hour(moments[0]) == moments[1]


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.__name__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Centre, Counsellor, Interpreter, Service, Visit, Appointment, Claim, Ticket)
        }


def test_three_plausible_weeks_are_loaded_kept_within_the_week_and_loaded_anew_after_it(database: Database):
    assert "loaded" in seed(database, MORNING)
    first = counts(database)
    assert (first["Centre"], first["Counsellor"], first["Interpreter"]) == (3, 12 + 7, 3)
    assert first["Service"] >= 17
    assert first["Appointment"] > 600
    with database.reading() as session:
        visits = session.scalars(select(Visit)).all()
        assert {v.call_name for v in visits} == {None}
        assert len({v.phone for v in visits}) == 1 + len(PHONES) + 2
        states = set(session.scalars(select(Appointment.state)))
        assert states == {AppointmentState.BOOKED, AppointmentState.SEEN, AppointmentState.NO_SHOW}
        assert session.scalar(select(func.count()).where(Ticket.state == TicketState.WAITING)) > 10
        in_courses = set(session.scalars(select(Enrolment.visit_id)))
        days = sorted({v.day_on for v in visits if v.id not in in_courses})
        assert (days[0], days[-1]) == (date(2026, 11, 16), date(2026, 12, 4))
    assert seed(database, MORNING + timedelta(days=1)) == "The demo data are kept."
    assert counts(database) == first
    assert "earlier week" in seed(database, MORNING + timedelta(days=7))


@pytest.mark.parametrize("monday", ["2026-11-23", "2026-12-21", "2027-03-22", "2027-07-26", "2027-08-09"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_courses_run_begin_and_are_full_whatever_the_week(database: Database, monday: str):
    now = waking_hour(at("10:15", date.fromisoformat(monday) + timedelta(days=1)))
    seed(database, now)
    with database.reading() as session:
        assert not [finding for finding in examine(session, now) if finding.broken]
        courses = session.scalars(select(Course).order_by(Course.code)).all()
        assert [course.code for course in courses] == [f"V{number:02}" for number in range(1, 20)]
        assert len({course.centre_id for course in courses}) == 3
        assert all(not is_holiday(one.starts_at.date()) for course in courses for one in course.sessions)
        begun = [course for course in courses if course.sessions[0].starts_at < now]
        assert len(begun) > 4
        assert any(one.attended for course in begun for one in course.sessions)
        full = course_by_code(session, "V06")
        assert full.sessions[0].starts_at > now
        there = [one.state for one in in_course(session, full)]
        assert [there.count(state) for state in ("enrolled", "offered", "waiting")] == [15, 1, 2]
        assert sum(course.drop_in for course in courses) == 2
        assert session.scalar(select(func.count()).where(CourseSession.cancelled_at.is_not(None))) == 1


def test_rooms_for_courses_take_no_talk_and_no_ticket(database: Database):
    seed(database, MORNING)
    with database.reading() as session:
        rooms = session.scalars(select(Room).where(Room.code == "room-pfullingen-K1")).one()
        assert not session.scalars(select(Appointment.id).where(Appointment.room_id == rooms.id)).all()
        setup = read_setup(session)
        assert rooms.counter_id not in setup.counters(rooms.centre_id)
        anything = Wish((next(iter(setup.services)),), (rooms.centre_id,), ("de",))
        assert rooms.id not in {space.id for space in setup.rooms(anything, rooms.centre_id)}


def test_the_demo_never_clears_what_it_did_not_make(world: World):
    world.book(at("09:35"))
    before = counts(world.database)
    with pytest.raises(NotADemo):
        seed(world.database, MORNING)
    assert counts(world.database) == before


def test_domain_time_moves_forward_only(database: Database):
    later = MORNING + timedelta(hours=5)
    for to in (later, later - timedelta(hours=3)):
        with database.transaction(SYSTEM, MORNING) as tx:
            move_domain_time(tx.session, to, MORNING)
    with database.reading() as session:
        assert domain_now(session, MORNING) == later


def test_the_workers_duties_run_on_the_demo_and_a_fault_in_one_does_not_end_them(
    database: Database, caplog: pytest.LogCaptureFixture
):
    seed(database, MORNING)

    row = "Lila +4915228817386"

    def break_(_database: Database, _now: datetime) -> None:
        raise RuntimeError(row)

    worker.run_pass("broken", break_, database)
    assert "broken broke" in caplog.text
    assert "Lila" not in caplog.text
    worker.tidy(database, MORNING + timedelta(days=1))
    worker.close_days(database, MORNING + timedelta(days=1))
    with database.reading() as session:
        unfinished = (Ticket.day_on == MORNING.date(), Ticket.ended_at.is_(None))
        assert session.scalar(select(func.count()).select_from(Ticket).where(*unfinished)) == 0
        assert session.scalar(select(func.count()).select_from(Message)) == 0
        erased = session.scalars(select(Visit).where(Visit.erased_at.is_not(None))).all()
        assert all(v.day_on < MORNING.date() - timedelta(days=5) for v in erased)

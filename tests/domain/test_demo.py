"""The demo's data and its clock."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

import worker
from demo.seed import NotADemo, seed, waking_hour
from foundation.clock import domain_now, move_domain_time
from foundation.db import Database
from foundation.facts import SYSTEM
from notifications.models import Message
from queueing.models import Ticket, TicketState
from scheduling.models import Appointment, AppointmentState, Centre, Claim, Counsellor, Interpreter, Service, Visit
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
    assert (first["Centre"], first["Counsellor"], first["Interpreter"]) == (3, 12, 3)
    assert first["Service"] >= 17
    assert first["Appointment"] > 600
    with database.reading() as session:
        visits = session.scalars(select(Visit)).all()
        assert {v.phone for v in visits} | {v.call_name for v in visits} == {None}
        states = set(session.scalars(select(Appointment.state)))
        assert states == {AppointmentState.BOOKED, AppointmentState.SEEN, AppointmentState.NO_SHOW}
        assert session.scalar(select(func.count()).where(Ticket.state == TicketState.WAITING)) > 10
        days = sorted({v.day_on for v in visits})
        assert (days[0], days[-1]) == (date(2026, 11, 16), date(2026, 12, 4))
    assert seed(database, MORNING + timedelta(days=1)) == "The demo data are kept."
    assert counts(database) == first
    assert "earlier week" in seed(database, MORNING + timedelta(days=7))


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

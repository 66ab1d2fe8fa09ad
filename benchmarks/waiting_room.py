"""People who wait, written past the actions: queues for benchmarks and proofs in the world of `generate`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from access.accounts import hash_password
from access.models import Account
from access.rights import Role
from foundation.clock import DomainClock, machine_now
from queueing.models import LastNumber, Ticket, TicketState
from scheduling.models import Appointment, Visit

FIRST_NUMBER, A_MINUTE = 100, timedelta(minutes=1)
PASSWORD = "a long enough password"


def queue_up(connection: Connection, centre_id: int, day: date, opens_at: datetime, many: int) -> None:
    """So many without appointment wait at a centre, one a quarter of a minute; numbers go on from the last given."""
    last = connection.scalar(select(func.max(Visit.id))) or 0
    found = select(func.max(Ticket.number)).where(Ticket.centre_id == centre_id, Ticket.day_on == day)
    number = (connection.scalar(found) or FIRST_NUMBER - 1) + 1
    connection.execute(insert(Visit), [_visit(last + n, centre_id, day, opens_at) for n in range(1, many + 1)])
    rows = [
        {**_ticket(centre_id, day, number + n, opens_at + n * A_MINUTE / 4), "visit_id": last + 1 + n}
        for n in range(many)
    ]
    connection.execute(insert(Ticket), [{**row, "topic_group_id": 1} for row in rows])
    here = {"centre_id": centre_id, "day_on": day}
    connection.execute(delete(LastNumber).filter_by(**here))
    connection.execute(insert(LastNumber), {**here, "number": number + many - 1})
    if connection.dialect.name == "postgresql":  # ids were given, so its sequence knows nothing of them
        connection.exec_driver_sql("SELECT setval(pg_get_serial_sequence('visit', 'id'), (SELECT max(id) FROM visit))")


def check_all_in(connection: Connection, centre_id: int, day: date, opens_at: datetime, many: int) -> None:
    """The first appointments of the day wait, too."""
    booked = select(Appointment.id, Appointment.visit_id).join(Visit).where(Visit.day_on == day)
    found = connection.execute(booked.order_by(Appointment.starts_at, Appointment.id).limit(many)).all()
    rows = [
        {**_ticket(centre_id, day, FIRST_NUMBER + n, opens_at), "appointment_id": id_, "visit_id": visit_id}
        for n, (id_, visit_id) in enumerate(found)
    ]
    connection.execute(insert(Ticket), rows)


def open_accounts(connection: Connection, counsellors: Sequence[tuple[int, int]]) -> list[str]:
    """Sign-in names of counsellors (id, centre); hashing is slow on purpose, once is enough for all."""
    hashed = hash_password(PASSWORD)
    rows = [
        {
            "login": f"p{id_}", "name": f"P{id_}", "role": Role.COUNSELLOR, "centre_id": centre_id,
            "counsellor_id": id_, "password_hash": hashed, "active": True, "session_generation": 0,
            "failed_sign_ins": 0, "feed_generation": 0,
        }
        for id_, centre_id in counsellors
    ]  # fmt: skip
    connection.execute(insert(Account), rows)
    return [str(row["login"]) for row in rows]


def set_clock(connection: Connection, now: datetime) -> None:
    """Domain time is `now` from this moment on."""
    ahead = round((now - machine_now()).total_seconds())
    connection.execute(insert(DomainClock), [{"id": 1, "ahead_seconds": ahead}])


def _visit(id_: int, centre_id: int, day: date, at: datetime) -> dict[str, Any]:
    return {
        "id": id_, "centre_id": centre_id, "day_on": day, "code": str(500_000 + id_), "ui_lang": "de",
        "spoken_langs": ["de"], "party": 1, "wishes": [], "token_generation": 0, "typed_at": at,
    }  # fmt: skip


def _ticket(centre_id: int, day: date, number: int, at: datetime) -> dict[str, Any]:
    return {
        "centre_id": centre_id, "day_on": day, "number": number, "state": TicketState.WAITING, "arrived_at": at,
        "calls": 0, "follows": False, "closed_over": False, "notes": [], "trail": [],
    }  # fmt: skip

"""A centre's day in full: sixty entries in every state, for the page of the day."""

from contextlib import contextmanager
from datetime import time as wall_time

from sqlalchemy import Engine, func, select, update

from benchmarks.generate import MONDAY, Size, load
from benchmarks.waiting_room import check_all_in, open_accounts, queue_up, set_clock
from queueing.models import Ticket, TicketState
from scheduling.models import Appointment
from scheduling.opening import local_moment
from tests.build import ZONE

OPENS, NOON = local_moment(MONDAY, wall_time(9), ZONE), local_moment(MONDAY, wall_time(10), ZONE)


@contextmanager
def writing(engine: Engine):  # noqa: ANN201 - a connection
    """A change past the actions."""
    with engine.connect().execution_options(write=True) as connection:
        yield connection
        connection.commit()


def fill_day(engine: Engine) -> tuple[list[str], int]:
    """A centre's day of sixty entries: who waits, is parked, called, in a talk, seen, and comes later."""
    load(engine, Size(centres=1, counsellors=6, rooms=6, weeks=1, fill=0.2))
    with writing(engine) as connection:
        set_clock(connection, NOON)
        names = open_accounts(connection, [(n, 1) for n in range(1, 7)])
        check_all_in(connection, 1, MONDAY, OPENS, 6)
        booked = connection.scalar(
            select(func.count(Appointment.id)).where(
                Appointment.starts_at < NOON.replace(hour=20), Appointment.starts_at > OPENS.replace(hour=0)
            )
        )
        queue_up(connection, 1, MONDAY, OPENS, 60 - booked)
        ids = connection.scalars(select(Ticket.id).order_by(Ticket.number.desc())).all()
        parked, busy, done = ids[:4], ids[4:8], ids[8:22]
        connection.execute(update(Ticket).where(Ticket.id.in_(parked)).values(state=TicketState.PARKED))
        for n, id_ in enumerate(busy, 2):
            talk = {
                "state": TicketState.SERVING,
                "called_at": NOON,
                "started_at": NOON,
                "counsellor_id": n,
                "counter_id": n + 6,
            }
            connection.execute(update(Ticket).where(Ticket.id == id_).values(talk))
        ended = {
            "state": TicketState.DONE,
            "called_at": OPENS,
            "started_at": OPENS,
            "ended_at": NOON,
            "counsellor_id": 6,
        }
        connection.execute(update(Ticket).where(Ticket.id.in_(done)).values(ended))
        return names, len(connection.scalars(select(Ticket.id).where(Ticket.state == TicketState.WAITING)).all())

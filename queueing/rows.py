"""A centre's day as rows, for who only looks: made into objects once, and kept while they are stored as they were.

A page that is asked for after every change finds one or two rows changed. Reading them all as objects takes several
times as long as everything else that is done for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Engine, select
from sqlalchemy.orm import Session, joinedload

from foundation.as_stored import Kept, Stored, as_stored, columns_of, kept_or_made, made_of, refer
from foundation.model import table_of
from queueing.entries import OF_DAY, Entry
from queueing.models import Ticket
from scheduling.agenda import STANDS_ON_DAY
from scheduling.memory import current_setup, setup_at
from scheduling.models import Appointment, Centre, Counsellor, Counter, Room, Service, TopicGroup, Visit
from scheduling.models.pulse import SETUP_VERSION
from scheduling.setup import Setup

_t, _v, _a = table_of(Ticket), table_of(Visit), table_of(Appointment)
_TICKETS = (
    select(*as_stored(columns_of(Ticket, Visit, Appointment)), SETUP_VERSION)
    .select_from(_t.join(_v, _v.c.id == _t.c.visit_id).outerjoin(_a, _a.c.id == _t.c.appointment_id))
    .where(*OF_DAY)
    .order_by(_t.c.number)
)
_APPOINTMENTS = (
    select(*as_stored(columns_of(Appointment, Visit)))
    .select_from(_a.join(_v, _v.c.id == _a.c.visit_id))
    .where(*STANDS_ON_DAY)
    .order_by(_a.c.starts_at, _a.c.id)
)
_OF_TICKET, _OF_VISIT, _OF_APPOINTMENT = (len(table.columns) for table in (_t, _v, _a))
Named = TypeVar("Named", Counsellor, Counter, TopicGroup)


class Listed(NamedTuple):
    """A ticket with all that lists show of it, and what the queue rule is told of it."""

    ticket: Ticket
    entry: Entry


@dataclass(frozen=True)
class SetupRows:
    """What tickets and appointments refer to, by id: rows of one version of the set-up, that belong to no session."""

    setup: Setup
    centres: Mapping[int, Centre]
    counsellors: Mapping[int, Counsellor]
    counters: Mapping[int, Counter]
    rooms: Mapping[int, Room]
    services: Mapping[int, Service]
    topic_groups: Mapping[int, TopicGroup]

    @classmethod
    def of(cls, session: Session, setup: Setup) -> "SetupRows":
        """Read now; whoever or whatever is not in use any more may still be on a list."""
        return cls(
            setup,
            {centre.id: centre for centre in setup.shown_centres},
            _by_id(session, Counsellor),
            _by_id(session, Counter),
            {room.id: room for room in session.scalars(select(Room).options(joinedload(Room.counter)))},
            {service.id: service for service in setup.shown_services},
            _by_id(session, TopicGroup),
        )


@dataclass(frozen=True)
class DayRows:
    """Of a centre's day; each object belongs to no session and knows only what is shown of it."""

    setup_rows: SetupRows
    centre: Centre
    tickets: Mapping[int, Kept[Listed]]
    appointments: Mapping[int, Kept[Appointment]]

    @property
    def listed(self) -> list[Listed]:
        """Tickets, by number."""
        return [kept.made for kept in self.tickets.values()]

    @property
    def planned(self) -> list[Appointment]:
        """Appointments that stand, by time."""
        return [kept.made for kept in self.appointments.values()]


def read_rows(session: Session, centre_id: int, day: date, before: DayRows | None = None) -> DayRows:
    """Tickets by number, appointments that stand by time; what is stored as it was `before` is the same object.

    Two statements; some more when the set-up is another.
    """
    connection, about = session.connection(), {"centre": centre_id, "day": day}
    appointments = connection.execute(_APPOINTMENTS, about).all()
    tickets = connection.execute(_TICKETS, about).all()  # after them, so that the set-up knows what they refer to
    setup = setup_at(session, tickets[0][-1] or 0) if tickets else current_setup(session)
    known, dialect = _setup_rows(session, setup), connection.dialect
    kept = before if before and before.setup_rows is known else DayRows(known, known.centres[centre_id], {}, {})
    return DayRows(
        known,
        known.centres[centre_id],
        kept_or_made(tickets, kept.tickets, lambda row: _listed(row, known, dialect)),
        kept_or_made(appointments, kept.appointments, lambda row: _planned(row, known, dialect)),
    )


_known: "WeakKeyDictionary[Engine, SetupRows]" = WeakKeyDictionary()


def _setup_rows(asking: Session, setup: Setup) -> SetupRows:
    """Of all centres together: read once a version, by the connection of who asks first."""
    engine = asking.get_bind().engine
    known = _known.get(engine)
    if known is None or known.setup is not setup:
        with Session(asking.connection()) as session:
            known = _known[engine] = SetupRows.of(session, setup)
            session.expunge_all()
    return known


def _listed(row: Stored, known: SetupRows, dialect: Dialect) -> Listed:
    own, visit, planned = row[:_OF_TICKET], row[_OF_TICKET:][:_OF_VISIT], row[_OF_TICKET + _OF_VISIT : -1]
    appointment = None if planned[0] is None else _planned((*planned, *visit), known, dialect)
    ticket = made_of(Ticket, own, dialect)
    refer(
        ticket, centre=known.centres[ticket.centre_id], appointment=appointment,
        visit=appointment.visit if appointment else _visit(visit, known, dialect),
        counter=known.counters.get(ticket.counter_id or 0),
        counsellor=known.counsellors.get(ticket.counsellor_id or 0),
        handed_to=known.counsellors.get(ticket.handed_to_id or 0),
        service=known.services.get(ticket.service_id or 0),
        topic_group=known.topic_groups.get(ticket.topic_group_id or 0),
    )  # fmt: skip
    return Listed(ticket, Entry.of(ticket, known.setup.version))


def _planned(row: Stored, known: SetupRows, dialect: Dialect) -> Appointment:
    appointment = made_of(Appointment, row[:_OF_APPOINTMENT], dialect)
    refer(
        appointment, visit=_visit(row[_OF_APPOINTMENT:], known, dialect),
        service=known.services[appointment.service_id], counsellor=known.counsellors[appointment.counsellor_id],
        room=known.rooms[appointment.room_id],
    )  # fmt: skip
    return appointment


def _visit(row: Stored, known: SetupRows, dialect: Dialect) -> Visit:
    visit = made_of(Visit, row, dialect)
    refer(visit, centre=known.centres[visit.centre_id])
    return visit


def _by_id(session: Session, model: type[Named]) -> dict[int, Named]:
    return {one.id: one for one in session.scalars(select(model))}

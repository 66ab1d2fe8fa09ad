"""Finding visits of a centre, of today and to come: by code, start, ticket, call-name, number or address (D-02)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from queueing.models import Ticket
from scheduling.models import Appointment, Centre, Room, Visit
from scheduling.opening import local_moment

MOST_FOUND = 40


@dataclass(frozen=True)
class Query:
    """What was typed may mean; two things at once where it can be read in two ways. Empty finds nothing."""

    code: str = ""
    at: time | None = None
    number: int | None = None
    name: str = ""
    phone: str = ""
    email: str = ""


class Found(NamedTuple):
    """A visit, and its newest ticket of today."""

    visit: Visit
    ticket: Ticket | None

    @property
    def starts_at(self) -> datetime:
        """When it begins by plan; without appointment, when somebody came."""
        if self.visit.appointments:
            return self.visit.first.starts_at
        return self.ticket.arrived_at if self.ticket else self.visit.typed_at


def find(session: Session, centre: Centre, now: datetime, query: Query, phone_of: int | None = None) -> list[Found]:
    """What the query may mean at a centre, the next first, at most `MOST_FOUND`; times and numbers mean today.

    With `phone_of` a phone number or an e-mail address finds only appointments with that counsellor (X-10).
    """
    today = centre.local_day(now)
    known = or_(Visit.code.is_not(None), Visit.id.in_(select(Ticket.visit_id).where(Ticket.day_on == today)))
    here = (Visit.centre_id == centre.id, Visit.day_on >= today, Visit.erased_at.is_(None), known)
    meant = list(_meant(session, centre, today, query, phone_of, here))
    if not meant:
        return []
    parts = selectinload(Visit.appointments)
    visits = session.scalars(
        select(Visit)
        .where(*here, or_(*meant))
        .options(parts.joinedload(Appointment.service), parts.joinedload(Appointment.room).joinedload(Room.counter))
        .order_by(Visit.day_on, Visit.id)
        .limit(MOST_FOUND)
    ).all()
    tickets = newest_tickets(session, today, visits)
    found = [Found(visit, tickets.get(visit.id)) for visit in visits]
    return sorted(found, key=lambda one: (one.visit.day_on, one.starts_at, one.visit.id))


def newest_tickets(session: Session, day: date, visits: Sequence[Visit]) -> dict[int, Ticket]:
    """By visit the ticket of a day that was given last."""
    mine = (Ticket.visit_id.in_([visit.id for visit in visits]), Ticket.day_on == day)
    tickets = session.scalars(select(Ticket).where(*mine).options(joinedload(Ticket.counter)).order_by(Ticket.id))
    return {ticket.visit_id: ticket for ticket in tickets}


def _meant(
    session: Session,
    centre: Centre,
    today: date,
    query: Query,
    phone_of: int | None,
    here: Sequence[ColumnElement[bool]],
) -> Iterator[ColumnElement[bool]]:
    if query.code:
        yield Visit.code == query.code
    if query.at is not None:
        starts = Appointment.starts_at == local_moment(today, query.at, centre.zone)
        yield Visit.id.in_(select(Appointment.visit_id).where(starts))
    if query.number is not None:
        mine = (Ticket.centre_id == centre.id, Ticket.day_on == today, Ticket.number == query.number)
        yield Visit.id.in_(select(Ticket.visit_id).where(*mine))
    if query.phone or query.email:
        reached = Visit.phone == query.phone if query.phone else Visit.email == query.email
        own = Visit.appointments.any(Appointment.counsellor_id == phone_of)
        yield and_(reached, own) if phone_of is not None else reached
    if query.name:
        yield Visit.id.in_(_called(session, query.name, here))


def _called(session: Session, name: str, here: Sequence[ColumnElement[bool]]) -> list[int]:
    """Compared here, because SQLite folds no letters but those of English."""
    named = session.execute(select(Visit.id, Visit.call_name).where(*here, Visit.call_name.is_not(None)))
    return [id_ for id_, called in named if (called or "").casefold().startswith(name.casefold())][:MOST_FOUND]

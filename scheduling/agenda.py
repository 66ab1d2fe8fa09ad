"""Reads of the plan: a day of a centre, a visit by its secret link or code."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from foundation.errors import NotFound
from foundation.tokens import token_hash
from scheduling.models import Appointment, AppointmentState, Centre, Room, Visit

ON_THE_DAY = (AppointmentState.BOOKED, AppointmentState.SEEN, AppointmentState.NO_SHOW)


def visit_by_token(session: Session, token: str) -> Visit:
    """The visit a secret link belongs to; raises NotFound, the same for wrong, revoked and erased."""
    visit = session.scalar(select(Visit).where(Visit.token_hash == token_hash(token)))
    if visit is None:
        raise NotFound
    return visit


def visit_by_code(session: Session, centre: Centre, day: date, code: str) -> Visit | None:
    """Today's open visit with this code at this centre; a typed code knows nothing else (X-05)."""
    return session.scalar(
        select(Visit).where(
            Visit.centre_id == centre.id, Visit.day_on == day, Visit.code == code, Visit.ended_at.is_(None)
        )
    )


STANDS_ON_DAY = (
    Visit.centre_id == bindparam("centre"), Visit.day_on == bindparam("day"), Appointment.state.in_(ON_THE_DAY),
)  # fmt: skip
"""Which appointments, joined with their visits, stand at a centre on a local day."""


def appointments_of_day(session: Session, centre: Centre, day: date) -> Sequence[Appointment]:
    """Every appointment that stands at a centre on a local day, in order of time, with what the desk shows of it."""
    return session.scalars(_OF_DAY, {"centre": centre.id, "day": day}).unique().all()


_OF_DAY = (
    select(Appointment)
    .options(
        joinedload(Appointment.visit),
        joinedload(Appointment.service),
        joinedload(Appointment.counsellor),
        joinedload(Appointment.room).joinedload(Room.counter),
    )
    .join(Appointment.visit)
    .where(*STANDS_ON_DAY)
    .order_by(Appointment.starts_at, Appointment.id)
)

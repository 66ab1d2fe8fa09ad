"""Reads of the plan: a day of a centre, a visit by its secret link or code."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from foundation.among import among
from foundation.as_stored import Stored, as_stored, kept_or_made
from foundation.errors import NotFound
from foundation.model import table_of
from foundation.tokens import token_hash
from scheduling.models import Appointment, AppointmentState, Centre, Room, Visit
from scheduling.models.pulse import SETUP_VERSION

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


class Planned(NamedTuple):
    """An appointment of a day with what is shown of it, and the row it was made of."""

    appointment: Appointment
    row: Stored


_a, _v = table_of(Appointment), table_of(Visit)
_STORED = (*as_stored(_a, _v), SETUP_VERSION)
_OF_DAY = (
    select()
    .select_from(_a.join(_v, _v.c.id == _a.c.visit_id))
    .where(_v.c.centre_id == bindparam("centre"), _v.c.day_on == bindparam("day"), _a.c.state.in_(ON_THE_DAY))
    .order_by(_a.c.starts_at, _a.c.id)
)
_ROWS = _OF_DAY.add_columns(*_STORED)
_PLANNED = _ROWS.add_columns(Appointment).options(
    contains_eager(Appointment.visit), joinedload(Appointment.service), joinedload(Appointment.counsellor),
    joinedload(Appointment.room).joinedload(Room.counter),
)  # fmt: skip
_PLANNED_AMONG = _PLANNED.where(among(_a.c.id, "ids"))


def planned_of_day(session: Session, centre: Centre, day: date, before: Sequence[Planned] = ()) -> list[Planned]:
    """Every appointment that stands at a centre on a local day, in order of time, with what the desk shows of it.

    Those of `before` whose rows are as they were then, and the set-up too.
    """
    about = {"centre": centre.id, "day": day}
    if not before:
        return _planned(session, _PLANNED, about)
    rows = session.connection().execute(_ROWS, about)
    return kept_or_made(rows, before, lambda ids: _planned(session, _PLANNED_AMONG, {**about, "ids": ids}))


def _planned(session: Session, statement: Select[*tuple[Any, ...]], about: dict[str, Any]) -> list[Planned]:
    return [Planned(row[-1], row[:-1]) for row in session.execute(statement, about).unique().all()]

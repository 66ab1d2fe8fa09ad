"""How much of a service's day is used: for daily caps, and for the share that online holds may take (X-02)."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from foundation.facts import ChangeTag
from scheduling.cells import Axis, cells, runs
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, Visit
from scheduling.models.pulse import SETUP
from scheduling.setup import Setup
from scheduling.wish import Wish

COUNTED = (AppointmentState.BOOKED, AppointmentState.SEEN, AppointmentState.NO_SHOW)
"""States that use up a service's daily cap; live holds do too."""

HOLD_SHARE = 5
"""One in so many places of a service-day may sit in online holds."""


class Used(NamedTuple):
    """Appointments of a service on a day that stand, and how many of them are only held."""

    standing: int
    held: int


def used_days(
    session: Session, service_ids: Collection[int], window: Interval, now: datetime
) -> dict[tuple[int, date, int], Used]:
    """By centre, local day and service, what is used in a window."""
    found = (
        select(Visit.centre_id, Visit.day_on, Appointment.service_id, func.count(), _held())
        .join(Visit, Visit.id == Appointment.visit_id)
        .where(Appointment.service_id.in_(service_ids), _standing(now))
        .where(Appointment.starts_at < window.end, Appointment.starts_at >= window.start)
        .group_by(Visit.centre_id, Visit.day_on, Appointment.service_id)
    )
    return {(row[0], row[1], row[2]): Used(row[3], row[4]) for row in session.execute(found).all()}


def used_and_version(
    session: Session, centre_id: int, service_ids: Collection[int], day: Interval, now: datetime, but: int | None
) -> tuple[int, dict[int, Used]]:
    """The set-up's version, and what is used of services on one day without the visit `but`: one statement."""
    tag = select(literal(0), ChangeTag.version, literal(0)).where(ChangeTag.scope == SETUP)
    used = (
        select(Appointment.service_id, func.count(), _held())
        .join(Visit, Visit.id == Appointment.visit_id)
        .where(Appointment.service_id.in_(service_ids), Visit.centre_id == centre_id, _standing(now))
        .where(Appointment.starts_at >= day.start, Appointment.starts_at < day.end)
        .group_by(Appointment.service_id)
    )
    if but is not None:
        used = used.where(Visit.id != but)
    rows = {row[0]: Used(row[1], row[2]) for row in session.connection().execute(tag.union_all(used)).all()}
    return rows.pop(0).standing, rows


def most_holds(setup: Setup, wish: Wish, centre_id: int, service_id: int, day: Interval) -> int:
    """How many online holds a service-day bears: a fifth of its places, at least one."""
    service, axis = setup.services[service_id], Axis.over(day, day.end - day.end)
    anybody = Wish((service_id,), (centre_id,), wish.languages)
    places, length, pitch = 0, cells(service.length), cells(service.length + service.buffer)
    for person in setup.counsellors(anybody, centre_id):
        opened = runs(setup.open_bits(person.id, centre_id, axis), length)
        places += (opened & setup.grid_bits(person.id, centre_id, axis, pitch) & axis.starting(day)).bit_count()
    return max(1, places // HOLD_SHARE)


def _held() -> ColumnElement[int]:
    return func.sum(case((Appointment.state == AppointmentState.HELD, 1), else_=0))


def _standing(now: datetime) -> ColumnElement[bool]:
    held = and_(Appointment.state == AppointmentState.HELD, Appointment.hold_until > now)
    return or_(Appointment.state.in_(COUNTED), held)

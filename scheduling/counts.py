"""How much of a service's day is used: for daily caps, and for the share that online holds may take (X-02)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy.orm import Session

from foundation.among import among
from foundation.model import UtcDateTime, table_of
from scheduling.cells import Axis, cells, runs
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, Visit
from scheduling.models.plan import KEPT
from scheduling.setup import Setup
from scheduling.wish import Wish

COUNTED = (AppointmentState.BOOKED, AppointmentState.SEEN, AppointmentState.NO_SHOW)
"""States that use up a service's daily cap; live holds and offers do too."""

HOLD_SHARE = 5
"""One in so many places of a service-day may sit in online holds."""


class Used(NamedTuple):
    """Appointments of a service on a day that stand, and how many of them are only held."""

    standing: int
    held: int


def _written(*states: AppointmentState) -> list[ColumnElement[str]]:
    """Constants of ours, written into the statement instead of bound every time."""
    return [literal_column(f"'{state}'") for state in states]


_made, _visits = table_of(Appointment), table_of(Visit)
STANDS = or_(
    _made.c.state.in_(_written(*COUNTED)),
    and_(_made.c.state.in_(_written(*KEPT)), _made.c.hold_until > bindparam("now", type_=UtcDateTime)),
)
"""Whether an appointment uses up its service's day, at the parameter `now`."""

HELD = func.sum(case((_made.c.state.in_(_written(AppointmentState.HELD)), 1), else_=0))
"""How many of those that stand are only held."""

OF_SERVICES = among(_made.c.service_id, "services")

_USED_DAYS = (
    select(_visits.c.centre_id, _visits.c.day_on, _made.c.service_id, func.count(), HELD)
    .join(_visits, _visits.c.id == _made.c.visit_id)
    .where(
        OF_SERVICES, STANDS, _visits.c.id != bindparam("but"),
        _made.c.starts_at >= bindparam("since", type_=UtcDateTime),
        _made.c.starts_at < bindparam("until", type_=UtcDateTime),
    )
    .group_by(_visits.c.centre_id, _visits.c.day_on, _made.c.service_id)
)  # fmt: skip


def used_days(
    session: Session, service_ids: Collection[int], window: Interval, now: datetime, but: int = 0
) -> dict[tuple[int, date, int], Used]:
    """By centre, local day and service, what is used in a window without the visit `but`."""
    about = {"services": sorted(service_ids), "since": window.start, "until": window.end, "now": now, "but": but}
    found: Sequence[Any] = session.connection().execute(_USED_DAYS, about).all()
    return {(row[0], row[1], row[2]): Used(row[3], row[4]) for row in found}


def over_cap(setup: Setup, service_ids: Sequence[int], used: Mapping[int, Used]) -> bool:
    """Whether so many more appointments of these services would exceed a daily cap."""
    caps = {id_: setup.services[id_].daily_cap for id_ in service_ids}
    return any(
        cap is not None and used.get(id_, Used(0, 0)).standing + service_ids.count(id_) > cap
        for id_, cap in caps.items()
    )


def most_holds(setup: Setup, wish: Wish, centre_id: int, service_id: int, day: Interval) -> int:
    """How many online holds a service-day bears: a fifth of its places, at least one."""
    service, axis = setup.services[service_id], Axis.over(day, day.end - day.end)
    anybody = Wish((service_id,), (centre_id,), wish.languages)
    places, length, pitch = 0, cells(service.length), cells(service.length + service.buffer)
    for person in setup.counsellors(anybody, centre_id):
        opened = runs(setup.open_bits(person.id, centre_id, axis), length)
        places += (opened & setup.grid_bits(person.id, centre_id, axis, pitch) & axis.starting(day)).bit_count()
    return max(1, places // HOLD_SHARE)

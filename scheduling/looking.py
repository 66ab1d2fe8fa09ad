"""What a writer sees of a day once the resources of a wish are locked: who is taken, and how much is used."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, null, select, union_all

from foundation.among import among
from foundation.db import Transaction
from foundation.facts import ChangeTag
from foundation.model import UtcDateTime, table_of
from scheduling.claims import IN_SPAN, Situation, Standing, Taken, in_span, sorted_out
from scheduling.counts import HELD, OF_SERVICES, STANDS, Used
from scheduling.interval import Interval
from scheduling.models import Appointment, Claim, Visit
from scheduling.models.pulse import SETUP


@dataclass(frozen=True)
class Seen:
    """What is in the way, how many claims each person has that day, how much of each service is used, and the version
    of the set-up.
    """

    stands: Situation
    load: dict[int, int]
    used: dict[int, Used]
    version: int


@dataclass(frozen=True)
class Question:
    """At a centre, on a day: claims of `resources` in a `span`, the load of `people`, what is used of `services`
    without the visit `but`.
    """

    centre_id: int
    day: Interval
    span: Interval
    resources: Collection[int]
    people: Collection[int]
    services: Collection[int]
    but: int | None


_CLAIM, _LOAD, _USED, _VERSION = range(4)
_claims, _appointments, _visits, _tags = table_of(Claim), table_of(Appointment), table_of(Visit), table_of(ChangeTag)
_NOTHING = null()


def _moment(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=UtcDateTime)


def _kind(number: int) -> ColumnElement[int]:
    return literal_column(str(number))


_READ = union_all(
    select(
        _kind(_CLAIM), _claims.c.resource_id, _claims.c.starts_at, _claims.c.ends_at, _claims.c.held_until,
        _claims.c.id, _claims.c.appointment_id,
    ).where(among(_claims.c.resource_id, "resources"), *IN_SPAN),
    select(_kind(_LOAD), _claims.c.resource_id, _NOTHING, _NOTHING, _NOTHING, func.count(), _NOTHING)
    .where(
        among(_claims.c.resource_id, "people"), _claims.c.starts_at >= _moment("dawn"),
        _claims.c.starts_at < _moment("dusk"),
    )
    .group_by(_claims.c.resource_id),
    select(_kind(_USED), _appointments.c.service_id, _NOTHING, _NOTHING, _NOTHING, func.count(), HELD)
    .join(_visits, _visits.c.id == _appointments.c.visit_id)
    .where(
        OF_SERVICES, STANDS, _appointments.c.starts_at >= _moment("dawn"), _appointments.c.starts_at < _moment("dusk"),
        _visits.c.centre_id == bindparam("centre"), _visits.c.id != bindparam("but"),
    )
    .group_by(_appointments.c.service_id),
    select(_kind(_VERSION), _tags.c.version, _NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING).where(
        _tags.c.scope == literal_column(f"'{SETUP}'")
    ),
)  # fmt: skip


def look(tx: Transaction, asked: Question) -> Seen:
    """One statement, so that all of it was true at one moment; the caller has locked the resources."""
    about = {
        "resources": sorted(asked.resources), "people": sorted(asked.people), "services": sorted(set(asked.services)),
        **in_span(asked.span), "dawn": asked.day.start, "dusk": asked.day.end, "centre": asked.centre_id,
        "but": asked.but or 0, "now": tx.now,
    }  # fmt: skip
    standing: list[Standing] = []
    load: dict[int, int] = {}
    used: dict[int, Used] = {}
    version = 0
    rows: Sequence[Any] = tx.session.connection().execute(_READ, about).all()
    for kind, id_, start, end, until, one, other in rows:
        if kind == _CLAIM:
            standing.append(Standing(one, Taken(id_, Interval(start, end)), until, other))
        elif kind == _LOAD:
            load[id_] = one
        elif kind == _USED:
            used[id_] = Used(one, other)
        else:
            version = id_
    return Seen(sorted_out(standing, tx.now), load, used, version)

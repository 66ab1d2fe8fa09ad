"""A visit is taken over when somebody is away, and put back when she is here after all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Moved
from foundation.facts import Fact
from scheduling.choosing import Placement
from scheduling.happened import Happened
from scheduling.models import Appointment, Centre, Visit
from scheduling.moving import Unasked, move, wish_of
from scheduling.visits import Overrule, changeable
from scheduling.wish import Route

TAKEN_BACK_WITHIN = timedelta(hours=12)
"""For how long somebody may turn out to be here after all."""


@dataclass(frozen=True)
class Chosen:
    """What a person has chosen for a visit out of its proposal."""

    starts_at: datetime
    counsellor_id: int
    room_id: int
    interpreter_id: int | None
    route: Route

    @classmethod
    def of(cls, placement: Placement) -> "Chosen":
        """As it was proposed; of several consultations, what the first one needs."""
        first = placement.parts[0]
        return cls(first.starts_at, first.counsellor_id, first.room_id, first.interpreter_id, placement.route)

    @classmethod
    def of_booked(cls, first: Appointment) -> "Chosen":
        """As it is booked."""
        return cls(first.starts_at, first.counsellor_id, first.room_id, first.interpreter_id, Route(first.route))

    @property
    def resources(self) -> set[int | None]:
        """Whom and what it needs."""
        return {self.counsellor_id, self.room_id, self.interpreter_id}


class Covered(NamedTuple):
    """A visit that was taken over: as it was before, and its version since."""

    visit_id: int
    before: Chosen
    version: int


def take_over(tx: Transaction, visit: Visit, chosen: Chosen) -> None:
    """Move a visit (its row locked) to what was chosen. Raises what `move` does: somebody may have been faster.

    Whoever keeps her time needs no lead time; any other time keeps to all rules of booking.
    """
    first = changeable(visit, tx.now)[0]
    before = Chosen.of_booked(first)
    _move(tx, visit, chosen, Unasked.COVERED)
    told = asdict(before) | {"starts_at": before.starts_at.isoformat(), "version": first.version}
    tx.record(Happened.COVERED, "visit", visit.id, visit.centre.scope, **told)


def covered_lately(session: Session, centre: Centre, resource_id: int | None, now: datetime) -> list[Covered]:
    """What was taken over at a centre in the last hours from somebody or something; from all of it with None."""
    found = select(Fact.subject_id, Fact.details).where(
        Fact.kind == Happened.COVERED, Fact.scope == centre.scope, Fact.at > now - TAKEN_BACK_WITHIN
    )
    return [
        Covered(visit_id, before, int(str(details["version"])))
        for visit_id, details in session.execute(found.order_by(Fact.id))
        if (before := _read(details)) and (resource_id is None or resource_id in before.resources)
    ]


def still_covered(session: Session, centre: Centre, now: datetime) -> list[tuple[Visit, list[Chosen]]]:
    """Visits to come at a centre that stand as they were taken over, the next first; and how each was before."""
    facts = (Fact.subject_kind == "visit", Fact.subject_id == Visit.id, Fact.kind == Happened.COVERED)
    to_come = (Visit.centre_id == centre.id, Visit.day_on >= centre.local_day(now), Visit.ended_at.is_(None))
    found: dict[Visit, list[Mapping[str, Any]]] = {}
    for visit, details in session.execute(select(Visit, Fact.details).join(Fact, and_(*facts)).where(*to_come)):
        found.setdefault(visit, []).append(details)
    standing = [
        (visit, [_read(details) for details in before])
        for visit, before in found.items()
        if visit.first.starts_at > now and visit.first.version in {details["version"] for details in before}
    ]
    return sorted(standing, key=lambda one: one[0].first.starts_at)


def moved_away_from(session: Session, centre: Centre, day: date, code: str) -> Visit | None:
    """The visit that had this code at a centre on a day and was given a later one because somebody was away."""
    later = (Visit.centre_id == centre.id, Visit.day_on > day, Visit.code == code, Visit.ended_at.is_(None))
    for visit in session.scalars(select(Visit).where(*later)):
        facts = select(Fact.details).where(
            Fact.subject_kind == "visit", Fact.subject_id == visit.id, Fact.kind == Happened.COVERED
        )
        if any(centre.local_day(_read(details).starts_at) == day for details in session.scalars(facts)):
            return visit
    return None


def put_back(tx: Transaction, visit: Visit, covered: Covered) -> None:
    """Somebody is here after all: a visit (its row locked) is as it was. Raises Moved when it has changed since, and
    what `move` does. Nobody must have been told of the change.
    """
    first = changeable(visit, tx.now)[0]
    if first.version != covered.version:
        raise Moved
    _move(tx, visit, covered.before, Unasked.PUT_BACK)
    first.overruled = None


def _move(tx: Transaction, visit: Visit, to: Chosen, unasked: Unasked) -> None:
    booked = changeable(visit, tx.now)
    wish = replace(wish_of(visit, booked), counsellor=to.counsellor_id, routes=frozenset({to.route}))
    if len(booked) == 1:
        wish = replace(wish, room=to.room_id, interpreter=to.interpreter_id)
    free = to.starts_at == booked[0].starts_at or unasked is Unasked.PUT_BACK
    move(tx, visit, wish, to.starts_at, Overrule.COVERED if free else None, unasked)


def _read(details: Mapping[str, Any]) -> Chosen:
    known = {name: details[name] for name in ("counsellor_id", "room_id", "interpreter_id")}
    return Chosen(datetime.fromisoformat(details["starts_at"]), route=Route(details["route"]), **known)

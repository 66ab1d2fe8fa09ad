"""The only writer of occupied time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    CursorResult,
    Executable,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from foundation.among import among
from foundation.db import Transaction
from foundation.errors import Moved
from foundation.model import UtcDateTime, table_of
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, Claim, Resource
from scheduling.refusals import SlotTaken

LONGEST = timedelta(hours=24)
"""No claim is longer, so that the ones in the way are found by when they start."""

_claims = table_of(Claim)
_appointments = table_of(Appointment)
_resources = table_of(Resource)
_OF_RESOURCES = among(_claims.c.resource_id, "ids")
_OF_APPOINTMENTS = among(_claims.c.appointment_id, "ids")

_LOCK = (
    select(_resources.c.id)
    .where(among(_resources.c.id, "ids"))
    .order_by(_resources.c.id)
    .with_for_update(key_share=True)
)
_LOCK_CLAIMED = (
    select(_resources.c.id)
    .where(_resources.c.id.in_(select(_claims.c.resource_id).where(_OF_APPOINTMENTS)))
    .order_by(_resources.c.id)
    .with_for_update(key_share=True)
)
_STANDING = (
    _claims.c.resource_id, _claims.c.id, _claims.c.starts_at, _claims.c.ends_at, _claims.c.held_until,
    _claims.c.appointment_id,
)  # fmt: skip
IN_SPAN = (
    _claims.c.starts_at > bindparam("earliest", type_=UtcDateTime),
    _claims.c.starts_at < bindparam("until", type_=UtcDateTime),
    _claims.c.ends_at > bindparam("since", type_=UtcDateTime),
)
"""Whether a claim is in the way of a span; its parameters are those of `in_span`."""

_IN_THE_WAY = select(*_STANDING).where(_OF_RESOURCES, *IN_SPAN)
_TAKEN = select(_claims.c.resource_id).where(
    _OF_RESOURCES, _claims.c.starts_at > bindparam("earliest", type_=UtcDateTime),
    _claims.c.starts_at <= bindparam("at", type_=UtcDateTime), _claims.c.ends_at > bindparam("at", type_=UtcDateTime),
    or_(_claims.c.held_until.is_(None), _claims.c.held_until > bindparam("now", type_=UtcDateTime)),
)  # fmt: skip
_OWN = select(*_STANDING).where(_OF_APPOINTMENTS)
_CLAIM = insert(_claims)
_SHIFT = (
    update(_claims)
    .where(_claims.c.id == bindparam("which"))
    .values(
        starts_at=bindparam("start"), ends_at=bindparam("end"), appointment_id=bindparam("appointment"), held_until=None
    )
)
_KEEP = update(_claims).where(_OF_APPOINTMENTS).values(held_until=bindparam("until"))
_RELEASE = delete(_claims).where(_OF_APPOINTMENTS)
_FREE = delete(_claims).where(among(_claims.c.id, "ids"))
_parts = _appointments.alias()
_RELEASED = (
    update(_appointments)
    .where(
        _appointments.c.visit_id.in_(select(_parts.c.visit_id).where(among(_parts.c.id, "ids"))),
        _appointments.c.state == AppointmentState.HELD,
    )
    .values(state=AppointmentState.RELEASED)
)


class Taken(NamedTuple):
    """One resource, taken for a stretch of time, buffer included."""

    resource_id: int
    interval: Interval


@dataclass(frozen=True)
class Standing:
    """A claim in the database, and until when it is only held."""

    id: int
    taken: Taken
    held_until: datetime | None
    appointment_id: int | None


@dataclass(frozen=True)
class Situation:
    """What stands in the way, and what only seems to: holds that have run out."""

    live: Sequence[Standing]
    dead: Sequence[Standing]


def lock(session: Session, resource_ids: Iterable[int]) -> set[int]:
    """Queue up behind other writers of these resources, in id order so that nobody waits crosswise; the ids locked.

    On SQLite the write transaction itself is the queue.
    """
    ids = sorted(set(resource_ids))
    if session.get_bind().dialect.name != "sqlite":
        session.connection().execute(_LOCK, {"ids": ids}).all()
    return set(ids)


def lock_claimed(session: Session, appointment_ids: Collection[int]) -> None:
    """As `lock`, the resources that these appointments have claimed."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection().execute(_LOCK_CLAIMED, {"ids": list(appointment_ids)}).all()


def situation(tx: Transaction, locked: Collection[int], span: Interval) -> Situation:
    """What of the locked resources is taken in a span, read after the lock."""
    return sorted_out(_read(tx.session, _IN_THE_WAY, {"ids": sorted(locked), **in_span(span)}), tx.now)


def in_span(span: Interval) -> dict[str, datetime]:
    """The parameters of `IN_SPAN`."""
    return {"earliest": span.start - LONGEST, "until": span.end, "since": span.start}


def sorted_out(standing: Iterable[Standing], now: datetime) -> Situation:
    """Claims by whether they count at a moment."""
    live: list[Standing] = []
    dead: list[Standing] = []
    for one in standing:
        (live if one.held_until is None or one.held_until > now else dead).append(one)
    return Situation(live, dead)


def taken_at(session: Session, resource_ids: Collection[int], at: datetime, now: datetime) -> set[int]:
    """Which of these resources are taken at a moment; without a lock, so it may be otherwise when it is read."""
    about = {"ids": sorted(resource_ids), "earliest": at - LONGEST, "at": at, "now": now}
    return set(session.connection().scalars(_TAKEN, about))


def clear(tx: Transaction, dead: Sequence[Standing], wanted: Sequence[Taken]) -> None:
    """Holds that have run out and are in the way go; all parts of their visits are released with them."""
    gone = [
        standing
        for standing in dead
        if any(
            w.resource_id == standing.taken.resource_id and w.interval.overlaps(standing.taken.interval) for w in wanted
        )
    ]
    if gone:
        _free(tx, gone)
        release_holds(tx, [standing.appointment_id for standing in gone if standing.appointment_id])


def release_holds(tx: Transaction, appointment_ids: Collection[int]) -> None:
    """Visits that hold these appointments lose all they hold; who typed in them chooses anew."""
    tx.session.connection().execute(_RELEASED, {"ids": list(appointment_ids)})


def claim(
    tx: Transaction,
    wanted: Iterable[tuple[Taken, int | None]],
    held_until: datetime | None = None,
    blocked_time_id: int | None = None,
) -> None:
    """Take resources, each for an appointment (its id) or all for blocked time. Raises SlotTaken.

    The caller has locked the resources, looked at the situation and cleared what is dead.
    """
    rows: list[dict[str, object]] = [
        {
            "resource_id": taken.resource_id, "starts_at": taken.interval.start, "ends_at": taken.interval.end,
            "held_until": held_until, "appointment_id": appointment_id, "blocked_time_id": blocked_time_id,
        }
        for taken, appointment_id in wanted
    ]  # fmt: skip
    _through_the_net(tx, _CLAIM, rows)


def shift(tx: Transaction, own: Sequence[Standing], wanted: Sequence[tuple[Taken, int]]) -> None:
    """Take the new for good before the old is freed: claims on resources that stay are moved, then new ones made, then
    the rest freed. Raises SlotTaken, and Moved when a claim of its own is gone.

    Only where a resource has fewer parts to do than before, what it no longer needs goes first, to make way for itself.
    """
    left, stays, comes = sorted(own, key=lambda s: s.taken.interval.start), [], []
    for taken, appointment_id in sorted(wanted, key=lambda pair: pair[0].interval.start):
        kept = next((s for s in left if s.taken.resource_id == taken.resource_id), None)
        if kept:
            left.remove(kept)
            stays.append((kept, taken, appointment_id))
        else:
            comes.append((taken, appointment_id))
    if stays and stays[0][1].interval.start > stays[0][0].taken.interval.start:
        stays.reverse()  # going later, the last goes first, so that no claim runs into one of its own visit
    used = {taken.resource_id for taken, _ in wanted}
    _free(tx, [standing for standing in left if standing.taken.resource_id in used])
    for kept, taken, appointment_id in stays:
        start, end = taken.interval
        moved = {"which": kept.id, "start": start, "end": end, "appointment": appointment_id}
        if _through_the_net(tx, _SHIFT, [moved]).rowcount != 1:
            raise Moved
    if comes:
        claim(tx, comes)
    _free(tx, [standing for standing in left if standing.taken.resource_id not in used])


def keep(tx: Transaction, appointment_ids: Collection[int], until: datetime | None) -> None:
    """Hold the claims of appointments until then, or for good with None. The caller has locked them."""
    tx.session.connection().execute(_KEEP, {"ids": list(appointment_ids), "until": until})


def release(tx: Transaction, appointment_ids: Collection[int]) -> None:
    """Give back what appointments have taken. The caller has locked them."""
    tx.session.connection().execute(_RELEASE, {"ids": list(appointment_ids)})


def standing_of(session: Session, appointment_ids: Collection[int]) -> list[Standing]:
    """The claims of appointments."""
    return _read(session, _OWN, {"ids": list(appointment_ids)})


def _read(session: Session, statement: Executable, about: Mapping[str, object]) -> list[Standing]:
    rows: Sequence[Any] = session.connection().execute(statement, about).all()
    return [
        Standing(id_, Taken(resource_id, Interval(start, end)), until, appointment_id)
        for resource_id, id_, start, end, until, appointment_id in rows
    ]


def _free(tx: Transaction, gone: Sequence[Standing]) -> None:
    if gone:
        tx.session.connection().execute(_FREE, {"ids": [standing.id for standing in gone]})


def _through_the_net(tx: Transaction, statement: Executable, rows: Sequence[dict[str, object]]) -> CursorResult[Any]:
    try:
        return tx.session.connection().execute(statement, rows)
    except DBAPIError as fault:
        if "claim_no_overlap" in str(fault.orig):
            raise SlotTaken from fault
        raise

"""The only writer of occupied time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Executable, delete, func, insert, literal, null, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.model import table_of
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, Claim, Resource
from scheduling.refusals import SlotTaken

LONGEST = timedelta(hours=24)
"""No claim is longer, so that the ones in the way are found by when they start."""

_claims = table_of(Claim)


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
    """What stands in the way of a visit, and how many claims each counsellor has that day."""

    live: Sequence[Standing]
    dead: Sequence[Standing]
    load: dict[int, int]


def lock(session: Session, resource_ids: Iterable[int]) -> set[int]:
    """Queue up behind other writers of these resources, in id order so that nobody waits crosswise; the ids locked.

    On SQLite the write transaction itself is the queue.
    """
    ids = sorted(set(resource_ids))
    if session.get_bind().dialect.name != "sqlite":
        rows = select(Resource.id).where(Resource.id.in_(ids)).order_by(Resource.id)
        session.connection().execute(rows.with_for_update(key_share=True)).all()
    return set(ids)


def lock_claimed(session: Session, appointment_ids: Collection[int]) -> None:
    """As `lock`, the resources that these appointments have claimed."""
    if session.get_bind().dialect.name != "sqlite":
        claimed = select(Claim.resource_id).where(Claim.appointment_id.in_(appointment_ids))
        rows = select(Resource.id).where(Resource.id.in_(claimed)).order_by(Resource.id)
        session.connection().execute(rows.with_for_update(key_share=True)).all()


def situation(tx: Transaction, locked: Collection[int], span: Interval, day: Interval) -> Situation:
    """What of the locked resources is taken in a span, read after the lock, and their load on a day: one statement."""
    columns = (Claim.resource_id, Claim.id, Claim.starts_at, Claim.ends_at, Claim.held_until, Claim.appointment_id)
    ids = sorted(locked)
    in_the_way = select(*columns, literal(0)).where(
        Claim.resource_id.in_(ids), Claim.starts_at > span.start - LONGEST, Claim.starts_at < span.end,
        Claim.ends_at > span.start,
    )  # fmt: skip
    load = (
        select(Claim.resource_id, null(), null(), null(), null(), null(), func.count())
        .where(Claim.resource_id.in_(ids), Claim.starts_at >= day.start, Claim.starts_at < day.end)
        .group_by(Claim.resource_id)
    )
    live: list[Standing] = []
    dead: list[Standing] = []
    counted: dict[int, int] = {}
    rows: Sequence[Any] = tx.session.connection().execute(in_the_way.union_all(load)).all()
    for resource_id, id_, start, end, until, appointment_id, count in rows:
        if id_ is None:
            counted[resource_id] = count
            continue
        standing = Standing(id_, Taken(resource_id, Interval(start, end)), until, appointment_id)
        (live if until is None or until > tx.now else dead).append(standing)
    return Situation(live, dead, counted)


def clear(tx: Transaction, dead: Sequence[Standing], wanted: Sequence[Taken]) -> None:
    """Holds that have run out and are in the way go; their appointments are released."""
    gone = [
        standing
        for standing in dead
        if any(
            w.resource_id == standing.taken.resource_id and w.interval.overlaps(standing.taken.interval) for w in wanted
        )
    ]
    if gone:
        _free(tx, gone)
        released = update(Appointment).where(
            Appointment.id.in_([standing.appointment_id for standing in gone]),
            Appointment.state == AppointmentState.HELD,
        )
        tx.session.execute(
            released.values(state=AppointmentState.RELEASED).execution_options(synchronize_session=False)
        )


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
    _through_the_net(tx, insert(_claims), rows)


def shift(tx: Transaction, own: Sequence[Standing], wanted: Sequence[tuple[Taken, int]]) -> None:
    """Take the new before the old is freed: claims on resources that stay are moved, then new ones made, then the rest
    freed. Raises SlotTaken.

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
        values = {"starts_at": taken.interval.start, "ends_at": taken.interval.end, "appointment_id": appointment_id}
        _through_the_net(tx, update(_claims).where(_claims.c.id == kept.id).values(values))
    if comes:
        claim(tx, comes)
    _free(tx, [standing for standing in left if standing.taken.resource_id not in used])


def keep(tx: Transaction, appointment_ids: Collection[int], until: datetime | None) -> None:
    """Hold the claims of appointments until then, or for good with None. The caller has locked them."""
    held = update(_claims).where(_claims.c.appointment_id.in_(appointment_ids))
    tx.session.connection().execute(held.values(held_until=until))


def release(tx: Transaction, appointment_ids: Collection[int]) -> None:
    """Give back what appointments have taken. The caller has locked them."""
    tx.session.connection().execute(delete(_claims).where(_claims.c.appointment_id.in_(appointment_ids)))


def standing_of(session: Session, appointment_ids: Collection[int]) -> list[Standing]:
    """The claims of appointments."""
    rows = session.connection().execute(
        select(
            _claims.c.id, _claims.c.resource_id, _claims.c.starts_at, _claims.c.ends_at, _claims.c.held_until,
            _claims.c.appointment_id,
        ).where(_claims.c.appointment_id.in_(appointment_ids))
    )  # fmt: skip
    return [Standing(r[0], Taken(r[1], Interval(r[2], r[3])), r[4], r[5]) for r in rows]


def _free(tx: Transaction, gone: Sequence[Standing]) -> None:
    if gone:
        tx.session.connection().execute(delete(_claims).where(_claims.c.id.in_([standing.id for standing in gone])))


def _through_the_net(tx: Transaction, statement: Executable, rows: Sequence[dict[str, object]] | None = None) -> None:
    try:
        tx.session.connection().execute(statement, rows)
    except DBAPIError as fault:
        if "claim_no_overlap" in str(fault.orig):
            raise SlotTaken from fault
        raise

"""Blocked time: a meeting, a home visit, a private hour, a room for an event. One action; never over a booking."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from foundation.db import Transaction
from foundation.errors import NotFound
from foundation.formats import clock_time, figures
from scheduling.asking import check_stretch
from scheduling.claims import LONGEST, Standing, Taken, claim, clear, lock, situation
from scheduling.happened import Happened
from scheduling.interval import Interval
from scheduling.memory import current_setup
from scheduling.models import BlockedKind, BlockedTime, Centre, Claim
from scheduling.refusals import BlockTooLong, TimeStands, WindowPast


def block(
    tx: Transaction, kind: BlockedKind, resource_ids: Sequence[int], interval: Interval, centre: Centre
) -> BlockedTime:
    """Take resources for an interval without a client; `centre` says whose lists change and in which zone to speak.

    Of a hall its parts are taken. Raises TimeStands naming what stands there, WindowBroken, WindowPast, MomentNaive,
    BlockTooLong (24 hours), NotFound for nobody.
    """
    check_stretch(interval)
    if interval.end <= tx.now:
        raise WindowPast
    if interval.end - interval.start > LONGEST:
        raise BlockTooLong(hours=LONGEST // (LONGEST / 24))
    ids = lock(tx.session, atoms_of(tx, resource_ids))
    stands = situation(tx, ids, interval)
    if stands.live:
        raise _naming(min(stands.live, key=lambda standing: standing.taken.interval), centre.zone)
    wanted = [Taken(id_, interval) for id_ in sorted(ids)]
    clear(tx, stands.dead, wanted)
    blocked = BlockedTime(kind=kind.value, made_at=tx.now)
    tx.session.add(blocked)
    tx.session.flush()
    claim(tx, [(taken, None) for taken in wanted], blocked_time_id=blocked.id)
    tx.record(Happened.BLOCKED, "blocked_time", blocked.id, centre.scope, kind=kind.value)
    return blocked


def unblock(tx: Transaction, blocked_time_id: int, centre: Centre) -> None:
    """Give blocked time back. Raises NotFound."""
    claimed = select(Claim.resource_id).where(Claim.blocked_time_id == blocked_time_id)
    lock(tx.session, tx.session.scalars(claimed).all())
    gone = delete(BlockedTime).where(BlockedTime.id == blocked_time_id).returning(BlockedTime.id)
    if tx.session.scalar(gone) is None:
        raise NotFound
    tx.record(Happened.UNBLOCKED, "blocked_time", blocked_time_id, centre.scope)


def atoms_of(tx: Transaction, resource_ids: Sequence[int]) -> set[int]:
    """What is claimed for these resources: of a hall its parts. Raises NotFound for nobody."""
    setup = current_setup(tx.session)
    if not resource_ids or not all(id_ in setup.people or id_ in setup.spaces for id_ in resource_ids):
        raise NotFound
    return {atom for id_ in resource_ids for atom in (setup.spaces[id_].claims if id_ in setup.spaces else (id_,))}


def _naming(standing: Standing, zone: ZoneInfo) -> TimeStands:
    start, end = standing.taken.interval
    day = figures(start.astimezone(zone).date())
    return TimeStands(day=day, start=clock_time(start, zone), end=clock_time(end, zone))

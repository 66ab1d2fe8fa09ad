"""A counsellor runs late: whoever waits for her or is still at home is told by how much."""

from collections.abc import Sequence
from datetime import timedelta

from foundation.db import Transaction
from queueing.situation import Situation
from scheduling.happened import Happened
from scheduling.interval import Interval
from scheduling.models import Appointment

STEP = timedelta(minutes=5)


def run_late(tx: Transaction, centre_id: int, counsellor_id: int, by: timedelta) -> int:
    """Note by how much each of her appointments to come today begins later, and tell their clients; how many.

    Said again it replaces what was said before; nothing at all takes it back.
    A visit is told of its first talk.
    """
    situation = Situation.of(tx.session, centre_id, tx.now)
    to_come = [stand for stand in situation.booked_with(counsellor_id) if stand.claimed_until > tx.now]
    spread = spread_delay([Interval(stand.claimed_from, stand.claimed_until) for stand in to_come], by)
    scope = situation.setup.centres[centre_id].scope
    for stand, later in zip(to_come, spread, strict=True):
        if later != (stand.delayed_by or timedelta()):
            _delay(tx, tx.session.get_one(Appointment, stand.id), later, scope)
    tx.record(Happened.RUNS_LATE, "resource", counsellor_id, scope, minutes=int(by.total_seconds()) // 60)
    return sum(later > timedelta() for later in spread)


def spread_delay(claimed: Sequence[Interval], by: timedelta) -> list[timedelta]:
    """How much later each of a counsellor's appointments begins, in order of time: gaps between them make it good.

    `claimed` are their stretches with the break after; rounded up to five minutes, nothing once it is made good.
    """
    later, free_at, delays = by, None, []
    for interval in claimed:
        if free_at is not None:
            later = max(timedelta(), free_at - interval.start)
        later = -(-later // STEP) * STEP
        delays.append(later)
        free_at = interval.end + later
    return delays


def _delay(tx: Transaction, appointment: Appointment, later: timedelta, scope: str) -> None:
    appointment.delayed_by = later or None
    if appointment is appointment.visit.first:
        tx.record(Happened.DELAYED, "visit", appointment.visit_id, scope)

"""How fast messages go out over all workers: so many a second, a rest for an ill provider, the limit of a month."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.model import UtcDateTime
from notifications.models import MonthSent, Pace

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 600, 1200, 2400, 3600))
"""How long to wait after the first try, the second …; after the last of them always as long."""

ILL_AFTER, ILL_WITHIN, RESTS = 50, timedelta(seconds=60), timedelta(seconds=60)
"""So many faults in a minute, and the provider is left alone for a minute (S-12)."""

_FIRST_PACE = text("INSERT INTO pace (id, free_at, faults) VALUES (1, :at, 0) ON CONFLICT DO NOTHING").bindparams(
    bindparam("at", type_=UtcDateTime())
)
_FIRST_OF_MONTH = text("INSERT INTO month_sent (month, segments) VALUES (:month, 0) ON CONFLICT DO NOTHING")


def pause_after(tries: int, spread: int) -> timedelta:
    """How long to wait after so many tries; `spread` (a message's id) keeps many from coming back at once."""
    pause = PAUSES[min(tries, len(PAUSES)) - 1]
    return pause * (1 + (spread % 21) / 100)


def wait_for_turn(tx: Transaction, machine: datetime, a_second: int) -> timedelta:
    """Zero, and the turn is taken, when a message may start now; else how long until one may. `a_second` 0 is no limit.

    A moment further ahead than the rule can have set it was written by a clock that has been put back since.
    """
    pace = _locked(tx, machine)
    gap = timedelta(seconds=1) / a_second if a_second else timedelta()
    if pace.rests_until and machine < pace.rests_until <= machine + RESTS:
        return pace.rests_until - machine
    if machine < pace.free_at <= machine + gap:
        return pace.free_at - machine
    pace.free_at = machine + gap
    return timedelta()


def note_fault(tx: Transaction, machine: datetime) -> None:
    """The provider could not take a message; too many of these, and it rests."""
    pace = _locked(tx, machine)
    if pace.faults_since is None or not timedelta() <= machine - pace.faults_since < ILL_WITHIN:
        pace.faults, pace.faults_since = 0, machine
    pace.faults += 1
    if pace.faults >= ILL_AFTER:
        pace.rests_until, pace.faults, pace.faults_since = machine + RESTS, 0, None


def rests_until(session: Session, machine: datetime) -> datetime | None:
    """Until when the provider is left alone, if it is."""
    pace = session.get(Pace, 1)
    return pace.rests_until if pace and pace.rests_until and machine < pace.rests_until <= machine + RESTS else None


def month_of(moment: datetime) -> str:
    """The month a message is paid in, as `2026-11`, by machine time: bills know no moved clock."""
    return f"{moment:%Y-%m}"


def spend(tx: Transaction, segments: int, limit: int, month: str) -> bool:
    """Count segments into a month, unless that goes beyond the limit (S-01); 0 is no limit."""
    if tx.session.get(MonthSent, month) is None:
        tx.session.execute(_FIRST_OF_MONTH, {"month": month})
    spent = update(MonthSent).where(MonthSent.month == month)
    if limit:
        spent = spent.where(MonthSent.segments + segments <= limit)
    counted = spent.values(segments=MonthSent.segments + segments).returning(MonthSent.month)
    return tx.session.scalar(counted.execution_options(synchronize_session=False)) is not None


def give_back(tx: Transaction, segments: int, month: str) -> None:
    """What was counted into a month, and the provider did not take."""
    taken = update(MonthSent).where(MonthSent.month == month).values(segments=MonthSent.segments - segments)
    tx.session.execute(taken.execution_options(synchronize_session=False))


def sent_in(session: Session, month: str) -> int:
    """How many segments a month has cost so far."""
    return session.scalar(select(MonthSent.segments).where(MonthSent.month == month)) or 0


def _locked(tx: Transaction, machine: datetime) -> Pace:
    pace = tx.session.get(Pace, 1, with_for_update=True)
    if pace is None:
        tx.session.execute(_FIRST_PACE, {"at": machine})
        pace = tx.session.get_one(Pace, 1, with_for_update=True)
    return pace

"""Whether a pressed time is gone already, said before anybody queues for it; the hold decides."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.cells import WEEK, cell_before
from scheduling.claims import taken_at
from scheduling.memory import TakenWeek, Versions, memory_of, setup_at
from scheduling.setup import Setup
from scheduling.wish import Wish


def is_lost(session: Session, seen: Versions, wish: Wish, starts_at: datetime, now: datetime) -> bool:
    """Whether at a start every counsellor who could, or every room, is taken; whoever asks may still lose it after.

    `wish` names one centre. The claims are asked only where this process does not remember, at the versions `seen`,
    that the time is free.
    """
    setup, (centre_id,) = setup_at(session, seen.setup), wish.centres
    ids = setup.candidates(wish, centre_id)
    if not _none_left(setup, wish, _perhaps_taken(session, seen.of(ids), starts_at, now)):
        return False
    return _none_left(setup, wish, taken_at(session, ids, starts_at, now))


def _none_left(setup: Setup, wish: Wish, taken: Collection[int]) -> bool:
    (centre_id,) = wish.centres
    if all(person.id in taken for person in setup.counsellors(wish, centre_id)):
        return True
    return all(any(id_ in taken for id_ in room.claims) for room in setup.rooms(wish, centre_id))


def _perhaps_taken(session: Session, current: Mapping[int, int], at: datetime, now: datetime) -> set[int]:
    """Resources that this process remembers as taken at a moment, or does not remember at their `current` version."""
    week, cell = divmod(cell_before(at), WEEK)
    remembered = memory_of(session).taken
    return {
        id_
        for id_, version in current.items()
        if (known := remembered.get((id_, week))) is None or known.version != version or _taken(known, cell, at, now)
    }


def _taken(known: TakenWeek, cell: int, at: datetime, now: datetime) -> bool:
    if known.bits >> cell & 1:
        return True
    return any(interval.start <= at < interval.end and until > now for interval, until in known.holds)

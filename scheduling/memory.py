"""What one process remembers of a database: the set-up, and taken time by resource and week.

Nothing here is trusted without its version: every search first reads the versions that the database raises itself
(`models/pulse.py`), and reads anew what has changed. Only readers fill the memory; a writer might roll back.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, literal, select
from sqlalchemy.orm import Session

from foundation.facts import ChangeTag
from scheduling.cells import Axis
from scheduling.interval import Interval
from scheduling.models import Claim, Resource
from scheduling.models.pulse import SETUP
from scheduling.setup import Setup
from scheduling.setup_rows import read_setup

MANY = 100
"""From this many resources on, rows are streamed instead of read whole."""


class TakenWeek(NamedTuple):
    """A resource's claims in one week, true at `version`: booked time as bits, holds apart since they run out."""

    version: int
    bits: int
    holds: tuple[tuple[Interval, datetime], ...]


@dataclass
class Memory:
    """Of one database. Values are never changed, only replaced, so threads may share it."""

    setup: Setup | None = None
    taken: dict[tuple[int, int], TakenWeek] = field(default_factory=dict)

    def forget_before(self, week: int) -> None:
        """What is past is not searched again."""
        for key in [key for key in self.taken.copy() if key[1] < week]:
            self.taken.pop(key, None)


_memories: "WeakKeyDictionary[Engine, Memory]" = WeakKeyDictionary()


def memory_of(session: Session) -> Memory:
    """The memory of the session's database."""
    return _memories.setdefault(session.get_bind().engine, Memory())


def is_writing(session: Session) -> bool:
    """Whether the session belongs to a write transaction."""
    return bool(session.connection().get_execution_options().get("write"))


def known_setup(session: Session) -> Setup:
    """The set-up as remembered, perhaps of an older version; read where nothing is remembered."""
    return memory_of(session).setup or fresh_setup(session)


def fresh_setup(session: Session) -> Setup:
    """The set-up read now, and remembered by readers."""
    setup = read_setup(session)
    if not is_writing(session):
        memory_of(session).setup = setup
    return setup


def versions(session: Session, resource_ids: Collection[int]) -> tuple[int, dict[int, int]]:
    """The version of the set-up and of each resource's claims, in one statement."""
    tag = select(literal(0), ChangeTag.version).where(ChangeTag.scope == SETUP)
    taken = select(Resource.id, Resource.taken_version).where(Resource.id.in_(sorted(resource_ids)))
    found = dict(session.connection().execute(tag.union_all(taken)).all())
    return found.pop(0), found


def current_setup(session: Session) -> Setup:
    """The set-up at its current version."""
    setup = known_setup(session)
    return setup if versions(session, ())[0] == setup.version else fresh_setup(session)


def taken_bits(session: Session, current: dict[int, int], axis: Axis, now: datetime) -> dict[int, int]:
    """Where resources are taken at `now`, holds that have run out left aside; reads only what has changed.

    `current` are the versions of the resources, read in this session before.
    """
    memory = memory_of(session)
    stale = [
        id_
        for id_, version in current.items()
        if any((known := memory.taken.get((id_, week))) is None or known.version != version for week in axis.weeks)
    ]
    found = _read_weeks(session, stale, axis, current) if stale else {}
    if found and not is_writing(session):
        memory.taken.update(found)
        memory.forget_before(axis.weeks.start - 1)
    return {
        id_: axis.join(
            _bits_at(found.get((id_, week)) or memory.taken[id_, week], Axis(range(week, week + 1)), now)
            for week in axis.weeks
        )
        for id_ in current
    }


def _bits_at(week: TakenWeek, axis: Axis, now: datetime) -> int:
    if not week.holds:
        return week.bits
    return week.bits | axis.touched(interval for interval, until in week.holds if until > now)


def _read_weeks(
    session: Session, stale: Sequence[int], axis: Axis, current: dict[int, int]
) -> dict[tuple[int, int], TakenWeek]:
    booked: dict[tuple[int, int], int] = {}
    holds: dict[tuple[int, int], list[tuple[Interval, datetime]]] = {}
    weeks = {week: Axis(range(week, week + 1)) for week in axis.weeks}
    for resource_id, start, end, until in _claims(session, stale, axis.interval):
        interval = Interval(start, end)
        for week in Axis.over(interval, end - end).weeks:
            if week not in weeks:
                continue
            if until is None:
                booked[resource_id, week] = booked.get((resource_id, week), 0) | weeks[week].touched([interval])
            else:
                holds.setdefault((resource_id, week), []).append((interval, until))
    return {
        key: TakenWeek(current[key[0]], booked.get(key, 0), tuple(holds.get(key, ())))
        for key in ((id_, week) for id_ in stale for week in weeks)
    }


def _claims(
    session: Session, resource_ids: Sequence[int], window: Interval
) -> Iterable[tuple[int, datetime, datetime, datetime | None]]:
    found = select(Claim.resource_id, Claim.starts_at, Claim.ends_at, Claim.held_until).where(
        Claim.resource_id.in_(resource_ids), Claim.starts_at < window.end, Claim.ends_at > window.start
    )
    if len(resource_ids) > MANY:
        found = found.execution_options(yield_per=2000)
    return session.execute(found)

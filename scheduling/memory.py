"""What one process remembers of a database: the set-up, and taken time by resource and week.

Nothing here is trusted without its version: every search first reads the versions that the database renews itself
(`models/pulse.py`), and reads anew what has changed. A version that is rolled back never comes back, so writers may
remember what they have read, too.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from foundation.among import among
from foundation.db import change_tag
from foundation.model import table_of
from scheduling.cells import WEEK, Axis, cell_after, cell_before, week_of
from scheduling.claims import IN_SPAN, LONGEST, in_span
from scheduling.interval import Interval
from scheduling.models import Claim
from scheduling.models.pulse import SETUP
from scheduling.setup import Setup
from scheduling.setup_rows import read_setup
from scheduling.wish import Answer

QUESTIONS = 64
"""So many answers are remembered; one of four weeks takes about 100 kB."""

MANY = 100
"""From this many resources on, rows are streamed instead of read whole."""


class TakenWeek(NamedTuple):
    """A resource's claims in one week, true at `version`: booked time as bits, holds apart since they run out."""

    version: int
    bits: int
    holds: tuple[tuple[Interval, datetime], ...]


class TakenAxis(NamedTuple):
    """A resource's booked time over several weeks, true at `version`; None where holds make it change with time."""

    version: int
    bits: int | None


class Known(NamedTuple):
    """What a search has found: true for this set-up and these versions of its resources, until a hold runs out."""

    setup: Setup
    versions: Mapping[int, int]
    when: Interval
    answer: Answer

    def is_true(self, setup: Setup, taken: Mapping[int, int], now: datetime) -> bool:
        """Whether the same question has the same answer now, with these versions of all resources."""
        same = self.setup is setup and all(taken.get(id_) == version for id_, version in self.versions.items())
        return same and self.when.start <= now < self.when.end


class Versions(NamedTuple):
    """What the database says of itself: the version of the set-up, and of every resource's claims by id."""

    setup: int
    taken: Mapping[int, int]

    def of(self, resource_ids: Iterable[int]) -> dict[int, int]:
        """Those of some resources, as far as there are any."""
        return {id_: self.taken[id_] for id_ in resource_ids if id_ in self.taken}


TAKEN = "SELECT id, taken_version FROM resource"
"""The versions of all claims by resource, as `Versions` has them."""

_VERSIONS = text(f"SELECT 0, version FROM change_tag WHERE scope = '{SETUP}' UNION ALL {TAKEN}")  # noqa: S608


_claimed = table_of(Claim)
_CLAIMS = select(_claimed.c.resource_id, _claimed.c.starts_at, _claimed.c.ends_at, _claimed.c.held_until).where(
    among(_claimed.c.resource_id, "ids"), *IN_SPAN
)


@dataclass
class Memory:
    """Of one database. Values are never changed, only replaced, so threads may share it."""

    setup: Setup | None = None
    taken: dict[tuple[int, int], TakenWeek] = field(default_factory=dict)
    joined: dict[tuple[int, range], TakenAxis] = field(default_factory=dict)
    answers: dict[Hashable, Known] = field(default_factory=dict)
    reading: Lock = field(default_factory=Lock)

    def setup_at(self, version: int) -> Setup | None:
        """The set-up, if it is remembered at this version."""
        return self.setup if self.setup and self.setup.version == version else None

    def remember(self, question: Hashable, known: Known) -> Known:
        """In place of an older answer, or of the question that was asked first; returns it."""
        if question not in self.answers and len(self.answers) >= QUESTIONS:
            self.answers.pop(next(iter(self.answers.copy())), None)
        self.answers[question] = known
        return known

    def forget_before(self, week: int) -> None:
        """What is over is not searched again."""
        for key in [key for key in self.taken.copy() if key[1] < week]:
            self.taken.pop(key, None)
        for axis in [key for key in self.joined.copy() if key[1].start < week]:
            self.joined.pop(axis, None)


_memories: "WeakKeyDictionary[Engine, Memory]" = WeakKeyDictionary()


def memory_of(session: Session) -> Memory:
    """The memory of the session's database."""
    return memory_of_engine(session.get_bind().engine)


def memory_of_engine(engine: Engine) -> Memory:
    """The memory of a database."""
    return _memories.setdefault(engine, Memory())


def known_setup(session: Session) -> Setup:
    """The set-up as remembered, perhaps of an older version; read where nothing is remembered."""
    return memory_of(session).setup or fresh_setup(session)


def fresh_setup(session: Session, version: int | None = None) -> Setup:
    """The set-up read now and remembered; only once, where many threads find the same new `version` at a time."""
    memory = memory_of(session)
    with memory.reading:
        if memory.setup is None or version is None or memory.setup.version != version:
            memory.setup = read_setup(session)
            memory.answers.clear()
        return memory.setup


def versions(session: Session) -> Versions:
    """Read now, in one statement."""
    rows: Sequence[Any] = session.connection().execute(_VERSIONS).all()
    taken = dict(rows)
    return Versions(taken.pop(0, 0), taken)


def current_setup(session: Session) -> Setup:
    """The set-up at its current version."""
    return setup_at(session, change_tag(session, SETUP))


def setup_at(session: Session, version: int) -> Setup:
    """The set-up at a version that was read just now."""
    return memory_of(session).setup_at(version) or fresh_setup(session, version)


def taken_bits(session: Session, current: dict[int, int], axis: Axis, now: datetime) -> dict[int, int]:
    """Where resources are taken at `now`, holds that have run out left aside; reads only what has changed.

    `current` are the versions of the resources, read in this session before.
    """
    memory, bits = memory_of(session), {}
    unsure = []
    for id_, version in current.items():
        known = memory.joined.get((id_, axis.weeks))
        if known and known.version == version and known.bits is not None:
            bits[id_] = known.bits
        else:
            unsure.append(id_)
    return bits | _look_closer(session, {id_: current[id_] for id_ in unsure}, axis, now) if unsure else bits


def _look_closer(session: Session, current: dict[int, int], axis: Axis, now: datetime) -> dict[int, int]:
    """Week by week, reading those of an older version."""
    memory = memory_of(session)
    weeks = {(id_, week): memory.taken.get((id_, week)) for id_ in current for week in axis.weeks}
    stale = {id_ for (id_, _), week in weeks.items() if week is None or week.version != current[id_]}
    weeks |= _read_weeks(session, sorted(stale), axis, current) if stale else {}
    known = {key: week for key, week in weeks.items() if week}
    memory.taken.update(known)
    for id_, version in current.items():
        steady = all(not known[id_, week].holds for week in axis.weeks)
        booked = axis.join(known[id_, week].bits for week in axis.weeks)
        memory.joined[id_, axis.weeks] = TakenAxis(version, booked if steady else None)
    memory.forget_before(week_of(now) - 1)
    return {
        id_: axis.join(_bits_at(known[id_, week], Axis(range(week, week + 1)), now) for week in axis.weeks)
        for id_ in current
    }


def steady(session: Session, current: Mapping[int, int], axis: Axis, now: datetime) -> Interval:
    """How long what `taken_bits` says of these resources stays true by itself: until the next hold runs out.

    No moment where another thread has remembered another version meanwhile.
    """
    taken = memory_of(session).taken
    weeks = [(taken.get((id_, week)), version) for id_, version in current.items() for week in axis.weeks]
    if any(known is None or known.version != version for known, version in weeks):
        return Interval(now, now)
    ends = [until for known, _ in weeks if known for _, until in known.holds if until > now]
    return Interval(now, min(ends, default=now + LONGEST))


def _bits_at(week: TakenWeek, axis: Axis, now: datetime) -> int:
    if not week.holds:
        return week.bits
    return week.bits | axis.touched(interval for interval, until in week.holds if until > now)


def _read_weeks(
    session: Session, stale: Sequence[int], axis: Axis, current: dict[int, int]
) -> dict[tuple[int, int], TakenWeek]:
    booked = {(id_, week): 0 for id_ in stale for week in axis.weeks}
    holds: dict[tuple[int, int], list[tuple[Interval, datetime]]] = {}
    for resource_id, start, end, until in _claims(session, stale, axis.interval):
        low, high = cell_before(start), cell_after(end)
        for week in range(low // WEEK, (high - 1) // WEEK + 1):
            key = (resource_id, week)
            if key not in booked:
                continue
            if until is not None:
                holds.setdefault(key, []).append((Interval(start, end), until))
                continue
            begin = week * WEEK
            booked[key] |= (1 << min(high - begin, WEEK)) - (1 << max(low - begin, 0))
    return {key: TakenWeek(current[key[0]], bits, tuple(holds.get(key, ()))) for key, bits in booked.items()}


def _claims(
    session: Session, resource_ids: Sequence[int], window: Interval
) -> Iterable[tuple[int, datetime, datetime, datetime | None]]:
    about = {"ids": resource_ids, **in_span(window)}
    options = {"yield_per": 2000} if len(resource_ids) > MANY else {}
    rows: Iterable[Any] = session.connection().execute(_CLAIMS, about, execution_options=options)
    return rows

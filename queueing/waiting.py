"""How long: the rest of the day is rehearsed by the real queue rule, and told as a range (W-04, W-05). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

from foundation.tokens import Dice
from queueing.order import Waiting
from queueing.rehearsal import LONGEST, Lengths, Scene, prepare

RUNS, DAYS = 24, 7
"""Rehearsals behind one range, and behind the end of the day: decision 17."""

HORIZON = timedelta(minutes=90)
"""Nobody needs to know more of a longer wait than that it is long."""

LOW, HIGH = 0.2, 0.85
"""Between which parts of the rehearsals the range lies."""

STEP, HOUR = 5, 60
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Range:
    """A wait in minutes, rounded outwards to five; never a countdown."""

    low: int
    high: int

    @property
    def soon(self) -> bool:
        """Nothing worth sitting down for."""
        return self.high <= STEP

    @property
    def long(self) -> bool:
        """More likely than not more than an hour: an appointment may be better."""
        return self.low + self.high > 2 * HOUR

    @property
    def open(self) -> bool:
        """It may last longer than rehearsed: then no minutes are named either."""
        return not self.long and timedelta(minutes=self.high) >= HORIZON

    @property
    def middle(self) -> float:
        """Halfway, in minutes; soon is now."""
        return 0 if self.soon else (self.low + self.high) / 2

    def holds(self, minutes: float) -> bool:
        """Whether a wait was as told; whoever was told «more than an hour» waited at least that."""
        return minutes >= HOUR if self.long else self.low <= minutes and (self.open or minutes <= self.high)


@dataclass(frozen=True)
class Ends:
    """When the talk of each waiting ticket is expected to end, and when all work is done, if there is any."""

    by_number: Mapping[int, datetime]
    of_work: datetime | None


def waits(scene: Scene, dice: Dice, runs: int = RUNS) -> dict[int, Range]:
    """How long each waiting ticket waits; none for those whom nobody on duty can see.

    The same scene and dice say the same.
    """
    stage = prepare(scene)
    played = [stage.rehearse(dice, HORIZON) for _ in range(runs)]
    return {
        number: told(_minutes(run.called_at.get(number), scene.now) for run in played)
        for number in stage.callable_numbers
    }


def ends(scene: Scene, dice: Dice, days: int = DAYS) -> Ends:
    """When the work of today is done if nobody else comes: the middle of some whole days."""
    stage = prepare(scene)
    played = [stage.rehearse(dice) for _ in range(days)]
    over_at = _median(run.over_at for run in played)
    by_number = {
        number: _median(run.ended_at.get(number, scene.now + LONGEST) for run in played)
        for number in stage.callable_numbers
    }
    return Ends(by_number, over_at if over_at > scene.now else None)


def told(minutes: Iterable[float]) -> Range:
    """Rehearsed waits as a range, rounded outwards to five minutes and never empty."""
    ordered = sorted(minutes)
    low, high = (min(_part(ordered, part), HORIZON / MINUTE) for part in (LOW, HIGH))
    lowest = int(low // STEP) * STEP
    return Range(lowest, max(-int(-high // STEP) * STEP, lowest + STEP))


def with_newcomer(scene: Scene, newcomer: Waiting, lengths: Lengths) -> Scene:
    """The same scene with one more who waits."""
    waiting = [*scene.waiting, newcomer]
    return replace(scene, waiting=waiting, lengths={**scene.lengths, newcomer.number: lengths})


def _minutes(called_at: datetime | None, now: datetime) -> float:
    return inf if called_at is None else (called_at - now) / MINUTE


def _median(moments: Iterable[datetime]) -> datetime:
    ordered = sorted(moments)
    return ordered[len(ordered) // 2]


def _part(ordered: Sequence[float], part: float) -> float:
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]

"""Domain time that runs fast: every process derives the same moment from the machine's monotonic clock."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 6, tzinfo=UTC)
OPENS = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""Ten in Pfullingen: messages may go out, also two hours earlier and later."""
SPEED = 300
"""Domain seconds a second: a hold of ten minutes runs out after two seconds."""


@dataclass(frozen=True)
class FastClock:
    """`began` is in nanoseconds of the monotonic clock, the same for all processes of a run."""

    began: int

    def now(self) -> datetime:
        """Domain time now."""
        return self.at(time.monotonic_ns())

    def at(self, nanoseconds: int) -> datetime:
        """Domain time at a moment of the monotonic clock."""
        return START + timedelta(microseconds=(nanoseconds - self.began) * SPEED // 1000)

    def real(self, moment: datetime) -> int:
        """When domain time reaches a moment, in nanoseconds of the monotonic clock."""
        return self.began + (moment - START) // timedelta(microseconds=1) * 1000 // SPEED


@dataclass(frozen=True)
class JumpingClock:
    """A machine's clock that runs `speed` times as fast and is set wrong now and then, the same for all processes.

    `jumps` are pairs: from so many of its seconds on, it is so many minutes off.
    """

    began: int
    speed: int
    jumps: Sequence[tuple[float, int]] = ()

    def steady(self) -> float:
        """Its seconds since the start, as if nobody had set it."""
        return (time.monotonic_ns() - self.began) * self.speed / 1e9

    def now(self) -> datetime:
        """What it shows."""
        return shown(self.jumps, self.steady())

    def sleep(self, seconds: float) -> None:
        """For so many of its seconds."""
        time.sleep(max(seconds, 0) / self.speed)


@dataclass
class StepClock:
    """The same for one process that does not wait: it goes on when somebody sleeps."""

    jumps: Sequence[tuple[float, int]] = ()
    seconds: float = 0

    def steady(self) -> float:
        """Its seconds since the start."""
        return self.seconds

    def now(self) -> datetime:
        """What it shows."""
        return shown(self.jumps, self.seconds)

    def sleep(self, seconds: float) -> None:
        """Goes on at once."""
        self.seconds += max(seconds, 0)


def shown(jumps: Sequence[tuple[float, int]], steady: float) -> datetime:
    """What a clock that is set wrong shows after so many seconds."""
    off = next((minutes for since, minutes in reversed(jumps) if steady >= since), 0)
    return OPENS + timedelta(seconds=steady, minutes=off)

"""Domain time that runs fast: every process derives the same moment from the machine's monotonic clock."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 6, tzinfo=UTC)
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

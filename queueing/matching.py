"""Without a code: which appointment of today somebody means by its time and its topic (K-08, X-05). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling.interval import Interval

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Expected:
    """An appointment nobody has checked in for: whose visit it is, when it begins, what it is about."""

    appointment: int
    visit: int
    starts_at: datetime
    topic: int


def grid(doors: Sequence[Interval]) -> list[datetime]:
    """Every quarter of the hours in which the doors open; the same whatever is booked, so it tells nothing."""
    if not doors:
        return []
    first = doors[0].start.replace(minute=0)
    last = doors[-1].end + timedelta(minutes=-doors[-1].end.minute % 60)
    return [first + n * QUARTER for n in range((last - first) // QUARTER)]


def meant(expected: Iterable[Expected], at: datetime, topic: int | None) -> int | None:
    """The first appointment of the only visit that begins less than a quarter from `at` and has the topic.

    None for no visit, for several, and for whoever does not say what it is about.
    """
    fitting = [one for one in expected if abs(one.starts_at - at) < QUARTER and topic == one.topic]
    first = min(fitting, key=lambda one: (one.starts_at, one.appointment), default=None)
    return first.appointment if first and len({one.visit for one in fitting}) == 1 else None

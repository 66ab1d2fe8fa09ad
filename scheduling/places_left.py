"""Who of those that wait gets what is free, and until when it is kept for them. Pure (C-04, P33)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.sending_window import into_window, next_window

ANSWER_IN = timedelta(hours=24)
"""How long an offered seat is kept; till the next day that messages may go, if that would be a Sunday or holiday."""

BEFORE_LAST_CHANCE = timedelta(hours=2)
"""An offer ends so long before nobody can join any more."""

SHORTEST = timedelta(hours=1)
"""Less time to answer is no offer by message: then somebody is called."""


@dataclass(frozen=True)
class Wants:
    """How many seats, and how many places in childcare, somebody wants; or how many there are."""

    seats: int
    children: int = 0

    def fits(self, free: "Wants") -> bool:
        """Whether that much is free."""
        return self.seats <= free.seats and self.children <= free.children

    def minus(self, other: "Wants") -> "Wants":
        """What is left."""
        return Wants(self.seats - other.seats, self.children - other.children)


@dataclass(frozen=True)
class Waiter:
    """Somebody in the waitlist."""

    id: int
    wants: Wants


def free_numbers(taken: Collection[int], capacity: int, count: int) -> list[int]:
    """The lowest numbers that are free, `count` of them; none when there are not so many.

    After capacity was lowered there may be numbers above it: those stand, and count.
    """
    if count > capacity - len(taken):
        return []
    return [number for number in range(1, capacity + 1) if number not in set(taken)][:count]


def whom_to_offer(free: Wants, waiting: Sequence[Waiter]) -> list[int]:
    """Ids of those who are offered what is free, in order of rank.

    Whoever wants more than is left is passed over for now and keeps her rank.
    """
    chosen = []
    for waiter in waiting:
        if waiter.wants.fits(free):
            chosen.append(waiter.id)
            free = free.minus(waiter.wants)
    return chosen


def passed_over(free: Wants, waiting: Sequence[Waiter]) -> list[int]:
    """Ids of those who wait although something is free, because they want more than that."""
    return [waiter.id for waiter in waiting if free.seats > 0 and not waiter.wants.fits(free)]


def offer_until(now: datetime, last_chance: datetime, zone: ZoneInfo) -> datetime | None:
    """Until when a seat is kept that is offered now: a day from when the message may go, always inside the sending
    window, and well before `last_chance`, when nobody can join any more. None when that leaves too little time.
    """
    told_at = next_window(now, zone)
    latest = into_window(last_chance - BEFORE_LAST_CHANCE, zone)
    until = min(next_window(told_at + ANSWER_IN, zone), latest)
    return until if until - told_at >= SHORTEST else None

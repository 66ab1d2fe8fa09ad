"""What a waiting-room display shows of the calls: number, sign and room, one call large at a time (W-02, D-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from queueing.models import Ticket
from queueing.signs import Sign, sign_of
from scheduling.models import Centre, Counter, Visit

SHOWN = 6
LARGE_AT_LEAST = timedelta(seconds=8)
"""How long a call stays large before the next one may take its place."""

NEW = timedelta(seconds=60)
"""How long a call is marked as new, large or in the list (W-02)."""


@dataclass(frozen=True)
class Call:
    """All that a display may know of somebody; what is not here cannot be shown. The language is only heard."""

    number: int
    room: str
    named_at: datetime
    language: str = "de"

    @property
    def sign(self) -> Sign:
        """Colour and animal."""
        return sign_of(self.number)

    @property
    def key(self) -> str:
        """The same as long as it is the same call: a second call of a number is another one."""
        return f"{self.number}-{self.named_at:%H%M%S}"

    def is_new(self, now: datetime) -> bool:
        """Whether people may not have seen it yet."""
        return now - self.named_at < NEW


@dataclass(frozen=True)
class Shown:
    """One call large, and the others beside it, the newest first."""

    large: Call | None
    others: Sequence[Call]
    now: datetime

    @property
    def tag(self) -> str:
        """New whenever something of it is, be it by time alone."""
        news = "".join(f"{call.is_new(self.now):d}" for call in self.others)
        return f"{self.large.key}{self.large.is_new(self.now):d}{news}" if self.large else ""


def last_calls(session: Session, centre: Centre, now: datetime) -> list[Call]:
    """Who was named last today, the oldest first."""
    named = (
        select(Ticket.number, Counter.label, Ticket.named_at, Visit.ui_lang)
        .join(Counter, Counter.id == Ticket.counter_id)
        .join(Visit, Visit.id == Ticket.visit_id)
        .where(Ticket.centre_id == centre.id, Ticket.day_on == centre.local_day(now), Ticket.named_at.is_not(None))
        .order_by(Ticket.named_at.desc(), Ticket.number.desc())
        .limit(SHOWN)
    )
    rows = reversed(session.execute(named).all())
    return [Call(number, label, at, language) for number, label, at, language in rows if at]


def arrange(calls: Sequence[Call], now: datetime) -> Shown:
    """Who is large at `now`: each call for some seconds at least, in the order of naming, the newest until it is not.

    Whoever waits to be large stands in the list already. `calls` come the oldest first.
    """
    large, free_at = -1, None
    for place, call in enumerate(calls):
        starts = max(call.named_at, free_at) if free_at else call.named_at
        if starts > now and large >= 0:
            break
        large, free_at = place, starts + LARGE_AT_LEAST
    others = [call for place, call in enumerate(calls) if place != large]
    return Shown(calls[large] if calls else None, others[::-1], now)

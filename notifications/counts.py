"""How many messages went out and what became of them: by day, by language, by month. Nothing of anybody (S-01)."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from notifications.models import NOT_ARRIVED, ON_THEIR_WAY, Message, MessageState
from notifications.pacing import month_of, sent_in
from scheduling.models import Centre, Visit
from scheduling.opening import local_moment

ENDED = (*ON_THEIR_WAY, *NOT_ARRIVED)
"""What is counted: messages that had their turn."""

SMALL = 5
"""Fewer of a language over the whole district are not told as a number: they could be somebody (D-04)."""

ALERT_AT = 80
"""Per cent of the month's limit from which on the desk is told."""

ONE_DAY = timedelta(days=1)

Counts = Counter[MessageState]


@dataclass(frozen=True)
class Month:
    """What a month has cost so far. `price` is tenths of a cent a segment, `limit` segments; 0 is no limit."""

    first: datetime
    gone: timedelta
    segments: int
    limit: int
    price: int

    @property
    def cost(self) -> int:
        """So far, in tenths of a cent."""
        return self.segments * self.price

    @property
    def expected(self) -> int:
        """Segments by the end of the month, if it goes on like this; the first day counts whole."""
        days = monthrange(self.first.year, self.first.month)[1]
        return round(self.segments * (ONE_DAY * days / max(self.gone, ONE_DAY)))

    @property
    def share(self) -> int | None:
        """Per cent of the limit; None without one."""
        return self.segments * 100 // self.limit if self.limit else None

    @property
    def alert(self) -> bool:
        """Whether it is time to say so (S-01)."""
        return self.share is not None and self.share >= ALERT_AT


def month_at(session: Session, machine: datetime, limit: int, price: int) -> Month:
    """The month of a moment of machine time: bills know no moved clock."""
    first = month_begins(machine)
    return Month(first, machine - first, sent_in(session, month_of(first)), limit, price)


def month_begins(moment: datetime) -> datetime:
    """The first moment of its month, as messages are paid."""
    return datetime.combine(moment.astimezone(UTC).date().replace(day=1), time(0), tzinfo=UTC)


def by_day(session: Session, centre: Centre, days: Sequence[date]) -> dict[date, Counts]:
    """What became of a centre's messages, by the local day they were due; `days` without gaps, in order."""
    begins = [local_moment(day, time(0), centre.zone) for day in (*days, days[-1] + ONE_DAY)]
    which = case(*((Message.due_at < until, n) for n, until in enumerate(begins[1:])))
    found = (
        select(which, Message.state, func.count())
        .join(Visit, Visit.id == Message.visit_id)
        .where(Message.due_at >= begins[0], Message.due_at < begins[-1], Message.state.in_(ENDED))
        .where(Visit.centre_id == centre.id)
        .group_by(which, Message.state)
    )
    counted = {day: Counts() for day in days}
    for n, state, count in session.execute(found):
        counted[days[n]][state] = count
    return counted


def by_language(session: Session, since: datetime) -> dict[str, Counts]:
    """What became of the messages of all centres since a moment, by the language they were written in."""
    written = (Message.language.is_not(None), Message.due_at >= since, Message.state.in_(ENDED))
    found = select(Message.language, Message.state, func.count()).where(*written)
    counted: dict[str, Counts] = {}
    for tag, state, count in session.execute(found.group_by(Message.language, Message.state)):
        counted.setdefault(tag or "", Counts())[state] = count
    return counted


def handed_over(counted: Iterable[Counts]) -> int:
    """How many of all these went out and nothing bad was heard of them."""
    return sum(counts[state] for counts in counted for state in ON_THEIR_WAY)


def rate(counts: Mapping[MessageState, int], small: int = 0) -> int | None:
    """Of what could arrive, how many per cent arrived; None if there was nothing, or a number behind it is too small.

    What is handed over and not heard of yet counts for neither.
    """
    arrived, lost = (sum(counts.get(state, 0) for state in states) for states in (ON_THEIR_WAY[1:], NOT_ARRIVED))
    known = arrived + lost
    if not known or any(0 < n < small for n in (*counts.values(), arrived, lost)):
        return None
    return arrived * 100 // known

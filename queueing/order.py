"""Who is next, and why (W-06). Pure: the open tickets, this counsellor, her appointments and a moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile


@dataclass(frozen=True)
class Thresholds:
    """Settings of a centre."""

    due: timedelta = timedelta(minutes=2)
    late: timedelta = timedelta(minutes=10)
    ageing: timedelta = timedelta(minutes=45)
    in_a_row: int = 2
    overrun: timedelta = timedelta(minutes=5)
    called_again: timedelta = timedelta(minutes=5)

    @classmethod
    def of_minutes(cls, settings: Mapping[str, int]) -> "Thresholds":
        """From stored minutes; what is not stored keeps its default."""
        lengths = {name: value if name == "in_a_row" else timedelta(minutes=value) for name, value in settings.items()}
        return cls(**lengths)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Waiting:
    """A ticket that waits. `counsellor` and `starts_at` are those of its appointment, None for a walk-in.

    `services` are those it can be served with; `languages` those spoken; `interpreted` says whether somebody
    translates. `called_at` is when it was last called in vain, `behind` how many others have to be called first then.
    `handed` to `counsellor`, it waits for nobody else; one that `follows` has just come from the visit's first talk.
    """

    number: int
    arrived_at: datetime
    length: timedelta
    services: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()
    interpreted: bool = False
    woman_wanted: bool = False
    counsellor: int | None = None
    starts_at: datetime | None = None
    urgent: bool = False
    called_at: datetime | None = None
    behind: int = 0
    handed: bool = False
    follows: bool = False


@dataclass(frozen=True)
class Caller:
    """The counsellor who calls. `booked` are her appointments whose clients were neither called nor seen yet:
    (start, has arrived). `calls` tells of her last calls, newest first, whether each was an appointment.
    """

    id: int
    services: frozenset[int]
    languages: frozenset[str]
    woman: bool = False
    booked: Sequence[tuple[datetime, bool]] = ()
    calls: Sequence[bool] = field(default_factory=tuple)


class Reason(StrEnum):
    """The rule that chose."""

    URGENT = "urgent"
    FOLLOWS = "follows"
    AGED = "aged"
    DUE = "due"
    FITS = "fits"
    EARLY = "early"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Choice:
    """A ticket number and the rule that chose it; for nobody, when the next appointment is."""

    number: int | None
    reason: Reason
    next_at: datetime | None = None


def choose(tickets: Iterable[Waiting], caller: Caller, now: datetime, limits: Thresholds) -> Choice:
    """Whom the counsellor calls next. The rules in order; equal keys fall back to the number.

    Who missed a call comes behind the next two, or when nobody else waits.
    """
    mine = sorted(
        (t for t in tickets if _can_serve(caller, t, limits) and not _just_called(t, now, limits)),
        key=lambda t: (t.arrived_at, t.number),
    )
    next_at = _next_start(caller, now, limits)
    ahead = [t for t in mine if not t.behind]
    first = _first(ahead, caller, next_at, now, limits)
    if first is None and len(ahead) < len(mine):
        first = _first(mine, caller, next_at, now, limits)
    return first or Choice(None, Reason.NOBODY, next_at)


def _first(
    mine: Sequence[Waiting], caller: Caller, next_at: datetime | None, now: datetime, limits: Thresholds
) -> Choice | None:
    own = sorted((t for t in mine if _on_time(t, limits)), key=lambda t: (t.starts_at, t.number))
    walk_ins = [t for t in mine if not _on_time(t, limits)] if own else mine
    due = [t for t in own if t.starts_at and now >= t.starts_at - limits.due]
    aged = walk_ins if _appointments_in_a_row(caller) >= limits.in_a_row else ()
    for found, reason in (
        ((t for t in mine if t.urgent), Reason.URGENT),
        ((t for t in due if t.follows), Reason.FOLLOWS),
        ((t for t in aged if now - t.arrived_at > limits.ageing), Reason.AGED),
        (due, Reason.DUE),
        ((t for t in walk_ins if next_at is None or now + t.length <= next_at + limits.overrun), Reason.FITS),
        (own, Reason.EARLY),
    ):
        for ticket in found:
            return Choice(ticket.number, reason)
    return None


def is_late(arrived_at: datetime, starts_at: datetime, limits: Thresholds) -> bool:
    """More than ten minutes after its start an appointment waits with the walk-ins, from its arrival (W-07)."""
    return arrived_at > starts_at + limits.late


def _on_time(ticket: Waiting, limits: Thresholds) -> bool:
    return ticket.starts_at is not None and not is_late(ticket.arrived_at, ticket.starts_at, limits)


def _can_serve(caller: Caller, ticket: Waiting, limits: Thresholds) -> bool:
    if ticket.handed or _on_time(ticket, limits):
        return ticket.counsellor == caller.id
    talks = ticket.interpreted or not ticket.languages or bool(ticket.languages & caller.languages)
    return talks and bool(ticket.services & caller.services) and (caller.woman or not ticket.woman_wanted)


def _just_called(ticket: Waiting, now: datetime, limits: Thresholds) -> bool:
    return ticket.called_at is not None and now - ticket.called_at < limits.called_again


def _appointments_in_a_row(caller: Caller) -> int:
    return len(list(takewhile(bool, caller.calls)))


def _next_start(caller: Caller, now: datetime, limits: Thresholds) -> datetime | None:
    """The next appointment that may still come: one not arrived ten minutes after its start leaves a gap."""
    return min((start for start, arrived in caller.booked if arrived or now - start <= limits.late), default=None)

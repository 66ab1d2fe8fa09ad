"""How long talks last: observed by service or topic, remembered for a day. What nobody has seen is as planned."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from queueing.models import Ticket, TicketState
from queueing.rehearsal import Lengths
from scheduling.models import Appointment, Centre

DAYS, NEWEST = 90, 2000
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=3)
"""Shorter and longer ones are slips: «done» pressed at once, or forgotten."""

ENOUGH = 12
"""Fewer observed talks than these are mixed with the planned ones."""

SPREAD = (0.4, 0.55, 0.65, 0.75, 0.8, 0.9, 0.95, 1.0, 1.1, 1.2, 1.35, 1.5, 1.8)
"""What parts of the planned length talks may take, each as likely as the other."""


class Kind(NamedTuple):
    """What is alike in length: appointments of one service; of walk-ins, who need not say more, those of one topic."""

    service: int | None = None
    topic: int | None = None


@dataclass(frozen=True)
class Observed:
    """Lengths of finished talks, in order."""

    by_kind: Mapping[Kind, Lengths] = field(default_factory=dict)
    _known: dict[tuple[Kind, timedelta], Lengths] = field(default_factory=dict, compare=False)

    @classmethod
    def among(cls, talks: Iterable[tuple[Kind, timedelta]]) -> "Observed":
        """From what was seen; slips are left out."""
        seen: dict[Kind, list[timedelta]] = defaultdict(list)
        for kind, length in talks:
            if SHORTEST <= length <= LONGEST:
                seen[kind].append(length)
        return cls({kind: sorted(lengths) for kind, lengths in seen.items()})

    def of(self, kind: Kind, planned: timedelta) -> Lengths:
        """The lengths a talk of this kind may have; never empty."""
        if (kind, planned) not in self._known:
            seen = self.by_kind.get(kind, ())
            self._known[kind, planned] = seen if len(seen) >= ENOUGH else sorted([*seen, *_planned(planned)])
        return self._known[kind, planned]


def _planned(length: timedelta) -> tuple[timedelta, ...]:
    """What a talk that is planned for so long may last."""
    return tuple(length * part for part in SPREAD)


_known: "WeakKeyDictionary[Engine, dict[int, tuple[date, Observed]]]" = WeakKeyDictionary()


def observed_lengths(session: Session, centre: Centre, today: date) -> Observed:
    """Of the days before `today` at a centre; read once a day and process."""
    known = _known.setdefault(session.get_bind().engine, {})
    if centre.id not in known or known[centre.id][0] != today:
        known[centre.id] = today, Observed.among(_finished(session, centre, today))
    return known[centre.id][1]


def kind_of(ticket: Ticket) -> Kind:
    """What a ticket's talk is compared with."""
    booked = ticket.appointment.service_id if ticket.appointment else None
    return _kind(ticket.service_id or booked, ticket.topic_group_id)


def _kind(service: int | None, topic: int | None) -> Kind:
    return Kind(service=service) if service else Kind(topic=topic)


def _finished(session: Session, centre: Centre, today: date) -> Iterable[tuple[Kind, timedelta]]:
    service_id = func.coalesce(Ticket.service_id, Appointment.service_id)
    rows = session.execute(
        select(service_id, Ticket.topic_group_id, Ticket.started_at, Ticket.ended_at)
        .outerjoin(Appointment, Ticket.appointment_id == Appointment.id)
        .where(Ticket.centre_id == centre.id, Ticket.day_on < today, Ticket.day_on >= today - timedelta(days=DAYS))
        .where(Ticket.state == TicketState.DONE, Ticket.closed_over.is_(False), Ticket.started_at.is_not(None))
        .order_by(Ticket.id.desc())
        .limit(NEWEST)
    )
    return [(_kind(service, topic), ended - started) for service, topic, started, ended in rows if started and ended]

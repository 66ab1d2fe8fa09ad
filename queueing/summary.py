"""A day as it was, without a typed report: counted off the board. Pure."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from queueing.board import Board
from queueing.models import Ticket, TicketState
from queueing.numbers import Numbers


@dataclass(frozen=True)
class Share:
    """What one counsellor did: talks, those without appointment among them, people who came, time in talks."""

    name: str
    talks: int
    walk_ins: int
    people: int
    time: timedelta


@dataclass(frozen=True)
class Summary:
    """`waited` is the median wait of who was seen, None on a day without; `closed_over` what the evening pass ended.

    `notes` counts what was ticked about talks.
    """

    numbers: Numbers
    shares: list[Share]
    people: int
    left: int
    sent_on: int
    closed_over: int
    waited: timedelta | None
    notes: dict[str, int]

    @property
    def anything(self) -> bool:
        """Whether anybody came, went, waits or is expected."""
        counted = self.numbers
        return any((counted.seen, counted.waiting, counted.no_shows, counted.to_come, self.left, self.sent_on))

    @classmethod
    def of(cls, board: Board) -> "Summary":
        """Of a board of today or of a day before; durations leave out what the evening pass ended."""
        seen = [ticket for ticket in board.tickets if ticket.state is TicketState.DONE]
        waits = [board.waited(ticket) for ticket in seen if ticket.called_at and not ticket.closed_over]
        states = Counter(ticket.state for ticket in board.tickets)
        return cls(
            numbers=Numbers.of(board),
            shares=_shares(seen),
            people=sum(ticket.visit.party for ticket in seen),
            left=states[TicketState.LEFT],
            sent_on=states[TicketState.SENT_ON],
            closed_over=sum(ticket.closed_over for ticket in board.tickets),
            waited=timedelta(seconds=median(wait.total_seconds() for wait in waits)) if waits else None,
            notes=dict(Counter(note for ticket in board.tickets for note in ticket.notes)),
        )


def _shares(seen: list[Ticket]) -> list[Share]:
    by_name: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in seen:
        if ticket.counsellor:
            by_name[ticket.counsellor.name].append(ticket)
    return [_share(name, tickets) for name, tickets in sorted(by_name.items())]


def _share(name: str, tickets: list[Ticket]) -> Share:
    timed = [t for t in tickets if t.started_at and t.ended_at and not t.closed_over]
    return Share(
        name, len(tickets), sum(t.appointment_id is None for t in tickets), sum(t.visit.party for t in tickets),
        sum((t.ended_at - t.started_at for t in timed if t.started_at and t.ended_at), timedelta()),
    )  # fmt: skip

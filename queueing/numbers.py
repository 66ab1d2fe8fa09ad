"""A day in six numbers, for one line at the desk. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from queueing.board import Board
from queueing.models import TicketState
from scheduling.models import AppointmentState


@dataclass(frozen=True)
class Numbers:
    """How a centre's day stands; `longest` is since when the first of those who wait is here, None if nobody waits."""

    seen: int
    walk_ins: int
    waiting: int
    longest: timedelta | None
    no_shows: int
    to_come: int

    @classmethod
    def of(cls, board: Board) -> "Numbers":
        """Counted off the board. Whoever was called in vain without an appointment did not come either."""
        done = [ticket for ticket in board.tickets if ticket.state is TicketState.DONE]
        waiting = board.waiting
        vain = [t for t in board.tickets if t.state is TicketState.NO_SHOW and t.appointment_id is None]
        missed = [a for a in board.appointments if a.state is AppointmentState.NO_SHOW]
        return cls(
            seen=len(done),
            walk_ins=sum(ticket.appointment_id is None for ticket in done),
            waiting=len(waiting),
            longest=board.now - waiting[0].arrived_at if waiting else None,
            no_shows=len(vain) + len(missed),
            to_come=len(board.not_arrived),
        )

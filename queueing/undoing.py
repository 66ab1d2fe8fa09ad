"""Whose last move a counsellor would take back."""

from datetime import datetime

from queueing.board import Board
from queueing.models import Ticket, TicketState
from scheduling.models import Counsellor


def last_of(board: Board, counsellor: Counsellor) -> Ticket | None:
    """With whom she is, else whom she called last: done with, not found, parked or handed over, and nobody's since.

    None once that one went to another centre.
    """
    called = {ticket.number: _called_at(ticket, counsellor.id) for ticket in board.tickets}
    hers = {number: moment for number, moment in called.items() if moment}
    if current := board.current_of(counsellor):
        return current
    last = board.ticket(max(hers, key=lambda number: (hers[number], number))) if hers else None
    return last if last and last.state is not TicketState.SENT_ON else None


def _called_at(ticket: Ticket, counsellor_id: int) -> datetime | None:
    """When she called it, if her move was the last."""
    if ticket.counsellor_id == counsellor_id:
        return ticket.called_at
    before = ticket.trail[-1] if ticket.trail else {}
    hers = before.get("counsellor_id") == counsellor_id and before.get("called_at")
    return datetime.fromisoformat(before["called_at"]) if hers else None

"""Calls: next, this one, again, started, finished, not come, and back. Every move is a compare-and-set (W-10)."""

from sqlalchemy import select, update

from foundation.db import Transaction
from queueing.board import Board, came_on_time
from queueing.counters import free_counter
from queueing.happened import Happened
from queueing.models import ALLOWED_MOVES, BUSY, UNDO, Call, HelpRequest, Ticket, TicketState, UrgentReason
from queueing.order import Choice
from queueing.refusals import NobodyWaits, StillServing, TicketMoved
from queueing.tickets import ticket_by_number
from scheduling.models import AppointmentState, Centre, Counsellor
from scheduling.models.plan import ALLOWED_MOVES as PLAN_MOVES
from scheduling.visits import settle


def call_next(tx: Transaction, centre: Centre, counsellor: Counsellor) -> tuple[Ticket, Choice]:
    """Call whom the queue rule names; two who press at once get two different people. Raises NobodyWaits."""
    _one_at_a_time(tx, centre)
    while True:
        board = Board.of(tx.session, centre, tx.now)
        _refuse_second(board, counsellor)
        choice = board.choice_for(counsellor)
        if choice.number is None:
            raise NobodyWaits
        ticket = board.ticket(choice.number)
        if _move(tx, ticket, TicketState.CALLED, **_call_values(tx, board, ticket, counsellor)):
            _note_call(tx, ticket, Happened.CALLED, rule=choice.reason.value)
            return ticket, choice
        tx.session.expire_all()


def call_this(tx: Transaction, centre: Centre, number: int, counsellor: Counsellor) -> Ticket:
    """Call one particular ticket, out of turn. Raises TicketMoved when somebody else was faster."""
    _one_at_a_time(tx, centre)
    board = Board.of(tx.session, centre, tx.now)
    _refuse_second(board, counsellor)
    ticket = ticket_by_number(tx.session, centre, centre.local_day(tx.now), number)
    _must(tx, ticket, TicketState.CALLED, **_call_values(tx, board, ticket, counsellor))
    _note_call(tx, ticket, Happened.CALLED, rule="chosen")
    return ticket


def recall(tx: Transaction, ticket: Ticket) -> None:
    """Name a called ticket again. Raises TicketMoved if it is not being called."""
    if ticket.state is not TicketState.CALLED:
        raise TicketMoved(number=ticket.number)
    _note_call(tx, ticket, Happened.RECALLED)


def start(tx: Transaction, ticket: Ticket) -> None:
    """The client has come in."""
    _must(tx, ticket, TicketState.SERVING, started_at=tx.now)
    _record(tx, ticket, Happened.STARTED)


def finish(tx: Transaction, ticket: Ticket) -> None:
    """The consultation is over; a called ticket may be finished at once."""
    if ticket.state is TicketState.CALLED:
        start(tx, ticket)
    _must(tx, ticket, TicketState.DONE, ended_at=tx.now)
    _settle(tx, ticket, AppointmentState.SEEN)
    _record(tx, ticket, Happened.FINISHED)


def no_show(tx: Transaction, ticket: Ticket) -> None:
    """Called and not come."""
    _must(tx, ticket, TicketState.NO_SHOW, ended_at=tx.now)
    _settle(tx, ticket, AppointmentState.NO_SHOW)
    _record(tx, ticket, Happened.NO_SHOW)


def leave(tx: Transaction, ticket: Ticket) -> None:
    """The client does not wait any longer."""
    _must(tx, ticket, TicketState.LEFT, ended_at=tx.now)
    _record(tx, ticket, Happened.LEFT)


def flag_urgent(tx: Transaction, ticket: Ticket, reason: UrgentReason) -> None:
    """Let a waiting ticket go first; the reason is kept in the audit trail."""
    flagged = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == TicketState.WAITING)
    if not tx.session.execute(flagged.values(urgent=reason).returning(Ticket.id)).first():
        raise TicketMoved(number=ticket.number)
    _record(tx, ticket, Happened.URGENT, reason=reason.value)


def undo(tx: Transaction, ticket: Ticket) -> None:
    """Take the last move back, as long as the ticket still stands where it led and nobody else is with her."""
    before = ticket.state
    if before not in UNDO:
        raise TicketMoved(number=ticket.number)
    if UNDO[before] in BUSY:
        _refuse_two(tx, ticket)
    cleared: dict[str, object] = {"ended_at": None}
    if before is TicketState.CALLED:
        cleared |= {"called_at": None, "counsellor_id": None, "counter_id": None}
    if before is TicketState.SERVING:
        cleared |= {"started_at": None}
    _must(tx, ticket, UNDO[before], **cleared)
    _settle(tx, ticket, AppointmentState.BOOKED)
    _record(tx, ticket, Happened.UNDONE, was=before.value)


def ask_for_help(tx: Transaction, centre: Centre, place: str) -> HelpRequest:
    """Somebody at a kiosk wants a person; shown at every desk of the centre (W-09)."""
    request = HelpRequest(centre_id=centre.id, place=place, asked_at=tx.now)
    tx.session.add(request)
    tx.session.flush()
    tx.record(Happened.HELP_ASKED, "help", request.id, centre.scope)
    return request


def come_to_help(tx: Transaction, centre: Centre) -> None:
    """A person is on the way: every open request of the centre is answered."""
    open_requests = (HelpRequest.centre_id == centre.id, HelpRequest.coming_at.is_(None))
    coming = update(HelpRequest).where(*open_requests).values(coming_at=tx.now).returning(HelpRequest.id)
    for request_id in tx.session.scalars(coming).all():
        tx.record(Happened.HELP_COMING, "help", request_id, centre.scope)


def _one_at_a_time(tx: Transaction, centre: Centre) -> None:
    """Calls of a centre follow each other, so that two never choose the same free room."""
    tx.session.execute(select(Centre.id).where(Centre.id == centre.id).with_for_update(key_share=True)).all()


def _call_values(tx: Transaction, board: Board, ticket: Ticket, counsellor: Counsellor) -> dict[str, object]:
    where = free_counter(tx.session, board, ticket, counsellor)
    return {"called_at": tx.now, "counsellor_id": counsellor.id, "counter_id": where}


def _refuse_second(board: Board, counsellor: Counsellor) -> None:
    current = board.current_of(counsellor)
    if current:
        raise StillServing(number=current.number)


def _refuse_two(tx: Transaction, ticket: Ticket) -> None:
    other = tx.session.scalar(
        select(Ticket.number).where(
            Ticket.counsellor_id == ticket.counsellor_id,
            Ticket.day_on == ticket.day_on,
            Ticket.state.in_(BUSY),
            Ticket.id != ticket.id,
        )
    )
    if other:
        raise StillServing(number=other)


def _must(tx: Transaction, ticket: Ticket, to: TicketState, **values: object) -> None:
    if not _move(tx, ticket, to, **values):
        raise TicketMoved(number=ticket.number)


def _move(tx: Transaction, ticket: Ticket, to: TicketState, **values: object) -> bool:
    """Compare-and-set along `ALLOWED_MOVES`; False when the ticket stood elsewhere."""
    before = ticket.state
    if to not in ALLOWED_MOVES[before]:
        return False
    moved = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == before).values(state=to, **values)
    return tx.session.execute(moved.returning(Ticket.id)).first() is not None


def _settle(tx: Transaction, ticket: Ticket, state: AppointmentState) -> None:
    """The plan follows where it may; an appointment called off meanwhile never holds a ticket back."""
    if ticket.appointment and state in PLAN_MOVES[ticket.appointment.state]:
        settle(tx, ticket.appointment, state)


def _note_call(tx: Transaction, ticket: Ticket, kind: Happened, **details: object) -> None:
    tx.session.add(
        Call(
            centre_id=ticket.centre_id,
            ticket_id=ticket.id,
            counsellor_id=ticket.counsellor_id,
            counter_id=ticket.counter_id,
            at=tx.now,
            appointment=came_on_time(ticket),
        )
    )
    _record(tx, ticket, kind, **details)


def _record(tx: Transaction, ticket: Ticket, kind: Happened, **details: object) -> None:
    tx.record(kind, "ticket", ticket.id, ticket.centre.scope, number=ticket.number, **details)

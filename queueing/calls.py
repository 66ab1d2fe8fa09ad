"""Calls: next, this one, again, started, finished, not come, and back. Every move is a compare-and-set (W-10)."""

from sqlalchemy import update

from foundation.db import Transaction
from foundation.errors import Moved
from queueing.board import Board
from queueing.happened import Happened
from queueing.models import ALLOWED_MOVES, UNDO, Call, HelpRequest, Ticket, TicketState
from queueing.order import Choice
from queueing.refusals import NobodyWaits, StillServing, TicketMoved
from queueing.tickets import check_in, local_day, ticket_by_number
from scheduling.models import Appointment, AppointmentState, Centre, Counsellor, Counter
from scheduling.visits import settle


def call_next(tx: Transaction, centre: Centre, counsellor: Counsellor, counter: Counter) -> tuple[Ticket, Choice]:
    """Call whom the queue rule names; two who press at once get two different people. Raises NobodyWaits."""
    while True:
        board = Board.of(tx.session, centre, tx.now)
        _refuse_second(board, counsellor)
        choice = board.choice_for(counsellor)
        if choice.number is None:
            raise NobodyWaits
        ticket = board.ticket(choice.number)
        if _move(tx, ticket, TicketState.CALLED, **_call_values(tx, ticket, counsellor, counter)):
            _note_call(tx, ticket, Happened.CALLED, rule=choice.reason.value)
            return ticket, choice
        tx.session.expire_all()


def call_this(tx: Transaction, centre: Centre, number: int, counsellor: Counsellor, counter: Counter) -> Ticket:
    """Call one particular ticket, out of turn. Raises TicketMoved when somebody else was faster."""
    _refuse_second(Board.of(tx.session, centre, tx.now), counsellor)
    ticket = ticket_by_number(tx.session, centre, local_day(centre, tx.now), number)
    _must(tx, ticket, TicketState.CALLED, **_call_values(tx, ticket, counsellor, counter))
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


def undo(tx: Transaction, ticket: Ticket) -> None:
    """Take the last move back, as long as the ticket still stands where it led."""
    before = ticket.state
    if before not in UNDO:
        raise TicketMoved(number=ticket.number)
    cleared: dict[str, object] = {"ended_at": None}
    if before is TicketState.CALLED:
        cleared |= {"called_at": None, "counsellor_id": None, "counter_id": None}
    if before is TicketState.SERVING:
        cleared |= {"started_at": None}
    _must(tx, ticket, UNDO[before], **cleared)
    _settle(tx, ticket, AppointmentState.BOOKED)
    _record(tx, ticket, Happened.UNDONE, was=before.value)


def arrive(tx: Transaction, appointment: Appointment) -> Ticket:
    """Staff check somebody in who came straight to a person."""
    return check_in(tx, appointment.visit)


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


def _call_values(tx: Transaction, ticket: Ticket, counsellor: Counsellor, counter: Counter) -> dict[str, object]:
    """An appointment is called to the room it has claimed, a walk-in to the counsellor's own counter."""
    where = ticket.appointment.room.counter_id if ticket.appointment else counter.id
    return {"called_at": tx.now, "counsellor_id": counsellor.id, "counter_id": where}


def _refuse_second(board: Board, counsellor: Counsellor) -> None:
    current = board.current_of(counsellor)
    if current:
        raise StillServing(number=current.number)


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
    if ticket.appointment and ticket.appointment.state is not state:
        try:
            settle(tx, ticket.appointment, state)
        except Moved as moved:
            raise TicketMoved(number=ticket.number) from moved


def _note_call(tx: Transaction, ticket: Ticket, kind: Happened, **details: object) -> None:
    tx.session.add(
        Call(
            centre_id=ticket.centre_id,
            ticket_id=ticket.id,
            counsellor_id=ticket.counsellor_id,
            counter_id=ticket.counter_id,
            at=tx.now,
            appointment=ticket.appointment_id is not None,
        )
    )
    _record(tx, ticket, kind, **details)


def _record(tx: Transaction, ticket: Ticket, kind: Happened, **details: object) -> None:
    tx.record(kind, "ticket", ticket.id, ticket.centre.scope, number=ticket.number, **details)

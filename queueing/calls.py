"""Calls: next, this one, again, started, finished, not there, parked, and back. Each is a compare-and-set (W-10)."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress

from sqlalchemy import select

from foundation.db import Transaction
from queueing.happened import Happened
from queueing.models import BUSY, Note, Ticket, TicketState, UrgentReason
from queueing.moves import NOT_CALLED, change, move, record, settle_where_it_may, step_back, take
from queueing.order import Choice
from queueing.refusals import NobodyWaits, NoRoomFree, RoomTaken, StillServing, TicketMoved
from queueing.situation import Situation
from scheduling.models import AppointmentState

TRIES = 5
ENDED = (TicketState.DONE, TicketState.NO_SHOW, TicketState.LEFT)


def call_next(tx: Transaction, centre_id: int, counsellor_id: int) -> Choice:
    """Call whom the queue rule names; two who press at once get two different people.

    Whoever was faster has that one: the loser gets the next without looking again. Raises NobodyWaits, StillServing,
    NoRoomFree; and RoomTaken when another transaction has to look again, as `call_next_anew` does.
    """
    situation, lost = Situation.of(tx.session, centre_id, tx.now), set[int]()
    _refuse_second(situation, counsellor_id)
    while (choice := situation.choice_for(counsellor_id, but=lost)).number is not None:
        if _call(tx, situation, choice.number, counsellor_id, choice.reason.value):
            return choice
        lost.add(choice.number)
    raise NobodyWaits


def call_next_anew(
    opened: Callable[[], AbstractContextManager[Transaction]], centre_id: int, counsellor_id: int
) -> Choice:
    """`call_next` in a transaction of its own, and in another where a room was taken this very moment."""
    for _ in range(TRIES):
        with suppress(RoomTaken), opened() as tx:
            return call_next(tx, centre_id, counsellor_id)
    raise RoomTaken


def call_this(tx: Transaction, centre_id: int, number: int, counsellor_id: int) -> None:
    """Call one particular ticket, out of turn. Raises TicketMoved when somebody else was faster, and as `call_next`."""
    situation = Situation.of(tx.session, centre_id, tx.now)
    _refuse_second(situation, counsellor_id)
    if not (number in situation.waiting and _call(tx, situation, number, counsellor_id, "chosen")):
        raise TicketMoved(number=number)


def is_with(tx: Transaction, ticket: Ticket, counsellor_id: int) -> bool:
    """Whether a counsellor has called the ticket or talks with its client, alone or beside a colleague."""
    if ticket.counsellor_id == counsellor_id:
        return True
    current = Situation.of(tx.session, ticket.centre_id, tx.now).current_of(counsellor_id)
    return current is not None and current.id == ticket.id


def recall(tx: Transaction, ticket: Ticket) -> None:
    """Name a called ticket again. Raises TicketMoved if it is not being called."""
    if ticket.state is not TicketState.CALLED:
        raise TicketMoved(number=ticket.number)
    ticket.named_at, ticket.calls = tx.now, ticket.calls + 1
    record(tx, ticket, Happened.RECALLED)


def start(tx: Transaction, ticket: Ticket, counsellor_id: int | None = None) -> None:
    """The client has come in, called or straight to the door of the counsellor. Raises as `call_next`, TicketMoved."""
    if ticket.state is TicketState.CALLED:
        _must(tx, ticket, TicketState.SERVING, started_at=tx.now)
    else:
        if counsellor_id is None:
            raise TicketMoved(number=ticket.number)
        situation = Situation.of(tx.session, ticket.centre_id, tx.now)
        _refuse_second(situation, counsellor_id)
        where = {"counsellor_id": counsellor_id, "counter_id": _counter(situation, ticket.number, counsellor_id)}
        _must(tx, ticket, TicketState.SERVING, called_at=tx.now, started_at=tx.now, **where)
    record(tx, ticket, Happened.STARTED)


def finish(tx: Transaction, ticket: Ticket) -> None:
    """The consultation is over; a called ticket may be finished at once.

    When another consultation of the visit follows today, the ticket waits for it without queueing anew.
    """
    if ticket.state is TicketState.CALLED:
        start(tx, ticket)
    parts = ticket.visit.appointments if ticket.appointment else []
    now = [part for part in parts if ticket.appointment and part.starts_at == ticket.appointment.starts_at]
    for part in now:
        settle_where_it_may(tx, part, AppointmentState.SEEN)
    following = [part for part in parts if part not in now and part.state is AppointmentState.BOOKED]
    if following:
        next_one = {"appointment_id": following[0].id, "follows": True}
        anew = {"missed_at": None, "handed_to_id": None, "service_id": None}
        _must(tx, ticket, TicketState.WAITING, **NOT_CALLED, **next_one, **anew)
    else:
        _must(tx, ticket, TicketState.DONE, ended_at=tx.now)
    record(tx, ticket, Happened.FINISHED)


def miss(tx: Transaction, ticket: Ticket) -> None:
    """Called and not there: once it comes behind the next two, the second time it is a no-show (W-02)."""
    if ticket.missed_at is not None:
        no_show(tx, ticket)
        return
    _must(tx, ticket, TicketState.MISSED, missed_at=tx.now)
    record(tx, ticket, Happened.MISSED)


def no_show(tx: Transaction, ticket: Ticket) -> None:
    """Called and not come."""
    _must(tx, ticket, TicketState.NO_SHOW, ended_at=tx.now)
    if ticket.appointment:
        settle_where_it_may(tx, ticket.appointment, AppointmentState.NO_SHOW)
    record(tx, ticket, Happened.NO_SHOW)


def back_to_queue(tx: Transaction, ticket: Ticket) -> None:
    """She waits again, in the place she had."""
    _must(tx, ticket, TicketState.WAITING, **NOT_CALLED)
    record(tx, ticket, Happened.BACK)


def park(tx: Transaction, ticket: Ticket) -> None:
    """She fetches something and keeps her place; whoever was talking with her goes on with her."""
    hers = {"handed_to_id": ticket.counsellor_id} if ticket.state is TicketState.SERVING else {}
    _must(tx, ticket, TicketState.PARKED, **NOT_CALLED, **hers)
    record(tx, ticket, Happened.PARKED)


def leave(tx: Transaction, ticket: Ticket) -> None:
    """The client does not wait any longer."""
    _must(tx, ticket, TicketState.LEFT, ended_at=tx.now)
    record(tx, ticket, Happened.LEFT)


def flag_urgent(tx: Transaction, ticket: Ticket, reason: UrgentReason) -> None:
    """Let a waiting ticket go first; the reason is kept in the audit trail."""
    if ticket.state is not TicketState.WAITING or ticket.urgent:
        raise TicketMoved(number=ticket.number)
    change(tx, ticket, urgent=reason)
    record(tx, ticket, Happened.URGENT, reason=reason.value)


def note(tx: Transaction, ticket: Ticket, notes: Iterable[Note]) -> None:
    """What the counsellor ticked about the talk, all of it; the newest ticks count."""
    ticket.notes = sorted({ticked.value for ticked in notes})
    record(tx, ticket, Happened.NOTED)


def undo(tx: Transaction, ticket: Ticket) -> None:
    """Take the last move back, as long as nobody else is with its counsellor by now.

    Who left because her visit was moved or called off does not come back so. Raises TicketMoved, RoomTaken and
    AlreadyHere.
    """
    was = ticket.state
    over = ticket.visit.ended_at is not None or ticket.visit.day_on != ticket.day_on
    if was is TicketState.SENT_ON or not ticket.trail or (was is TicketState.LEFT and over):
        raise TicketMoved(number=ticket.number)
    last = ticket.trail[-1]
    if last.get("state") in BUSY:
        _refuse_two(tx, ticket, last.get("counsellor_id", ticket.counsellor_id))
    step_back(tx, ticket)
    ticket.closed_over = False
    if ticket.appointment and ticket.state not in ENDED:
        for part in ticket.visit.appointments:
            if part.starts_at == ticket.appointment.starts_at:
                settle_where_it_may(tx, part, AppointmentState.BOOKED)
    record(tx, ticket, Happened.UNDONE, was=was.value)


def _call(tx: Transaction, situation: Situation, number: int, counsellor_id: int, rule: str) -> bool:
    ticket = situation.entry(number)
    where = {"counsellor_id": counsellor_id, "counter_id": _counter(situation, number, counsellor_id)}
    if not take(tx, ticket, TicketState.CALLED, called_at=tx.now, named_at=tx.now, calls=1, **where):
        return False
    scope = situation.setup.centres[situation.centre_id].scope
    tx.record(Happened.CALLED, "ticket", ticket.id, scope, number=number, rule=rule)
    return True


def _counter(situation: Situation, number: int, counsellor_id: int) -> int:
    where = situation.counter_for(number, counsellor_id)
    if where is None:
        raise NoRoomFree
    return where


def _refuse_second(situation: Situation, counsellor_id: int) -> None:
    current = situation.current_of(counsellor_id)
    if current:
        raise StillServing(number=current.number)


def _refuse_two(tx: Transaction, ticket: Ticket, counsellor_id: int | None) -> None:
    busy = (Ticket.counsellor_id == counsellor_id, Ticket.day_on == ticket.day_on, Ticket.state.in_(BUSY))
    other = tx.session.scalar(select(Ticket.number).where(*busy, Ticket.id != ticket.id))
    if other:
        raise StillServing(number=other)


def _must(tx: Transaction, ticket: Ticket, to: TicketState, **values: object) -> None:
    if not move(tx, ticket, to, **values):
        raise TicketMoved(number=ticket.number)

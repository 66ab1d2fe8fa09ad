"""Where a ticket is called to: never into a room in which somebody else is being talked with."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from queueing.board import Board
from queueing.models import BUSY, Ticket
from queueing.refusals import NoRoomFree
from scheduling.models import Appointment, AppointmentState, Claim, Counsellor, Room


def free_counter(session: Session, board: Board, ticket: Ticket, counsellor: Counsellor) -> int:
    """The id of the best counter: her appointment's room, her own, then any; free of talks, if possible also unclaimed.

    Raises NoRoomFree when a talk is going on behind every door.
    """
    busy = {t.counter_id for t in board.tickets if t.state in BUSY and t.counsellor_id != counsellor.id}
    quiet = [counter_id for counter_id in _by_preference(session, board, ticket, counsellor) if counter_id not in busy]
    if not quiet:
        raise NoRoomFree
    claimed = _claimed_by_others(session, board, ticket, counsellor)
    return next((counter_id for counter_id in quiet if counter_id not in claimed), quiet[0])


def _by_preference(session: Session, board: Board, ticket: Ticket, counsellor: Counsellor) -> Iterator[int]:
    appointment = ticket.appointment
    if appointment and appointment.counsellor_id == counsellor.id:
        yield appointment.room.counter_id
    if counsellor.counter_id:
        yield counsellor.counter_id
    rooms = select(Room.counter_id).where(Room.centre_id == board.centre.id, Room.active).order_by(Room.id)
    yield from session.scalars(rooms)


def _claimed_by_others(session: Session, board: Board, ticket: Ticket, counsellor: Counsellor) -> set[int]:
    """Counters of rooms that somebody else's appointment has claimed while this talk is expected to last."""
    until = board.now + board.expected_length(ticket)
    return set(
        session.scalars(
            select(Room.counter_id)
            .join(Claim, Claim.resource_id == Room.id)
            .join(Appointment, Appointment.id == Claim.appointment_id)
            .where(Room.centre_id == board.centre.id, Claim.starts_at < until, Claim.ends_at > board.now)
            .where(Appointment.state == AppointmentState.BOOKED, Appointment.counsellor_id != counsellor.id)
        )
    )

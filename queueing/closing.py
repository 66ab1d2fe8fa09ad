"""Closing the day: what is still open after the doors have shut is ended and marked as such."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select

from foundation.db import Transaction
from queueing.board import Board
from queueing.calls import finish, leave, no_show
from queueing.happened import Happened
from queueing.models import OPEN, Ticket, TicketState
from scheduling.models import Appointment, AppointmentState, Centre, CentreHours, Visit
from scheduling.opening import local_moment
from scheduling.setup_rows import as_rule
from scheduling.visits import settle

_END: dict[TicketState, Callable[[Transaction, Ticket], None]] = {
    TicketState.WAITING: leave,
    TicketState.PARKED: leave,
    TicketState.MISSED: no_show,
    TicketState.CALLED: no_show,
    TicketState.SERVING: finish,
}
"""Waiting → left, called → no-show, being served → done. Who was sent for something and did not return has left."""


def close_days(tx: Transaction, centre: Centre) -> int:
    """Close every day of a centre that is over; returns how many tickets were ended. Safe to repeat."""
    return sum(_close(tx, Board.of(tx.session, centre, tx.now, day)) for day in _days_over(tx, centre))


def _close(tx: Transaction, board: Board) -> int:
    ended = [ticket for ticket in board.tickets if ticket.state in _END]
    for ticket in ended:
        while ticket.state in _END:  # a talk that ends may leave her waiting for the next one
            _END[ticket.state](tx, ticket)
        ticket.closed_over = True
        tx.record(Happened.CLOSED_OVER, "ticket", ticket.id, board.centre.scope, number=ticket.number)
    for appointment in board.appointments:
        if appointment.state is AppointmentState.BOOKED:  # nobody came for it, or she left before
            settle(tx, appointment, AppointmentState.NO_SHOW)
    return len(ended)


def _days_over(tx: Transaction, centre: Centre) -> list[date]:
    """Days with something open: those before today, and today once the doors are shut for good."""
    today = centre.local_day(tx.now)
    tickets = select(Ticket.day_on).where(Ticket.centre_id == centre.id, Ticket.state.in_(OPEN))
    stands = (
        select(Visit.day_on)
        .join(Appointment, Appointment.visit_id == Visit.id)
        .where(Visit.centre_id == centre.id, Appointment.state == AppointmentState.BOOKED, Visit.day_on <= today)
    )
    days = set(tx.session.scalars(tickets)) | set(tx.session.scalars(stands))
    return sorted(day for day in days if day < today or (day == today and _is_over(tx, centre, today)))


def _is_over(tx: Transaction, centre: Centre, today: date) -> bool:
    """After the weekly closing time and the last appointment: a closure during the day ends no waiting."""
    rules = [as_rule(r) for r in tx.session.scalars(select(CentreHours).where(CentreHours.centre_id == centre.id))]
    closing = [local_moment(today, rule.closes, centre.zone) for rule in rules if rule.holds_on(today)]
    last = (
        select(func.max(Appointment.ends_at))
        .join(Visit)
        .where(Visit.centre_id == centre.id, Visit.day_on == today, Appointment.state == AppointmentState.BOOKED)
    )
    last_end = tx.session.scalar(last)
    return all(end <= tx.now for end in [*closing, *([last_end] if last_end else [])])

"""Reads for paper and plan: whose tickets are open at a centre on a day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from queueing.models import OPEN, Ticket
from scheduling.models import Centre


def open_tickets(session: Session, centre: Centre, day: date) -> Sequence[Ticket]:
    """Tickets that wait, are called or being served, longest here first, with what the desk shows of them."""
    found = (
        select(Ticket)
        .where(Ticket.centre_id == centre.id, Ticket.day_on == day, Ticket.state.in_(OPEN))
        .options(*map(joinedload, (Ticket.visit, Ticket.topic_group, Ticket.counsellor)))
        .order_by(Ticket.arrived_at, Ticket.number)
    )
    return session.scalars(found).unique().all()

"""Whoever does not come is named again by itself, twice, and then counts as missed (W-02)."""

from datetime import timedelta

from sqlalchemy import select

from foundation.db import Transaction
from queueing.calls import miss, recall
from queueing.models import Ticket, TicketState
from scheduling.models import Centre

NAMED_AGAIN = (timedelta(seconds=90), timedelta(minutes=3))
GIVEN_UP = timedelta(seconds=270)


def name_again(tx: Transaction, centre: Centre) -> int:
    """Name again, or let go, every called ticket of a centre that is due; returns how many. Safe to repeat."""
    called = select(Ticket).where(
        Ticket.centre_id == centre.id, Ticket.day_on == centre.local_day(tx.now), Ticket.state == TicketState.CALLED
    )
    acts = 0
    for ticket in tx.session.scalars(called.with_for_update(of=Ticket, skip_locked=True).order_by(Ticket.id)).all():
        since = tx.now - (ticket.called_at or tx.now)
        if since >= GIVEN_UP:
            miss(tx, ticket)
        elif ticket.calls <= sum(since >= after for after in NAMED_AGAIN):
            recall(tx, ticket)
        else:
            continue
        acts += 1
    return acts

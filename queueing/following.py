"""The link that shows a number on its client's phone, and nothing else: no day, no topic, nothing to change (X-05)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import NotFound
from foundation.tokens import token_hash, token_of_ring
from queueing.models import Ticket


def ticket_token(keys: Sequence[str], ticket: Ticket) -> str:
    """The secret of the ticket's link, made again whenever it is needed."""
    return token_of_ring(keys, "ticket", ticket.id, 0, ticket.link_hash)


def give_link(tx: Transaction, ticket: Ticket, keys: Sequence[str]) -> None:
    """A link for a ticket that has none yet."""
    if ticket.link_hash is None:
        ticket.link_hash = token_hash(ticket_token(keys, ticket))
        tx.session.flush()


def ticket_by_token(session: Session, token: str, now: datetime) -> Ticket:
    """Today's ticket with this link; raises NotFound, the same for a wrong link and one of another day."""
    ticket = session.scalar(select(Ticket).where(Ticket.link_hash == token_hash(token)))
    if ticket is None or ticket.day_on != ticket.centre.local_day(now):
        raise NotFound
    return ticket

"""The desk moves or cancels a visit whose client may be here already: her place in the queue goes along."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from foundation.db import Transaction
from foundation.errors import Refusal, desk_sentence
from queueing.calls import leave
from queueing.models import BUSY, Ticket
from queueing.tickets import open_ticket
from scheduling import moving, visits
from scheduling.models import Visit
from scheduling.taking_over import Chosen, Covered, put_back, take_over
from scheduling.visits import Overrule
from scheduling.wish import Wish


class InTalk(Refusal):
    """The client has been called, or is being talked with."""

    text = desk_sentence(
        "Nummer {number} ist gerade gerufen oder im Gespräch. Bitte zuerst «Fertig» oder «Nicht gekommen» wählen."
    )


def cancel_here(tx: Transaction, visit: Visit, by_centre: bool = False, **place: int) -> None:
    """Call a visit (its row locked) off, because the centre has to or the client has said so; who waits for it leaves.

    Raises InTalk, and as `visits.cancel`.
    """
    ticket = _waiting(tx, visit)
    visits.cancel(tx, visit, by_centre, **place)
    if ticket:
        leave(tx, ticket)


def move_here(tx: Transaction, visit: Visit, wish: Wish, starts_at: datetime, overrule: Overrule | None) -> None:
    """Give a visit (its row locked) another time; moved to another day, who waits for it leaves today's queue.

    Raises InTalk, and as `moving.move`.
    """
    with _ticket_goes_along(tx, visit):
        moving.move(tx, visit, wish, starts_at, overrule)


def cover_here(tx: Transaction, visit: Visit, chosen: Chosen) -> None:
    """Somebody is away: give a visit (its row locked) what was chosen for it; as `move_here`."""
    with _ticket_goes_along(tx, visit):
        take_over(tx, visit, chosen)


def put_back_here(tx: Transaction, visit: Visit, covered: Covered) -> None:
    """She is here after all: a visit (its row locked) as it was before. Raises InTalk, and as `put_back`."""
    with _ticket_goes_along(tx, visit):
        put_back(tx, visit, covered)


@contextmanager
def _ticket_goes_along(tx: Transaction, visit: Visit) -> Iterator[None]:
    ticket = _waiting(tx, visit)
    yield
    if ticket and visit.day_on != ticket.day_on:
        leave(tx, ticket)


def _waiting(tx: Transaction, visit: Visit) -> Ticket | None:
    ticket = open_ticket(tx.session, visit)
    if ticket and ticket.state in BUSY:
        raise InTalk(number=ticket.number)
    return ticket

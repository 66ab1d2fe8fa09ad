"""How a ticket moves: a compare-and-set along the one table, and the way back (W-10).

Every move notes on the ticket's trail what it changes; undo puts the newest note back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Update, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from foundation.db import Transaction
from foundation.model import table_of
from queueing.happened import Happened
from queueing.models import ALLOWED_MOVES, Ticket, TicketState
from queueing.refusals import AlreadyHere, RoomTaken, TicketMoved
from scheduling.models import Appointment, AppointmentState
from scheduling.models.plan import ALLOWED_MOVES as PLAN_MOVES
from scheduling.visits import settle

NOT_CALLED: dict[str, object] = {
    "called_at": None, "named_at": None, "started_at": None, "counsellor_id": None, "counter_id": None,
}  # fmt: skip
"""What a ticket says that is back in the queue."""

_tickets = table_of(Ticket)
_STILL = (
    select(_tickets.c.id)
    .where(_tickets.c.id == bindparam("which"), _tickets.c.state == bindparam("before"))
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_STANDS = update(_tickets).where(_tickets.c.id == bindparam("which"), _tickets.c.state == bindparam("before"))
_FREE = update(_tickets).where(_tickets.c.id == _STILL)


class Movable(Protocol):
    """A ticket, or what was read of one: with every column that is to be changed."""

    @property
    def id(self) -> Any: ...  # noqa: D102
    @property
    def number(self) -> Any: ...  # noqa: D102
    @property
    def state(self) -> Any: ...  # noqa: D102
    @property
    def trail(self) -> Any: ...  # noqa: D102


def move(tx: Transaction, ticket: Movable, to: TicketState, **values: object) -> bool:
    """Move a ticket from where it was read; False when it stands elsewhere by now.

    Raises TicketMoved where no move leads, RoomTaken when room or counsellor were taken this very moment, AlreadyHere
    when the visit has another open ticket: of the last two the transaction cannot go on.
    """
    return _go(tx, ticket, {"state": to, **values}, _STANDS)


def take(tx: Transaction, ticket: Movable, to: TicketState, **values: object) -> bool:
    """As `move`, but waits for nobody: False while somebody else has hold of the ticket, too."""
    return _go(tx, ticket, {"state": to, **values}, _FREE)


def change(tx: Transaction, ticket: Ticket, **values: object) -> None:
    """Change what is known of a ticket where it stands, so that it can be undone. Raises TicketMoved."""
    if not _write(tx, ticket, values, [*ticket.trail, _noted(ticket, {"state": ticket.state, **values})]):
        raise TicketMoved(number=ticket.number)


def step_back(tx: Transaction, ticket: Ticket) -> None:
    """Put back what the last move changed. Raises TicketMoved when there is nothing, RoomTaken."""
    if not ticket.trail:
        raise TicketMoved(number=ticket.number)
    *trail, last = ticket.trail
    if not _write(tx, ticket, {name: _read(name, value) for name, value in last.items()}, trail):
        raise TicketMoved(number=ticket.number)


def settle_where_it_may(tx: Transaction, appointment: Appointment, state: AppointmentState) -> None:
    """The plan follows where it may; an appointment called off meanwhile never holds a ticket back."""
    if state in PLAN_MOVES[appointment.state]:
        settle(tx, appointment, state)


def record(tx: Transaction, ticket: Ticket, kind: Happened, **details: object) -> None:
    """The fact of what was done with a ticket, for its centre."""
    tx.record(kind, "ticket", ticket.id, ticket.centre.scope, number=ticket.number, **details)


def _go(tx: Transaction, ticket: Movable, changed: Mapping[str, Any], how: Update) -> bool:
    if changed["state"] not in ALLOWED_MOVES[ticket.state]:
        raise TicketMoved(number=ticket.number)
    return _write(tx, ticket, changed, [*ticket.trail, _noted(ticket, changed)], how)


def _write(
    tx: Transaction, ticket: Movable, values: Mapping[str, object], trail: list[dict[str, Any]], how: Update = _STANDS
) -> bool:
    written = {**values, "trail": trail}
    connection = tx.session.connection()
    tx.session.flush()
    try:
        done = connection.execute(how, {"which": ticket.id, "before": ticket.state, **written}).rowcount
    except IntegrityError as fault:  # a visit has one open ticket, a room and a counsellor one talk
        raise (AlreadyHere if "visit" in str(fault.orig) else RoomTaken) from fault
    if done and isinstance(ticket, Ticket):
        for name, value in written.items():
            set_committed_value(ticket, name, value)
        tx.session.expire(ticket, ["counter", "counsellor", "handed_to", "service", "appointment"])
    return bool(done)


def _noted(ticket: Movable, values: Mapping[str, object]) -> dict[str, Any]:
    """What the columns hold before they are changed, as plain JSON."""
    held = {name: getattr(ticket, name) for name in values}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in held.items()}


def _read(name: str, value: Any) -> object:
    if name == "state":
        return TicketState(value)
    return datetime.fromisoformat(value) if name.endswith("_at") and value is not None else value

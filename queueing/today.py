"""A centre's day as all who look at it see it: read once a change and minute, then shared by every desk and phone."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from queueing.board import Board, open_help
from queueing.forecast import Forecast, forecast
from queueing.models import HelpRequest, Ticket
from queueing.waiting import Range
from scheduling.interpreters import pool_states
from scheduling.models import Centre
from scheduling.models.pool import RequestState


@dataclass(frozen=True)
class Today:
    """Its rows belong to no session and are never changed.

    `pool` says how requests stand, by appointment; `drawn` keeps what a door has made of a row, for others who look.
    """

    board: Board
    told: Forecast
    help: HelpRequest | None
    pool: Mapping[int, RequestState]
    drawn: dict[Hashable, str] = field(default_factory=dict)


_known: "WeakKeyDictionary[Engine, dict[int, tuple[tuple[int, datetime], Today]]]" = WeakKeyDictionary()
_reading = Lock()


def today_of(session: Session, centre: Centre, now: datetime, tag: int) -> Today:
    """The centre's day in this minute; remembered until the change tag or the minute is another.

    `tag` was read before, so that nothing older is remembered under it.
    """
    known = _known.setdefault(session.get_bind().engine, {})
    key = (tag, now.replace(second=0, microsecond=0))
    with _reading:
        remembered = known.get(centre.id)
        if remembered is None or remembered[0] != key:
            before = remembered[1].told if remembered else None
            remembered = known[centre.id] = key, _read(session, centre.id, now, before)
        return remembered[1]


def wait_of(session: Session, ticket: Ticket, now: datetime, tag: int) -> Range | None:
    """How long a ticket of today still waits, at its centre's change tag; None for one that does not wait."""
    return today_of(session, ticket.centre, now, tag).told.range_of(ticket.number)


def _read(asking: Session, centre_id: int, now: datetime, before: Forecast | None) -> Today:
    """By the connection of who asks: a thread that waited for one more could wait for ever.

    Where a change left those who wait or work as they were, what was worked out `before` still holds.
    """
    with Session(asking.connection()) as session:
        board = Board.of(session, session.get_one(Centre, centre_id), now)
        told = forecast(session, board)
        today = Today(
            board,
            before if before == told else told,
            open_help(session, board.centre, now),
            pool_states(session, board.appointments),
        )
        for ticket in board.tickets:  # what rows show of them is read while there is a session
            _ = ticket.centre, ticket.appointment and ticket.appointment.service
        session.expunge_all()
    return today

"""A centre's day as all who look at it see it: read once a change and minute, then shared by every desk and phone."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from queueing.board import Board
from queueing.forecast import Blocked, Forecast, blocked_on, forecast
from queueing.helping import Wanted, open_help
from queueing.models import Ticket
from queueing.rows import DayRows, read_rows
from queueing.waiting import Range
from scheduling.diary import Stretch, blocked_by_person
from scheduling.interpreters import pool_states
from scheduling.models import Centre, Counsellor
from scheduling.models.pool import RequestState
from scheduling.opening import whole_day


@dataclass(frozen=True)
class Today:
    """Its rows belong to no session and are never changed.

    `pool` says how requests stand, by appointment; `drawn` keeps what a door has made of a row, for others who look,
    as long as the row and what it is drawn with stay the same.
    """

    rows: DayRows
    board: Board
    blocked: Blocked
    told: Forecast
    help: Wanted | None
    pool: Mapping[int, RequestState]
    drawn: dict[Hashable, str] = field(default_factory=dict)

    def blocked_for(self, session: Session, counsellor: Counsellor, now: datetime) -> list[Stretch]:
        """What takes her besides appointments, and is not over, in order of time; asked for who has no hours here."""
        hers = self.blocked.get(counsellor.id)
        if hers is None:
            today = whole_day(self.board.centre.local_day(now), self.board.centre.zone)
            hers = blocked_by_person(session, [counsellor.id], today)[counsellor.id]
        return [stretch for stretch in hers if stretch.ends_at > now]


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
            before = remembered[1] if remembered else None
            remembered = known[centre.id] = key, _read(session, centre, now, before)
        return remembered[1]


def wait_of(session: Session, ticket: Ticket, now: datetime, tag: int) -> Range | None:
    """How long a ticket of today still waits, at its centre's change tag; None for one that does not wait."""
    return today_of(session, ticket.centre, now, tag).told.range_of(ticket.number)


def _read(session: Session, centre: Centre, now: datetime, before: Today | None) -> Today:
    """By the connection of who asks: a thread that waited for one more could wait for ever.

    What a change has left as it was, is taken over from `before`: rows and their drawings, and what was worked out.
    """
    rows = read_rows(session, centre.id, centre.local_day(now), before.rows if before else None)
    board = Board.of_rows(session, rows, now)
    blocked = blocked_on(session, board)
    told = forecast(session, board, blocked)
    today = Today(
        rows,
        board,
        blocked,
        before.told if before and before.told == told else told,
        open_help(session, board.centre, now),
        pool_states(session, board.appointments),
    )
    return replace(today, drawn=before.drawn) if before and _drawn_alike(before, today) else today


def _drawn_alike(before: Today, today: Today) -> bool:
    """Whether rows that are the same look the same: as of one minute and set-up."""
    minutes = {one.board.now.replace(second=0, microsecond=0) for one in (before, today)}
    return (
        len(minutes) == 1 and before.board.situation.setup is today.board.situation.setup and before.pool == today.pool
    )

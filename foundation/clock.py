"""The only asker of machine time, and the one row that moves domain time in demo mode."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.db import Database
from foundation.model import Base


def machine_now() -> datetime:
    """The machine's time, aware, UTC. Rules sessions, leases, locks and heartbeats."""
    return datetime.now(UTC)


class DomainClock(Base):
    """How far domain time runs ahead of machine time. No row, or zero, outside demo mode."""

    __tablename__ = "domain_clock"
    id: Mapped[int] = mapped_column(primary_key=True)
    ahead_seconds: Mapped[int]


_AHEAD = ""
"""Where the clock stands among the scopes."""

_NEWS = (
    f"SELECT '{_AHEAD}', ahead_seconds FROM domain_clock WHERE id = 1 "  # noqa: S608 - nothing of it is typed
    "UNION ALL SELECT scope, version FROM change_tag"
)


class Moment(NamedTuple):
    """Domain time, and the versions that all change tags had then, by scope."""

    now: datetime
    tags: Mapping[str, int]


def moment_of(database: Database, machine: datetime) -> Moment:
    """What a request asks first, in one statement: domain time at machine time `machine`, and the change tags."""
    found = dict(database.peek(_NEWS))
    return Moment(machine + timedelta(seconds=found.pop(_AHEAD, 0)), found)


def domain_now(session: Session, machine: datetime) -> datetime:
    """Domain time at machine time `machine`: what bookings, tickets and reminders live by; read once per request."""
    clock = session.get(DomainClock, 1)
    return machine + timedelta(seconds=clock.ahead_seconds if clock else 0)


def move_domain_time(session: Session, to: datetime, machine: datetime) -> None:
    """Let domain time be `to` at machine time `machine`. Never backwards: an earlier moment changes nothing."""
    ahead = round((to - machine).total_seconds())
    row = session.get(DomainClock, 1)
    if row is None:
        session.add(DomainClock(id=1, ahead_seconds=max(ahead, 0)))
    else:
        row.ahead_seconds = max(ahead, row.ahead_seconds)

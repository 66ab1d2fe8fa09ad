"""The only asker of machine time, and the one row that moves domain time in demo mode."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, select, union_all
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.facts import ChangeTag
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

_READ = union_all(
    select(literal(_AHEAD), DomainClock.ahead_seconds).where(DomainClock.id == 1),
    select(ChangeTag.scope, ChangeTag.version).where(ChangeTag.scope.in_(bindparam("scopes", expanding=True))),
)


class Moment(NamedTuple):
    """Domain time, and the versions that change tags had then, by scope."""

    now: datetime
    tags: Mapping[str, int]


def moment_of(session: Session, machine: datetime, scopes: Sequence[str] = ()) -> Moment:
    """What a request asks first, in one statement: domain time at machine time `machine`, and some change tags."""
    rows: Sequence[Any] = session.connection().execute(_READ, {"scopes": scopes}).all()
    found = dict.fromkeys((_AHEAD, *scopes), 0) | dict(rows)
    return Moment(machine + timedelta(seconds=found.pop(_AHEAD)), found)


def domain_now(session: Session, machine: datetime) -> datetime:
    """Domain time at machine time `machine`: what bookings, tickets and reminders live by; read once per request."""
    return moment_of(session, machine).now


def move_domain_time(session: Session, to: datetime, machine: datetime) -> None:
    """Let domain time be `to` at machine time `machine`. Never backwards: an earlier moment changes nothing."""
    ahead = round((to - machine).total_seconds())
    row = session.get(DomainClock, 1)
    if row is None:
        session.add(DomainClock(id=1, ahead_seconds=max(ahead, 0)))
    else:
        row.ahead_seconds = max(ahead, row.ahead_seconds)

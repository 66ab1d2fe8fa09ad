"""The only asker of machine time, and the one row that moves domain time in demo mode."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
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


_HANDS = select(
    func.coalesce(select(DomainClock.ahead_seconds).where(DomainClock.id == 1).scalar_subquery(), 0),
    func.coalesce(select(ChangeTag.version).where(ChangeTag.scope == bindparam("scope")).scalar_subquery(), 0),
)


class Moment(NamedTuple):
    """Domain time, and the version that a scope's change tag had then."""

    now: datetime
    version: int


def moment_of(session: Session, machine: datetime, scope: str) -> Moment:
    """What a request asks first, in one statement: domain time at machine time `machine`, and a change tag."""
    ahead, version = session.connection().execute(_HANDS, {"scope": scope}).one()
    return Moment(machine + timedelta(seconds=ahead), version)


def domain_now(session: Session, machine: datetime) -> datetime:
    """Domain time at machine time `machine`: what bookings, tickets and reminders live by; read once per request."""
    return moment_of(session, machine, "").now


def move_domain_time(session: Session, to: datetime, machine: datetime) -> None:
    """Let domain time be `to` at machine time `machine`. Never backwards: an earlier moment changes nothing."""
    ahead = round((to - machine).total_seconds())
    row = session.get(DomainClock, 1)
    if row is None:
        session.add(DomainClock(id=1, ahead_seconds=max(ahead, 0)))
    else:
        row.ahead_seconds = max(ahead, row.ahead_seconds)

"""Load the example data once, and anew when they are of an earlier week; start the demo's clock."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from demo.days import DemoWeeks
from demo.setup import DAYS, set_up
from demo.teaching import DemoCourses
from doorway.form_keys import FormKey
from foundation.clock import DomainClock, domain_now, move_domain_time
from foundation.db import Database, Transaction
from foundation.facts import SYSTEM, Fact
from foundation.model import Base
from notifications.models import Message
from scheduling.models import Centre
from scheduling.opening import is_holiday, local_moment

SEEDED = "demo.seeded"
ZONE = ZoneInfo("Europe/Berlin")
GOOD_MORNING = time(9, 40)
NO_KEYS = ("nobody opens links that are made with this",)
EVERY_TABLE = (FormKey, Message)
"""Imported so that all tables are known when the data are cleared."""


class NotADemo(Exception):
    """The database holds data that the demo did not make; nothing was touched."""

    def __init__(self) -> None:
        """Says what to do."""
        super().__init__("This database is not a demo's. Unset DEMO, or give the demo a DATABASE_URL of its own.")


def seed(database: Database, machine: datetime, keys: Sequence[str] = NO_KEYS) -> str:
    """Make the demo ready at machine time `machine`; returns what was done, as a sentence. Raises NotADemo.

    Links of its people are made with `keys`: those of the settings, where they shall open.
    """
    with database.reading() as session:
        seeded_at = _seeded_at(session)
        now = domain_now(session, machine)
    start = waking_hour(now)
    if seeded_at and _week(seeded_at) == _week(start):
        with database.transaction(SYSTEM, start) as tx:
            _wake(tx, start, machine)
        return "The demo data are kept."
    with database.transaction(SYSTEM, waking_hour(machine)) as tx:
        if not seeded_at and tx.session.scalar(select(Centre.id).limit(1)):
            raise NotADemo
        _clear(tx.session)
        tx.session.add(DomainClock(id=1, ahead_seconds=0))
        tx.session.flush()
        _wake(tx, tx.now, machine)
        set_up(tx.session)
        DemoCourses(tx.session, tx.now, keys).fill()
        DemoWeeks(tx.session, tx.now).fill()
        tx.record(SEEDED, "demo", 1, "demo")
    return "The demo data were of an earlier week: loaded anew." if seeded_at else "The demo data are loaded."


def waking_hour(now: datetime) -> datetime:
    """The moment itself inside opening hours, else 09:40 of the next working day: outside them a demo is dead."""
    local = now.astimezone(ZONE)
    blocks = DAYS.get(local.weekday(), ())
    if blocks and not is_holiday(local.date()) and blocks[0][0] <= local.time() < blocks[-1][1]:
        return now
    day = local.date()
    if local.time() >= GOOD_MORNING or day.weekday() not in DAYS or is_holiday(day):
        day += timedelta(days=1)
    while day.weekday() not in DAYS or is_holiday(day):
        day += timedelta(days=1)
    return local_moment(day, GOOD_MORNING, ZONE)


def _seeded_at(session: Session) -> datetime | None:
    return session.scalar(select(Fact.at).where(Fact.kind == SEEDED).order_by(Fact.id.desc()).limit(1))


def _week(moment: datetime) -> tuple[int, int]:
    year, week, _ = moment.astimezone(ZONE).isocalendar()
    return year, week


def _wake(tx: Transaction, start: datetime, machine: datetime) -> None:
    if start > domain_now(tx.session, machine):
        move_domain_time(tx.session, start, machine)


def _clear(session: Session) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(delete(table))

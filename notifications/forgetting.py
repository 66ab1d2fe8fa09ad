"""What a provider keeps of our messages, number and text, is erased there within a week (D-04)."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Database, Transaction
from foundation.facts import SYSTEM
from foundation.model import Base, UtcDateTime
from notifications.channels import Channel

KEPT = timedelta(days=6)
"""A day less than a week: an ill provider is asked again every hour."""
MOST_IN_A_PASS, MOST_FAULTS = 500, 10

log = logging.getLogger("empfang.delivery")


class KeptThere(Base):
    """Something a provider has of us, by its own name for it; the row goes when it is erased there."""

    __tablename__ = "kept_there"
    provider_id: Mapped[str] = mapped_column(primary_key=True)
    since_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


_NOTE = text("INSERT INTO kept_there (provider_id, since_at) VALUES (:name, :at) ON CONFLICT DO NOTHING").bindparams(
    bindparam("at", type_=UtcDateTime())
)


def note_kept(tx: Transaction, provider_id: str | None) -> None:
    """The provider has a message, of ours or to us, under this name; every try has one of its own."""
    if provider_id:
        tx.session.execute(_NOTE, {"name": provider_id, "at": tx.now})


def forget_old(database: Database, channel: Channel, now: datetime) -> int:
    """A timed duty: one pass over what a provider has had for six days; returns how much it has erased.

    What it cannot erase just now is asked for again in the next pass, and keeps nothing behind it waiting.
    """
    old = select(KeptThere.provider_id).where(KeptThere.since_at <= now - KEPT)
    with database.reading() as session:
        names = session.scalars(old.order_by(KeptThere.since_at).limit(MOST_IN_A_PASS)).all()
    faults = 0
    for done, name in enumerate(names):
        if faults == MOST_FAULTS:
            log.error("the provider erases nothing just now; %s messages wait", len(names) - done + faults)
            return done - faults
        if not channel.forget(name):
            faults += 1
            continue
        with database.transaction(SYSTEM, now) as tx:
            tx.session.execute(delete(KeptThere).where(KeptThere.provider_id == name))
    return len(names) - faults

"""The desk's inbox: what people have written that a person has to read (S-15)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from notifications.calling import SHOWN_AGAIN
from notifications.happened import Happened
from notifications.models import Incoming
from notifications.replies import SCOPE
from scheduling.models import Centre, Visit


def inbox(session: Session, centre: Centre) -> Sequence[Incoming]:
    """What a person has to read: of the centre's visits, and of numbers that nobody knows; the oldest first."""
    whole = joinedload(Incoming.visit)
    return session.scalars(_unread(centre).options(whole).order_by(Incoming.received_at, Incoming.id)).all()


def count_inbox(session: Session, centre: Centre) -> int:
    """How many `inbox` lists."""
    return session.scalar(select(func.count()).select_from(_unread(centre).subquery())) or 0


def read_lately(session: Session, centre: Centre, now: datetime) -> Sequence[Incoming]:
    """What was dealt with in the last hours, the newest first."""
    done = _to_read(centre).where(Incoming.handled_at > now - SHOWN_AGAIN).options(joinedload(Incoming.visit))
    return session.scalars(done.order_by(Incoming.handled_at.desc(), Incoming.id)).all()


def written_by(session: Session, visit: Visit) -> Sequence[Incoming]:
    """What came from a visit's number and is still kept, oldest first: the client sees it, too (GDPR Art. 15)."""
    kept = select(Incoming).where(Incoming.visit_id == visit.id, Incoming.body.is_not(None))
    return session.scalars(kept.order_by(Incoming.id)).all()


def deal_with(tx: Transaction, centre: Centre, incoming_id: int, done: bool = True) -> None:
    """A person has read a text and done what it asks for, or takes that back.

    Raises NotFound for what is not in the centre's inbox, Moved when somebody was faster.
    """
    if tx.session.scalar(_to_read(centre).where(Incoming.id == incoming_id)) is None:
        raise NotFound
    before = Incoming.handled_at.is_(None) if done else Incoming.handled_at.is_not(None)
    by = {"handled_at": tx.now, "handled_by": tx.by.id} if done else {"handled_at": None, "handled_by": None}
    changed = update(Incoming).where(Incoming.id == incoming_id, before).values(by)
    if not tx.session.execute(changed.returning(Incoming.id)).first():
        raise Moved
    tx.record(Happened.DEALT_WITH if done else Happened.OPEN_AGAIN, "incoming", incoming_id, SCOPE)


def _unread(centre: Centre) -> Select[Incoming]:
    return _to_read(centre).where(Incoming.handled_at.is_(None))


def _to_read(centre: Centre) -> Select[Incoming]:
    ours = or_(Incoming.centre_id == centre.id, Incoming.centre_id.is_(None))
    return select(Incoming).where(Incoming.body.is_not(None), ours)

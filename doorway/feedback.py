"""What people say is hard on these pages: kept until the desk has dealt with it, thirty days at most (D-08)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.db import Transaction
from foundation.errors import NotFound, Refusal, sentence
from foundation.model import Base, UtcDateTime, personal

KEPT = timedelta(days=30)
LONGEST, MOST_SHOWN = 1000, 100
SCOPE = "feedback"
SAID = sentence("Was Sie uns über Barrieren schreiben: Damit machen wir die Seiten besser.")
UNTIL = sentence("Gelöscht, wenn es erledigt ist, spätestens nach 30 Tagen.")


class Happened(StrEnum):
    """What can happen to it; said without what was said."""

    LEFT = "feedback.left"
    DEALT_WITH = "feedback.dealt_with"


class NothingSaid(Refusal):
    """An empty form."""

    text = sentence("Bitte schreiben Sie, was schwierig ist. Oder rufen Sie uns an.")
    status = 422


class Feedback(Base):
    """One thing somebody found hard, in her words and the language of the page."""

    __tablename__ = "feedback"
    id: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[str] = personal(SAID, "Art. 6 (1) c", UNTIL)
    language: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def leave(tx: Transaction, said: str, language: str) -> int:
    """Keep it; its id. Raises NothingSaid."""
    if not said:
        raise NothingSaid
    feedback = Feedback(said=said[:LONGEST], language=language, said_at=tx.now)
    tx.session.add(feedback)
    tx.session.flush()
    tx.record(Happened.LEFT, "feedback", feedback.id, SCOPE)
    return feedback.id


def left(session: Session) -> Sequence[Feedback]:
    """What has not been dealt with, oldest first, as much as a page holds."""
    return session.scalars(select(Feedback).order_by(Feedback.id).limit(MOST_SHOWN)).all()


def deal_with(tx: Transaction, feedback_id: int) -> None:
    """It is done, and gone. Raises NotFound."""
    if tx.session.scalar(delete(Feedback).where(Feedback.id == feedback_id).returning(Feedback.id)) is None:
        raise NotFound
    tx.record(Happened.DEALT_WITH, "feedback", feedback_id, SCOPE)


def forget_old_feedback(tx: Transaction) -> None:
    """What is thirty days old goes."""
    tx.session.execute(delete(Feedback).where(Feedback.said_at < tx.now - KEPT))

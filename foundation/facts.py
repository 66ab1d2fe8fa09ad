"""Facts: what happened, to what, when, by whom. Append-only; audit trail and source of every statistic."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base, UtcDateTime


@dataclass(frozen=True)
class Actor:
    """Who acts: kind is client, staff, interpreter, device or system; id is that of its row, never a client's."""

    kind: str
    id: int | None = None


CLIENT = Actor("client")
SYSTEM = Actor("system")


class News(NamedTuple):
    """One thing that has just happened, before it is written as a fact: with all its columns but the id."""

    kind: str
    subject_kind: str
    subject_id: int
    scope: str
    at: datetime
    actor_kind: str
    actor_id: int | None
    details: dict[str, object]


class Fact(Base):
    """One thing that happened. `details` holds codes and numbers, no personal data (D-04)."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_subject", "subject_kind", "subject_id"), Index("ix_fact_at", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    scope: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None]
    details: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)


class ChangeTag(Base):
    """A version per scope (a centre), raised as the last statement of every transaction that recorded a fact there."""

    __tablename__ = "change_tag"
    scope: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]

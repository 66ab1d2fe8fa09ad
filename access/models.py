"""Accounts of staff, paired devices, and approved sentences."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from access.rights import RIGHTS, Right, Role, may
from foundation.model import Base, UtcDateTime
from scheduling.models import Centre, Counsellor


class Account(Base):
    """A member of staff. `counsellor` is set for those who advise; `session_generation` ends all sessions.

    `feed_hash` is of the address of her calendar, if she has made one.
    """

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"))
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    session_generation: Mapped[int] = mapped_column(default=0)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    feed_generation: Mapped[int] = mapped_column(default=0, server_default="0")
    feed_hash: Mapped[str | None] = mapped_column(unique=True)
    centre: Mapped[Centre | None] = relationship()
    counsellor: Mapped[Counsellor | None] = relationship()

    @property
    def rights(self) -> frozenset[Right]:
        """All that the account's role has."""
        return RIGHTS[self.role]

    def may(self, right: Right) -> bool:
        """Whether the account's role has the right."""
        return may(self.role, right)


USUAL_PPI, LEAST_PPI, MOST_PPI = 96, 60, 400
"""CSS pixels of an inch: of what style sheets reckon with, and of the screens there are."""


class Device(Base):
    """A kiosk or display, bound to one centre. Only the hash of its secret is kept; no hash means not yet paired.

    `ppi` is how many CSS pixels of its screen are an inch long, `low` whether its screens keep to the lower half;
    until `ruler_until` it shows a line to measure. `seen_at` and `version` come with its heartbeat. With `prints`
    a kiosk puts every ticket on paper.
    """

    __tablename__ = "device"
    __table_args__ = (CheckConstraint(f"ppi BETWEEN {LEAST_PPI} AND {MOST_PPI}", name="ppi"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    pairing_hash: Mapped[str | None] = mapped_column(unique=True)
    pairing_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wrong_in_a_row: Mapped[int] = mapped_column(default=0)
    wrong_today: Mapped[int] = mapped_column(default=0)
    wrong_on: Mapped[date | None]
    codes_locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ppi: Mapped[int] = mapped_column(default=USUAL_PPI, server_default=str(USUAL_PPI))
    low: Mapped[bool] = mapped_column(default=False, server_default=false())
    ruler_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[str | None]
    prints: Mapped[bool] = mapped_column(default=False, server_default=false())
    centre: Mapped[Centre] = relationship()


class HouseMessage(Base):
    """One of the prepared sentences (`access.house_messages`) that a centre's displays show, `until_on` included."""

    __tablename__ = "house_message"
    __table_args__ = (UniqueConstraint("centre_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    code: Mapped[str]
    until_on: Mapped[date]


class Approval(Base):
    """A translation that a native speaker has read and found right; by whom it was entered, the fact tells."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("tag", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str]
    digest: Mapped[str]
    approved_at: Mapped[datetime] = mapped_column(UtcDateTime)

"""Centres, their counters and hours, and what they offer. Texts people read are kept per language, German always."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, CheckConstraint, ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.model import Base, Minutes, UtcDateTime

Texts = dict[str, str]
"""Language tag → text; `de` is always there."""


def scope_of(centre_id: int) -> str:
    """The name of a centre's facts and change tag."""
    return f"centre:{centre_id}"


class CallVoice(StrEnum):
    """How a waiting room hears calls; a voice in the client's language tells the room which it is (W-02)."""

    CLIENT = "client"
    GERMAN = "german"
    CHIME = "chime"


class Centre(Base):
    """A house people come to.

    `phone_languages` are interpreted by phone or video on demand, `pool_languages` by the pool if it is asked
    `pool_notice` working days before. With `reminds_soon` clients are reminded once more, three hours before; with
    `asks_interpreters` the system asks those of the register itself (C-02).
    """

    __tablename__ = "centre"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str]
    place: Mapped[str]
    address: Mapped[str]
    directions: Mapped[Texts] = mapped_column(JSON)
    waiting_area: Mapped[Texts] = mapped_column(JSON)
    phone: Mapped[str]
    zone_name: Mapped[str] = mapped_column(default="Europe/Berlin")
    phone_languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    pool_languages: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    pool_notice: Mapped[int] = mapped_column(default=3, server_default="3")
    queue_settings: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    call_voice: Mapped[CallVoice] = mapped_column(default=CallVoice.GERMAN, server_default="german")
    reminds_soon: Mapped[bool] = mapped_column(default=False, server_default=false())
    asks_interpreters: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose wall time the centre lives by."""
        return ZoneInfo(self.zone_name)

    def local_day(self, moment: datetime) -> date:
        """Which day it is here at a moment."""
        return moment.astimezone(self.zone).date()

    @property
    def scope(self) -> str:
        """The name of this centre's facts and change tag."""
        return scope_of(self.id)


class Travel(Base):
    """How long the way between two centres takes, one row a pair, the lower id first."""

    __tablename__ = "travel"
    __table_args__ = (CheckConstraint("from_id < to_id", name="order"),)
    from_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    takes: Mapped[timedelta] = mapped_column(Minutes)


class Counter(Base):
    """Where a ticket is called to: a room or a desk with a label on the door."""

    __tablename__ = "counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    label: Mapped[str]
    centre: Mapped[Centre] = relationship()


class TopicGroup(Base):
    """What a kiosk tile stands for; `pictogram` names its drawing."""

    __tablename__ = "topic_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    pictogram: Mapped[str]
    titles: Mapped[Texts] = mapped_column(JSON)
    hints: Mapped[Texts] = mapped_column(JSON)


class Service(Base):
    """What can be booked or asked for; at most `daily_cap` appointments a centre and day, if set."""

    __tablename__ = "service"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    topic_group_id: Mapped[int] = mapped_column(ForeignKey("topic_group.id"), index=True)
    titles: Mapped[Texts] = mapped_column(JSON)
    bring: Mapped[Texts | None] = mapped_column(JSON)
    length: Mapped[timedelta] = mapped_column(Minutes)
    buffer: Mapped[timedelta] = mapped_column(Minutes)
    lead_time: Mapped[timedelta] = mapped_column(Minutes)
    horizon: Mapped[timedelta] = mapped_column(Minutes)
    party_max: Mapped[int]
    room_features: Mapped[list[str]] = mapped_column(JSON, default=list)
    bookable: Mapped[bool]
    walk_in: Mapped[bool]
    women_only: Mapped[bool] = mapped_column(default=False)
    hidden_topic: Mapped[bool] = mapped_column(default=False)
    daily_cap: Mapped[int | None]
    topic_group: Mapped[TopicGroup] = relationship()

    @property
    def pitch(self) -> timedelta:
        """The distance between two starts, so that a day fills without gaps."""
        return self.length + self.buffer


class WeeklyRule:
    """Open from `opens` to `closes` wall time on one weekday (0 = Monday), every n-th week counted from valid_from."""

    id: Mapped[int] = mapped_column(primary_key=True)
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    every_weeks: Mapped[int] = mapped_column(default=1)


class CentreHours(WeeklyRule, Base):
    """When a centre's doors are open."""

    __tablename__ = "centre_hours"
    __table_args__ = (CheckConstraint("opens < closes", name="order"),)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)


class Closure(Base):
    """A centre is shut for a while: shrinks open time, is no claim."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="order"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExtraHours(Base):
    """Somebody works beyond the weekly plan; on a public holiday only with the explicit flag (P6)."""

    __tablename__ = "extra_hours"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="order"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    despite_holiday: Mapped[bool] = mapped_column(default=False)

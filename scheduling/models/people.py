"""Resources: whatever an appointment can take. Counsellors, rooms, house interpreters; their hours and absences."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Table, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.model import Base, UtcDateTime
from scheduling.models.places import Centre, Counter, Service, WeeklyRule

skill = Table(
    "skill",
    Base.metadata,
    Column("counsellor_id", ForeignKey("counsellor.id"), primary_key=True),
    Column("service_id", ForeignKey("service.id"), primary_key=True),
)
"""Which counsellor advises on which service."""


room_part = Table(
    "room_part",
    Base.metadata,
    Column("hall_id", ForeignKey("room.id"), primary_key=True),
    Column("part_id", ForeignKey("room.id"), primary_key=True),
)
"""A hall and the rooms it falls into. Who takes the hall claims its parts, never the hall itself."""


class Resource(Base):
    """Something that can be claimed by one appointment at a time. Writers lock these rows in id order.

    `taken_version` is renewed with every change of its claims, by the database itself (`pulse.py`).
    """

    __tablename__ = "resource"
    __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012 - SQLAlchemy's own form
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    taken_version: Mapped[int] = mapped_column(default=0, server_default="0")


class Counsellor(Resource):
    """Advises clients. `counter` is where she calls tickets to."""

    __tablename__ = "counsellor"
    __mapper_args__ = {"polymorphic_identity": "counsellor"}  # noqa: RUF012
    id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    name: Mapped[str]
    gender: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(JSON)
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    services: Mapped[list[Service]] = relationship(secondary=skill)
    counter: Mapped[Counter | None] = relationship()


A_TALK = 2
"""So many seats at least has a room in which somebody is talked with; one with fewer is for courses only."""


class Room(Resource):
    """A space that can be claimed; open whenever its centre is. One with `parts` is a hall: its parts are claimed.

    `seats` are those for a talk.
    """

    __tablename__ = "room"
    __mapper_args__ = {"polymorphic_identity": "room"}  # noqa: RUF012
    id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    seats: Mapped[int]
    features: Mapped[list[str]] = mapped_column(JSON, default=list)
    centre: Mapped[Centre] = relationship()
    counter: Mapped[Counter] = relationship()
    parts: Mapped[list["Room"]] = relationship(
        secondary=room_part,
        primaryjoin="Room.id == room_part.c.hall_id",
        secondaryjoin="Room.id == room_part.c.part_id",
    )


class Interpreter(Resource):
    """A house interpreter: has hours and is claimed with the appointment."""

    __tablename__ = "interpreter"
    __mapper_args__ = {"polymorphic_identity": "interpreter"}  # noqa: RUF012
    id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    name: Mapped[str]
    gender: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(JSON)


class Hours(WeeklyRule, Base):
    """When a counsellor or interpreter works, at one centre per block; `walk_in_only` hours take no bookings."""

    __tablename__ = "hours"
    __table_args__ = (CheckConstraint("opens < closes", name="order"),)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    walk_in_only: Mapped[bool] = mapped_column(default=False, server_default=false())


class Absence(Base):
    """Somebody or a room is away for a while: shrinks open time, is no claim."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="order"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

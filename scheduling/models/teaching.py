"""Courses: a series of sessions that people enrol in once, with numbered seats and a waitlist.

A session takes its teacher and its room as blocked time, so that nothing else can stand there. An enrolment is reached
like anybody who comes: through a visit of its own, whose day is the course's last.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.errors import sentence
from foundation.model import Base, UtcDateTime, personal
from scheduling.models.people import Counsellor, Room
from scheduling.models.places import Centre, Texts
from scheduling.models.plan import Visit

AFTER_COURSE = sentence("Gelöscht 7 Tage nach dem Ende des Kurses, 48 Stunden nach der Abmeldung.")
CAME = sentence("Ob Sie da waren: Damit wissen wir, ob Ihr Platz noch gebraucht wird.")


class CourseState(StrEnum):
    """Where a course stands; that it is over is told by its last session."""

    DRAFT = "draft"
    OPEN = "open"
    CALLED_OFF = "called_off"


class Course(Base):
    """What a centre teaches or does together, in sessions. A `drop_in` one has no enrolment: who comes is counted.

    `seats` is how many may be enrolled, `childcare` for how many children there is a place. People may still join when
    `late_sessions` sessions have begun. After `absences` missed sessions the desk is asked whether a seat is free.
    `audience` says for whom it is and what it takes: information, never asked or stored of a person (C-03).
    Outside the centre there is no room, but a `place`.
    """

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("seats >= 0 AND childcare >= 0 AND late_sessions >= 0", name="counts"),
        CheckConstraint("absences IS NULL OR absences > 0", name="absences"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    state: Mapped[CourseState] = mapped_column(default=CourseState.DRAFT)
    titles: Mapped[Texts] = mapped_column(JSON)
    abouts: Mapped[Texts] = mapped_column(JSON, default=dict)
    audience: Mapped[Texts] = mapped_column(JSON, default=dict)
    level: Mapped[str | None]
    women_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    drop_in: Mapped[bool] = mapped_column(default=False, server_default=false())
    teacher_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    place: Mapped[str | None]
    seats: Mapped[int]
    childcare: Mapped[int] = mapped_column(default=0, server_default="0")
    late_sessions: Mapped[int] = mapped_column(default=0, server_default="0")
    absences: Mapped[int | None]
    centre: Mapped[Centre] = relationship()
    teacher: Mapped[Counsellor] = relationship()
    room: Mapped[Room | None] = relationship()
    sessions: Mapped[list["CourseSession"]] = relationship(
        back_populates="course", order_by="CourseSession.starts_at", cascade="all, delete-orphan"
    )

    @property
    def standing(self) -> "list[CourseSession]":
        """Its sessions that take place, in order of time."""
        return [session for session in self.sessions if session.cancelled_at is None]


class CourseSession(Base):
    """One dated meeting of a course, moved or cancelled alone. `number` stays when its time changes.

    `blocked_time_id` is what takes its teacher and room while it stands; `attended` how many came, kept when nobody
    knows any more who. `version` rises with every change that people are told of.
    """

    __tablename__ = "course_session"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        UniqueConstraint("course_id", "number", name="uq_course_session_number"),
        Index("ix_course_session_starts_at", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    blocked_time_id: Mapped[int | None] = mapped_column(ForeignKey("blocked_time.id", ondelete="SET NULL"), unique=True)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attended: Mapped[int | None]
    course: Mapped[Course] = relationship(back_populates="sessions")
    teacher: Mapped[Counsellor] = relationship()
    room: Mapped[Room | None] = relationship()


class EnrolmentState(StrEnum):
    """Where an enrolment stands; the allowed moves are in `ENROLMENT_MOVES`."""

    WAITING = "waiting"
    OFFERED = "offered"
    ENROLLED = "enrolled"
    LEFT = "left"
    LAPSED = "lapsed"
    REMOVED = "removed"
    CALLED_OFF = "called_off"


ENROLMENT_MOVES: dict[EnrolmentState, frozenset[EnrolmentState]] = {
    EnrolmentState.WAITING: frozenset(
        {EnrolmentState.OFFERED, EnrolmentState.ENROLLED, EnrolmentState.LEFT, EnrolmentState.CALLED_OFF}
    ),
    EnrolmentState.OFFERED: frozenset(
        {EnrolmentState.ENROLLED, EnrolmentState.LEFT, EnrolmentState.LAPSED, EnrolmentState.CALLED_OFF}
    ),
    EnrolmentState.ENROLLED: frozenset({EnrolmentState.LEFT, EnrolmentState.REMOVED, EnrolmentState.CALLED_OFF}),
    EnrolmentState.LEFT: frozenset({EnrolmentState.WAITING, EnrolmentState.ENROLLED}),
    EnrolmentState.LAPSED: frozenset({EnrolmentState.WAITING, EnrolmentState.ENROLLED}),
    EnrolmentState.REMOVED: frozenset({EnrolmentState.WAITING, EnrolmentState.ENROLLED}),
    EnrolmentState.CALLED_OFF: frozenset(),
}  # fmt: skip
"""The one table of allowed moves. Left: by the client's own word; lapsed: an offer nobody answered; removed: the seat
was freed by staff. All three can come back, to the end of the list or to a seat that is free."""

KEEPS_SEATS = (EnrolmentState.ENROLLED, EnrolmentState.OFFERED)
"""States with numbered seats."""


class Enrolment(Base):
    """A client's place in a course, or her wish for one. How many come is the party of its visit.

    `since_at` is the rank in the waitlist, `seated_at` since when she has a seat; an offer is kept until
    `offered_until`. `version` rises with each change of state.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint("children >= 0", name="children"),
        Index("ix_enrolment_course_id_state", "course_id", "state"),
        Index(
            "ix_enrolment_offered_until", "offered_until",
            sqlite_where=text("state = 'offered'"), postgresql_where=text("state = 'offered'"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), unique=True)
    state: Mapped[EnrolmentState]
    version: Mapped[int] = mapped_column(default=1)
    children: Mapped[int] = mapped_column(default=0, server_default="0")
    since_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offered_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    course: Mapped[Course] = relationship()
    visit: Mapped[Visit] = relationship()


class Pool(StrEnum):
    """What is given out by number."""

    SEAT = "seat"
    CHILD = "child"


class Seat(Base):
    """A numbered place in a course, taken by or kept for an enrolment; a free one has no row.

    The key is what keeps a place from being given twice.
    """

    __tablename__ = "seat"
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), primary_key=True)
    pool: Mapped[Pool] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)


class Attendance(Base):
    """Whether somebody enrolled was there; erased with her enrolment's visit."""

    __tablename__ = "attendance"
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id", ondelete="CASCADE"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    came: Mapped[bool] = personal(CAME, "Art. 6 (1) e", AFTER_COURSE)

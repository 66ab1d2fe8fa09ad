"""Reads of courses for who runs them: how full each is, who waits, and what a person has to decide (C-04, P33)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling.enrolling import last_chance, wants_of
from scheduling.models import (
    Attendance,
    Centre,
    Course,
    CourseSession,
    CourseState,
    Enrolment,
    EnrolmentState,
    Pool,
    Room,
    Seat,
    Visit,
)  # fmt: skip
from scheduling.places_left import Waiter, Wants, offer_until, passed_over, whom_to_offer
from scheduling.waitlist import beyond

LISTED = timedelta(days=90)
"""So long after its last session a course stands in the list."""

THERE = (EnrolmentState.ENROLLED, EnrolmentState.OFFERED, EnrolmentState.WAITING)
GONE = (EnrolmentState.LEFT, EnrolmentState.LAPSED, EnrolmentState.REMOVED)
"""Who has left, did not answer, or was taken off: she may come back."""


class Been(NamedTuple):
    """To how many of the ticked sessions somebody came, and how many she missed."""

    came: int = 0
    missed: int = 0


@dataclass(frozen=True)
class CourseBoard:
    """A course at a moment, and everybody in it in the order they came."""

    course: Course
    there: Sequence[Enrolment]
    been: Mapping[int, Been]
    now: datetime

    @cached_property
    def seated(self) -> list[Enrolment]:
        """Who has a seat."""
        return self._in(EnrolmentState.ENROLLED)

    @cached_property
    def offered(self) -> list[Enrolment]:
        """For whom a seat is kept until she answers."""
        return self._in(EnrolmentState.OFFERED)

    @cached_property
    def waiting(self) -> list[Enrolment]:
        """Who waits, in order of rank."""
        return self._in(EnrolmentState.WAITING)

    @property
    def taken(self) -> Wants:
        """What those who have a seat take."""
        return _sum(self.seated)

    @cached_property
    def free(self) -> Wants:
        """What nobody has and nobody is offered."""
        left = Wants(self.course.seats, self.course.childcare).minus(_sum([*self.seated, *self.offered]))
        return Wants(max(left.seats, 0), max(left.children, 0))

    @cached_property
    def passed(self) -> set[int]:
        """Who waits although something is free, because she wants more than that."""
        return set(passed_over(self.free, self._waiters)) if self._goes_on else set()

    @cached_property
    def overtaken(self) -> set[int]:
        """Who waits before somebody that was offered a seat, because what was free was not enough for her."""
        latest = max(((one.since_at, one.id) for one in self.offered), default=None)
        return {one.id for one in self.waiting if latest and (one.since_at, one.id) < latest}

    @cached_property
    def to_call(self) -> set[int]:
        """For whom a seat is free, but who cannot be asked in writing any more: somebody has to phone."""
        chance = last_chance(self.course)
        if not self._goes_on or chance is None or offer_until(self.now, chance, self.course.centre.zone):
            return set()
        return set(whom_to_offer(self.free, self._waiters))

    @cached_property
    def too_many(self) -> list[Enrolment]:
        """Who is in it beyond its seats, the last who came first."""
        seated = [one for one in reversed(self.there) if one.state is not EnrolmentState.WAITING]
        return beyond(seated, Wants(self.course.seats, self.course.childcare))

    @cached_property
    def absent(self) -> list[Enrolment]:
        """Who has missed as many sessions as the course says: whether her seat is free, a person decides."""
        limit = self.course.absences
        return [one for one in self.seated if limit and self.been.get(one.id, Been()).missed >= limit]

    @property
    def needs_somebody(self) -> bool:
        """Whether there is anything for a person to decide."""
        return not self.is_over and bool(self.absent or self.too_many or self.passed or self.to_call)

    @property
    def next_session(self) -> CourseSession | None:
        """The session that is on, or the next."""
        return next((one for one in self.course.standing if one.ends_at > self.now), None)

    @property
    def is_over(self) -> bool:
        """Whether its last session has ended, or it was called off."""
        return self.course.state is CourseState.CALLED_OFF or (
            self.course.state is CourseState.OPEN and self.next_session is None
        )

    @property
    def _goes_on(self) -> bool:
        chance = last_chance(self.course)
        return self.course.state is CourseState.OPEN and chance is not None and chance > self.now

    @property
    def _waiters(self) -> list[Waiter]:
        return [Waiter(one.id, wants_of(one)) for one in self.waiting]

    def _in(self, state: EnrolmentState) -> list[Enrolment]:
        return [one for one in self.there if one.state is state]


def boards(session: Session, courses: Sequence[Course], now: datetime) -> list[CourseBoard]:
    """How courses stand, in their order; two statements however many they are."""
    ids = [course.id for course in courses]
    by_course: dict[int, list[Enrolment]] = defaultdict(list)
    for one in _enrolments(session, ids, THERE):
        by_course[one.course_id].append(one)
    been = _been(session, ids)
    return [CourseBoard(course, by_course[course.id], been, now) for course in courses]


def courses_listed(session: Session, now: datetime, centre_id: int, teacher_id: int | None = None) -> Sequence[Course]:
    """Courses of a centre that are not long over, by when they begin; of one teacher, or all."""
    lately = exists().where(CourseSession.course_id == Course.id, CourseSession.ends_at > now - LISTED)
    begins = select(func.min(CourseSession.starts_at)).where(CourseSession.course_id == Course.id).scalar_subquery()
    found = select(Course).where(Course.centre_id == centre_id, or_(lately, Course.state == CourseState.DRAFT))
    if teacher_id is not None:
        hers = exists().where(CourseSession.course_id == Course.id, CourseSession.teacher_id == teacher_id)
        found = found.where(or_(Course.teacher_id == teacher_id, hers))
    whole = (
        selectinload(Course.sessions), joinedload(Course.centre), joinedload(Course.teacher),
        joinedload(Course.room).joinedload(Room.counter),
    )  # fmt: skip
    return session.scalars(found.options(*whole).order_by(begins, Course.id)).all()


def rooms_at(session: Session, centre: Centre) -> Sequence[Room]:
    """The rooms of a centre in use, halls among them."""
    found = select(Room).where(Room.centre_id == centre.id, Room.active).options(joinedload(Room.counter))
    return session.scalars(found.order_by(Room.code)).all()


def gone_from(session: Session, course: Course) -> Sequence[Enrolment]:
    """Who was in a course and could come back, the last who left first."""
    return sorted(_enrolments(session, [course.id], GONE), key=lambda one: one.visit.ended_at or one.since_at)[::-1]


def seat_numbers(session: Session, course: Course) -> dict[int, int]:
    """The lowest seat of each enrolment that has some: by it the nameless are known."""
    found = select(Seat.enrolment_id, func.min(Seat.number)).where(Seat.course_id == course.id, Seat.pool == Pool.SEAT)
    return dict(session.execute(found.group_by(Seat.enrolment_id)).all())


def came_to(session: Session, of: CourseSession) -> set[int] | None:
    """Whose presence at a session was noted; None as long as nobody's was."""
    rows = session.execute(
        select(Attendance.enrolment_id, Attendance.came).where(Attendance.session_id == of.id)
    ).all()  # fmt: skip
    return {enrolment_id for enrolment_id, came in rows if came} if rows else None


def sessions_of_blocks(session: Session, blocked_time_ids: Collection[int]) -> dict[int, CourseSession]:
    """The session behind each blocked time of a course, with its course."""
    found = select(CourseSession).where(CourseSession.blocked_time_id.in_(blocked_time_ids))
    rows = session.scalars(found.options(joinedload(CourseSession.course)))
    return {one.blocked_time_id: one for one in rows if one.blocked_time_id}


def _enrolments(session: Session, ids: Collection[int], states: Collection[EnrolmentState]) -> Sequence[Enrolment]:
    found = select(Enrolment).join(Visit).where(Enrolment.course_id.in_(ids), Enrolment.state.in_(states))
    rows = found.where(Visit.erased_at.is_(None)).options(joinedload(Enrolment.visit))
    return session.scalars(rows.order_by(Enrolment.since_at, Enrolment.id)).all()


def _been(session: Session, course_ids: Collection[int]) -> dict[int, Been]:
    found = (
        select(Attendance.enrolment_id, Attendance.came, func.count())
        .join(CourseSession, CourseSession.id == Attendance.session_id)
        .where(CourseSession.course_id.in_(course_ids), CourseSession.cancelled_at.is_(None))
        .group_by(Attendance.enrolment_id, Attendance.came)
    )
    counted: dict[int, Been] = {}
    for enrolment_id, came, count in session.execute(found).all():
        before = counted.get(enrolment_id, Been())
        counted[enrolment_id] = before._replace(**{"came" if came else "missed": count})
    return counted


def _sum(enrolments: Sequence[Enrolment]) -> Wants:
    return Wants(sum(one.visit.party for one in enrolments), sum(one.children for one in enrolments))

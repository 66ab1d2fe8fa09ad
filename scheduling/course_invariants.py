"""What must be true of courses at every moment: seats as numbered, sessions in the plan (C-01, C-04)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from foundation.facts import Fact
from scheduling.happened import Happened
from scheduling.models import (
    BlockedKind,
    BlockedTime,
    Claim,
    Course,
    CourseSession,
    Enrolment,
    EnrolmentState,
    Pool,
    Seat,
    Visit,
    room_part,
)
from scheduling.models.teaching import KEEPS_SEATS

_its_claim = aliased(Claim)


def _beyond(_now: datetime) -> Select[int]:
    """Numbers above the capacity stand only where it was lowered under them."""
    changed = exists().where(
        Fact.kind == Happened.COURSE_CHANGED, Fact.subject_kind == "course", Fact.subject_id == Course.id
    )
    capacity = case((Seat.pool == Pool.SEAT, Course.seats), else_=Course.childcare)
    wrong = or_(Seat.number < 1, Seat.number > capacity)
    return select(Seat.number).join(Course, Course.id == Seat.course_id).where(wrong, ~changed)


def _seats_of(pool: Pool) -> ColumnElement[int]:
    theirs = (Seat.enrolment_id == Enrolment.id, Seat.course_id == Enrolment.course_id, Seat.pool == pool)
    return select(func.count()).where(*theirs).correlate(Enrolment).scalar_subquery()


def _other_than_wanted(_now: datetime) -> Select[int]:
    has = Enrolment.state.in_(KEEPS_SEATS)
    right = and_(_seats_of(Pool.SEAT) == Visit.party, _seats_of(Pool.CHILD) == Enrolment.children)
    none_at_all = ~exists().where(Seat.enrolment_id == Enrolment.id)
    return (
        select(Enrolment.id)
        .join(Visit, Visit.id == Enrolment.visit_id)
        .where(or_(and_(has, Visit.erased_at.is_(None), ~right), and_(~has, ~none_at_all)))
    )


def _elsewhere(_now: datetime) -> Select[int]:
    found = select(Seat.number).join(Enrolment, Enrolment.id == Seat.enrolment_id)
    return found.where(Seat.course_id != Enrolment.course_id)


def _half_offered(_now: datetime) -> Select[int]:
    offered = Enrolment.state == EnrolmentState.OFFERED
    return select(Enrolment.id).where(offered != Enrolment.offered_until.is_not(None))


def _covered(resource: ColumnElement[bool]) -> ColumnElement[bool]:
    """A claim of a session for its whole length."""
    mine = (
        _its_claim.blocked_time_id == CourseSession.blocked_time_id, _its_claim.starts_at <= CourseSession.starts_at,
        _its_claim.ends_at >= CourseSession.ends_at,
    )  # fmt: skip
    return exists().where(*mine, resource).correlate(CourseSession, room_part)


def _unclaimed(now: datetime) -> Select[int]:
    part = room_part.c.hall_id == CourseSession.room_id
    open_part = exists().where(part, ~_covered(_its_claim.resource_id == room_part.c.part_id))
    hall = and_(exists().where(part), ~open_part)
    room = or_(CourseSession.room_id.is_(None), _covered(_its_claim.resource_id == CourseSession.room_id), hall)
    whole = and_(_covered(_its_claim.resource_id == CourseSession.teacher_id), room)
    return select(CourseSession.id).where(CourseSession.cancelled_at.is_(None), CourseSession.starts_at > now, ~whole)


def _cancelled_and_claimed(_now: datetime) -> Select[int]:
    return select(CourseSession.id).where(
        CourseSession.cancelled_at.is_not(None), CourseSession.blocked_time_id.is_not(None)
    )


def _without_session(_now: datetime) -> Select[int]:
    mine = exists().where(CourseSession.blocked_time_id == BlockedTime.id)
    return select(BlockedTime.id).where(BlockedTime.kind == BlockedKind.COURSE.value, ~mine)


COURSE_INVARIANTS: dict[str, Callable[[datetime], Select[int]]] = {
    "no seat has a number beyond its course, unless that was changed": _beyond,
    "who has or is offered a seat has one for each who comes, everybody else none": _other_than_wanted,
    "every seat is of the course it was given for": _elsewhere,
    "an offered seat is kept until a moment, no other is": _half_offered,
    "every session to come has claimed its teacher, and its room or all parts of its hall": _unclaimed,
    "a session that was cancelled takes nobody's time": _cancelled_and_claimed,
    "time taken for a course is a session's": _without_session,
}

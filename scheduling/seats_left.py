"""What is free in courses, for many of them at once; to others it is said in words, never as a number of people."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.enrolling import last_chance
from scheduling.models import Course, CourseState, Enrolment, EnrolmentState, Pool, Seat, Visit
from scheduling.places_left import Waiter, Wants, whom_to_offer

FEW_ARE = 3


class Places(StrEnum):
    """What somebody who would like to join needs to know."""

    DROP_IN = "drop_in"
    FREE = "free"
    FEW = "few"
    FULL = "full"
    CLOSED = "closed"


def places_in(course: Course, free: Wants, now: datetime) -> Places:
    """Closed once nobody can join any more; pure."""
    chance = last_chance(course)
    if course.state is not CourseState.OPEN or chance is None:
        return Places.CLOSED
    if course.drop_in:
        return Places.DROP_IN if course.standing[-1].ends_at > now else Places.CLOSED
    if chance <= now:
        return Places.CLOSED
    if free.seats <= 0:
        return Places.FULL
    return Places.FEW if free.seats <= FEW_ARE else Places.FREE


def free_in(session: Session, courses: Collection[Course]) -> dict[int, Wants]:
    """Seats and places in childcare that a newcomer can have, by the course's id: those that nobody has and nobody is
    offered; none while somebody waits who could have them and is about to be called.
    """
    ids = [course.id for course in courses]
    taken = select(Seat.course_id, Seat.pool, func.count()).where(Seat.course_id.in_(ids))
    counted = {
        (course_id, pool): count
        for course_id, pool, count in session.execute(taken.group_by(Seat.course_id, Seat.pool))
    }
    queued = _waiters(session, ids)
    free = {course.id: _left(course, counted) for course in courses}
    return {id_: Wants(0) if whom_to_offer(left, queued.get(id_, [])) else left for id_, left in free.items()}


def _left(course: Course, counted: Mapping[tuple[int, Pool], int]) -> Wants:
    seats = course.seats - counted.get((course.id, Pool.SEAT), 0)
    return Wants(max(seats, 0), max(course.childcare - counted.get((course.id, Pool.CHILD), 0), 0))


def _waiters(session: Session, ids: Collection[int]) -> dict[int, list[Waiter]]:
    rows = (
        select(Enrolment.course_id, Enrolment.id, Visit.party, Enrolment.children)
        .join(Visit)
        .where(Enrolment.course_id.in_(ids), Enrolment.state == EnrolmentState.WAITING, Visit.erased_at.is_(None))
        .order_by(Enrolment.since_at, Enrolment.id)
    )
    found: dict[int, list[Waiter]] = {}
    for course_id, id_, party, children in session.execute(rows):
        found.setdefault(course_id, []).append(Waiter(id_, Wants(party, children)))
    return found

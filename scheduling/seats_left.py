"""What is free in courses, for many of them at once; to others it is said in words, never as a number of people."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduling.enrolling import last_chance, queues, unseated
from scheduling.models import Course, CourseState
from scheduling.places_left import Wants, whom_to_offer

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
    queued = queues(session, [course.id for course in courses])
    free = unseated(session, courses)
    return {id_: Wants(0) if whom_to_offer(left, queued.get(id_, [])) else left for id_, left in free.items()}

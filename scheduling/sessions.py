"""Sessions of a course in the plan: each takes its teacher and room, is moved or cancelled alone, and never over a
claim, an absence or a closure (P8).
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Moved
from scheduling.blocked import atoms_of, block, unblock
from scheduling.claims import lock
from scheduling.colliding import Wanted, collisions
from scheduling.happened import Happened
from scheduling.interval import Interval
from scheduling.models import (
    Absence,
    BlockedKind,
    Centre,
    Claim,
    Closure,
    Course,
    CourseSession,
    CourseState,
    Enrolment,
    Visit,
)
from scheduling.teaching_refusals import SessionPast, SessionsCollide
from scheduling.waitlist import offer_free_seats


def add_sessions(tx: Transaction, course: Course, wanted: Sequence[Wanted]) -> None:
    """All of them or none. Raises SessionsCollide with the whole list, WindowBroken, MomentNaive, Moved."""
    _check_going(course)
    _refuse(tx, course.centre, wanted)
    number = max((session.number for session in course.sessions), default=0)
    for one in sorted(wanted, key=lambda one: one.interval):
        number += 1
        made = CourseSession(number=number, version=1)
        _stand(tx, course, made, one)
        course.sessions.append(made)
        tx.session.flush()
        tx.record(Happened.SESSION_ADDED, "course_session", made.id, course.centre.scope)
    in_order(tx, course)


def move_session(tx: Transaction, session: CourseSession, wanted: Wanted) -> None:
    """Another time, teacher or room for one session (its course locked); whoever is enrolled is told.

    Raises SessionPast for one that has begun or would begin in the past, Moved for one that is cancelled,
    SessionsCollide.
    """
    if session.cancelled_at:
        raise Moved
    _check_going(session.course)
    _check_to_come(tx, session, wanted.interval.start)
    before, course = Interval(session.starts_at, session.ends_at), session.course
    _lock(tx, [session], atoms_of(tx, wanted.resources))
    _free(tx, session)
    _refuse(tx, course.centre, [wanted])
    _stand(tx, course, session, wanted)
    if before != wanted.interval:  # who teaches and in which room is told to nobody
        session.version += 1
    in_order(tx, course)
    _changed(tx, session, Happened.SESSION_MOVED, before.start, time=before != wanted.interval)


def cancel_session(tx: Transaction, session: CourseSession) -> None:
    """One session does not take place; its teacher and room are free, whoever is enrolled is told (C-04).

    Cancelling twice is cancelling once. Raises SessionPast.
    """
    if session.cancelled_at:
        return
    _check_to_come(tx, session, session.starts_at)
    _free(tx, session)
    session.cancelled_at, session.version = tx.now, session.version + 1
    in_order(tx, session.course)
    _changed(tx, session, Happened.SESSION_CANCELLED, session.starts_at)


def restore_session(tx: Transaction, session: CourseSession) -> None:
    """A session that was cancelled takes place after all, where it was. Raises SessionPast, SessionsCollide."""
    if session.cancelled_at is None:
        return
    _check_going(session.course)
    _check_to_come(tx, session, session.starts_at)
    wanted = as_wanted(session)
    _refuse(tx, session.course.centre, [wanted])
    session.cancelled_at, session.version = None, session.version + 1
    _stand(tx, session.course, session, wanted)
    in_order(tx, session.course)
    _changed(tx, session, Happened.SESSION_RESTORED, session.starts_at)


def as_wanted(session: CourseSession) -> Wanted:
    """A session as it stands."""
    return Wanted(Interval(session.starts_at, session.ends_at), session.teacher_id, session.room_id)


def free_sessions(tx: Transaction, course: Course) -> None:
    """Teacher and room of every session to come are free: the course is called off."""
    to_come = [session for session in course.standing if session.starts_at > tx.now]
    _lock(tx, to_come)
    for session in to_come:
        _free(tx, session)
        session.cancelled_at = tx.now


def sessions_hit(session: Session, now: datetime, interval: Interval, resource_id: int) -> Sequence[CourseSession]:
    """Sessions from now on that somebody or a room, or a hall it is part of, is needed for, in order of time."""
    claimed = select(Claim.blocked_time_id).where(Claim.resource_id == resource_id)
    theirs = or_(
        CourseSession.teacher_id == resource_id, CourseSession.room_id == resource_id,
        CourseSession.blocked_time_id.in_(claimed),
    )  # fmt: skip
    return _hit(session, now, interval, theirs)


def sessions_shut(session: Session, now: datetime, interval: Interval, centre_id: int) -> Sequence[CourseSession]:
    """Sessions of a centre from now on in a stretch of time."""
    return _hit(session, now, interval, Course.centre_id == centre_id)


def hit_by(session: Session, now: datetime, row: Absence | Closure) -> Sequence[CourseSession]:
    """Sessions from now on that cannot take place as planned because of an absence or a closure."""
    interval = Interval(row.starts_at, row.ends_at)
    if isinstance(row, Closure):
        return sessions_shut(session, now, interval, row.centre_id)
    return sessions_hit(session, now, interval, row.resource_id)


def in_order(tx: Transaction, course: Course) -> None:
    """Sessions in order of time, and what hangs on them: until when enrolments are kept (D-04), and what is offered."""
    course.sessions.sort(key=lambda session: session.starts_at)
    last = max((session.ends_at for session in course.sessions), default=None)
    if last:  # whoever is told that the last one is off has to find her page, and may come to another
        day = course.centre.local_day(max(last, tx.now))
        theirs = select(Visit).join(Enrolment, Enrolment.visit_id == Visit.id).where(Enrolment.course_id == course.id)
        for visit in tx.session.scalars(theirs.where(Visit.erased_at.is_(None))):
            visit.day_on = day
    offer_free_seats(tx, course)


def _changed(tx: Transaction, session: CourseSession, happened: Happened, was: datetime, **more: object) -> None:
    """With the time it had before: by that is known who has heard of it."""
    scope = session.course.centre.scope
    tx.record(happened, "course_session", session.id, scope, version=session.version, was=was.isoformat(), **more)


def _hit(session: Session, now: datetime, interval: Interval, where: ColumnElement[bool]) -> Sequence[CourseSession]:
    found = (
        select(CourseSession)
        .join(Course)
        .where(where, CourseSession.cancelled_at.is_(None), CourseSession.ends_at > now)
        .where(CourseSession.starts_at < interval.end, CourseSession.ends_at > interval.start)
    )
    return session.scalars(found.order_by(CourseSession.starts_at, CourseSession.id)).all()


def _refuse(tx: Transaction, centre: Centre, wanted: Sequence[Wanted]) -> None:
    found = collisions(tx, centre, wanted)
    if found:
        raise SessionsCollide(found, len(wanted))


def _lock(tx: Transaction, freed: Sequence[CourseSession], taken: Collection[int] = ()) -> None:
    """All at once, so that two who free and take crosswise do not wait for each other."""
    of_these = Claim.blocked_time_id.in_([session.blocked_time_id for session in freed])
    lock(tx.session, {*taken, *tx.session.scalars(select(Claim.resource_id).where(of_these))})


def _stand(tx: Transaction, course: Course, session: CourseSession, wanted: Wanted) -> None:
    blocked = block(tx, BlockedKind.COURSE, wanted.resources, wanted.taken, course.centre)
    session.starts_at, session.ends_at = wanted.interval
    session.teacher_id, session.room_id, session.blocked_time_id = wanted.teacher_id, wanted.room_id, blocked.id


def _free(tx: Transaction, session: CourseSession) -> None:
    if session.blocked_time_id is not None:
        blocked_time_id, session.blocked_time_id = session.blocked_time_id, None
        tx.session.flush()
        unblock(tx, blocked_time_id, session.course.centre)


def _check_going(course: Course) -> None:
    """Raises Moved for a course that is called off: nothing of it stands any more."""
    if course.state is CourseState.CALLED_OFF:
        raise Moved


def _check_to_come(tx: Transaction, session: CourseSession, starts_at: datetime) -> None:
    if min(session.starts_at, starts_at) <= tx.now:
        raise SessionPast

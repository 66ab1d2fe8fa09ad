"""What can be done with a course as a whole: made with its sessions, opened, changed, called off; who was there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from scheduling.colliding import Wanted
from scheduling.enrolling import set_state
from scheduling.happened import Happened
from scheduling.models import Attendance, Centre, Course, CourseSession, CourseState, Enrolment, EnrolmentState, Room
from scheduling.models.places import Texts
from scheduling.sessions import add_sessions, free_sessions
from scheduling.teaching_refusals import CodeTaken, NoPlace, NoSeats, NoSessions

MOST_SEATS = 200


@dataclass(frozen=True)
class CoursePlan:
    """A course as staff type it; see `Course`."""

    code: str
    titles: Texts
    abouts: Texts
    audience: Texts
    level: str | None
    women_only: bool
    drop_in: bool
    teacher_id: int
    room_id: int | None
    place: str | None
    seats: int
    childcare: int = 0
    late_sessions: int = 0
    absences: int | None = None


def make_course(tx: Transaction, centre: Centre, plan: CoursePlan, wanted: Sequence[Wanted]) -> Course:
    """A course with all its sessions, or nothing at all; a draft until it is opened.

    Raises NoSessions, SessionsCollide with the whole list, NoPlace, NoSeats, CodeTaken.
    """
    _check(tx, centre, plan)
    if not wanted:
        raise NoSessions
    course = Course(centre=centre, state=CourseState.DRAFT, version=1, **plan.__dict__)
    tx.session.add(course)
    try:
        tx.session.flush()
    except IntegrityError as fault:
        raise CodeTaken from fault
    tx.record(Happened.COURSE_MADE, "course", course.id, centre.scope)
    add_sessions(tx, course, wanted)
    return course


def open_course(tx: Transaction, course: Course) -> None:
    """People can see a course (locked) and enrol. Raises Moved unless it is a draft, NoSessions."""
    if course.state is not CourseState.DRAFT:
        raise Moved
    if not course.standing:
        raise NoSessions
    course.state, course.version = CourseState.OPEN, course.version + 1
    tx.record(Happened.COURSE_OPENED, "course", course.id, course.centre.scope)


def call_off(tx: Transaction, course: Course) -> None:
    """A course (locked) does not take place, or not any more: sessions to come are free, everybody in it is told.

    Twice is once.
    """
    if course.state is CourseState.CALLED_OFF:
        return
    free_sessions(tx, course)
    for enrolment in in_course(tx.session, course):
        set_state(tx, enrolment, EnrolmentState.CALLED_OFF)
        tx.record(Happened.ENROLMENT_ENDED, "enrolment", enrolment.id, course.centre.scope)
    course.state, course.version = CourseState.CALLED_OFF, course.version + 1
    tx.record(Happened.COURSE_CALLED_OFF, "course", course.id, course.centre.scope)


def in_course(session: Session, course: Course) -> Sequence[Enrolment]:
    """Who has a seat, is offered one or waits, in the order they came."""
    there = (EnrolmentState.ENROLLED, EnrolmentState.OFFERED, EnrolmentState.WAITING)
    found = select(Enrolment).where(Enrolment.course_id == course.id, Enrolment.state.in_(there))
    return session.scalars(found.options(joinedload(Enrolment.visit)).order_by(Enrolment.since_at, Enrolment.id)).all()


def tick(tx: Transaction, session: CourseSession, came: Collection[int]) -> None:
    """Who of those who had a seat was at a session; the others were not. Again corrects it.

    `came` are ids of enrolments. Raises NotFound for who had no seat then, Moved for a session that has not
    begun or was cancelled, or whose people are forgotten already: how many came stays as it is.
    """
    if session.cancelled_at or session.starts_at > tx.now:
        raise Moved
    seated = seated_at(tx.session, session)
    if any(one.visit.erased_at for one in seated):
        raise Moved
    if not set(came) <= {one.id for one in seated}:
        raise NotFound
    for one in seated:
        tx.session.merge(Attendance(session_id=session.id, enrolment_id=one.id, came=one.id in came))
    session.attended = sum(one.visit.party for one in seated if one.id in came)
    tx.record(Happened.ATTENDED, "course_session", session.id, session.course.centre.scope, came=session.attended)


def seated_at(session: Session, of: CourseSession) -> list[Enrolment]:
    """Who had a seat in a course when a session began, and has it still, in the order they came."""
    there = in_course(session, of.course)
    return [
        one for one in there if one.state is EnrolmentState.ENROLLED and one.seated_at and one.seated_at <= of.ends_at
    ]


def count(tx: Transaction, session: CourseSession, people: int) -> None:
    """How many came to a drop-in event: a number, nobody's name. Raises Moved as `tick`."""
    if session.cancelled_at or session.starts_at > tx.now or people < 0:
        raise Moved
    session.attended = people
    tx.record(Happened.SESSION_COUNTED, "course_session", session.id, session.course.centre.scope, came=people)


def courses_to_come(session: Session, now: datetime, centre_ids: Collection[int] | None = None) -> Sequence[Course]:
    """Open courses with a session still to come, of these centres or all, by when they go on; all that lists show."""
    ahead = CourseSession.starts_at > now, CourseSession.cancelled_at.is_(None)
    next_one = select(func.min(CourseSession.starts_at)).where(CourseSession.course_id == Course.id, *ahead)
    found = select(Course).where(Course.state == CourseState.OPEN, next_one.correlate(Course).scalar_subquery() > now)
    if centre_ids is not None:
        found = found.where(Course.centre_id.in_(centre_ids))
    whole = selectinload(Course.sessions), joinedload(Course.centre)
    return session.scalars(
        found.options(*whole).order_by(next_one.correlate(Course).scalar_subquery(), Course.id)
    ).all()


def course_by_code(session: Session, code: str) -> Course:
    """A course whatever its state. Raises NotFound."""
    course = session.scalar(select(Course).where(Course.code == code)) if code.isprintable() else None
    if course is None:
        raise NotFound
    return course


def _check(tx: Transaction, centre: Centre, plan: CoursePlan) -> None:
    room = tx.session.get(Room, plan.room_id) if plan.room_id else None
    if (room is None and not plan.place) or (room and room.centre_id != centre.id):
        raise NoPlace
    if not (0 if plan.drop_in else 1) <= plan.seats <= MOST_SEATS or not 0 <= plan.childcare <= MOST_SEATS:
        raise NoSeats(most=MOST_SEATS)
    if tx.session.scalar(select(Course.id).where(Course.code == plan.code)) is not None:
        raise CodeTaken

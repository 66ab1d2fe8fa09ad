"""Which courses an account may see: who runs them all of her centre's, who teaches her own (X-10)."""

from access.models import Account
from access.rights import Right
from doorway.binding import reading
from doorway.gates import current_account, current_centre
from foundation.db import Transaction
from foundation.errors import NotFound
from scheduling.courses import course_by_code
from scheduling.enrolling import course_to_change
from scheduling.models import Course, CourseSession


def course_shown(code: str) -> Course:
    """A course to read. Raises NotFound, also for another centre's and for who neither runs nor teaches it."""
    course = course_by_code(reading(), code)
    _check(course)
    return course


def session_shown(code: str, number: int) -> CourseSession:
    """One of its sessions. Raises NotFound as well."""
    return _numbered(course_shown(code), number)


def course_here(tx: Transaction, code: str) -> Course:
    """A course to change, its row locked. Raises NotFound."""
    course = course_to_change(tx, course_by_code(tx.session, code).id)
    _check(course)
    return course


def session_here(tx: Transaction, code: str, number: int) -> CourseSession:
    """One of its sessions, to change. Raises NotFound."""
    return _numbered(course_here(tx, code), number)


def only_own(account: Account) -> int | None:
    """Of which teacher an account sees courses; None for all. Raises NotFound for who neither runs nor teaches any."""
    if account.may(Right.RUN_COURSES):
        return None
    if account.counsellor_id is None:
        raise NotFound
    return account.counsellor_id


def _check(course: Course) -> None:
    teacher = only_own(current_account())
    teaches = {course.teacher_id, *(session.teacher_id for session in course.sessions)}
    if course.centre_id != current_centre().id or (teacher is not None and teacher not in teaches):
        raise NotFound


def _numbered(course: Course, number: int) -> CourseSession:
    found = next((session for session in course.sessions if session.number == number), None)
    if found is None:
        raise NotFound
    return found

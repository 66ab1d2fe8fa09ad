"""What a course says of itself, put right while it stands; its sessions and seats have actions of their own."""

from dataclasses import dataclass

from foundation.db import Transaction
from foundation.errors import Moved
from scheduling.happened import Happened
from scheduling.models import Course
from scheduling.models.places import Texts
from scheduling.waitlist import offer_free_seats


@dataclass(frozen=True)
class CourseWords:
    """Titles, texts and terms; see `Course`."""

    titles: Texts
    abouts: Texts
    audience: Texts
    level: str | None
    women_only: bool
    late_sessions: int
    absences: int | None


def describe(tx: Transaction, course: Course, words: CourseWords, version: int) -> None:
    """Other words for a course (locked). Raises Moved when somebody changed it since `version` was read."""
    if course.version != version:
        raise Moved
    for name, value in vars(words).items():
        setattr(course, name, value)
    course.version += 1
    tx.record(Happened.COURSE_CHANGED, "course", course.id, course.centre.scope)
    tx.session.flush()
    offer_free_seats(tx, course)  # who may join later may be who waits

"""Who was at a session, ticked on the spot; of a drop-in event only how many (C-04)."""

from flask import render_template, request
from werkzeug.wrappers import Response

from access.rights import Right
from desk.course_shown import session_here, session_shown
from desk.session import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.gates import current_account, staff
from doorway.pages import field, number_field, see_other
from foundation.errors import Moved, NotFound
from scheduling.course_board import came_to, seat_numbers
from scheduling.courses import count, seated_at, tick
from scheduling.models import CourseSession

STEPS = {"plus": 1, "minus": -1}
MOST_PEOPLE = 999


@blueprint.get("/courses/<course_code>/<int(max=999):session_number>")
@staff(Right.SEE_COURSES)
def attendance(course_code: str, session_number: int) -> str:
    """Everybody with a seat, as big rows; nothing is noted before the session has begun."""
    session, now = session_shown(course_code, session_number), request_now()
    came = came_to(reading(), session)
    return render_template(
        "desk/attendance.html", account=current_account(), centre=session.course.centre, course=session.course,
        session=session, now=now, seated=seated_at(reading(), session), came=came or set(), noted=came is not None,
        numbers=seat_numbers(reading(), session.course), begun=session.starts_at <= now and not session.cancelled_at,
        done=request.args.get("done", ""), runs=current_account().may(Right.RUN_COURSES),
    )  # fmt: skip


@blueprint.post("/courses/<course_code>/<int(max=999):session_number>")
@staff(Right.SEE_COURSES)
def attendance_noted(course_code: str, session_number: int) -> Response:
    """Everybody by one press, or those who are ticked; again corrects it. Raises Moved, NotFound."""
    with transaction() as tx:
        session = session_here(tx, course_code, session_number)
        if session.course.drop_in:
            count(tx, session, _people(session))
        else:
            seated = {one.id for one in seated_at(tx.session, session)}
            if seated != _numbers("shown"):
                raise Moved
            tick(tx, session, seated if field("do", 10) == "all" else _numbers("came"))
    return see_other(".attendance", course_code=course_code, session_number=session_number, done="saved")


def _people(session: CourseSession) -> int:
    """One more or less than are noted, or as typed."""
    step = STEPS.get(field("do", 10))
    if step is None:
        return min(number_field("people"), MOST_PEOPLE)
    return min(max((session.attended or 0) + step, 0), MOST_PEOPLE)


def _numbers(name: str) -> set[int]:
    """Ids of enrolments that a form of ours names. Raises NotFound for anything else."""
    sent = request.form.getlist(name)
    if not all(one.isascii() and one.isdecimal() and len(one) <= len("999999999") for one in sent):
        raise NotFound
    return {int(one) for one in sent}

"""One session of a course: another time, teacher or room, called off alone, or more of them (P8, C-04)."""

from flask import render_template
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from access.rights import Right
from desk.course_form import CourseForm, DaysMissing
from desk.course_shown import course_here, session_here, session_shown
from desk.course_words import NAMED, WHY
from desk.courses import course_page
from desk.session import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.gates import current_account, staff
from doorway.pages import number_field, see_other
from foundation.db import Transaction
from foundation.errors import Moved, NotFound, Refusal
from scheduling.colliding import Wanted
from scheduling.course_board import boards, rooms_at
from scheduling.models import Course, CourseSession
from scheduling.presence import counsellors_at
from scheduling.sessions import add_sessions, cancel_session, move_session, restore_session
from scheduling.teaching_refusals import NoPlace

ENDS = {"cancel": cancel_session, "restore": restore_session}


@blueprint.post("/courses/<course_code>/sessions")
@staff(Right.RUN_COURSES)
def session_added(course_code: str) -> Response | tuple[str, int]:
    """One more."""
    form = CourseForm.sent()
    try:
        with transaction() as tx:
            course = course_here(tx, course_code)
            add_sessions(tx, course, [_wanted(tx, course, form)])
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return course_page(course_code, refusal, form), refusal.status
    return see_other(".course", course_code=course_code, done="saved")


@blueprint.get("/courses/<course_code>/<int(max=999):session_number>/change")
@staff(Right.RUN_COURSES)
def session_change(course_code: str, session_number: int) -> str:
    """When, who and where, to be changed."""
    shown = session_shown(course_code, session_number)
    zone = shown.course.centre.zone
    starts, ends = shown.starts_at.astimezone(zone), shown.ends_at.astimezone(zone)
    form = MultiDict({
        "first": f"{starts:%Y-%m-%d}", "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}",
        "teacher_id": str(shown.teacher_id), "room_id": str(shown.room_id or ""),
    })  # fmt: skip
    return _page(shown, CourseForm(form))


@blueprint.post("/courses/<course_code>/<int(max=999):session_number>/change")
@staff(Right.RUN_COURSES)
def session_changed(course_code: str, session_number: int) -> Response | tuple[str, int]:
    """Moved, and everybody enrolled is told; what stands in the way is named."""
    form = CourseForm.sent()
    try:
        with transaction() as tx:
            session = _unchanged(session_here(tx, course_code, session_number))
            move_session(tx, session, _wanted(tx, session.course, form))
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(session_shown(course_code, session_number), form, refusal), refusal.status
    return see_other(".course", course_code=course_code, done="moved")


@blueprint.post("/courses/<course_code>/<int(max=999):session_number>/<any(cancel, restore):end>")
@staff(Right.RUN_COURSES)
def session_ended(course_code: str, session_number: int, end: str) -> Response | tuple[str, int]:
    """It does not take place, or after all."""
    try:
        with transaction() as tx:
            ENDS[end](tx, session_here(tx, course_code, session_number))
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return course_page(course_code, refusal), refusal.status
    return see_other(".course", course_code=course_code, done=end)


def _wanted(tx: Transaction, course: Course, form: CourseForm) -> Wanted:
    """As typed. Raises DaysMissing, TimesBroken, NoPlace; NotFound for who and what is not of this centre."""
    centre = course.centre
    day = form.day("first")
    if day is None:
        raise DaysMissing
    (wanted,) = form.wanted(centre, [day])
    rooms = {None, *(room.id for room in rooms_at(tx.session, centre))}
    if wanted.teacher_id not in {one.id for one in counsellors_at(tx.session, centre)} or wanted.room_id not in rooms:
        raise NotFound
    if wanted.room_id is None and not course.place:
        raise NoPlace
    return wanted


def _unchanged(session: CourseSession) -> CourseSession:
    """Raises Moved when somebody has changed it since the page was drawn."""
    if session.version != number_field("version"):
        raise Moved
    return session


def _page(session: CourseSession, form: CourseForm, refusal: Refusal | None = None) -> str:
    course, centre = session.course, session.course.centre
    (board,) = boards(reading(), [course], request_now())
    return render_template(
        "desk/course_session.html", account=current_account(), centre=centre, course=course, session=session,
        board=board, form=form, refusal=refusal,
        told=sum(one.visit.wants_messages for one in board.seated), teachers=counsellors_at(reading(), centre),
        rooms=rooms_at(reading(), centre), why=WHY, named=NAMED, collisions=getattr(refusal, "collisions", ()),
    )  # fmt: skip

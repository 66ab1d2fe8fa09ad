"""The courses of a centre: the list, one course with everybody in it, and what becomes of it as a whole (C-04)."""

from collections.abc import Callable

from flask import render_template, request
from werkzeug.wrappers import Response

from access.rights import Right
from desk.course_form import CourseForm
from desk.course_shown import course_here, course_shown, only_own
from desk.course_words import LEFT, LEVELS, NAMED, WHY
from desk.session import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.forms import readable
from doorway.gates import current_account, current_centre, staff
from doorway.pages import number_field, see_other
from foundation.db import Transaction
from foundation.errors import NotFound, Refusal, desk_sentence
from scheduling.course_board import boards, courses_listed, gone_from, rooms_at, seat_numbers
from scheduling.course_changes import describe
from scheduling.courses import MOST_SEATS, call_off, open_course
from scheduling.models import Course, CourseState
from scheduling.presence import counsellors_at
from scheduling.teaching_refusals import NoSeats
from scheduling.waitlist import resize


class SeatsHit(Refusal):
    """Fewer places than are taken; whom that hits stands on the page, and nothing is saved yet."""

    text = desk_sentence("Es sind schon mehr Plätze vergeben. Niemand wird abgemeldet. Gespeichert ist noch nichts.")

    def __init__(self, hit: list[int]) -> None:
        """`hit` are ids of enrolments, the last who came first."""
        super().__init__()
        self.hit = hit


@blueprint.get("/courses")
@staff(Right.SEE_COURSES)
def courses() -> str:
    """All of the centre, or her own: those that go on first, then drafts, then what is over."""
    account, centre, now = current_account(), current_centre(), request_now()
    found = boards(reading(), courses_listed(reading(), now, centre.id, only_own(account)), now)
    groups = {
        "running": [one for one in found if one.course.state is CourseState.OPEN and not one.is_over],
        "draft": [one for one in found if one.course.state is CourseState.DRAFT],
        "over": [one for one in found if one.is_over][::-1],
    }
    return render_template("desk/courses.html", account=account, centre=centre, now=now, groups=groups, some=found)


@blueprint.get("/courses/<course_code>")
@staff(Right.SEE_COURSES)
def course(course_code: str) -> str:
    """Sessions, who is in it, who waits, who is offered what, and what to do."""
    return course_page(course_code)


@blueprint.post("/courses/<course_code>/open")
@staff(Right.RUN_COURSES)
def course_opened(course_code: str) -> Response:
    """From now on clients see it and can enrol."""
    return _done(course_code, open_course, "opened")


@blueprint.post("/courses/<course_code>/call-off")
@staff(Right.RUN_COURSES)
def course_called_off(course_code: str) -> Response:
    """It does not take place, or not any more."""
    return _done(course_code, call_off, "called-off")


@blueprint.post("/courses/<course_code>/seats")
@staff(Right.RUN_COURSES)
def course_resized(course_code: str) -> Response | tuple[str, int]:
    """Other numbers of seats; fewer than are taken only once somebody has seen whom that hits."""
    form = CourseForm.sent()
    try:
        seats, childcare = form.places()
        with transaction() as tx:
            course = course_here(tx, course_code)
            if seats > MOST_SEATS or childcare > MOST_SEATS or not (seats or course.drop_in):
                raise NoSeats(most=MOST_SEATS)
            hit = [one.id for one in resize(tx, course, seats, childcare)]
            if hit and form.get("sure") != form.get("seats") + "/" + form.get("childcare"):
                raise SeatsHit(hit)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return course_page(course_code, refusal, form), refusal.status
    return see_other(".course", course_code=course_code, done="saved")


@blueprint.get("/courses/<course_code>/words")
@staff(Right.RUN_COURSES)
def course_words(course_code: str) -> str:
    """Titles, texts and terms, to be changed."""
    shown = course_shown(course_code)
    return _words_page(shown, CourseForm.of(shown))


@blueprint.post("/courses/<course_code>/words")
@staff(Right.RUN_COURSES)
def course_described(course_code: str) -> Response | tuple[str, int]:
    """Saved, unless somebody else was faster."""
    form = CourseForm.sent()
    try:
        with transaction() as tx:
            describe(tx, course_here(tx, course_code), form.words(), number_field("version"))
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _words_page(course_shown(course_code), form, refusal), refusal.status
    return see_other(".course", course_code=course_code, done="saved")


def course_page(code: str, refusal: Refusal | None = None, form: CourseForm | None = None) -> str:
    """One course, with what was refused, and what was typed about its seats or a new session."""
    account, now, shown = current_account(), request_now(), course_shown(code)
    (board,) = boards(reading(), [shown], now)
    reach = account.may(Right.REACH) or account.counsellor_id == shown.teacher_id
    told = [one for one in board.there if one.visit.wants_messages]
    return render_template(
        "desk/course.html", account=account, centre=shown.centre, now=now, course=shown, board=board, refusal=refusal,
        form=form or CourseForm.of(shown), numbers=seat_numbers(reading(), shown), gone=gone_from(reading(), shown),
        left=LEFT, runs=account.may(Right.RUN_COURSES), reach=reach, readable=readable, told=len(told),
        hit=getattr(refusal, "hit", ()), collisions=getattr(refusal, "collisions", ()), why=WHY, named=NAMED,
        done=request.args.get("done", ""), today=shown.centre.local_day(now),
        teachers=counsellors_at(reading(), shown.centre), rooms=rooms_at(reading(), shown.centre),
    )  # fmt: skip


def _words_page(shown: Course, form: CourseForm, refusal: Refusal | None = None) -> str:
    return render_template(
        "desk/course_words.html", account=current_account(), centre=shown.centre, course=shown, form=form,
        refusal=refusal, levels=LEVELS,
    )  # fmt: skip


def _done(code: str, act: Callable[[Transaction, Course], None], done: str) -> Response:
    with transaction() as tx:
        act(tx, course_here(tx, code))
    return see_other(".course", course_code=code, done=done)

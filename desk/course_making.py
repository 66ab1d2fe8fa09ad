"""Making a course: what it is and when, a look at every day, then all ticked days or nothing at all (C-01, P8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from flask import render_template, request
from werkzeug.wrappers import Response

from access.rights import Right
from desk.course_form import CourseForm
from desk.course_shown import course_shown
from desk.course_words import LEVELS, NAMED, RHYTHMS, WHY
from desk.session import blueprint
from doorway.binding import reading, transaction
from doorway.form_keys import once
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import see_other
from foundation.db import Transaction
from foundation.errors import NotFound, Refusal
from scheduling.colliding import Collision, Wanted, collisions
from scheduling.course_board import rooms_at
from scheduling.courses import make_course
from scheduling.meeting_days import holidays_unknown
from scheduling.models import Centre, Course
from scheduling.presence import counsellors_at

WEEK = [date(2026, 11, 23 + weekday) for weekday in range(7)]
"""A Monday and the six days after it, for the names of weekdays."""


class Day(NamedTuple):
    """A day of the list: whether it is ticked, and what stands in its way."""

    day: date
    ticked: bool
    collision: Collision | None


@dataclass(frozen=True)
class Look:
    """All days of a series, those that holidays take, and whether the school holidays of its end are known yet.

    `room_seats` is how many the room holds, if that is fewer than are to be enrolled.
    """

    days: Sequence[Day] = ()
    left_out: Sequence[date] = ()
    unknown: bool = False
    of: str = ""
    room_seats: int | None = None


@blueprint.get("/new-course")
@staff(Right.RUN_COURSES)
def new_course() -> str:
    """The form, empty or like another course that is to be held once more."""
    code = request.args.get("like", "")
    return _page(CourseForm.of(course_shown(code)).like(course_shown(code)) if code else CourseForm.sent(), Look())


@blueprint.post("/new-course")
@staff(Right.RUN_COURSES)
def make_new_course() -> Response | str | tuple[str, int]:
    """Look at the days, or save; where a day does not go nothing is made, and nothing that was typed is lost."""
    form = CourseForm.sent()
    try:
        if form.get("do") != "save" or form.get("shown") != form.days_shown:
            return _page(form, _looked(form))
        with transaction() as tx:
            course_id = once(tx, lambda: _made(tx, form).id)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(form, _looked_again(form), refusal), refusal.status
    return see_other(".course", course_code=reading().get_one(Course, course_id).code, done="made")


def _made(tx: Transaction, form: CourseForm) -> Course:
    centre = centre_in(tx)
    _check_teacher(tx, centre, form)
    return make_course(tx, centre, form.plan(), form.wanted(centre, form.ticked()))


def _looked(form: CourseForm) -> Look:
    """Every day with what is in its way. Raises what the form does."""
    series = form.series()
    days = series.days()
    same = form.get("shown") == form.days_shown
    ticked = set(form.ticked()) if same else set(days)
    with transaction() as tx:
        centre = centre_in(tx)
        _check_teacher(tx, centre, form)
        hit = _by_day(centre, collisions(tx, centre, form.wanted(centre, days)))
    return Look(
        [Day(day, day in ticked and (same or day not in hit), hit.get(day)) for day in days],
        series.left_out(), series.as_schools and holidays_unknown(days), form.days_shown, _too_small(form),
    )  # fmt: skip


def _looked_again(form: CourseForm) -> Look:
    """The days as they were shown, if the form says enough to show them."""
    try:
        return _looked(form) if form.get("shown") or form.get("do") == "save" else Look()
    except Refusal:
        return Look()


def _by_day(centre: Centre, found: Sequence[Collision]) -> dict[date, Collision]:
    return {centre.local_day(one.wanted.interval.start): one for one in found}


def _too_small(form: CourseForm) -> int | None:
    seats, _ = form.places()
    rooms = {str(room.id): room for room in rooms_at(reading(), current_centre())}
    room = rooms.get(form.get("room_id"))
    return room.seats if room and room.seats < seats else None


def _check_teacher(tx: Transaction, centre: Centre, form: CourseForm) -> None:
    """Only who works here teaches here. Raises NotFound."""
    wanted: Wanted = form.wanted(centre, [centre.local_day(tx.now)])[0]
    if wanted.teacher_id not in {one.id for one in counsellors_at(tx.session, centre)}:
        raise NotFound


def _page(form: CourseForm, look: Look, refusal: Refusal | None = None) -> str:
    centre = current_centre()
    return render_template(
        "desk/new_course.html", account=current_account(), centre=centre, form=form, look=look, refusal=refusal,
        teachers=counsellors_at(reading(), centre), rooms=rooms_at(reading(), centre), levels=LEVELS, rhythms=RHYTHMS,
        why=WHY, named=NAMED, week=WEEK,
    )  # fmt: skip

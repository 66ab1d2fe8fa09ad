"""Who is in a course, put right at the desk: a seat given by phone, somebody taken off or enrolled, a slip.

Nobody's seat is freed but by a person's press (C-04).
"""

from collections.abc import Callable
from functools import partial

from flask import render_template, session, url_for
from werkzeug.wrappers import Response

from access.rights import Right
from desk.course_shown import course_here, course_shown
from desk.courses import course_page
from desk.session import blueprint
from desk.somebody import Somebody
from doorway.binding import reading, request_now, the_house, transaction
from doorway.form_keys import once
from doorway.forms import CONTACT_REFUSED, ContactForm
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, number_field, see_other
from foundation.db import Transaction
from foundation.errors import Moved, NotFound, Refusal
from foundation.languages import SOURCE
from scheduling.course_board import boards, seat_numbers
from scheduling.enrolling import Enrolling, enrol, enrolment_to_change, wait
from scheduling.models import Enrolment
from scheduling.places_left import Wants
from scheduling.revoking import revoke_link
from scheduling.teaching_refusals import (
    AlreadyEnrolled,
    CourseFull,
    CourseOver,
    NotEnrollable,
    PartyTooLarge,
    SeatOfferOver,
)  # fmt: skip
from scheduling.visits import manage_token
from scheduling.waitlist import come_back, leave, seat

Act = Callable[[Transaction, Enrolment], None]


def _lock_link(tx: Transaction, enrolment: Enrolment) -> None:
    revoke_link(tx, enrolment.visit, the_house().settings.secret_keys)


ACTS: dict[str, Act] = {
    "seat": seat, "leave": leave, "free": partial(leave, by_centre=True), "back": come_back, "link": _lock_link,
}  # fmt: skip
"""What one press does: she said yes, she does not come, her seat is freed by staff, she is in again, her link is in
wrong hands (X-04)."""

SAID_ON_THE_PAGE = (CourseFull, CourseOver, SeatOfferOver, Moved)
MOST_CHILDREN = 9
SLIP = "course_slip"


@blueprint.post("/courses/<course_code>/people")
@staff(Right.RUN_COURSES)
def course_person(course_code: str) -> Response | tuple[str, int]:
    """One press about one person. Raises NotFound for who is in another course, or a press that is none."""
    act = ACTS.get(field("do", 10))
    if act is None:
        raise NotFound
    try:
        with transaction() as tx:
            act(tx, _hers(tx, course_code))
    except SAID_ON_THE_PAGE as refusal:
        return course_page(course_code, refusal), refusal.status
    return see_other(".course", course_code=course_code, done="saved")


@blueprint.get("/courses/<course_code>/enrol")
@staff(Right.RUN_COURSES)
def course_enrol(course_code: str) -> str:
    """Who comes, and how she is reached."""
    return _page(course_code, ContactForm("no", "", "", SOURCE), Somebody())


@blueprint.post("/courses/<course_code>/enrol")
@staff(Right.RUN_COURSES)
def course_enrol_this(course_code: str) -> Response | tuple[str, int]:
    """A seat, or the end of the waitlist; where no seat is free, the waitlist is offered and nothing typed is lost."""
    typed, somebody, action = ContactForm.sent(), Somebody.sent(), wait if field("do", 10) == "wait" else enrol
    try:
        wish = Enrolling(Wants(somebody.party, _children()), somebody.reads, (somebody.spoken,), typed.contact())
        with transaction() as tx:
            course, keys = course_here(tx, course_code), the_house().settings.secret_keys
            enrolment_id = once(tx, lambda: action(tx, course, wish, keys).id, which=action.__name__)
    except (*CONTACT_REFUSED, *SAID_ON_THE_PAGE, AlreadyEnrolled, NotEnrollable, PartyTooLarge) as refusal:
        return _page(course_code, typed, somebody, refusal), refusal.status
    session[SLIP] = enrolment_id
    return see_other(".course", course_code=course_code, done="enrolled")


@blueprint.post("/courses/<course_code>/slip")
@staff(Right.RUN_COURSES)
def course_slip_for(course_code: str) -> Response:
    """Whose slip is wanted stands in the session, not in an address."""
    course = course_shown(course_code)
    enrolment = reading().get(Enrolment, number_field("enrolment"))
    if enrolment is None or enrolment.course_id != course.id:
        raise NotFound
    session[SLIP] = enrolment.id
    return see_other(".course_slip")


@blueprint.get("/course-slip")
@staff(Right.RUN_COURSES)
def course_slip() -> str:
    """Days, place, seat, and the secret link as a QR code. Raises NotFound."""
    enrolment = reading().get(Enrolment, session.get(SLIP, 0))
    if enrolment is None or enrolment.visit.erased_at or enrolment.course.centre_id != current_centre().id:
        raise NotFound
    house, visit = the_house(), enrolment.visit
    link = house.settings.public_url + url_for("visit.enter", token=manage_token(house.settings.secret_keys, visit))
    return render_template(
        "desk/course_slip.html", enrolment=enrolment, course=enrolment.course, visit=visit, link=link,
        now=request_now(), tongue=house.languages[visit.ui_lang],
        number=seat_numbers(reading(), enrolment.course).get(enrolment.id),
    )  # fmt: skip


def _hers(tx: Transaction, code: str) -> Enrolment:
    """The enrolment the form is about, as it was when the page was drawn. Raises Moved, NotFound."""
    course = course_here(tx, code)
    enrolment = enrolment_to_change(tx, number_field("enrolment"))
    if enrolment.course_id != course.id:
        raise NotFound
    if enrolment.version != number_field("version"):
        raise Moved
    return enrolment


def _children() -> int:
    typed = field("children", 1)
    return int(typed) if typed.isascii() and typed.isdecimal() else 0


def _page(code: str, typed: ContactForm, somebody: Somebody, refusal: Refusal | None = None) -> str:
    course = course_shown(code)
    (board,) = boards(reading(), [course], request_now())
    return render_template(
        "desk/course_enrol.html", account=current_account(), centre=course.centre, course=course, board=board,
        typed=typed, somebody=somebody, refusal=refusal, most_children=min(course.childcare, MOST_CHILDREN),
        contact_refused=isinstance(refusal, CONTACT_REFUSED), children=_children(),
        full=isinstance(refusal, CourseFull) or not board.free.seats, tongue=the_house().languages[somebody.reads],
    )  # fmt: skip

"""Her own page of a course: where she stands, what comes, leave and come back with one press, an answer to an offer.

She sees herself alone (P35): nobody else, and not how many.
"""

from flask import g, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from booking.courses import about
from booking.enrol import RANKS
from booking.visit import blueprint, check_form_of, link_of, visit_shown
from doorway.binding import reading, request_now, transaction
from doorway.gates import visitor
from doorway.pages import field, see_other
from foundation.db import Transaction
from foundation.errors import NotFound
from scheduling.enrolling import enrolment_to_change, last_chance, waiters, wants_of
from scheduling.models import CourseState, Enrolment, EnrolmentState, Visit
from scheduling.places_left import Waiter, Wants, passed_over
from scheduling.waitlist import accept, come_back, leave, pass_on


@blueprint.get("/visit/course")
@visitor
def enrolled() -> str:
    """State in words, sessions to come, calendar file; what she can do now."""
    visit = visit_shown()
    hers = enrolment_of(reading(), visit)
    known = about(hers.course)
    return render_template(
        "booking/enrolled.html", **known, visit=visit, enrolment=hers, link=link_of(visit), state=_state(hers),
        rank=_rank(hers), too_many=_too_many(hers, known["shown"].free), joinable=_joinable(hers),
    )  # fmt: skip


@blueprint.post("/visit/course/leave")
@visitor
def leave_course() -> BaseResponse:
    """One press, and another can have the seat; twice is once."""
    with transaction() as tx:
        leave(tx, enrolment_of_form(tx))
    return see_other(".enrolled")


@blueprint.post("/visit/course/again")
@visitor
def join_again() -> BaseResponse:
    """In again after all: on a free seat, else at the end of the waitlist. Raises CourseOver once it is too late."""
    with transaction() as tx:
        enrolment = enrolment_of_form(tx)
        pass_on(tx, enrolment.id)  # an offer that is over, and nobody has come by yet to say so
        if enrolment.state not in {EnrolmentState.ENROLLED, EnrolmentState.WAITING}:
            come_back(tx, enrolment)
    return see_other(".enrolled")


@blueprint.post("/visit/course/offer")
@visitor
def answer_offer() -> BaseResponse:
    """Yes takes the seat, no passes it on. Raises SeatOfferOver after the deadline."""
    with transaction() as tx:
        enrolment = enrolment_of_form(tx)
        (accept if field("answer", 4) == "take" else leave)(tx, enrolment)
    return see_other(".enrolled")


def enrolment_of(session: Session, visit: Visit) -> Enrolment:
    """What a visit has come for, if it is a course. Raises NotFound."""
    found = session.scalar(select(Enrolment).where(Enrolment.visit_id == visit.id))
    if found is None:
        raise NotFound
    return found


def enrolment_of_form(tx: Transaction) -> Enrolment:
    """This browser's enrolment with its course locked, if the form was made for it. Raises NotFound, Moved."""
    enrolment = enrolment_to_change(tx, enrolment_of(tx.session, g.visit).id)
    check_form_of(enrolment.visit)
    return enrolment


def _state(enrolment: Enrolment) -> str:
    """As the page says it: an offer is over at its deadline, whether it was passed on yet or not."""
    course, until = enrolment.course, enrolment.offered_until
    if enrolment.state is EnrolmentState.CALLED_OFF or course.state is CourseState.CALLED_OFF:
        return EnrolmentState.CALLED_OFF.value
    if not course.standing or course.standing[-1].ends_at <= request_now():
        return "over"
    if enrolment.state is EnrolmentState.OFFERED and until is not None and until <= request_now():
        return EnrolmentState.LAPSED.value
    return enrolment.state.value


def _joinable(enrolment: Enrolment) -> bool:
    chance = last_chance(enrolment.course)
    return enrolment.course.state is CourseState.OPEN and chance is not None and chance > request_now()


def _rank(enrolment: Enrolment) -> str:
    """Her place in the waitlist in words, as long as it is one of the first."""
    before = [one.id for one in waiters(reading(), enrolment.course)]
    rank = before.index(enrolment.id) if enrolment.id in before else len(RANKS)
    return RANKS[rank] if rank < len(RANKS) else ""


def _too_many(enrolment: Enrolment, free: Wants) -> bool:
    """Whether she waits although something is free, because she wants more than that (P33)."""
    waits = enrolment.state is EnrolmentState.WAITING
    return waits and bool(passed_over(free, [Waiter(enrolment.id, wants_of(enrolment))]))

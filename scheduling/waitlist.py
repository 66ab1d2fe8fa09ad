"""The waitlist of a course: what is given up is offered in order of rank, kept until a deadline, and passed on (C-04).

An offered seat is a kept seat, so that nobody else can take it meanwhile. Whoever gives a seat up offers it in the
same transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Moved
from scheduling.enrolling import (
    check_joinable,
    check_once,
    enrolment_to_change,
    free_of,
    last_chance,
    seat_if_first,
    set_state,
    take_seats,
    waiters,
    wants_of,
)  # fmt: skip
from scheduling.happened import Happened
from scheduling.models import Course, CourseState, Enrolment, EnrolmentState
from scheduling.models.teaching import ENROLMENT_MOVES
from scheduling.places_left import Wants, offer_until, whom_to_offer
from scheduling.teaching_refusals import SeatOfferOver


def leave(tx: Transaction, enrolment: Enrolment, by_centre: bool = False) -> None:
    """A client gives up her seat, her offer or her rank (her course locked); what is free is offered on at once.

    `by_centre` when staff free the seat of somebody who does not come any more. Leaving twice is leaving once; raises
    Moved when the course is called off.
    """
    if enrolment.state in {EnrolmentState.LEFT, EnrolmentState.REMOVED, EnrolmentState.LAPSED}:
        return
    to = EnrolmentState.REMOVED if by_centre and enrolment.state is EnrolmentState.ENROLLED else EnrolmentState.LEFT
    set_state(tx, enrolment, to)
    happened = Happened.SEAT_FREED if to is EnrolmentState.REMOVED else Happened.LEFT_COURSE
    tx.record(happened, "enrolment", enrolment.id, enrolment.course.centre.scope)
    offer_free_seats(tx, enrolment.course)


def accept(tx: Transaction, enrolment: Enrolment) -> None:
    """An offered seat becomes hers (her course locked). Accepting twice is accepting once; raises SeatOfferOver."""
    if enrolment.state is EnrolmentState.ENROLLED:
        return
    if enrolment.state is not EnrolmentState.OFFERED or enrolment.offered_until is None:
        raise SeatOfferOver
    if enrolment.offered_until <= tx.now:
        raise SeatOfferOver
    set_state(tx, enrolment, EnrolmentState.ENROLLED)
    tx.record(Happened.SEAT_TAKEN, "enrolment", enrolment.id, enrolment.course.centre.scope)


def come_back(tx: Transaction, enrolment: Enrolment) -> None:
    """Who has left, or did not answer, is in again (her course locked): on a seat that is free, else at the end of the
    waitlist. Raises Moved for who is still in, AlreadyEnrolled, and what `check_joinable` refuses.
    """
    check_joinable(enrolment.course, tx.now, wants_of(enrolment))
    if EnrolmentState.WAITING not in ENROLMENT_MOVES[enrolment.state]:
        raise Moved
    check_once(tx, enrolment.course, enrolment.visit)
    set_state(tx, enrolment, EnrolmentState.WAITING)
    enrolment.since_at = tx.now
    tx.session.flush()
    if not seat_if_first(tx, enrolment):
        tx.record(Happened.WAITING, "enrolment", enrolment.id, enrolment.course.centre.scope)


def seat(tx: Transaction, enrolment: Enrolment) -> None:
    """Staff give a free seat to somebody who waits (her course locked), because she said yes on the phone.

    Raises CourseFull, Moved, and what `check_joinable` refuses.
    """
    if enrolment.state is EnrolmentState.OFFERED:
        accept(tx, enrolment)
        return
    check_joinable(enrolment.course, tx.now)
    set_state(tx, enrolment, EnrolmentState.ENROLLED)
    take_seats(tx, enrolment)
    tx.record(Happened.SEAT_TAKEN, "enrolment", enrolment.id, enrolment.course.centre.scope)


def offer_free_seats(tx: Transaction, course: Course) -> None:
    """What is free in a course (locked) is kept for those who wait, in order of rank.

    Nothing is offered when too little time is left to answer: then the desk calls.
    """
    chance = last_chance(course)
    if course.state is not CourseState.OPEN or chance is None:
        return
    until = offer_until(tx.now, chance, course.centre.zone)
    if until is None:
        return
    for id_ in whom_to_offer(free_of(tx, course), waiters(tx.session, course)):
        enrolment = tx.session.get_one(Enrolment, id_)
        set_state(tx, enrolment, EnrolmentState.OFFERED, until)
        take_seats(tx, enrolment)
        tx.record(Happened.SEAT_OFFERED, "enrolment", id_, course.centre.scope)


def pass_on(tx: Transaction, enrolment_id: int) -> None:
    """An offer nobody answered in time goes to the next. Nothing happens when it was answered meanwhile."""
    enrolment = enrolment_to_change(tx, enrolment_id)
    over = enrolment.offered_until is not None and enrolment.offered_until <= tx.now
    if enrolment.state is EnrolmentState.OFFERED and over:
        set_state(tx, enrolment, EnrolmentState.LAPSED)
        tx.record(Happened.SEAT_LAPSED, "enrolment", enrolment.id, enrolment.course.centre.scope)
        offer_free_seats(tx, enrolment.course)


def lapsed(session: Session, now: datetime, limit: int = 20) -> Sequence[int]:
    """Offers whose time is over, the oldest first: what `pass_on` has to do."""
    over = (Enrolment.state == EnrolmentState.OFFERED, Enrolment.offered_until <= now)
    return session.scalars(select(Enrolment.id).where(*over).order_by(Enrolment.offered_until).limit(limit)).all()


def resize(tx: Transaction, course: Course, seats: int, childcare: int) -> list[Enrolment]:
    """Other numbers of seats and childcare places for a course (locked). More are offered to those who wait; when there
    are fewer than are taken, nobody is thrown out: those who came last are returned.
    """
    course.seats, course.childcare, course.version = seats, childcare, course.version + 1
    tx.record(
        Happened.COURSE_CHANGED, "course", course.id, course.centre.scope, seats=seats, childcare=childcare
    )  # fmt: skip
    tx.session.flush()
    offer_free_seats(tx, course)
    return over_capacity(tx.session, course)


def over_capacity(session: Session, course: Course) -> list[Enrolment]:
    """Who is in a course beyond its seats or childcare places, the last who came first."""
    found = select(Enrolment).where(
        Enrolment.course_id == course.id, Enrolment.state.in_([EnrolmentState.ENROLLED, EnrolmentState.OFFERED])
    )
    there = session.scalars(found.order_by(Enrolment.since_at.desc(), Enrolment.id.desc())).all()
    return beyond(there, Wants(course.seats, course.childcare))


def beyond(there: Sequence[Enrolment], capacity: Wants) -> list[Enrolment]:
    """Who of those with a seat, the last who came first, is one too many. Pure."""
    seats = sum(one.visit.party for one in there) - capacity.seats
    children = sum(one.children for one in there) - capacity.children
    hit = []
    for one in there:
        if seats > 0 or (children > 0 and one.children):
            hit.append(one)
            seats, children = seats - one.visit.party, children - one.children
    return hit

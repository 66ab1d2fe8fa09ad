"""Seeded bugs of courses: a checker that does not catch each of them proves nothing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from sqlalchemy.orm import Session

from foundation.db import Transaction
from scheduling import enrolling, waitlist
from scheduling.models import Course, Enrolment, EnrolmentState
from scheduling.places_left import Waiter, Wants

honest = waitlist.waiters


def _unlocked(tx: Transaction, course_id: int) -> Course:
    """Whoever wants a seat of a course waits for nobody."""
    return tx.session.get_one(Course, course_id)


def _last_come(tx: Transaction, course: Course) -> list[Waiter]:
    """Who came last is offered first."""
    return honest(tx, course)[::-1]


def _nobody(_tx: Transaction, _course: Course) -> None:
    """What is given up is offered to nobody."""


def _impatient(tx: Transaction, enrolment_id: int) -> None:
    """An offer is passed on whenever the worker comes by."""
    enrolment = enrolling.enrolment_to_change(tx, enrolment_id)
    if enrolment.state is EnrolmentState.OFFERED:
        enrolment.offered_until = tx.now
        tx.session.flush()
        waitlist.set_state(tx, enrolment, EnrolmentState.LAPSED)
        tx.record(waitlist.Happened.SEAT_LAPSED, "enrolment", enrolment.id, enrolment.course.centre.scope)
        waitlist.offer_free_seats(tx, enrolment.course)


def _open_offers(session: Session, *_: object) -> list[int]:
    """Those whose time is not over, too."""
    return list(session.scalars(waitlist.select(Enrolment.id).where(Enrolment.state == EnrolmentState.OFFERED)))


MUTANTS: dict[str, list[tuple[object, str, object]]] = {
    "the course is not locked": [(enrolling, "course_to_change", _unlocked)],
    "who came last is offered first": [(waitlist, "waiters", _last_come)],
    "what is given up is offered to nobody": [(waitlist, "offer_free_seats", _nobody)],
    "an offer is passed on before its time": [(waitlist, "pass_on", _impatient), (waitlist, "lapsed", _open_offers)],
    "places in childcare are forgotten": [(enrolling, "wants_of", lambda one: Wants(one.visit.party))],
    "seats are not given back": [(enrolling, "give_up_seats", lambda _tx, _enrolment: None)],
}
"""By name: what is put in place of what."""

NEEDS_POSTGRESQL = frozenset({"the course is not locked"})
"""On SQLite there is no lock to forget: the write transaction itself is the queue."""


@contextmanager
def broken(name: str) -> Iterator[None]:
    """The house with a bug, for a while; whole again afterwards. Without a name it stays whole."""
    with ExitStack() as stack:
        for where, what, instead in MUTANTS.get(name, []):
            stack.enter_context(patch.object(where, what, instead))
        yield

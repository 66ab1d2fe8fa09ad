"""Enrolling in a course and leaving it: numbered seats under a key, so that none is ever given twice (C-04)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from foundation.model import table_of
from foundation.tokens import token_hash
from scheduling.coding import as_written
from scheduling.happened import Happened
from scheduling.models import Attendance, Course, CourseState, Enrolment, EnrolmentState, Pool, Seat, Visit
from scheduling.models.teaching import ENROLMENT_MOVES, KEEPS_SEATS
from scheduling.places_left import Waiter, Wants, free_numbers, whom_to_offer
from scheduling.reaching import note_contact
from scheduling.teaching_refusals import AlreadyEnrolled, CourseFull, CourseOver, NotEnrollable, PartyTooLarge
from scheduling.visits import Contact, manage_token


@dataclass(frozen=True)
class Enrolling:
    """What somebody types to enrol: how many come, how many children are to be looked after, and how to reach her."""

    wants: Wants
    ui_lang: str
    spoken_langs: tuple[str, ...]
    contact: Contact


def course_to_change(tx: Transaction, course_id: int) -> Course:
    """A course with its row locked, so that all who want a seat of it come one after the other. Raises NotFound."""
    found = select(Course).where(Course.id == course_id).with_for_update(of=Course)
    course = tx.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if course is None:
        raise NotFound
    return course


def enrolment_to_change(tx: Transaction, enrolment_id: int) -> Enrolment:
    """An enrolment with its course locked, then its visit. Raises NotFound, also for what is erased."""
    course_id = tx.session.scalar(select(Enrolment.course_id).where(Enrolment.id == enrolment_id))
    if course_id is None:
        raise NotFound
    course_to_change(tx, course_id)
    found = select(Enrolment).where(Enrolment.id == enrolment_id).execution_options(populate_existing=True)
    enrolment = tx.session.scalars(found).one()
    tx.session.get_one(Visit, enrolment.visit_id, with_for_update={"key_share": True}, populate_existing=True)
    if enrolment.visit.erased_at:
        raise NotFound
    tx.kept.append(enrolment)
    return enrolment


def enrol(tx: Transaction, course: Course, wish: Enrolling, keys: Sequence[str]) -> Enrolment:
    """Seats for a party in a course (locked), at once. Raises CourseFull, where the waitlist is the next step, also
    when others wait for what is free; what `check_joinable` refuses; AlreadyEnrolled.
    """
    enrolment = _new(tx, course, wish, keys)
    if not seat_if_first(tx, enrolment):
        raise CourseFull
    return enrolment


def wait(tx: Transaction, course: Course, wish: Enrolling, keys: Sequence[str]) -> Enrolment:
    """To the end of a course's waitlist (the course locked), or to a seat that has become free meanwhile.

    Raises as `check_joinable`, AlreadyEnrolled.
    """
    enrolment = _new(tx, course, wish, keys)
    if not seat_if_first(tx, enrolment):
        tx.record(Happened.WAITING, "enrolment", enrolment.id, course.centre.scope, party=wish.wants.seats)
    return enrolment


def seat_if_first(tx: Transaction, enrolment: Enrolment) -> bool:
    """Seats for somebody who waits (her course locked), if what is free is for nobody before her; whether it is."""
    course = enrolment.course
    if enrolment.id not in whom_to_offer(free_of(tx, course), waiters(tx.session, course)):
        return False
    set_state(tx, enrolment, EnrolmentState.ENROLLED)
    take_seats(tx, enrolment)
    tx.record(Happened.ENROLLED, "enrolment", enrolment.id, course.centre.scope, party=enrolment.visit.party)
    return True


def waiters(session: Session, course: Course) -> list[Waiter]:
    """Who waits for a seat in a course, in order of rank."""
    return queues(session, [course.id]).get(course.id, [])


def queues(session: Session, course_ids: Collection[int]) -> dict[int, list[Waiter]]:
    """The same for many courses; of those that nobody waits for nothing."""
    found = (
        select(Enrolment.course_id, Enrolment.id, Visit.party, Enrolment.children)
        .join(Visit, Visit.id == Enrolment.visit_id)
        .where(Enrolment.course_id.in_(course_ids), Enrolment.state == EnrolmentState.WAITING)
    )
    by_course: dict[int, list[Waiter]] = {}
    for course_id, id_, party, children in session.execute(found.order_by(Enrolment.since_at, Enrolment.id)):
        by_course.setdefault(course_id, []).append(Waiter(id_, Wants(party, children)))
    return by_course


def free_of(tx: Transaction, course: Course) -> Wants:
    """How many seats and places in childcare nobody has and nobody is offered; 0 when there are too few for all."""
    return unseated(tx.session, [course])[course.id]


def unseated(session: Session, courses: Collection[Course]) -> dict[int, Wants]:
    """The same for many courses."""
    taken = select(Seat.course_id, Seat.pool, func.count()).where(Seat.course_id.in_([one.id for one in courses]))
    counted: Counter[tuple[int, Pool]] = Counter()
    for course_id, pool, count in session.execute(taken.group_by(Seat.course_id, Seat.pool)):
        counted[course_id, pool] = count
    return {
        one.id: Wants(
            max(one.seats - counted[one.id, Pool.SEAT], 0), max(one.childcare - counted[one.id, Pool.CHILD], 0)
        )
        for one in courses
    }


def wants_of(enrolment: Enrolment) -> Wants:
    """What an enrolment takes."""
    return Wants(enrolment.visit.party, enrolment.children)


def take_seats(tx: Transaction, enrolment: Enrolment) -> None:
    """Numbered seats for all of an enrolment (its course locked); the key has the last word. Raises CourseFull."""
    wants, course = wants_of(enrolment), enrolment.course
    pools = ((Pool.SEAT, course.seats, wants.seats), (Pool.CHILD, course.childcare, wants.children))
    seats = []
    for pool, capacity, count in pools:
        taken = set(tx.session.scalars(select(Seat.number).where(Seat.course_id == course.id, Seat.pool == pool)))
        numbers = free_numbers(taken, capacity, count)
        if len(numbers) < count:
            raise CourseFull
        seats += [Seat(course_id=course.id, pool=pool, number=number, enrolment_id=enrolment.id) for number in numbers]
    tx.session.add_all(seats)
    try:
        tx.session.flush()
    except IntegrityError as fault:
        raise CourseFull from fault


def give_up_seats(tx: Transaction, enrolment: Enrolment) -> None:
    """Its seats are free."""
    tx.session.execute(delete(Seat).where(Seat.enrolment_id == enrolment.id))


def set_state(tx: Transaction, enrolment: Enrolment, to: EnrolmentState, until: datetime | None = None) -> None:
    """By compare-and-set along `ENROLMENT_MOVES`; `until` when an offer is kept. Raises Moved when another was faster.

    Seats go with every state that keeps none; the visit ends with those that are no more than a memory.
    """
    if to not in ENROLMENT_MOVES[enrolment.state]:
        raise Moved
    values: dict[str, object] = {"state": to, "version": enrolment.version + 1, "offered_until": until}
    if to is EnrolmentState.ENROLLED:
        values["seated_at"] = tx.now
    table = table_of(Enrolment)
    still = (table.c.id == enrolment.id, table.c.state == enrolment.state, table.c.version == enrolment.version)
    if tx.session.connection().execute(update(table).where(*still).values(values)).rowcount != 1:
        raise Moved
    as_written(enrolment, values)
    if to not in KEEPS_SEATS:
        give_up_seats(tx, enrolment)
    goes_on = to in {*KEEPS_SEATS, EnrolmentState.WAITING}
    enrolment.visit.ended_at = None if goes_on else tx.now


def check_joinable(course: Course, now: datetime, wants: Wants | None = None) -> None:
    """Raises NotFound for a draft, NotEnrollable, CourseOver once too many sessions have begun, PartyTooLarge."""
    if course.state is CourseState.DRAFT:
        raise NotFound
    if course.drop_in:
        raise NotEnrollable
    chance = last_chance(course)
    if course.state is not CourseState.OPEN or chance is None or chance <= now:
        raise CourseOver
    if wants and not (wants.seats >= 1 and wants.children >= 0 and wants.fits(Wants(course.seats, course.childcare))):
        raise PartyTooLarge


def last_chance(course: Course) -> datetime | None:
    """Until when people can join: until the first session begins, or `late_sessions` later ones; None without any."""
    standing = course.standing
    return standing[min(course.late_sessions, len(standing) - 1)].starts_at if standing else None


def forget_enrolment(tx: Transaction, visit: Visit) -> None:
    """Seat, rank, and whether somebody was there go with all that is personal; how many came stays with the session
    (D-04).
    """
    enrolment = tx.session.scalar(select(Enrolment).where(Enrolment.visit_id == visit.id))
    if enrolment is None:
        return
    tx.session.execute(delete(Attendance).where(Attendance.enrolment_id == enrolment.id))
    give_up_seats(tx, enrolment)
    if enrolment.state in {EnrolmentState.WAITING, EnrolmentState.OFFERED}:
        enrolment.state, enrolment.offered_until = EnrolmentState.LEFT, None


def check_once(tx: Transaction, course: Course, contact: Contact | Visit) -> None:
    """Raises AlreadyEnrolled for a number or address that is in a course, or waits; a helper brings many."""
    if contact.recipient is None or contact.helper_lang:
        return
    at = Visit.phone == contact.phone if contact.phone else Visit.email == contact.email
    there = (EnrolmentState.ENROLLED, EnrolmentState.OFFERED, EnrolmentState.WAITING)
    mine = select(Enrolment.id).join(Visit).where(Enrolment.course_id == course.id, Enrolment.state.in_(there), at)
    if tx.session.scalar(mine.where(Visit.helper_lang.is_(None)).limit(1)) is not None:
        raise AlreadyEnrolled


def _new(tx: Transaction, course: Course, wish: Enrolling, keys: Sequence[str]) -> Enrolment:
    check_joinable(course, tx.now, wish.wants)
    check_once(tx, course, wish.contact)
    last = course.standing[-1].ends_at
    visit = Visit(
        centre_id=course.centre_id, day_on=course.centre.local_day(last), ui_lang=wish.ui_lang,
        spoken_langs=list(wish.spoken_langs), party=wish.wants.seats, wishes=[], typed_at=tx.now, token_generation=0,
    )  # fmt: skip
    tx.session.add(visit)
    tx.session.flush()
    visit.token_hash = token_hash(manage_token(keys, visit))
    note_contact(tx, visit, wish.contact, unlimited=True)
    enrolment = Enrolment(
        course=course, visit=visit, state=EnrolmentState.WAITING, version=1, children=wish.wants.children,
        since_at=tx.now,
    )  # fmt: skip
    tx.session.add(enrolment)
    tx.session.flush()
    return enrolment

"""What must be true of courses is found when it is not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from foundation.db import Transaction
from foundation.facts import SYSTEM
from scheduling.blocked import block
from scheduling.colliding import Wanted
from scheduling.course_invariants import COURSE_INVARIANTS
from scheduling.courses import call_off
from scheduling.enrolling import course_to_change, enrolment_to_change
from scheduling.interval import Interval
from scheduling.invariants import examine
from scheduling.models import BlockedKind, Centre, Claim, CourseSession, Enrolment, EnrolmentState, Pool, Room, Seat
from scheduling.sessions import cancel_session, move_session
from scheduling.waitlist import accept, leave, resize
from tests.build import MONDAY, NOW, World, at, join, teach

NUMBERS, AS_MANY, SAME, OFFER, PLAN, CANCELLED, LEFT_OVER = COURSE_INVARIANTS
LATER = at("14:00", MONDAY + timedelta(days=2))


def broken(world: World) -> list[str]:
    with world.database.reading() as session:
        return [finding.name for finding in examine(session, NOW) if finding.broken]


def first(tx: Transaction, course_id: int) -> CourseSession:
    return course_to_change(tx, course_id).sessions[0]


def hall(world: World) -> int:
    """A third room of the centre, which is its other two together."""
    with world.database.transaction(SYSTEM, NOW) as tx:
        rooms = tx.session.scalars(select(Room).where(Room.centre_id == world.centre).order_by(Room.id)).all()
        both = Room(code="hall", centre=rooms[0].centre, counter=rooms[0].counter, seats=12, parts=list(rooms))
        tx.session.add(both)
        tx.session.flush()
        return both.id


def test_whatever_is_done_to_a_course_breaks_nothing(world: World):
    course_id = teach(world, seats=3, childcare=1, room_id=hall(world))
    has = [join(world, course_id, party=2, children=1), join(world, course_id)]
    waits = join(world, course_id, party=2, waits=True, now=NOW + timedelta(minutes=1))
    assert broken(world) == []
    with world.database.transaction(SYSTEM, NOW) as tx:
        leave(tx, enrolment_to_change(tx, has[0]))
    assert broken(world) == []
    with world.database.transaction(SYSTEM, NOW) as tx:
        accept(tx, enrolment_to_change(tx, waits))
        resize(tx, course_to_change(tx, course_id), 1, 0)
        one = first(tx, course_id)
        move_session(tx, one, Wanted(Interval(LATER, LATER + timedelta(hours=1)), world.buche, one.room_id))
        cancel_session(tx, course_to_change(tx, course_id).sessions[1])
    assert broken(world) == []
    with world.database.transaction(SYSTEM, NOW) as tx:
        call_off(tx, course_to_change(tx, course_id))
    assert broken(world) == []


def _a_seat_too_many(tx: Transaction, course_id: int) -> None:
    tx.session.execute(update(Seat).where(Seat.course_id == course_id, Seat.number == 2).values(number=3))


def _a_child_too_many(tx: Transaction, course_id: int) -> None:
    tx.session.execute(update(Seat).where(Seat.pool == Pool.CHILD).values(number=2))


def _a_seat_lost(tx: Transaction, course_id: int) -> None:
    tx.session.execute(delete(Seat).where(Seat.course_id == course_id, Seat.number == 2))


def _left_with_her_seat(tx: Transaction, _course_id: int) -> None:
    tx.session.execute(update(Enrolment).values(state=EnrolmentState.LEFT))


def _anothers_seat(tx: Transaction, course_id: int) -> None:
    other = tx.session.scalars(select(CourseSession.course_id).where(CourseSession.course_id != course_id)).first()
    tx.session.execute(update(Seat).where(Seat.course_id == course_id, Seat.number == 2).values(course_id=other))


def _offered_for_ever(tx: Transaction, _course_id: int) -> None:
    tx.session.execute(update(Enrolment).values(state=EnrolmentState.OFFERED))


def _teacher_given_away(tx: Transaction, course_id: int) -> None:
    one = first(tx, course_id)
    tx.session.execute(
        delete(Claim).where(Claim.blocked_time_id == one.blocked_time_id, Claim.resource_id == one.teacher_id)
    )


def _half_the_hall_given_away(tx: Transaction, course_id: int) -> None:
    one = first(tx, course_id)
    theirs = (Claim.blocked_time_id == one.blocked_time_id, Claim.resource_id != one.teacher_id)
    tx.session.execute(delete(Claim).where(Claim.id == tx.session.scalars(select(Claim.id).where(*theirs)).first()))


def _moved_without_its_time(tx: Transaction, course_id: int) -> None:
    one = first(tx, course_id)
    one.starts_at, one.ends_at = LATER, LATER + timedelta(hours=1)


def _not_in_the_plan(tx: Transaction, course_id: int) -> None:
    first(tx, course_id).blocked_time_id = None


def _cancelled_only_by_name(tx: Transaction, course_id: int) -> None:
    first(tx, course_id).cancelled_at = NOW


def _time_for_no_session(tx: Transaction, course_id: int) -> None:
    one = first(tx, course_id)
    centre = tx.session.get_one(Centre, one.course.centre_id)
    block(tx, BlockedKind.COURSE, [one.teacher_id], Interval(LATER, LATER + timedelta(hours=1)), centre)


@pytest.mark.parametrize(
    ("break_it", "found"),
    [
        (_a_seat_too_many, [NUMBERS]),
        (_a_child_too_many, [NUMBERS]),
        (_a_seat_lost, [AS_MANY]),
        (_left_with_her_seat, [AS_MANY]),
        (_anothers_seat, [AS_MANY, SAME]),
        (_offered_for_ever, [OFFER]),
        (_teacher_given_away, [PLAN]),
        (_half_the_hall_given_away, [PLAN]),
        (_moved_without_its_time, [PLAN]),
        (_not_in_the_plan, [PLAN, LEFT_OVER]),
        (_cancelled_only_by_name, [CANCELLED]),
        (_time_for_no_session, [LEFT_OVER]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_broken_in_a_course_is_found(
    world: World, break_it: Callable[[Transaction, int], None], found: list[str]
):
    teach(world, seats=9, code="andere", teacher_id=world.buche, room_id=None, place="Hof")
    course_id = teach(world, seats=2, childcare=1, room_id=hall(world))
    join(world, course_id, party=2, children=1)
    assert broken(world) == []
    with world.database.transaction(SYSTEM, NOW) as tx:
        break_it(tx, course_id)
    assert broken(world) == found

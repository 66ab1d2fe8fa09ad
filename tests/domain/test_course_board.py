"""What whoever runs a course sees of it at a moment, and the words it is described in."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from foundation.errors import Moved
from foundation.facts import SYSTEM
from scheduling.absences import Away, recorded
from scheduling.changing import save
from scheduling.course_board import CourseBoard, boards, came_to, courses_listed, gone_from, seat_numbers
from scheduling.course_changes import CourseWords, describe
from scheduling.courses import tick
from scheduling.enrolling import course_to_change
from scheduling.models import Centre, Course, Room
from scheduling.opening import whole_day
from scheduling.places_left import Wants
from scheduling.sessions import hit_by
from scheduling.waitlist import leave, resize
from tests.build import NOW, ZONE, World, join, teach
from tests.domain.test_courses import FIRST, TUESDAY, act, session_of


def board_of(world: World, course_id: int, now: datetime = NOW) -> CourseBoard:
    with world.database.reading() as session:
        (board,) = boards(session, [session.get_one(Course, course_id)], now)
        looked_at = (board.needs_somebody, board.is_over, board.passed, board.to_call)
        assert len(looked_at) == 4, "read while the session is open"
        return board


def ids(enrolments) -> list[int]:
    return [one.id for one in enrolments]


def test_a_course_counts_parties_and_names_who_waits_in_order(world: World):
    course_id = teach(world, seats=4, childcare=2)
    family, single = join(world, course_id, party=3, children=2), join(world, course_id)
    waits = [join(world, course_id, waits=True, now=NOW + timedelta(minutes=n)) for n in (2, 1)]
    board = board_of(world, course_id)
    assert (board.taken, board.free) == (Wants(4, 2), Wants(0, 0))
    assert ids(board.seated) == [family, single]
    assert ids(board.waiting) == waits[::-1]
    assert not board.needs_somebody
    with world.database.reading() as session:
        assert seat_numbers(session, session.get_one(Course, course_id)) == {family: 1, single: 4}


def test_who_was_passed_over_is_named_while_the_next_is_asked_and_after(world: World):
    course_id = teach(world, seats=3)
    has = [join(world, course_id) for _ in range(3)]
    family = join(world, course_id, party=3, waits=True, now=NOW + timedelta(minutes=1))
    single = join(world, course_id, waits=True, now=NOW + timedelta(minutes=2))
    act(world, leave, has[0])
    board = board_of(world, course_id)
    assert (ids(board.offered), board.overtaken, board.passed) == ([single], {family}, set())
    act(world, leave, single)
    board = board_of(world, course_id)
    assert (board.passed, board.free, board.needs_somebody) == ({family}, Wants(1), True)
    with world.database.reading() as session:
        gone = gone_from(session, session.get_one(Course, course_id))
        assert set(ids(gone)) == {single, has[0]}


def test_shortly_before_the_end_somebody_has_to_phone(world: World):
    course_id = teach(world, seats=1)
    has, waits = join(world, course_id), join(world, course_id, waits=True)
    short = FIRST - timedelta(hours=2)
    act(world, leave, has, now=short)
    assert board_of(world, course_id, short).to_call == {waits}
    assert board_of(world, course_id, FIRST).to_call == set(), "nobody can join any more"


def test_too_many_and_too_often_away_are_for_a_person_to_decide(world: World):
    course_id = teach(world, seats=2, absences=1)
    comes, misses = join(world, course_id), join(world, course_id, now=NOW + timedelta(minutes=1))
    with world.database.transaction(SYSTEM, NOW) as tx:
        resize(tx, course_to_change(tx, course_id), 1, 0)
    with world.database.transaction(SYSTEM, FIRST) as tx:
        tick(tx, session_of(tx, course_id, 1), [comes])
    board = board_of(world, course_id, FIRST)
    assert (ids(board.too_many), ids(board.absent)) == ([misses], [misses])
    assert (board.been[comes], board.been[misses]) == ((1, 0), (0, 1))
    with world.database.reading() as session:
        course = session.get_one(Course, course_id)
        assert [came_to(session, one) for one in course.sessions] == [{comes}, None, None]


def test_a_course_leaves_the_list_three_months_after_its_end(world: World):
    mine = teach(world)
    teach(world, code="zwei", teacher_id=world.buche, room_id=None, place="Hof", opened=False)
    with world.database.reading() as session:

        def listed(now: datetime, teacher: int | None = None) -> list[str]:
            return [one.code for one in courses_listed(session, now, world.centre, teacher)]

        assert listed(NOW) == ["deutsch", "zwei"]
        assert listed(NOW, world.ahorn) == ["deutsch"]
        assert listed(FIRST + timedelta(weeks=16)) == ["zwei"], "a draft stays"
        assert not courses_listed(session, NOW, world.other_centre)
    assert board_of(world, mine, FIRST + timedelta(weeks=3)).is_over


def test_who_changes_an_older_page_overwrites_nothing(world: World):
    course_id = teach(world)
    words = CourseWords({"de": "Neu"}, {}, {}, "A2", True, 1, 2)
    with world.database.reading() as session:
        version = session.get_one(Course, course_id).version
    with world.database.transaction(SYSTEM, NOW) as tx:
        describe(tx, course_to_change(tx, course_id), words, version)
    with pytest.raises(Moved), world.database.transaction(SYSTEM, NOW) as tx:
        describe(tx, course_to_change(tx, course_id), words, version)
    with world.database.reading() as session:
        course = session.get_one(Course, course_id)
        assert (course.titles, course.level, course.women_only, course.absences) == ({"de": "Neu"}, "A2", True, 2)


def test_a_room_out_of_use_hits_the_sessions_of_the_hall_it_is_part_of(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        parts = tx.session.scalars(select(Room).where(Room.centre_id == world.centre).order_by(Room.id)).all()
        centre = tx.session.get_one(Centre, world.centre)
        hall = Room(code="hall", centre=centre, counter=parts[0].counter, seats=12, features=[], parts=[*parts])
        tx.session.add(hall)
        tx.session.flush()
        hall_id, part_id = hall.id, parts[1].id
    course_id = teach(world, room_id=hall_id)
    with world.database.transaction(SYSTEM, NOW) as tx:
        save(tx, Away(part_id, whole_day(TUESDAY, ZONE)))
    with world.database.reading() as session:
        (away,) = recorded(session, session.get_one(Centre, world.centre), NOW)
        assert [(one.course_id, one.number) for one in hit_by(session, NOW, away)] == [(course_id, 1)]

"""Courses: sessions in the plan, numbered seats, a waitlist that is fair, and who was there."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from foundation.errors import Moved, NotFound
from foundation.facts import CLIENT, SYSTEM, Fact
from scheduling.absences import Away
from scheduling.blocked import block
from scheduling.changing import save
from scheduling.colliding import Wanted, Why
from scheduling.course_board import boards
from scheduling.course_changes import CourseWords, describe
from scheduling.courses import (
    CoursePlan,
    call_off,
    courses_to_come,
    in_course,
    make_course,
    open_course,
    tick,
)
from scheduling.diary import diary_of, give_back
from scheduling.enrolling import course_to_change, enrolment_to_change
from scheduling.interval import Interval
from scheduling.models import (
    BlockedKind,
    Centre,
    Claim,
    Course,
    CourseSession,
    CourseState,
    Enrolment,
    EnrolmentState,
    Pool,
    Seat,
    Visit,
)
from scheduling.opening import whole_day
from scheduling.refusals import SlotTaken
from scheduling.sessions import add_sessions, cancel_session, move_session, restore_session, sessions_hit
from scheduling.teaching_refusals import (
    AlreadyEnrolled,
    CourseFull,
    CourseOver,
    NoSessions,
    NotEnrollable,
    PartyTooLarge,
    SeatOfferOver,
    SessionPast,
    SessionsCollide,
)
from scheduling.tidying import erase, erase_ended
from scheduling.waitlist import accept, come_back, lapsed, leave, over_capacity, pass_on, resize, seat
from tests.build import MONDAY, NOW, PHONE, ZONE, World, at, join, teach, tuesdays

TUESDAY = MONDAY + timedelta(days=1)
FIRST, SECOND = at("14:00", TUESDAY), at("14:00", TUESDAY + timedelta(weeks=1))


def state_of(world: World, enrolment_id: int) -> EnrolmentState:
    with world.database.reading() as session:
        return session.get_one(Enrolment, enrolment_id).state


def act(world: World, what, enrolment_id: int, now=NOW, **more) -> None:
    with world.database.transaction(CLIENT, now) as tx:
        what(tx, enrolment_to_change(tx, enrolment_id), **more)


def session_of(tx, course_id: int, number: int) -> CourseSession:
    course = course_to_change(tx, course_id)
    return next(one for one in course.sessions if one.number == number)


def seats_taken(world: World, course_id: int, pool: Pool = Pool.SEAT) -> list[int]:
    with world.database.reading() as session:
        found = select(Seat.number).where(Seat.course_id == course_id, Seat.pool == pool).order_by(Seat.number)
        return list(session.scalars(found))


def plan_of(world: World, course_id: int) -> CoursePlan:
    with world.database.reading() as session:
        course = session.get_one(Course, course_id)
        return CoursePlan(**{**{name: getattr(course, name) for name in CoursePlan.__annotations__}, "code": "zwei"})


class TestSessions:
    def test_a_session_takes_teacher_and_room_so_nobody_is_booked_over_it(self, world: World):
        teach(world)
        with pytest.raises(SlotTaken):
            world.hold(at("13:50", TUESDAY), service=world.women)  # only Ahorn
        entries = _diary(world)
        assert [(str(entry.kind), entry.interval) for entry in entries] == [
            ("course", Interval(FIRST, FIRST + timedelta(minutes=90)))
        ]

    def test_two_courses_in_one_room_are_refused_whole_with_every_collision(self, world: World):
        first = teach(world)
        with pytest.raises(SessionsCollide) as refused, world.database.transaction(SYSTEM, NOW) as tx:
            plan = plan_of(world, first)
            make_course(tx, tx.session.get_one(Centre, world.centre), plan, tuesdays(plan, 4, "15:00"))
        assert [collision.why for collision in refused.value.collisions] == [Why.TAKEN] * 3
        with world.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Course)) == 1

    def test_a_booked_appointment_stands_in_the_way_of_a_session(self, world: World):
        world.book(at("13:50", TUESDAY), service=world.women)
        with pytest.raises(SessionsCollide):
            teach(world)

    @pytest.mark.parametrize(
        ("day", "wall", "why"),
        [
            (MONDAY - timedelta(days=7), "14:00", Why.PAST),
            (MONDAY + timedelta(days=32), "14:00", Why.HOLIDAY),
        ],
    )
    def test_a_session_in_the_past_or_on_a_holiday_is_named(self, world: World, day, wall, why):
        plan = CoursePlan("x", {"de": "x"}, {}, {}, None, False, False, world.ahorn, None, "Hof", 3)
        wanted = [Wanted(Interval(at(wall, day), at(wall, day) + timedelta(hours=1)), world.ahorn, None)]
        with pytest.raises(SessionsCollide) as refused, world.database.transaction(SYSTEM, NOW) as tx:
            make_course(tx, tx.session.get_one(Centre, world.centre), plan, wanted)
        assert refused.value.collisions[0].why is why

    def test_a_teacher_who_is_away_or_works_elsewhere_is_named(self, world: World):
        with world.database.transaction(SYSTEM, NOW) as tx:
            save(tx, Away(world.ahorn, whole_day(TUESDAY, ZONE)))
        with pytest.raises(SessionsCollide) as refused:
            teach(world)
        assert [collision.why for collision in refused.value.collisions] == [Why.ABSENT]
        with pytest.raises(SessionsCollide) as refused:
            teach(world, teacher_id=world.eiche)
        assert {collision.why for collision in refused.value.collisions} == {Why.ELSEWHERE}

    def test_a_course_without_a_date_is_not_made(self, world: World):
        with pytest.raises(NoSessions):
            teach(world, sessions=0)

    def test_a_moved_session_frees_its_time_and_takes_the_new(self, world: World):
        course_id = teach(world)
        later = Interval(FIRST + timedelta(days=1), FIRST + timedelta(days=1, hours=1))
        with world.database.transaction(SYSTEM, NOW) as tx:
            one = session_of(tx, course_id, 1)
            move_session(tx, one, Wanted(later, world.buche, one.room_id))
        world.book(at("13:50", TUESDAY), service=world.women)
        with world.database.reading() as session:
            claims = session.scalars(select(Claim.resource_id).where(Claim.starts_at == later.start)).all()
        assert world.buche in claims
        assert len(claims) == 2

    def test_a_session_is_not_moved_into_the_past_nor_onto_another(self, world: World):
        course_id = teach(world)
        past = Interval(NOW - timedelta(hours=2), NOW - timedelta(hours=1))
        with pytest.raises(SessionPast), world.database.transaction(SYSTEM, NOW) as tx:
            one = session_of(tx, course_id, 1)
            move_session(tx, one, Wanted(past, one.teacher_id, one.room_id))
        with pytest.raises(SessionsCollide), world.database.transaction(SYSTEM, NOW) as tx:
            one = session_of(tx, course_id, 1)
            onto = Interval(SECOND, SECOND + timedelta(hours=1))
            move_session(tx, one, Wanted(onto, one.teacher_id, one.room_id))
        with world.database.reading() as session:
            assert session.get_one(Course, course_id).sessions[0].starts_at == FIRST

    def test_a_cancelled_session_frees_the_room_and_can_come_back(self, world: World):
        course_id = teach(world)
        with world.database.transaction(SYSTEM, NOW) as tx:
            cancel_session(tx, session_of(tx, course_id, 1))
        visit = world.book(at("13:50", TUESDAY), service=world.women)
        with pytest.raises(SessionsCollide), world.database.transaction(SYSTEM, NOW) as tx:
            restore_session(tx, session_of(tx, course_id, 1))
        with world.database.transaction(SYSTEM, NOW) as tx:
            cancel_session(tx, session_of(tx, course_id, 2))
        with world.database.transaction(SYSTEM, NOW) as tx:
            restore_session(tx, session_of(tx, course_id, 2))
        with world.database.reading() as session:
            assert [one.number for one in session.get_one(Course, course_id).standing] == [2, 3]
        assert visit

    def test_a_session_that_was_cancelled_meanwhile_is_not_moved(self, world: World):
        course_id = teach(world)
        with world.database.transaction(SYSTEM, NOW) as tx:
            cancel_session(tx, session_of(tx, course_id, 1))
        with pytest.raises(Moved), world.database.transaction(SYSTEM, NOW) as tx:
            move_session(
                tx,
                session_of(tx, course_id, 1),
                Wanted(Interval(SECOND + timedelta(days=1), SECOND + timedelta(days=1, hours=1)), world.buche, None),
            )

    def test_a_teacher_cannot_give_her_session_back_as_if_it_were_a_pause(self, world: World):
        course_id = teach(world)
        with pytest.raises(NotFound), world.database.transaction(SYSTEM, NOW) as tx:
            blocked = session_of(tx, course_id, 1).blocked_time_id
            give_back(tx, blocked or 0, world.ahorn, tx.session.get_one(Centre, world.centre))

    def test_sessions_hit_by_an_absence_are_named(self, world: World):
        course_id = teach(world)
        with world.database.reading() as session:
            hit = sessions_hit(session, NOW, whole_day(TUESDAY, ZONE), world.ahorn)
            assert [(one.course_id, one.number) for one in hit] == [(course_id, 1)]
            assert not sessions_hit(session, NOW, whole_day(MONDAY, ZONE), world.ahorn)


class TestSeats:
    def test_a_party_of_three_takes_three_numbers(self, world: World):
        course_id = teach(world, seats=4)
        join(world, course_id, party=3)
        assert seats_taken(world, course_id) == [1, 2, 3]
        with pytest.raises(CourseFull):
            join(world, course_id, party=2)
        assert seats_taken(world, course_id) == [1, 2, 3]

    def test_childcare_is_a_pool_of_its_own(self, world: World):
        course_id = teach(world, seats=4, childcare=2)
        join(world, course_id, children=2)
        with pytest.raises(CourseFull):
            join(world, course_id, children=1)
        join(world, course_id)
        assert seats_taken(world, course_id, Pool.CHILD) == [1, 2]
        assert seats_taken(world, course_id) == [1, 2]

    def test_one_number_enrols_once_and_a_party_that_never_fits_is_told_so(self, world: World):
        course_id = teach(world)
        join(world, course_id, phone=PHONE)
        with pytest.raises(AlreadyEnrolled):
            join(world, course_id, phone=PHONE)
        with pytest.raises(PartyTooLarge):
            join(world, course_id, party=3)

    def test_joining_late_goes_as_far_as_the_course_says(self, world: World):
        course_id = teach(world, late_sessions=1)
        join(world, course_id, now=FIRST + timedelta(hours=3))
        with pytest.raises(CourseOver):
            join(world, course_id, now=SECOND)

    def test_drafts_and_drop_ins_take_no_enrolment(self, world: World):
        with pytest.raises(NotFound):
            join(world, teach(world, opened=False))
        course_id = teach(world, code="cafe", drop_in=True, seats=0, teacher_id=world.buche, room_id=None, place="Hof")
        with pytest.raises(NotEnrollable):
            join(world, course_id)

    def test_fewer_seats_name_who_came_last_and_throw_nobody_out(self, world: World):
        course_id = teach(world, seats=3)
        people = [join(world, course_id, now=NOW + timedelta(minutes=n)) for n in range(3)]
        with world.database.transaction(SYSTEM, NOW) as tx:
            hit = resize(tx, course_to_change(tx, course_id), 2, 0)
            assert [one.id for one in hit] == [people[2]]
        assert state_of(world, people[2]) is EnrolmentState.ENROLLED
        act(world, leave, people[0])
        with world.database.reading() as session:
            assert not over_capacity(session, session.get_one(Course, course_id))
        with pytest.raises(CourseFull):
            join(world, course_id)


class TestWaitlist:
    def test_a_seat_that_is_given_up_is_offered_to_who_waits_longest(self, world: World):
        course_id = teach(world, seats=1)
        has, waits, later = join(world, course_id), _waits(world, course_id, 1), _waits(world, course_id, 2)
        act(world, leave, has)
        assert [state_of(world, one) for one in (waits, later)] == [EnrolmentState.OFFERED, EnrolmentState.WAITING]
        with pytest.raises(CourseFull):  # an offered seat is a kept seat
            join(world, course_id)
        act(world, accept, waits)
        assert state_of(world, waits) is EnrolmentState.ENROLLED
        assert seats_taken(world, course_id) == [1]

    def test_silence_passes_the_seat_on_and_a_late_yes_is_told_so(self, world: World):
        course_id = teach(world, seats=1, late_sessions=2)
        has, waits, later = join(world, course_id), _waits(world, course_id, 1), _waits(world, course_id, 2)
        act(world, leave, has)
        tomorrow = NOW + timedelta(days=1)
        with pytest.raises(SeatOfferOver):
            act(world, accept, waits, now=tomorrow)
        _worker(world, tomorrow)
        assert [state_of(world, one) for one in (waits, later)] == [EnrolmentState.LAPSED, EnrolmentState.OFFERED]
        act(world, come_back, waits, now=tomorrow)
        assert state_of(world, waits) is EnrolmentState.WAITING

    def test_an_answer_in_time_is_not_undone_by_the_worker(self, world: World):
        course_id = teach(world, seats=1, late_sessions=2)
        has, waits = join(world, course_id), _waits(world, course_id, 1)
        act(world, leave, has)
        act(world, accept, waits)
        _worker(world, NOW + timedelta(days=2))
        assert state_of(world, waits) is EnrolmentState.ENROLLED

    def test_a_family_is_passed_over_for_one_seat_and_first_when_three_are_free(self, world: World):
        course_id = teach(world, seats=3)
        has = [join(world, course_id) for _ in range(3)]
        family, single = _waits(world, course_id, 1, party=3), _waits(world, course_id, 2)
        act(world, leave, has[0])
        assert [state_of(world, one) for one in (family, single)] == [EnrolmentState.WAITING, EnrolmentState.OFFERED]
        for one in (*has[1:], single):
            act(world, leave, one)
        assert state_of(world, family) is EnrolmentState.OFFERED

    def test_the_desk_sees_who_waits_although_a_seat_is_free(self, world: World):
        course_id = teach(world, seats=3)
        has = [join(world, course_id) for _ in range(3)]
        family = _waits(world, course_id, 1, party=3)
        act(world, leave, has[0])
        with world.database.reading() as session:
            (board,) = boards(session, [session.get_one(Course, course_id)], NOW)
            assert board.passed == {family}

    def test_too_shortly_before_the_end_nothing_is_offered_and_the_desk_gives_the_seat(self, world: World):
        course_id = teach(world, seats=1)
        has, waits = join(world, course_id), _waits(world, course_id, 1)
        short = FIRST - timedelta(hours=2)
        act(world, leave, has, now=short)
        assert state_of(world, waits) is EnrolmentState.WAITING
        act(world, seat, waits, now=short)
        assert state_of(world, waits) is EnrolmentState.ENROLLED

    def test_leaving_twice_is_leaving_once_and_coming_back_takes_a_free_seat(self, world: World):
        course_id = teach(world, seats=1)
        has = join(world, course_id)
        act(world, leave, has)
        act(world, leave, has)
        act(world, come_back, has)
        assert state_of(world, has) is EnrolmentState.ENROLLED
        assert seats_taken(world, course_id) == [1]
        with pytest.raises(Moved):
            act(world, come_back, has)

    def test_who_is_offered_a_seat_cannot_come_back_into_a_second_one(self, world: World):
        course_id = teach(world, seats=1)
        has, waits = join(world, course_id), join(world, course_id, waits=True)
        act(world, leave, has)
        with world.database.transaction(SYSTEM, NOW) as tx:
            resize(tx, course_to_change(tx, course_id), 5, 0)
        with pytest.raises(Moved):
            act(world, come_back, waits)
        assert state_of(world, waits) is EnrolmentState.OFFERED
        assert seats_taken(world, course_id) == [1]

    def test_who_asks_to_wait_while_a_seat_has_become_free_is_in(self, world: World):
        course_id = teach(world, seats=1)
        has = join(world, course_id)
        act(world, leave, has)  # after the page said that the course is full
        assert state_of(world, _waits(world, course_id, 1)) is EnrolmentState.ENROLLED
        assert state_of(world, _waits(world, course_id, 2)) is EnrolmentState.WAITING

    def test_a_seat_that_somebody_waits_for_is_not_taken_by_who_comes_later(self, world: World):
        course_id = teach(world, seats=1)
        has, waits = join(world, course_id), _waits(world, course_id, 1)
        short = FIRST - timedelta(hours=2)
        act(world, leave, has, now=short)  # too late for an offer: the desk calls
        with pytest.raises(CourseFull):
            join(world, course_id, now=short)
        act(world, come_back, has, now=short)
        assert [state_of(world, one) for one in (has, waits)] == [EnrolmentState.WAITING] * 2
        act(world, seat, waits, now=short)
        assert state_of(world, waits) is EnrolmentState.ENROLLED

    def test_nobody_comes_back_beside_a_new_enrolment_of_her_own(self, world: World):
        course_id = teach(world, seats=2)
        before = join(world, course_id, phone=PHONE)
        with pytest.raises(Moved):
            act(world, come_back, before)
        act(world, leave, before)
        join(world, course_id, phone=PHONE)
        with pytest.raises(AlreadyEnrolled):
            act(world, come_back, before)

    def test_what_nobody_could_be_offered_is_when_a_session_takes_place_after_all(self, world: World):
        course_id = teach(world, seats=1, sessions=1)
        has, waits = join(world, course_id), _waits(world, course_id, 1)
        with world.database.transaction(SYSTEM, NOW) as tx:
            cancel_session(tx, session_of(tx, course_id, 1))
        act(world, leave, has)
        assert state_of(world, waits) is EnrolmentState.WAITING
        with world.database.transaction(SYSTEM, NOW) as tx:
            restore_session(tx, session_of(tx, course_id, 1))
        assert state_of(world, waits) is EnrolmentState.OFFERED

    def test_more_seats_are_offered_to_those_who_wait(self, world: World):
        course_id = teach(world, seats=1)
        join(world, course_id)
        waits = _waits(world, course_id, 1)
        with world.database.transaction(SYSTEM, NOW) as tx:
            resize(tx, course_to_change(tx, course_id), 2, 0)
        assert state_of(world, waits) is EnrolmentState.OFFERED


class TestTheCourseAsAWhole:
    def test_a_course_that_is_called_off_frees_its_rooms_and_ends_for_everybody(self, world: World):
        course_id = teach(world, seats=1)
        has, waits = join(world, course_id), _waits(world, course_id, 1)
        with world.database.transaction(SYSTEM, NOW) as tx:
            call_off(tx, course_to_change(tx, course_id))
        assert {state_of(world, one) for one in (has, waits)} == {EnrolmentState.CALLED_OFF}
        assert seats_taken(world, course_id) == []
        world.book(at("13:50", TUESDAY), service=world.women)
        with world.database.reading() as session:
            assert session.get_one(Course, course_id).state is CourseState.CALLED_OFF
            told = session.scalars(select(Fact.kind).where(Fact.kind == "enrolment.called_off")).all()
            assert len(told) == 2
            assert not courses_to_come(session, NOW)

    def test_a_draft_is_seen_by_nobody_until_it_is_opened(self, world: World):
        course_id = teach(world, opened=False)
        with world.database.reading() as session:
            assert not courses_to_come(session, NOW)
        with world.database.transaction(SYSTEM, NOW) as tx:
            open_course(tx, course_to_change(tx, course_id))
        with world.database.reading() as session:
            assert [one.id for one in courses_to_come(session, NOW)] == [course_id]
            assert not courses_to_come(session, NOW + timedelta(weeks=9))

    def test_who_missed_as_often_as_the_course_says_is_named_and_keeps_her_seat(self, world: World):
        course_id = teach(world, absences=2)
        comes, misses = join(world, course_id), join(world, course_id)
        for number in (1, 2):
            with world.database.transaction(SYSTEM, SECOND + timedelta(hours=2)) as tx:
                tick(tx, session_of(tx, course_id, number), [comes])
        with world.database.reading() as session:
            course = session.get_one(Course, course_id)
            (board,) = boards(session, [course], SECOND)
            assert [one.id for one in board.absent] == [misses]
            assert [one.attended for one in course.sessions] == [1, 1, None]
        assert state_of(world, misses) is EnrolmentState.ENROLLED
        act(world, leave, misses, by_centre=True)
        assert state_of(world, misses) is EnrolmentState.REMOVED

    def test_nobody_is_ticked_before_the_session_nor_who_is_not_in_it(self, world: World):
        course_id = teach(world)
        comes = join(world, course_id)
        with pytest.raises(Moved), world.database.transaction(SYSTEM, NOW) as tx:
            tick(tx, session_of(tx, course_id, 1), [comes])
        with pytest.raises(NotFound), world.database.transaction(SYSTEM, SECOND) as tx:
            tick(tx, session_of(tx, course_id, 1), [comes + 1])

    def test_a_week_after_the_course_who_was_there_is_forgotten_and_how_many_is_kept(self, world: World):
        course_id = teach(world)
        comes = join(world, course_id, phone=PHONE)
        with world.database.transaction(SYSTEM, SECOND) as tx:
            tick(tx, session_of(tx, course_id, 1), [comes])
        in_time, late = FIRST + timedelta(weeks=2, days=6), FIRST + timedelta(weeks=2, days=9)
        for now, gone in ((in_time, False), (late, True)):
            with world.database.transaction(SYSTEM, now) as tx:
                erase_ended(tx)
            with world.database.reading() as session:
                visit = session.scalars(select(Visit)).one()
                assert (visit.phone is None) is gone
                assert (session.get_one(Enrolment, comes).visit.erased_at is not None) is gone
        with world.database.reading() as session:
            assert session.get_one(Course, course_id).sessions[0].attended == 1
            assert [one.id for one in in_course(session, session.get_one(Course, course_id))] == [comes]


def _waits(world: World, course_id: int, minutes: int, party: int = 1) -> int:
    return join(world, course_id, party=party, waits=True, now=NOW + timedelta(minutes=minutes))


def _worker(world: World, now) -> None:
    with world.database.reading() as session:
        over = lapsed(session, now)
    for enrolment_id in over:
        with world.database.transaction(SYSTEM, now) as tx:
            pass_on(tx, enrolment_id)


def _diary(world: World):
    with world.database.reading() as session:
        home = session.get_one(Centre, world.centre)
        return diary_of(session, world.ahorn, home, whole_day(TUESDAY, ZONE), everywhere=False).entries


def test_a_session_may_not_stand_where_a_meeting_is(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        meeting = Interval(FIRST, FIRST + timedelta(minutes=30))
        block(tx, BlockedKind.MEETING, [world.ahorn], meeting, tx.session.get_one(Centre, world.centre))
    with pytest.raises(SessionsCollide):
        teach(world)


def test_whoever_is_told_that_the_last_session_is_off_is_not_forgotten_before(world: World):
    course_id = teach(world, sessions=1)
    comes = join(world, course_id, phone=PHONE)
    with world.database.transaction(SYSTEM, NOW) as tx:
        after_a_month = tuesdays(plan_in(tx, course_id), 5)[4]
        add_sessions(tx, course_to_change(tx, course_id), [after_a_month])
    late = after_a_month.interval.start - timedelta(hours=20)
    with world.database.transaction(SYSTEM, late) as tx:
        cancel_session(tx, session_of(tx, course_id, 2))
        erase_ended(tx)
    with world.database.reading() as session:
        assert session.get_one(Enrolment, comes).visit.phone == PHONE


def test_who_has_erased_her_data_waits_no_more_and_is_offered_nothing(world: World):
    course_id = teach(world, seats=1)
    has, gone, next_one = join(world, course_id), _waits(world, course_id, 1), _waits(world, course_id, 2)
    with world.database.transaction(CLIENT, NOW) as tx:
        erase(tx, tx.session.get_one(Enrolment, gone).visit)
    act(world, leave, has)
    assert [state_of(world, one) for one in (gone, next_one)] == [EnrolmentState.LEFT, EnrolmentState.OFFERED]


def test_a_course_that_is_called_off_takes_no_session_back(world: World):
    course_id = teach(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        call_off(tx, course_to_change(tx, course_id))
    with pytest.raises(Moved), world.database.transaction(SYSTEM, NOW) as tx:
        restore_session(tx, session_of(tx, course_id, 1))
    with pytest.raises(Moved), world.database.transaction(SYSTEM, NOW) as tx:
        add_sessions(tx, course_to_change(tx, course_id), [tuesdays(plan_in(tx, course_id), 5)[4]])


def test_what_was_counted_stays_when_nobody_knows_any_more_who_came(world: World):
    course_id = teach(world, sessions=1)
    comes = join(world, course_id)
    with world.database.transaction(SYSTEM, FIRST) as tx:
        tick(tx, session_of(tx, course_id, 1), [comes])
    late = FIRST + timedelta(days=9)
    with world.database.transaction(SYSTEM, late) as tx:
        erase_ended(tx)
    with pytest.raises(Moved), world.database.transaction(SYSTEM, late) as tx:
        tick(tx, session_of(tx, course_id, 1), [])
    with world.database.reading() as session:
        assert session.get_one(Course, course_id).sessions[0].attended == 1


def test_who_waits_is_offered_the_seat_once_people_may_join_later(world: World):
    course_id = teach(world, seats=1)
    has, waits = join(world, course_id), _waits(world, course_id, 1)
    begun = FIRST + timedelta(hours=3)
    act(world, leave, has, now=begun)
    assert state_of(world, waits) is EnrolmentState.WAITING
    with world.database.transaction(SYSTEM, begun) as tx:
        course = course_to_change(tx, course_id)
        words = CourseWords(course.titles, {}, {}, None, women_only=False, late_sessions=2, absences=None)
        describe(tx, course, words, course.version)
    assert state_of(world, waits) is EnrolmentState.OFFERED


def plan_in(tx, course_id: int) -> CoursePlan:
    course = tx.session.get_one(Course, course_id)
    return CoursePlan(**{name: getattr(course, name) for name in CoursePlan.__annotations__})

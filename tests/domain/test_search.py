"""What a search finds, and what it says when it finds nothing."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import insert, select, update

from foundation.facts import CLIENT, SYSTEM
from scheduling import reaching, visits
from scheduling.interval import Interval
from scheduling.models import (
    Absence,
    Appointment,
    Centre,
    CentreHours,
    Closure,
    Counter,
    ExtraHours,
    Hours,
    Room,
    Service,
    Visit,
    room_part,
)
from scheduling.opening import days_window
from scheduling.refusals import (
    LanguageUnknown,
    MomentNaive,
    RoomTooSmall,
    SlotTaken,
    WindowBroken,
    WindowPast,
    WindowTooLong,
    WishBroken,
)
from scheduling.search import search, slots
from scheduling.wish import FEMALE_COUNSELLOR, Route, Slot, Why, Wish, nearest
from tests.build import MONDAY, NOW, ZONE, World, at
from tests.domain.counting import statements

TUESDAY, NEXT_MONDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=7)


def look(world: World, wish: Wish, days: int = 1, first: date = MONDAY, now: datetime = NOW):
    with world.database.reading() as session:
        return search(session, wish, days_window(ZONE, first, days), now)


def change(world: World, *rows: object) -> None:
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add_all(rows)


def alter(world: World, table: type, which: object, **values: object) -> None:
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(update(table).where(which).values(**values))


def routes(world: World, wish: Wish, **more: object) -> set[Route]:
    return {slot.route for slot in look(world, wish, **more).slots}


def test_several_centres_are_searched_at_once(world: World):
    found = look(world, Wish((world.talk,), (), ("de",))).slots
    assert {slot.centre_id for slot in found} == {world.centre, world.other_centre}
    assert found == sorted(found)
    both = look(world, Wish((world.talk,), (world.centre, world.other_centre), ("de",))).slots
    assert both == found


def test_equal_starts_of_one_centre_are_one_slot(world: World):
    starts = [slot.starts_at for slot in look(world, world.wish()).slots]
    assert len(starts) == len(set(starts))


def test_twelve_weeks_are_searched_and_thirteen_refused(world: World):
    alter(world, Service, Service.id == world.talk, horizon=timedelta(weeks=20))
    assert look(world, world.wish(), days=84).slots[-1].starts_at > at("09:00", MONDAY + timedelta(weeks=11))
    with pytest.raises(WindowTooLong):
        look(world, world.wish(), days=85)


def test_the_pool_is_asked_only_with_enough_notice(world: World):
    alter(world, Centre, Centre.id == world.centre, pool_languages=["so"], pool_notice=3)
    found = look(world, world.wish(language="so"), days=7).slots
    assert {slot.route for slot in found} == {Route.POOL}
    assert found[0].starts_at == at("09:00", MONDAY + timedelta(days=3)), "three working days after Monday"


def test_notice_of_the_pool_counts_working_days_over_a_weekend_and_a_holiday(world: World):
    alter(world, Centre, Centre.id == world.centre, pool_languages=["so"], pool_notice=2)
    friday = date(2026, 12, 18)
    found = look(world, world.wish(language="so"), days=7, first=friday, now=at("12:00", date(2026, 12, 23))).slots
    assert found == [], "two working days after 23 December is 28 December"
    later = look(world, world.wish(language="so"), days=14, first=friday, now=at("12:00", date(2026, 12, 23))).slots
    assert later[0].starts_at == at("09:00", date(2026, 12, 28))


def test_the_best_route_wins_and_a_left_out_one_is_offered_instead(world: World):
    alter(world, Centre, Centre.id == world.centre, phone_languages=["ti"])
    assert routes(world, world.wish(language="ti")) == {Route.HOUSE}
    assert routes(world, world.wish(language="ti"), first=TUESDAY) == {Route.PHONE}, "the interpreter works on Mondays"
    answer = look(world, world.wish(language="ti", routes=frozenset({Route.DIRECT})))
    assert (answer.slots, answer.why) == ([], Why.NO_LANGUAGE)
    assert answer.other_routes is not None
    assert answer.other_routes.route is Route.HOUSE


def test_a_client_who_speaks_two_languages_is_understood_in_either(world: World):
    with world.database.reading() as session:
        window = days_window(ZONE, MONDAY, 1)
        found = slots(session, replace(world.wish(), languages=("mnk", "ar")), window, NOW)
    assert {slot.route for slot in found} == {Route.DIRECT}


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (lambda w: Wish((w.women,), (w.other_centre,), ("de",)), Why.NOT_OFFERED),
        (lambda w: w.wish(counsellor=w.eiche), Why.NOBODY_FITS),
        (lambda w: w.wish(wishes=frozenset({"child_corner"})), Why.NO_ROOM),
        (lambda w: w.wish(language="mnk"), Why.NO_LANGUAGE),
    ],
)
def test_an_empty_answer_says_why(world: World, wish, why: Why):
    answer = look(world, wish(world))
    assert (answer.slots, answer.why) == ([], why)


def test_a_closed_a_full_and_a_far_week_are_told_apart(world: World):
    sunday = MONDAY + timedelta(days=6)
    assert look(world, world.wish(), first=sunday).why is Why.CLOSED
    assert look(world, world.wish(), first=MONDAY + timedelta(weeks=8)).why is Why.OUT_OF_REACH
    change(world, Absence(resource_id=world.ahorn, starts_at=at("00:00"), ends_at=at("23:00")))
    for slot in look(world, world.wish(counsellor=world.buche)).slots:
        with world.database.transaction(SYSTEM, NOW) as tx:
            visits.hold(tx, world.wish(), slot.starts_at, "de")
    answer = look(world, world.wish())
    assert answer.why is Why.FULL
    assert answer.later is not None
    assert answer.later.starts_at == at("09:00", TUESDAY)
    assert [slot.centre_id for slot in answer.elsewhere] == [world.other_centre]


def test_a_service_longer_than_any_opening_is_told_and_refused(world: World):
    alter(world, Service, Service.id == world.talk, length=timedelta(hours=9))
    assert look(world, world.wish(), days=5).why is Why.TOO_LONG


def test_walk_in_only_hours_take_no_bookings(world: World):
    alter(world, Hours, Hours.opens == time(9), walk_in_only=True)
    assert look(world, world.wish()).slots[0].starts_at == at("13:00")


def test_a_daily_cap_closes_the_day_for_that_service_only(world: World):
    alter(world, Service, Service.id == world.talk, daily_cap=2)
    world.book(at("09:00"))
    assert look(world, world.wish()).slots
    world.hold(at("10:10"))
    assert look(world, world.wish(), days=2).slots[0].starts_at == at("09:00", TUESDAY)
    assert look(world, world.wish(world.letters)).slots
    with pytest.raises(SlotTaken):
        world.hold(at("13:00"))


def test_an_expired_hold_does_not_slip_over_the_cap(world: World):
    alter(world, Service, Service.id == world.talk, daily_cap=1)
    slow = world.hold(at("09:35"))
    late = NOW + timedelta(minutes=11)
    world.book(at("10:10"), now=late)
    with pytest.raises(visits.HoldOver), world.database.transaction(CLIENT, late) as tx:
        visits.confirm(tx, visits.visit_to_change(tx, slow), ("k" * 40,))


def hall(world: World, seats: int = 20) -> int:
    """A hall of both rooms of the first centre."""
    with world.database.transaction(SYSTEM, NOW) as tx:
        parts = tx.session.scalars(select(Room.id).where(Room.centre_id == world.centre)).all()
        counter = Counter(code="hall", centre_id=world.centre, label="Saal")
        room = Room(code="hall", centre_id=world.centre, counter=counter, seats=seats, features=[])
        tx.session.add(room)
        tx.session.flush()
        tx.session.execute(insert(room_part), [{"hall_id": room.id, "part_id": id_} for id_ in parts])
        tx.session.execute(update(Service).where(Service.id == world.talk).values(party_max=30))
        return room.id


def test_a_hall_is_free_only_when_all_its_parts_are(world: World):
    room_id = hall(world)
    large = world.wish(party=15)
    assert look(world, large).slots[0].starts_at == at("09:00")
    world.book(at("09:00"))
    assert look(world, large).slots[0].starts_at == at("09:35")
    with world.database.transaction(CLIENT, NOW) as tx:
        held = visits.hold(tx, large, at("09:35"), "de")
    with world.database.reading() as session:
        assert session.get_one(Visit, held).first.room_id == room_id
    assert at("09:35") not in {slot.starts_at for slot in look(world, world.wish()).slots}


def test_a_party_that_fits_no_room_is_told_so(world: World):
    hall(world)
    with pytest.raises(RoomTooSmall):
        look(world, world.wish(party=31))
    assert look(world, world.wish(party=25)).why is Why.NO_ROOM
    with pytest.raises(RoomTooSmall), world.database.transaction(CLIENT, NOW) as tx:
        visits.hold(tx, world.wish(party=25), at("09:00"), "de")


def test_the_clock_going_back_and_forward_keeps_wall_time(world: World):
    alter(world, Service, Service.id == world.talk, horizon=timedelta(weeks=30))
    for sunday in (date(2026, 10, 25), date(2027, 3, 28)):
        now = at("09:00", sunday - timedelta(days=10))
        found = look(world, world.wish(), days=14, first=sunday - timedelta(days=6), now=now).slots
        walls = {slot.starts_at.astimezone(ZONE).time() for slot in found if slot.centre_id == world.centre}
        assert min(walls) == time(9)
        monday_after = [s for s in found if s.starts_at.astimezone(ZONE).date() == sunday + timedelta(days=1)]
        if sunday.month == 3:
            assert monday_after == [], "Easter Monday"
            monday_after = [s for s in found if s.starts_at.astimezone(ZONE).date() == sunday + timedelta(days=2)]
        assert monday_after[0].starts_at == at("09:00", monday_after[0].starts_at.astimezone(ZONE).date())


def test_holiday_beats_closure_beats_absence_beats_extra_hours_beats_the_week(world: World):
    fronleichnam = date(2027, 5, 27)
    window = Interval(at("09:00", fronleichnam), at("12:00", fronleichnam))
    alter(world, Service, Service.id == world.talk, horizon=timedelta(weeks=40))

    def free() -> bool:
        return bool(look(world, world.wish(), first=fronleichnam).slots)

    rooms = [world.ahorn, world.buche]
    with world.database.reading() as session:
        rooms += session.scalars(select(Room.id).where(Room.centre_id == world.centre)).all()

    def extra(**more: object) -> list[ExtraHours]:
        return [
            ExtraHours(centre_id=world.centre, resource_id=id_, starts_at=window.start, ends_at=window.end, **more)
            for id_ in rooms
        ]

    assert not free()
    change(world, *extra())
    assert not free(), "extra hours alone do not beat a holiday"
    change(world, *extra(despite_holiday=True))
    assert free()
    change(world, *(Absence(resource_id=id_, starts_at=window.start, ends_at=window.end) for id_ in rooms[:2]))
    assert not free()


def test_every_second_week_and_a_rule_that_ends(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(
            update(Hours).where(Hours.resource_id == world.ahorn).values(every_weeks=2, valid_from=MONDAY)
        )
        ends = MONDAY + timedelta(days=2)
        tx.session.execute(update(Hours).where(Hours.resource_id == world.buche).values(valid_until=ends))
    weeks = [
        bool(look(world, world.wish(counsellor=world.ahorn), first=MONDAY + timedelta(weeks=n)).slots) for n in range(4)
    ]
    assert weeks == [True, False, True, False]
    days = [
        bool(look(world, world.wish(counsellor=world.buche), first=MONDAY + timedelta(days=n)).slots) for n in range(5)
    ]
    assert days == [True, True, True, False, False]


def test_a_night_shift_keeps_its_grid_over_midnight_and_the_week(world: World):
    saturday = MONDAY + timedelta(days=5)
    with world.database.transaction(SYSTEM, NOW) as tx:
        rooms = tx.session.scalars(select(Room.id).where(Room.centre_id == world.centre)).all()
        for id_ in (world.ahorn, *rooms):
            start, end = at("22:00", saturday + timedelta(days=1)), at("03:00", saturday + timedelta(days=2))
            tx.session.add(ExtraHours(centre_id=world.centre, resource_id=id_, starts_at=start, ends_at=end))
    found = look(world, world.wish(counsellor=world.ahorn), days=2, first=saturday + timedelta(days=1)).slots
    night = [slot.starts_at for slot in found if slot.starts_at < at("03:00", saturday + timedelta(days=2))]
    assert night == [at("22:00", saturday + timedelta(days=1)) + n * timedelta(minutes=35) for n in range(len(night))]
    assert len(night) == 8


@pytest.mark.parametrize(
    ("window", "refusal"),
    [
        (Interval(datetime(2026, 11, 23), datetime(2026, 11, 24)), MomentNaive),
        (Interval(at("10:00"), at("10:00")), WindowBroken),
        (Interval(at("11:00"), at("10:00")), WindowBroken),
        (Interval(at("07:00"), at("08:00")), WindowPast),
    ],
)
def test_a_broken_window_is_refused_with_a_sentence(world: World, window: Interval, refusal: type):
    with world.database.reading() as session, pytest.raises(refusal) as refused:
        search(session, world.wish(), window, NOW)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"languages": ("klingon",)}, LanguageUnknown),
        ({"languages": ()}, LanguageUnknown),
        ({"services": ()}, WishBroken),
        ({"services": (999,)}, WishBroken),
        ({"centres": (999,)}, WishBroken),
        ({"party": 0}, RoomTooSmall),
        ({"together": True}, WishBroken),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_a_sentence(world: World, more: dict, refusal: type):
    with pytest.raises(refusal):
        look(world, replace(world.wish(), **more))
    with pytest.raises(refusal), world.database.transaction(CLIENT, NOW) as tx:
        visits.hold(tx, replace(world.wish(), **more), at("09:00"), "de")
    with world.database.reading() as session:
        assert session.scalars(select(Appointment)).all() == []


def test_the_three_nearest_are_told_in_order_of_time(world: World):
    found = look(world, world.wish()).slots
    assert [s.starts_at for s in nearest(found, at("10:05"))] == [at("09:35"), at("10:10"), at("10:45")]
    assert nearest([], at("10:00")) == []
    one = [Slot(at("09:00"), at("09:30"), Route.DIRECT, 1)]
    assert nearest(one, at("15:00")) == one


def test_a_search_asks_the_database_three_times_at_most(world: World):
    alter(world, Service, Service.id == world.talk, daily_cap=50)
    look(world, world.wish(), days=28)
    world.book(at("09:00"))
    with statements(world.database.engine) as seen:
        look(world, world.wish(), days=28)
    assert len(seen) == 3, seen
    with statements(world.database.engine) as seen:
        look(world, world.wish(), days=28)
    assert len(seen) == 2, seen


def test_hold_and_confirm_ask_the_database_eight_times_at_most(world: World):
    world.book(at("09:00"), phone="+4915228817386")
    with statements(world.database.engine) as seen, world.database.transaction(CLIENT, NOW) as tx:
        held = visits.hold(tx, world.wish(), at("10:10"), "de")
    assert len(seen) <= 8, seen
    with world.database.transaction(CLIENT, NOW) as tx:
        reaching.note_contact(tx, visits.visit_to_change(tx, held), visits.Contact(None, "+4915228817386", "v1"))
    with statements(world.database.engine) as seen, world.database.transaction(CLIENT, NOW) as tx:
        visits.confirm(tx, visits.visit_to_change(tx, held), ("k" * 40,))
    assert len(seen) <= 8, seen


def test_closure_and_centre_hours_bound_everybody(world: World):
    alter(world, CentreHours, CentreHours.centre_id == world.centre, opens=time(10))
    assert look(world, world.wish()).slots[0].starts_at == at("10:10"), "the grid stays that of the counsellor"
    change(world, Closure(centre_id=world.centre, starts_at=at("00:00"), ends_at=at("23:59")))
    assert look(world, world.wish()).why is Why.CLOSED


def test_a_wish_for_a_woman_is_kept_over_every_route(world: World):
    wish = world.wish(language="uk", wishes=frozenset({FEMALE_COUNSELLOR}))
    with world.database.transaction(CLIENT, NOW) as tx:
        held = visits.hold(tx, wish, at("09:00"), "uk")
    with world.database.reading() as session:
        assert session.get_one(Visit, held).first.counsellor_id == world.ahorn

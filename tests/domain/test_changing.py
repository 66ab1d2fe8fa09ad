"""Changing the plan: whom it hits is listed before it is saved and again after; nothing is dropped silently."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from foundation.errors import NotFound
from foundation.facts import CLIENT, Actor
from scheduling import visits
from scheduling.absences import Away, Shut, undo
from scheduling.changing import Change, Hit, preview, save
from scheduling.changing_hours import MoreHours, NewDoors, NewHours, NoMoreHours
from scheduling.hours import Block
from scheduling.interval import Interval
from scheduling.models import Absence, AppointmentState, Closure, ExtraHours, Hours, Room, Travel, Visit
from scheduling.opening import Rule, days_window
from scheduling.refusals import HoldOver, HoursBroken, HoursOverlap, TravelTooShort, WindowBroken, WindowPast
from scheduling.search import slots
from scheduling.visits import Overrule
from tests.build import KEYS, MONDAY, NOW, ZONE, World, at

LEAD = Actor("staff", 2)
SINCE = date(2026, 1, 5)
DAY = Interval(at("00:00"), at("00:00", MONDAY + timedelta(days=1)))


def listed(world: World, change: Change) -> tuple[list[Hit], list[Hit]]:
    """Before and after."""
    with world.database.reading() as session:
        before = preview(session, change, NOW)
    with world.database.transaction(LEAD, NOW) as tx:
        return before, save(tx, change)


def counsellor_of(world: World, visit_id: int) -> int:
    with world.database.reading() as session:
        return session.get_one(Visit, visit_id).first.counsellor_id


def refused(world: World, change: Change, refusal: type) -> None:
    with pytest.raises(refusal), world.database.transaction(LEAD, NOW) as tx:
        save(tx, change)


def test_an_absence_lists_whom_it_hits_and_leaves_them_standing(world: World):
    hit, spared = world.book(at("09:35")), world.book(at("09:35"))
    who = counsellor_of(world, hit)
    before, after = listed(world, Away(who, DAY))
    assert [h.visit_id for h in before] == [hit]
    assert after == before
    assert spared not in {h.visit_id for h in after}
    with world.database.reading() as session:
        assert session.get_one(Visit, hit).first.state is AppointmentState.BOOKED
        free = slots(session, world.wish(counsellor=who), days_window(ZONE, MONDAY, 1), NOW)
    assert free == []


def test_a_hold_in_an_absence_is_let_go_and_what_was_typed_stays(world: World):
    held = world.hold(at("09:35"))
    before, after = listed(world, Away(counsellor_of(world, held), DAY))
    assert [(h.visit_id, h.held) for h in after] == [(held, True)]
    assert before == after
    with pytest.raises(HoldOver), world.database.transaction(CLIENT, NOW) as tx:
        visits.confirm(tx, visits.visit_to_change(tx, held), KEYS)
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.hold(tx, world.wish(), at("09:35"), "de", visits.visit_to_change(tx, held))
        visits.confirm(tx, visits.visit_to_change(tx, held), KEYS)


def test_a_room_out_of_use_lists_what_it_was_to_hold(world: World):
    visit_id = world.book(at("09:35"))
    with world.database.reading() as session:
        room_id = session.get_one(Visit, visit_id).first.room_id
    _, after = listed(world, Away(room_id, DAY))
    assert [h.visit_id for h in after] == [visit_id]


def test_a_closure_lists_everybody_of_that_centre_only(world: World):
    mine = [world.book(at("09:35")), world.book(at("10:10"))]
    before, after = listed(world, Shut(world.centre, Interval(at("09:00"), at("10:00"))))
    assert [h.visit_id for h in after] == mine[:1]
    assert before == after
    assert listed(world, Shut(world.other_centre, DAY)) == ([], [])


def test_what_is_over_is_not_listed(world: World):
    world.book(at("09:35"))
    with world.database.reading() as session:
        assert preview(session, Shut(world.centre, DAY), at("10:10")) == []


def rule(weekday: int, opens: str, closes: str, **more: object) -> Rule:
    return Rule(weekday, time.fromisoformat(opens), time.fromisoformat(closes), SINCE, **more)


def hours(world: World, *rules: Rule, who: int | None = None, centre: int | None = None) -> NewHours:
    at_ = centre or world.centre
    return NewHours(who or world.ahorn, at_, tuple(Block(at_, r) for r in rules))


def test_shorter_hours_list_who_is_outside_them(world: World):
    early, late = world.book(at("09:00")), world.book(at("15:00") + timedelta(minutes=-15))
    who = counsellor_of(world, late)
    before, after = listed(world, hours(world, rule(0, "09:00", "12:00"), who=who))
    assert [h.visit_id for h in after] == ([late])
    assert before == after
    assert early not in {h.visit_id for h in after}
    with world.database.reading() as session:
        assert len(session.scalars(select(Hours).where(Hours.resource_id == who)).all()) == 1


def test_shorter_doors_list_who_is_outside_them_but_not_who_was_let_in_on_purpose(world: World):
    visit_id = world.book(at("16:30"))
    with world.database.transaction(LEAD, NOW) as tx:
        visits.hold(tx, world.wish(), at("18:30"), "de", overrule=Overrule.AGREED)
    doors = tuple(rule(day, "09:00", "15:00") for day in range(5))
    before, after = listed(world, NewDoors(world.centre, doors))
    assert [h.visit_id for h in after] == [visit_id]
    assert before == after


def test_extra_hours_are_given_and_taken_back_with_the_list(world: World):
    evening = Interval(at("18:00"), at("20:00"))
    with world.database.reading() as session:
        rooms = list(session.scalars(select(Room.id).where(Room.centre_id == world.centre)))
    for who in (world.ahorn, *rooms):
        listed(world, MoreHours(who, world.centre, evening))
    visit_id = world.book(at("18:00"))
    with world.database.reading() as session:
        extra = session.scalars(select(ExtraHours).where(ExtraHours.resource_id == world.ahorn)).one()
    before, after = listed(world, NoMoreHours(extra.id))
    assert [h.visit_id for h in after] == [visit_id]
    assert before == after
    refused(world, NoMoreHours(extra.id), NotFound)


def test_an_absence_and_a_closure_are_taken_back(world: World):
    listed(world, Away(world.ahorn, DAY))
    listed(world, Shut(world.centre, DAY))
    with world.database.transaction(LEAD, NOW) as tx:
        undo(tx, Absence, tx.session.scalars(select(Absence.id)).one())
        undo(tx, Closure, tx.session.scalars(select(Closure.id)).one())
    with world.database.reading() as session:
        assert slots(session, world.wish(counsellor=world.ahorn), days_window(ZONE, MONDAY, 1), NOW)
    with pytest.raises(NotFound), world.database.transaction(LEAD, NOW) as tx:
        undo(tx, Absence, 99)


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        ([("09:00", "12:00"), ("11:00", "13:00")], HoursOverlap),
        ([("12:00", "09:00")], HoursBroken),
        ([("09:00", "09:00")], HoursBroken),
    ],
)
def test_hours_that_overlap_or_end_before_they_begin_are_refused(world: World, rules: list, refusal: type):
    refused(world, hours(world, *(rule(0, opens, closes) for opens, closes in rules)), refusal)
    refused(world, NewDoors(world.centre, tuple(rule(0, opens, closes) for opens, closes in rules)), refusal)
    with world.database.reading() as session:
        assert len(session.scalars(select(Hours).where(Hours.resource_id == world.ahorn)).all()) == 10


def test_two_centres_on_one_day_leave_time_for_the_way(world: World):
    with world.database.transaction(LEAD, NOW) as tx:
        low, high = sorted((world.centre, world.other_centre))
        tx.session.add(Travel(from_id=low, to_id=high, takes=timedelta(minutes=45)))
    mornings = hours(world, *(rule(day, "09:00", "12:00") for day in range(5)))
    listed(world, mornings)
    close = hours(world, rule(0, "12:30", "17:00"), centre=world.other_centre)
    with pytest.raises(TravelTooShort) as told, world.database.transaction(LEAD, NOW) as tx:
        save(tx, close)
    assert told.value.values == {"minutes": 45}
    listed(world, hours(world, rule(0, "12:45", "17:00"), centre=world.other_centre))
    refused(world, MoreHours(world.ahorn, world.other_centre, Interval(at("12:10"), at("12:40"))), TravelTooShort)
    refused(world, MoreHours(world.ahorn, world.other_centre, Interval(at("11:00"), at("13:00"))), HoursOverlap)
    tuesday = MONDAY + timedelta(days=1)
    listed(world, MoreHours(world.ahorn, world.other_centre, Interval(at("13:00", tuesday), at("14:00", tuesday))))


@pytest.mark.parametrize(
    ("interval", "refusal"),
    [(Interval(at("10:00"), at("09:00")), WindowBroken), (Interval(at("07:00"), at("08:00")), WindowPast)],
)
def test_broken_stretches_are_refused(world: World, interval: Interval, refusal: type):
    for change in (
        Away(world.ahorn, interval),
        Shut(world.centre, interval),
        MoreHours(world.ahorn, world.centre, interval),
    ):
        refused(world, change, refusal)


def test_nobody_and_nowhere_are_refused(world: World):
    later = Interval(at("09:00"), at("10:00"))
    for change in (
        Away(999, later),
        Shut(999, later),
        MoreHours(world.ahorn, 999, later),
        NewHours(world.ahorn, 999, ()),
        NewDoors(999, ()),
    ):
        refused(world, change, NotFound)


def test_moments_have_a_zone(world: World):
    naive = Interval(datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 10))
    with pytest.raises(Exception, match="MomentNaive"):
        listed(world, Away(world.ahorn, naive))

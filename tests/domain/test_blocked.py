"""Blocked time: one action, never over a booking, given back as easily."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from foundation.errors import NotFound
from foundation.facts import Actor
from scheduling.blocked import block, unblock
from scheduling.interval import Interval
from scheduling.models import BlockedKind, BlockedTime, Centre, Claim, Room, Visit
from scheduling.opening import days_window
from scheduling.refusals import BlockTooLong, MomentNaive, TimeStands, WindowBroken, WindowPast
from scheduling.search import slots
from tests.build import MONDAY, NOW, ZONE, World, at

STAFF = Actor("staff", 1)
MORNING = Interval(at("09:00"), at("10:00"))


def blocked(world: World, resources: list[int], interval: Interval, now: datetime = NOW) -> int:
    with world.database.transaction(STAFF, now) as tx:
        return block(tx, BlockedKind.MEETING, resources, interval, tx.session.get_one(Centre, world.centre)).id


def first_start(world: World) -> datetime:
    with world.database.reading() as session:
        return slots(session, world.wish(), days_window(ZONE, MONDAY, 1), NOW)[0].starts_at


def count(world: World, table: type) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_meeting_of_all_counsellors_takes_their_time_in_one_action(world: World):
    made = blocked(world, [world.ahorn, world.buche], MORNING)
    assert first_start(world) == at("10:10")
    assert count(world, Claim) == 2
    with world.database.transaction(STAFF, NOW) as tx:
        unblock(tx, made, tx.session.get_one(Centre, world.centre))
    assert first_start(world) == at("09:00")
    assert (count(world, Claim), count(world, BlockedTime)) == (0, 0)


def test_a_room_is_blocked_for_an_event(world: World):
    with world.database.reading() as session:
        rooms = list(session.scalars(select(Room.id).where(Room.centre_id == world.centre)))
    blocked(world, rooms, MORNING)
    assert first_start(world) == at("10:10")


def test_blocking_is_refused_where_a_booking_stands_and_names_it_and_nothing_is_half_done(world: World):
    visit_id = world.book(at("09:35"))
    with world.database.reading() as session:
        who = session.get_one(Visit, visit_id).first.counsellor_id
    other = world.buche if who == world.ahorn else world.ahorn
    with pytest.raises(TimeStands) as refused:
        blocked(world, [other, who], MORNING)
    assert refused.value.values == {"day": "23.11.", "start": "09:35", "end": "10:10"}
    assert (count(world, Claim), count(world, BlockedTime)) == (2, 0)
    blocked(world, [other], MORNING)


def test_a_hold_that_has_run_out_gives_way_and_a_live_one_does_not(world: World):
    visit_id = world.hold(at("09:35"))
    with world.database.reading() as session:
        who = session.get_one(Visit, visit_id).first.counsellor_id
    with pytest.raises(TimeStands):
        blocked(world, [who], MORNING)
    blocked(world, [who], MORNING, now=NOW + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("interval", "refusal"),
    [
        (Interval(at("10:00"), at("09:00")), WindowBroken),
        (Interval(at("09:00"), at("09:00")), WindowBroken),
        (Interval(at("07:00"), at("08:00")), WindowPast),
        (Interval(datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 10)), MomentNaive),
        (Interval(at("09:00"), at("09:05", MONDAY + timedelta(days=1))), BlockTooLong),
    ],
)
def test_a_broken_stretch_is_refused(world: World, interval: Interval, refusal: type):
    with pytest.raises(refusal):
        blocked(world, [world.ahorn], interval)
    assert count(world, BlockedTime) == 0


def test_what_is_not_there_cannot_be_given_back(world: World):
    with pytest.raises(NotFound), world.database.transaction(STAFF, NOW) as tx:
        unblock(tx, 99, tx.session.get_one(Centre, world.centre))

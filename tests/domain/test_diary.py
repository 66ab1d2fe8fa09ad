"""What stands in the plan of a counsellor and of the rooms; what her own calendar is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from access.feeds import end_feed, feed_token, make_feed, whose_feed
from access.models import Account
from foundation.errors import NotFound
from foundation.facts import CLIENT, SYSTEM, Actor
from queueing.day_sheet import open_tickets
from queueing.tickets import check_in_by_code
from scheduling import visits
from scheduling.blocked import block
from scheduling.busy import busy_times, busy_version
from scheduling.diary import Diary, Kind, RoomDiary, diary_of, give_back, rooms_of
from scheduling.interval import Interval
from scheduling.models import BlockedKind, Centre, Closure, Counter, Hours, Room
from scheduling.opening import days_window
from tests.build import KEYS, MONDAY, NOW, ZONE, World, at
from tests.domain.counting import statements

STAFF = Actor("staff", 1)
WEEK = days_window(ZONE, MONDAY, 5)
TODAY = days_window(ZONE, MONDAY, 1)


def diary(world: World, counsellor: int, everywhere: bool = True, centre: int | None = None) -> Diary:
    with world.database.reading() as session:
        return diary_of(session, counsellor, session.get_one(Centre, centre or world.centre), WEEK, everywhere)


def kinds(found: Diary) -> list[Kind]:
    return [entry.kind for entry in found.entries]


def rooms(world: World, now=NOW) -> dict[str, RoomDiary]:
    with world.database.reading() as session:
        found = rooms_of(session, session.get_one(Centre, world.centre), TODAY, now)
        return {one.room.counter.label: one for one in found}


def blocked(world: World, kind: BlockedKind, resources: list[int], interval: Interval) -> int:
    with world.database.transaction(STAFF, NOW) as tx:
        return block(tx, kind, resources, interval, tx.session.get_one(Centre, world.centre)).id


def test_a_week_has_hours_appointments_and_blocked_time_in_order(world: World):
    world.book(at("10:10"), language="ar")
    meeting = blocked(world, BlockedKind.MEETING, [world.ahorn, world.buche], Interval(at("09:00"), at("10:00")))
    own = blocked(world, BlockedKind.PRIVATE, [world.ahorn], Interval(at("15:00"), at("16:00")))
    found = diary(world, world.ahorn)
    assert kinds(found) == [Kind.MEETING, Kind.APPOINTMENT, Kind.PRIVATE]
    assert [entry.own_block for entry in found.entries] == [None, None, own]
    assert len(found.opened) == 10
    assert kinds(diary(world, world.buche)) == [Kind.MEETING]
    assert meeting != own


def test_a_week_is_three_statements_however_full_it_is(world: World):
    for start in ("10:10", "10:45", "13:00"):
        world.book(at(start), language="ar")
    diary(world, world.ahorn)
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        with statements(world.database.engine) as seen:
            found = diary_of(session, world.ahorn, centre, WEEK, everywhere=True)
            told = [(e.appointment.service.titles, e.appointment.room.counter.label) for e in found.entries]
    assert len(told) == 3
    assert len(seen) == 3, seen


def test_walk_in_hours_are_not_for_appointments(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        for hours in tx.session.scalars(select(Hours).where(Hours.resource_id == world.ahorn, Hours.weekday == 0)):
            hours.walk_in_only = hours.opens.hour == 13
    found = diary(world, world.ahorn)
    assert found.walk_in == [Interval(at("13:00"), at("17:00"))]
    assert len(found.opened) == 9


def test_a_lead_sees_nothing_of_another_centre(world: World):
    world.book(at("10:10"), language="ar")
    assert kinds(diary(world, world.ahorn, everywhere=False)) == [Kind.APPOINTMENT]
    assert kinds(diary(world, world.ahorn, everywhere=False, centre=world.other_centre)) == []
    assert kinds(diary(world, world.ahorn, everywhere=True, centre=world.other_centre)) == [Kind.APPOINTMENT]


def test_a_closure_stands_in_the_week_and_in_the_rooms(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add(Closure(centre_id=world.centre, starts_at=at("13:00"), ends_at=at("17:00")))
    assert kinds(diary(world, world.ahorn)) == [Kind.CLOSURE]
    assert {kind for one in rooms(world).values() for kind in kinds(one.diary)} == {Kind.CLOSURE}


def test_a_room_says_who_is_in_it_and_a_hold_counts_as_long_as_it_lasts(world: World):
    world.book(at("10:10"), language="ar")
    world.hold(at("10:45"), language="ar")
    found = rooms(world)["1"].diary
    assert kinds(found) == [Kind.APPOINTMENT, Kind.KEPT]
    booked, kept = found.entries
    assert booked.interval == Interval(at("10:10"), at("10:40"))
    assert kept.appointment is None
    assert kinds(rooms(world, NOW + timedelta(minutes=11))["1"].diary) == [Kind.APPOINTMENT]
    assert kinds(rooms(world)["2"].diary) == []


def test_what_takes_a_hall_stands_in_each_of_its_parts(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        counter = Counter(code="saal", centre_id=world.centre, label="Saal")
        parts = tx.session.scalars(select(Room).where(Room.centre_id == world.centre)).all()
        hall = Room(code="saal", centre_id=world.centre, counter=counter, seats=40, parts=list(parts))
        tx.session.add(hall)
        tx.session.flush()
        hall_id = hall.id
    blocked(world, BlockedKind.EVENT, [hall_id], Interval(at("10:00"), at("12:00")))
    found = rooms(world)
    assert [*found] == ["1", "2"]
    assert [kinds(one.diary) for one in found.values()] == [[Kind.EVENT], [Kind.EVENT]]
    assert [[hall.id for hall in one.halls] for one in found.values()] == [[hall_id], [hall_id]]


def test_two_counsellors_at_once_are_both_in_the_room(world: World):
    with world.database.transaction(CLIENT, NOW) as tx:
        wish = replace(world.wish(), services=(world.talk, world.letters), together=True)
        visits.confirm(tx, visits.visit_to_change(tx, visits.hold(tx, wish, at("09:00"), "de")), KEYS)
    one, two = rooms(world)["1"].diary, rooms(world)["2"].diary
    assert sorted(entry.counsellor.name for entry in one.entries) == ["Ahorn", "Buche"]
    assert kinds(two) == []


def test_only_own_time_to_come_is_given_back(world: World):
    own = blocked(world, BlockedKind.PRIVATE, [world.ahorn], Interval(at("15:00"), at("16:00")))
    for counsellor, now in ((world.buche, NOW), (world.ahorn, at("16:00"))):
        with pytest.raises(NotFound), world.database.transaction(STAFF, now) as tx:
            give_back(tx, own, counsellor, tx.session.get_one(Centre, world.centre))
    with world.database.transaction(STAFF, at("15:30")) as tx:
        give_back(tx, own, world.ahorn, tx.session.get_one(Centre, world.centre))
    assert kinds(diary(world, world.ahorn)) == []


def test_a_calendar_is_told_times_and_rooms_and_its_version_changes_with_them(world: World):
    seen = set()

    def look() -> list[str]:
        with world.database.reading() as session:
            seen.add(busy_version(session, world.ahorn, WEEK))
            return [busy.kind for busy in busy_times(session, world.ahorn, WEEK)]

    assert look() == []
    visit_id = world.book(at("10:10"), language="ar")
    assert look() == look() == ["appointment"]
    assert len(seen) == 2
    blocked(world, BlockedKind.PRIVATE, [world.ahorn], Interval(at("15:00"), at("16:00")))
    assert look() == ["appointment", "blocked"]
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    assert look() == ["blocked"]
    assert len(seen) == 4


def test_the_secret_of_a_calendar_is_one_persons_and_ends(world: World):
    def account() -> Account:
        with world.database.reading() as session:
            return session.scalars(select(Account).where(Account.login == "ahorn")).one()

    def owner(token: str) -> int:
        with world.database.reading() as session:
            return whose_feed(session, token)[0].id

    made = []
    for _ in range(2):
        with world.database.transaction(STAFF, NOW) as tx:
            make_feed(tx, account().id, KEYS)
        made.append(feed_token(account(), ("newer-key" * 4, *KEYS)))
    old, new = made
    assert owner(new) == world.ahorn
    with pytest.raises(NotFound):
        owner(old)
    with world.database.transaction(STAFF, NOW) as tx:
        end_feed(tx, account().id)
    with pytest.raises(NotFound):
        owner(new)
    assert feed_token(account(), KEYS) is None


def test_who_waits_is_on_the_sheet_until_the_ticket_ends(world: World):
    visit_id = world.book(at("10:10"))
    with world.database.transaction(STAFF, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        number = check_in_by_code(tx, centre, world.code(visit_id)).number
    with world.database.reading() as session:
        assert [t.number for t in open_tickets(session, session.get_one(Centre, world.centre), MONDAY)] == [number]

"""One visit, several appointments; moves; and what staff may overrule."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.errors import Moved
from foundation.facts import CLIENT, Actor
from scheduling import visits
from scheduling.claims import standing_of
from scheduling.interval import Interval
from scheduling.models import Claim, Visit
from scheduling.moving import move
from scheduling.opening import days_window
from scheduling.refusals import ManyChoosing, SlotTaken, StaffOnly, WishBroken
from scheduling.search import Leaving, slots
from scheduling.visits import Overrule, manage_token
from scheduling.wish import Wish
from tests.build import KEYS, MONDAY, NOW, ZONE, World, at

STAFF = Actor("staff", 1)
FIVE = timedelta(minutes=5)


def book(world: World, wish: Wish, start, **more: object) -> int:
    with world.database.transaction(more.pop("by", CLIENT), NOW) as tx:
        visit_id = visits.hold(tx, wish, start, "de", **more)
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.confirm(tx, visits.visit_to_change(tx, visit_id), KEYS)
    return visit_id


def parts(world: World, visit_id: int) -> list[tuple]:
    with world.database.reading() as session:
        found = session.get_one(Visit, visit_id).appointments
        return [(a.service_id, a.counsellor_id, a.room_id, a.starts_at, a.ends_at) for a in found]


def claims(world: World, visit_id: int) -> list[tuple[int, Interval]]:
    with world.database.reading() as session:
        ids = [a.id for a in session.get_one(Visit, visit_id).appointments]
        return sorted(s.taken for s in standing_of(session, ids))


def test_two_topics_follow_each_other_without_a_buffer_between(world: World):
    wish = world.wish(services=(world.talk, world.letters))
    visit_id = book(world, wish, at("09:00"))
    first, second = parts(world, visit_id)
    assert (first[0], second[0]) == (world.talk, world.letters)
    assert first[1] == second[1], "one counsellor, if she can"
    assert first[2] == second[2], "and one room"
    assert (first[3], first[4], second[3], second[4]) == (at("09:00"), at("09:30"), at("09:30"), at("09:45"))
    hers = [interval for id_, interval in claims(world, visit_id) if id_ == first[1]]
    assert hers == [Interval(at("09:00"), at("09:30")), Interval(at("09:30"), at("09:50"))]


def test_a_change_of_hands_rests_the_first_counsellor_before_her_next_client(world: World):
    """Ahorn alone advises women; Buche could take the letters after her, but she has somebody five minutes later."""
    wish = world.wish(services=(world.women, world.letters))
    with world.database.transaction(STAFF, NOW) as tx:
        visits.hold(tx, world.wish(world.letters, counsellor=world.ahorn), at("09:45"), "de", overrule=Overrule.AGREED)
    assert at("09:00") not in {slot.starts_at for slot in free(world, wish)}


def free(world: World, wish: Wish, **more: object) -> list:
    with world.database.reading() as session:
        return slots(session, wish, days_window(ZONE, MONDAY, 1), NOW, **more)


def test_two_counsellors_at_once_sit_in_one_room(world: World):
    wish = world.wish(services=(world.talk, world.talk), together=True)
    visit_id = book(world, wish, at("09:00"))
    first, second = parts(world, visit_id)
    assert {first[1], second[1]} == {world.ahorn, world.buche}
    assert first[2] == second[2]
    assert (first[3], second[3]) == (at("09:00"), at("09:00"))
    assert len(claims(world, visit_id)) == 3
    assert at("09:00") not in {slot.starts_at for slot in free(world, world.wish())}


def test_two_counsellors_at_once_need_two(world: World):
    wish = world.wish(services=(world.talk, world.talk), together=True)
    world.book(at("09:35"))
    assert at("09:35") not in {slot.starts_at for slot in free(world, wish)}
    with pytest.raises(SlotTaken):
        book(world, wish, at("09:35"))


def test_a_visit_of_two_parts_is_cancelled_and_moved_as_one(world: World):
    wish = world.wish(services=(world.talk, world.letters))
    visit_id = book(world, wish, at("09:50"))
    with world.database.transaction(CLIENT, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), wish, at("10:40"))
    assert [part[3] for part in parts(world, visit_id)] == [at("10:40"), at("11:10")]
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    assert claims(world, visit_id) == []


def test_a_house_interpreter_stays_for_both_topics(world: World):
    wish = world.wish(services=(world.talk, world.letters), language="ti")
    visit_id = book(world, wish, at("09:00"))
    spans = {interval for id_, interval in claims(world, visit_id) if interval.end == at("09:45")}
    assert spans == {Interval(at("09:00"), at("09:45"))}


def test_a_move_may_overlap_the_visits_own_old_time(world: World):
    with world.database.transaction(STAFF, NOW) as tx:
        world_wish = world.wish(counsellor=world.ahorn)
        visit_id = visits.hold(tx, world_wish, at("09:35"), "de")
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.confirm(tx, visits.visit_to_change(tx, visit_id), KEYS)
    with world.database.transaction(STAFF, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world_wish, at("09:50"), Overrule.AGREED)
    assert [part[3] for part in parts(world, visit_id)] == [at("09:50")]
    with world.database.transaction(STAFF, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world_wish, at("09:05"), Overrule.AGREED)
    assert {i for _, i in claims(world, visit_id)} == {Interval(at("09:05"), at("09:40"))}


@pytest.mark.parametrize("start", ["09:10", "08:50", "09:30", "10:00", "08:15"])
def test_a_visit_of_two_parts_may_slide_over_itself(world: World, start: str):
    wish = world.wish(services=(world.talk, world.letters))
    visit_id = book(world, wish, at("09:00"))
    with world.database.transaction(STAFF, at("08:00")) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), wish, at(start), Overrule.AGREED)
    assert [p[3] for p in parts(world, visit_id)] == [at(start), at(start) + timedelta(minutes=30)]
    assert len(claims(world, visit_id)) == 4


def test_the_times_to_move_to_include_those_that_touch_the_own(world: World):
    wish = world.wish(counsellor=world.ahorn)
    visit_id = book(world, wish, at("09:35"))
    with world.database.reading() as session:
        own = Leaving(visit_id, [s.taken for s in standing_of(session, [session.get_one(Visit, visit_id).first.id])])
    assert at("09:35") not in {slot.starts_at for slot in free(world, wish)}
    assert at("09:35") in {slot.starts_at for slot in free(world, wish, leaving=own)}


def test_a_visit_moves_to_another_counsellor_at_the_same_time_and_to_another_centre(world: World):
    visit_id = world.book(at("09:35"))
    with world.database.reading() as session:
        link = manage_token(KEYS, session.get_one(Visit, visit_id))
    (before,) = parts(world, visit_id)
    other = world.buche if before[1] == world.ahorn else world.ahorn
    with world.database.transaction(STAFF, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world.wish(counsellor=other), at("09:35"))
    assert parts(world, visit_id)[0][1] == other
    there = Wish((world.talk,), (world.other_centre,), ("de",))
    with world.database.transaction(STAFF, NOW) as tx:
        visit = move(tx, visits.visit_to_change(tx, visit_id), there, at("09:35"))
        assert visit.centre_id == world.other_centre
        assert manage_token(KEYS, visit) == link
    assert parts(world, visit_id)[0][1] == world.eiche
    with world.database.reading() as session:
        assert len(session.scalars(select(Claim)).all()) == 2


def test_a_move_names_the_same_services(world: World):
    visit_id = world.book(at("09:35"))
    with pytest.raises(WishBroken), world.database.transaction(CLIENT, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world.wish(world.letters), at("10:10"))


def test_whoever_moves_from_a_stale_page_is_told_that_it_has_moved(world: World):
    visit_id = world.book(at("09:35"))
    with pytest.raises(Moved), world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        visit.first.version = 0  # as another tab saw it
        tx.session.expunge(visit.first)
        move(tx, visit, world.wish(), at("10:10"))


def test_staff_may_leave_hours_and_lead_time_aside_with_a_reason_that_is_kept(world: World):
    visit_id = book(world, world.wish(), at("18:05"), by=STAFF, overrule=Overrule.URGENT)
    with world.database.reading() as session:
        assert session.get_one(Visit, visit_id).first.overruled == "urgent"
    with pytest.raises(SlotTaken):
        book(world, world.wish(), at("18:05"), by=STAFF)


def test_nobody_overrules_a_claim(world: World):
    for _ in range(2):
        world.book(at("09:35"))
    with pytest.raises(SlotTaken):
        book(world, world.wish(), at("09:40"), by=STAFF, overrule=Overrule.URGENT)


def test_clients_overrule_nothing(world: World):
    with pytest.raises(StaffOnly):
        book(world, world.wish(), at("18:05"), overrule=Overrule.URGENT)
    visit_id = world.book(at("09:35"))
    with pytest.raises(StaffOnly), world.database.transaction(CLIENT, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world.wish(), at("18:05"), Overrule.URGENT)


def test_language_comes_before_load_and_load_before_whose_link_it_is(world: World):
    arabic = world.wish(language="ar")
    assert parts(world, book(world, replace(arabic, preferred=world.buche), at("09:00")))[0][1] == world.ahorn
    hers = replace(world.wish(), preferred=world.ahorn)
    assert parts(world, book(world, hers, at("09:35")))[0][1] == world.buche, "she has one already"
    assert parts(world, book(world, hers, at("10:10")))[0][1] == world.ahorn, "as many each: the one of the link"


def test_a_fifth_of_a_service_day_sits_in_online_holds_at_most(world: World):
    starts = [slot.starts_at for slot in free(world, world.wish())]
    held = []
    with pytest.raises(ManyChoosing):
        for start in starts:
            held.append(world.hold(start))  # noqa: PERF401 - the last one is refused
    assert len(held) == 2 * len(starts) // 5
    book(world, world.wish(), starts[-1], by=STAFF)
    assert world.hold(starts[-2], now=NOW + timedelta(minutes=11))

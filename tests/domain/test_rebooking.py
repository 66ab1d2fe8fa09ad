"""Somebody is away: everybody whom it hits gets a proposal, and what is proposed can be had."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.errors import Moved
from foundation.facts import CLIENT, Actor
from notifications.models import Message, MessageState
from queueing.refusals import CodeUnknown, GivenLater
from queueing.tickets import check_in_by_code
from scheduling import visits
from scheduling.absences import Away, Shut
from scheduling.changing import Change, save
from scheduling.interval import Interval
from scheduling.invariants import examine
from scheduling.models import Appointment, AppointmentState, Centre, Visit
from scheduling.moving import move
from scheduling.reaching import note_contact
from scheduling.rebooking import Proposal, proposals
from scheduling.taking_over import Chosen, Covered, covered_lately, put_back, take_over
from scheduling.visits import Contact
from scheduling.wish import FEMALE_COUNSELLOR, Route
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at

LEAD = Actor("staff", 2)
DAY = Interval(at("00:00"), at("00:00", MONDAY + timedelta(days=1)))


def record(world: World, change: Change, now=NOW) -> None:
    with world.database.transaction(LEAD, now) as tx:
        save(tx, change)


def proposed(world: World, change: Change, now=NOW) -> dict[int, Proposal]:
    with world.database.reading() as session:
        return {one.visit.id: one for one in proposals(session, change.hits(session, now), now)}


def with_ahorn(world: World, start, **wish) -> int:
    """A client has booked with Ahorn."""
    with world.database.transaction(CLIENT, NOW) as tx:
        return confirmed(tx, visits.hold(tx, world.wish(counsellor=world.ahorn, **wish), start, "de"))


def confirmed(tx, visit_id: int) -> int:
    visits.confirm(tx, visits.visit_to_change(tx, visit_id), KEYS)
    return visit_id


def accept(world: World, found: dict[int, Proposal], now=NOW) -> None:
    for visit_id, proposal in found.items():
        if proposal.first:
            with world.database.transaction(LEAD, now) as tx:
                take_over(tx, visits.visit_to_change(tx, visit_id), Chosen.of(proposal.first))


def first_of(world: World, visit_id: int) -> Appointment:
    with world.database.reading() as session:
        return session.get_one(Visit, visit_id).first


def test_a_colleague_takes_over_at_the_same_time_in_the_same_room(world: World):
    visit_id = with_ahorn(world, at("09:35"))
    room = first_of(world, visit_id).room_id
    away = Away(world.ahorn, DAY)
    record(world, away)
    found = proposed(world, away)
    assert found[visit_id].keeps.parts[0].counsellor_id == world.buche
    accept(world, found)
    now_ = first_of(world, visit_id)
    assert (now_.counsellor_id, now_.starts_at, now_.room_id) == (world.buche, at("09:35"), room)
    assert proposed(world, away) == {}


def test_who_wished_a_woman_gets_another_time_and_not_a_man(world: World):
    visit_id = with_ahorn(world, at("09:35"), wishes=frozenset({FEMALE_COUNSELLOR}))
    away = Away(world.ahorn, DAY)
    record(world, away)
    proposal = proposed(world, away)[visit_id]
    assert proposal.keeps is None
    assert [one.parts[0].counsellor_id for one in proposal.later] == [world.ahorn] * 3
    assert proposal.later[0].parts[0].starts_at == at("09:00", MONDAY + timedelta(days=1))


def test_whom_nobody_can_serve_any_more_a_person_calls(world: World):
    visit_id = with_ahorn(world, at("09:35"), wishes=frozenset({FEMALE_COUNSELLOR}))
    away = Away(world.ahorn, Interval(at("00:00"), at("00:00", MONDAY + timedelta(weeks=7))))
    record(world, away)
    proposal = proposed(world, away)[visit_id]
    assert proposal.first is None


def test_two_of_the_same_hour_are_not_both_given_to_the_one_colleague(world: World):
    first = with_ahorn(world, at("09:35"))
    with world.database.transaction(CLIENT, NOW) as tx:  # Buche is busy then
        confirmed(tx, visits.hold(tx, world.wish(counsellor=world.buche), at("10:10"), "de"))
    second = with_ahorn(world, at("10:10"))
    away = Away(world.ahorn, DAY)
    record(world, away)
    found = proposed(world, away)
    assert (found[first].keeps is not None, found[second].keeps) == (True, None)
    accept(world, found)
    with world.database.reading() as session:
        assert not any(finding.broken for finding in examine(session, NOW))
        assert session.get_one(Visit, second).first.starts_at > at("10:10")


def test_lead_time_keeps_nobody_from_her_own_time(world: World):
    visit_id = with_ahorn(world, at("13:35"))
    away = Away(world.ahorn, DAY)
    late = at("13:30")
    record(world, away, late)
    with world.database.transaction(LEAD, late) as tx:
        first_of_talk = visits.visit_to_change(tx, visit_id).first.service
        first_of_talk.lead_time = timedelta(hours=4)
    found = proposed(world, away, late)
    accept(world, found, late)
    assert first_of(world, visit_id).counsellor_id == world.buche
    assert first_of(world, visit_id).overruled == visits.Overrule.COVERED


def test_whose_room_is_closed_stays_with_her_counsellor(world: World):
    visit_id = with_ahorn(world, at("09:35"))
    closed = Away(first_of(world, visit_id).room_id, DAY)
    record(world, closed)
    accept(world, proposed(world, closed))
    after = first_of(world, visit_id)
    assert after.starts_at == at("09:35")
    assert after.room_id != closed.resource_id


def test_a_shut_centre_gives_everybody_another_day(world: World):
    booked = [world.book(at("09:35")), world.book(at("09:35")), world.book(at("10:10"))]
    shut = Shut(world.centre, DAY)
    record(world, shut)
    found = proposed(world, shut)
    assert set(found) == set(booked)
    assert all(one.keeps is None for one in found.values())
    accept(world, found)
    starts = [first_of(world, visit_id).starts_at for visit_id in booked]
    assert min(starts) >= at("09:00", MONDAY + timedelta(days=1))
    assert proposed(world, shut) == {}


def test_who_needs_an_interpreter_keeps_hers(world: World):
    visit_id = with_ahorn(world, at("09:35"), languages=("ti",))
    away = Away(world.ahorn, DAY)
    record(world, away)
    placement = proposed(world, away)[visit_id].keeps
    assert placement.route is Route.HOUSE
    assert placement.parts[0].counsellor_id == world.buche
    assert placement.parts[0].interpreter_id == first_of(world, visit_id).interpreter_id


def test_two_topics_in_one_visit_are_taken_over_together(world: World):
    with world.database.transaction(CLIENT, NOW) as tx:
        wish = world.wish(counsellor=world.ahorn, services=(world.talk, world.letters))
        visit_id = confirmed(tx, visits.hold(tx, wish, at("09:00") + timedelta(minutes=50), "de"))
    away = Away(world.ahorn, DAY)
    record(world, away)
    accept(world, proposed(world, away))
    with world.database.reading() as session:
        parts = session.get_one(Visit, visit_id).appointments
        assert [part.counsellor_id for part in parts] == [world.buche] * 2
        assert [part.state for part in parts] == [AppointmentState.BOOKED] * 2


def test_what_has_begun_is_not_moved(world: World):
    visit_id = with_ahorn(world, at("09:35"))
    away = Away(world.ahorn, DAY)
    record(world, away, at("09:40"))
    assert visit_id not in proposed(world, away, at("09:40"))


def test_who_comes_on_the_old_day_and_types_her_code_reads_the_new_one(world: World):
    visit_id = with_ahorn(world, at("09:35"), wishes=frozenset({FEMALE_COUNSELLOR}))
    code = world.code(visit_id)
    away = Away(world.ahorn, DAY)
    record(world, away)
    accept(world, proposed(world, away))
    with pytest.raises(GivenLater) as told, world.database.transaction(Actor("device", 1), at("09:30")) as tx:
        check_in_by_code(tx, tx.session.get_one(Centre, world.centre), code)
    assert told.value.values == {"day": "24.11.", "time": "09:00"}
    other = "100000" if code != "100000" else "100001"
    for centre, typed in ((world.centre, other), (world.other_centre, code), (world.centre, "")):
        with pytest.raises(CodeUnknown), world.database.transaction(Actor("device", 1), at("09:30")) as tx:
            check_in_by_code(tx, tx.session.get_one(Centre, centre), typed)


def test_who_moved_her_appointment_herself_is_told_nothing_by_its_code(world: World):
    visit_id = with_ahorn(world, at("09:35"))
    code = world.code(visit_id)
    with world.database.transaction(CLIENT, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world.wish(), at("09:35", MONDAY + timedelta(days=1)))
    with pytest.raises(CodeUnknown), world.database.transaction(Actor("device", 1), at("09:30")) as tx:
        check_in_by_code(tx, tx.session.get_one(Centre, world.centre), code)


def covered_before_eight(world: World) -> tuple[int, Covered]:
    """Early in the morning a client with a phone, who comes in some days, is given to a colleague."""
    early, start = at("07:00"), at("09:35", MONDAY + timedelta(days=7))
    visit_id = with_ahorn(world, start)
    with world.database.transaction(LEAD, early) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        note_contact(tx, visit, Contact(None, PHONE, "test"), unlimited=True)
    with world.database.transaction(LEAD, early) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        first = visit.first
        take_over(tx, visit, Chosen(start, world.buche, first.room_id, None, Route.DIRECT))
    with world.database.reading() as session:
        (covered,) = covered_lately(session, session.get_one(Centre, world.centre), world.ahorn, early)
    return visit_id, covered


def due(world: World, visit_id: int) -> set[str]:
    with world.database.reading() as session:
        found = select(Message.kind).where(Message.visit_id == visit_id, Message.state == MessageState.DUE)
        return {kind.value for kind in session.scalars(found)}


def test_who_is_put_back_is_reminded_as_before_and_told_nothing(world: World):
    visit_id, covered = covered_before_eight(world)
    assert due(world, visit_id) == {"changed", "reminder"}
    with world.database.transaction(LEAD, at("07:10")) as tx:
        put_back(tx, visits.visit_to_change(tx, visit_id), covered)
    assert first_of(world, visit_id).counsellor_id == world.ahorn
    assert due(world, visit_id) == {"reminder"}


def test_who_has_changed_her_appointment_since_is_not_put_back(world: World):
    visit_id, covered = covered_before_eight(world)
    with world.database.transaction(CLIENT, at("07:05")) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world.wish(), at("10:10", MONDAY + timedelta(days=7)))
    with pytest.raises(Moved), world.database.transaction(LEAD, at("07:10")) as tx:
        put_back(tx, visits.visit_to_change(tx, visit_id), covered)
    assert first_of(world, visit_id).starts_at == at("10:10", MONDAY + timedelta(days=7))

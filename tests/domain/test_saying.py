"""Nobody can write to her: that a colleague takes over, or another time, is on the list until a person has said it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.errors import Moved, NotFound
from foundation.facts import CLIENT, Actor
from notifications.saying import note_said, said_at, to_say
from notifications.texts import Kind
from scheduling import visits
from scheduling.absences import Away, undo
from scheduling.models import Absence, Centre, Visit
from scheduling.moving import move, wish_of
from scheduling.reaching import note_contact
from scheduling.taking_over import covered_lately, put_back
from scheduling.visits import Contact
from scheduling.wish import FEMALE_COUNSELLOR
from tests.build import NOW, PHONE, World, at
from tests.domain.test_rebooking import DAY, LEAD, accept, proposed, record, with_ahorn


def listed(world: World, now=NOW, centre: int | None = None) -> list[tuple[int, Kind, bool]]:
    with world.database.reading() as session:
        found = to_say(session, session.get_one(Centre, centre or world.centre), now)
        return [(one.visit.id, one.kind, one.said_at is not None) for one in found]


def covered(world: World, *starts, **wish) -> list[int]:
    ids = [with_ahorn(world, start, **wish) for start in starts]
    away = Away(world.ahorn, DAY)
    record(world, away)
    accept(world, proposed(world, away))
    return ids


def say(world: World, visit_id: int, said: bool = True, centre: int | None = None, now=NOW) -> None:
    with world.database.transaction(Actor("staff", 2), now) as tx:
        note_said(tx, tx.session.get_one(Centre, centre or world.centre), visit_id, said)


def test_who_has_no_phone_is_on_the_list_until_a_person_has_said_it(world: World):
    (visit_id,) = covered(world, at("09:35"))
    assert listed(world) == [(visit_id, Kind.CHANGED, False)]
    assert listed(world, centre=world.other_centre) == []
    say(world, visit_id)
    assert listed(world) == [(visit_id, Kind.CHANGED, True)]
    with pytest.raises(Moved):
        say(world, visit_id)
    say(world, visit_id, said=False)
    assert listed(world) == [(visit_id, Kind.CHANGED, False)]


def test_what_was_said_goes_from_the_list_with_the_day(world: World):
    (visit_id,) = covered(world, at("09:35"), wishes=frozenset({FEMALE_COUNSELLOR}))
    assert listed(world) == [(visit_id, Kind.MOVED, False)]
    say(world, visit_id)
    assert listed(world, at("23:00")) == []
    assert listed(world, at("09:00") + timedelta(days=3)) == []


def test_who_can_be_written_to_is_not_on_the_list_and_who_wants_no_sms_any_more_is(world: World):
    (visit_id,) = covered(world, at("09:35"))
    with world.database.transaction(LEAD, NOW) as tx:
        note_contact(tx, visits.visit_to_change(tx, visit_id), Contact(None, PHONE, "test"))
    assert listed(world) == []
    with world.database.transaction(LEAD, NOW) as tx:
        visits.visit_to_change(tx, visit_id).consent_ended_at = NOW
    assert listed(world) == [(visit_id, Kind.CHANGED, False)]


def test_who_has_cancelled_or_got_hers_back_needs_no_call(world: World):
    cancelled, back = covered(world, at("09:35"), at("10:10"))
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, cancelled))
    with world.database.transaction(LEAD, NOW) as tx:
        undo(tx, Absence, tx.session.scalars(select(Absence.id)).one())
        centre = tx.session.get_one(Centre, world.centre)
        before = next(one for one in covered_lately(tx.session, centre, world.ahorn, NOW) if one.visit_id == back)
        put_back(tx, visits.visit_to_change(tx, back), before)
    assert listed(world) == []


def test_who_has_chosen_another_time_herself_since_knows(world: World):
    (visit_id,) = covered(world, at("09:35"))
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        move(tx, visit, wish_of(visit, visit.appointments), at("13:00"))
    assert listed(world) == []


def test_nobody_says_what_is_not_on_the_list_of_her_centre(world: World):
    (visit_id,) = covered(world, at("09:35"))
    with pytest.raises(NotFound):
        say(world, visit_id, centre=world.other_centre)
    with pytest.raises(NotFound):
        say(world, world.book(at("13:00")))
    with world.database.reading() as session:
        assert said_at(session, session.get_one(Visit, visit_id)) is None

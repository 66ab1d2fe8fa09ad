"""The interpreter pool: asked with the booking, its answers written down at the desk, the client told in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.db import Database
from foundation.errors import Moved, NotFound
from foundation.facts import CLIENT, Actor
from scheduling import visits
from scheduling.interpreters import requests_to_come, to_call_off, write_down
from scheduling.models import Centre, PoolRequest, RequestState
from scheduling.moving import move, wish_of
from scheduling.reaching import note_contact
from scheduling.visits import Contact
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at
from tests.domain.test_messages import Notebook, send

DESK = Actor("staff", 4)
THURSDAY = at("10:10", MONDAY + timedelta(days=10))
R = RequestState


@pytest.fixture
def pooled(world: World) -> World:
    """Nobody here speaks Farsi; the pool can be asked three working days before."""
    with world.database.transaction(DESK, NOW) as tx:
        tx.session.get_one(Centre, world.centre).pool_languages = ["fa"]
    return world


def book(world: World, language: str = "fa", start=THURSDAY) -> int:
    visit_id = world.hold(start, language=language)
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        visit.ui_lang = "de"
        note_contact(tx, visit, Contact(None, PHONE, "test"), unlimited=True)
        visits.confirm(tx, visit, KEYS)
    return visit_id


def said(world: World, was: RequestState, to: RequestState, now=NOW, centre: int | None = None) -> None:
    with world.database.transaction(DESK, now) as tx:
        request_id = tx.session.scalars(select(PoolRequest.id).order_by(PoolRequest.id)).first() or 0
        request = tx.session.get(PoolRequest, request_id)
        asked = request.asked if request else 1
        write_down(tx, tx.session.get_one(Centre, centre or world.centre), request_id, was, to, asked)


def request(database: Database) -> tuple[RequestState, int]:
    with database.reading() as session:
        found = session.scalars(select(PoolRequest)).one()
        return found.state, found.asked


def listed(world: World, now=NOW) -> list[bool]:
    """Whether each on the desk's list is to be called off."""
    with world.database.reading() as session:
        found = requests_to_come(session, session.get_one(Centre, world.centre), now)
        return [to_call_off(one) for one in found]


def texts(world: World, now=NOW) -> list[str]:
    notebook = Notebook()
    send(world, notebook, now)
    return [body for _, body in notebook.sent]


def test_a_booking_that_rests_on_the_pool_asks_it_and_says_until_when(pooled: World):
    book(pooled)
    assert request(pooled.database) == (R.REQUESTED, 1)
    with pooled.database.reading() as session:
        assert session.scalars(select(PoolRequest.answer_by)).one() == at("17:00", MONDAY + timedelta(days=2))


def test_who_is_understood_without_help_asks_no_pool(pooled: World):
    book(pooled, "ar")
    with pooled.database.reading() as session:
        assert session.scalars(select(PoolRequest)).all() == []
    assert listed(pooled) == []


def test_a_yes_is_told_without_saying_what_it_was_about(pooled: World):
    book(pooled)
    texts(pooled)
    said(pooled, R.REQUESTED, R.ASSIGNED)
    assert texts(pooled) == []
    said(pooled, R.ASSIGNED, R.CONFIRMED)
    (body,) = texts(pooled)
    assert "ist sicher" in body
    assert not any(word in body for word in ("setz", "olmetsch", "Farsi", "Persisch"))


def test_what_the_pool_says_leaves_the_reminder_as_it_is(pooled: World):
    book(pooled)
    texts(pooled)
    said(pooled, R.REQUESTED, R.CONFIRMED)
    texts(pooled)
    assert len(texts(pooled, THURSDAY - timedelta(days=2))) == 1


def test_nobody_found_is_told_and_can_be_asked_again(pooled: World):
    book(pooled)
    texts(pooled)
    said(pooled, R.REQUESTED, R.DECLINED)
    said(pooled, R.DECLINED, R.REQUESTED)
    assert request(pooled.database) == (R.REQUESTED, 2)
    said(pooled, R.REQUESTED, R.GIVEN_UP)
    (body,) = texts(pooled)
    assert "Frage zum Termin" in body
    said(pooled, R.GIVEN_UP, R.REQUESTED)
    assert request(pooled.database) == (R.REQUESTED, 3)


def test_an_answer_at_night_is_told_in_the_morning(pooled: World):
    book(pooled)
    texts(pooled)
    night = at("22:30")
    said(pooled, R.REQUESTED, R.CONFIRMED, night)
    assert texts(pooled, night) == []
    assert len(texts(pooled, at("08:00", MONDAY + timedelta(days=1)))) == 1


def test_two_at_the_desk_write_down_one_answer(pooled: World):
    book(pooled)
    said(pooled, R.REQUESTED, R.CONFIRMED)
    with pytest.raises(Moved):
        said(pooled, R.REQUESTED, R.DECLINED)
    with pytest.raises(Moved):
        said(pooled, R.CONFIRMED, R.GIVEN_UP)
    with pytest.raises(NotFound):
        said(pooled, R.CONFIRMED, R.DECLINED, centre=pooled.other_centre)


def test_a_moved_appointment_asks_anew(pooled: World):
    visit_id = book(pooled)
    said(pooled, R.REQUESTED, R.CONFIRMED)
    with pooled.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        move(tx, visit, wish_of(visit, visit.appointments), THURSDAY + timedelta(days=1))
    assert listed(pooled) == [True, False], "the first is for the old time"
    with pytest.raises(Moved):
        said(pooled, R.CONFIRMED, R.CONFIRMED)
    said(pooled, R.CONFIRMED, R.DECLINED)
    assert listed(pooled) == [False]


def test_a_yes_for_the_old_time_does_not_count_for_the_new_one(pooled: World):
    visit_id = book(pooled)
    texts(pooled)
    with pooled.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        move(tx, visit, wish_of(visit, visit.appointments), THURSDAY + timedelta(days=1))
    texts(pooled)
    with pytest.raises(Moved):
        said(pooled, R.REQUESTED, R.CONFIRMED)
    assert texts(pooled) == []


def test_what_does_not_hold_any_more_is_not_told_and_what_comes_again_is_told_again(pooled: World):
    book(pooled)
    texts(pooled)
    night, morning = at("22:30"), at("08:00", MONDAY + timedelta(days=1))
    said(pooled, R.REQUESTED, R.CONFIRMED, night)
    said(pooled, R.CONFIRMED, R.DECLINED, night)
    assert texts(pooled, morning) == []
    said(pooled, R.DECLINED, R.GIVEN_UP, morning)
    assert len(texts(pooled, morning)) == 1
    said(pooled, R.GIVEN_UP, R.REQUESTED, morning)
    said(pooled, R.REQUESTED, R.CONFIRMED, morning)
    assert "ist sicher" in texts(pooled, morning)[0]
    said(pooled, R.CONFIRMED, R.DECLINED, morning)
    said(pooled, R.DECLINED, R.GIVEN_UP, morning)
    assert "Frage zum Termin" in texts(pooled, morning)[0]


def test_a_pool_that_still_searches_is_called_off_with_the_appointment(pooled: World):
    visit_id = book(pooled)
    with pooled.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    assert listed(pooled) == [True]


def test_whoever_was_found_for_a_cancelled_appointment_is_called_off(pooled: World):
    visit_id = book(pooled)
    said(pooled, R.REQUESTED, R.CONFIRMED)
    assert listed(pooled) == [False]
    with pooled.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    assert listed(pooled) == [True]
    said(pooled, R.CONFIRMED, R.DECLINED)
    assert listed(pooled) == []


def test_what_is_over_leaves_the_list(pooled: World):
    book(pooled)
    assert listed(pooled, THURSDAY + timedelta(hours=1)) == []

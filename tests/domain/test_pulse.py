"""The versions by which a process knows that what it remembers still holds: the database renews them itself."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update

from access.accounts import account_at, note_sign_in
from access.models import Account
from foundation.db import Database, change_tag
from foundation.facts import CLIENT, SYSTEM
from scheduling import visits
from scheduling.models import Absence, Claim, Counsellor, Counter, Hours, Resource, Service, skill
from scheduling.models.pulse import SETUP, pulse_beats, start_pulse, stop_pulse
from scheduling.opening import days_window
from scheduling.search import search, slots
from scheduling.wish import Answer
from tests.build import KEYS, MONDAY, NOW, ZONE, World, at


def taken(world: World) -> dict[int, int]:
    with world.database.reading() as session:
        return dict(session.execute(select(Resource.id, Resource.taken_version)).all())


def setup(world: World) -> int:
    with world.database.reading() as session:
        return change_tag(session, SETUP)


def starts(world: World) -> set:
    with world.database.reading() as session:
        return {slot.starts_at for slot in slots(session, world.wish(), days_window(ZONE, MONDAY, 1), NOW)}


def test_every_change_of_claims_renews_exactly_what_it_touches(world: World):
    before = taken(world)
    visit_id = world.hold(at("09:35"))
    held = taken(world)
    changed = {id_ for id_ in held if held[id_] != before[id_]}
    with world.database.reading() as session:
        assert changed == set(session.scalars(select(Claim.resource_id)))
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.confirm(tx, visits.visit_to_change(tx, visit_id), KEYS)
    booked = taken(world)
    assert {id_ for id_ in held if booked[id_] != held[id_]} == changed, "a hold that is booked no longer runs out"
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    assert {id_ for id_ in held if taken(world)[id_] != booked[id_]} == changed
    assert setup(world) == setup(world)


def test_bookings_leave_the_version_of_the_setup_alone(world: World):
    before = setup(world)
    world.book(at("09:35"))
    assert setup(world) == before


def test_signing_in_leaves_the_version_of_the_setup_alone(world: World):
    before = setup(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        note_sign_in(tx, tx.session.scalars(select(Account)).first())
        tx.session.execute(update(Account).values(failed_sign_ins=3, locked_until=NOW))
    assert setup(world) == before


def test_an_account_is_remembered_until_it_or_its_room_changes(world: World):
    def seen() -> tuple[bool, str]:
        with world.database.reading() as session:
            who = session.scalars(select(Account.id).where(Account.counsellor_id == world.ahorn)).one()
            account = account_at(world.database.engine, session, who, change_tag(session, SETUP))
        return account.active, account.counsellor.counter.label

    assert seen() == (True, "1")
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(update(Counter).values(label="7"))
    assert seen() == (True, "7")
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(update(Account).values(active=False))
    assert seen() == (False, "7")


@pytest.mark.parametrize(
    "statement",
    [
        lambda w: insert(Absence).values(resource_id=w.ahorn, starts_at=at("09:00"), ends_at=at("10:00")),
        lambda w: delete(Hours).where(Hours.resource_id == w.ahorn),
        lambda w: update(Counsellor).where(Counsellor.id == w.ahorn).values(languages=["de", "so"]),
        lambda w: delete(skill).where(skill.c.counsellor_id == w.ahorn),
        lambda w: update(Service).where(Service.id == w.talk).values(daily_cap=3),
        lambda w: update(Resource).where(Resource.id == w.ahorn).values(active=False),
        lambda w: update(Account).where(Account.counsellor_id == w.ahorn).values(active=False),
        lambda w: update(Account).where(Account.counsellor_id == w.ahorn).values(session_generation=7),
        lambda w: update(Counter).where(Counter.centre_id == w.centre).values(label="9"),
    ],
)
def test_every_change_of_the_setup_renews_its_version_whoever_makes_it(world: World, statement):
    before = setup(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.connection().execute(statement(world))
    assert setup(world) != before


def test_what_a_process_remembers_follows_changes_made_past_our_code(world: World):
    assert at("09:35") in starts(world)
    with world.database.engine.connect().execution_options(write=True) as connection:
        connection.execute(text("UPDATE service SET bookable = bookable"))
        connection.execute(text("UPDATE hours SET opens = '10:00:00.000000' WHERE opens < '10:00:00.000000'"))
        connection.commit()
    assert min(starts(world)) == at("10:00")


def test_a_version_that_was_rolled_back_never_comes_back(world: World):
    """What was read inside a change that failed must not be taken for what the next change has written."""
    with pytest.raises(ZeroDivisionError), world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(update(Hours).values(walk_in_only=True))
        assert slots(tx.session, world.wish(), days_window(ZONE, MONDAY, 1), NOW) == []
        raise ZeroDivisionError
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.execute(update(Service).values(party_max=5))
    assert at("09:35") in starts(world)


def test_another_process_sees_at_once_what_this_one_has_booked(world: World, database_url: str):
    from foundation.db import make_engine

    other = Database(make_engine(database_url))
    window = days_window(ZONE, MONDAY, 1)

    def there() -> bool:
        with other.reading() as session:
            return at("09:35") in {s.starts_at for s in slots(session, world.wish(), window, NOW)}

    assert there()
    world.book(at("09:35"))
    world.book(at("09:35"))
    assert not there()
    other.engine.dispose()


def test_a_hold_that_runs_out_needs_no_new_version(world: World):
    world.book(at("09:35"))
    world.hold(at("09:35"))
    with world.database.reading() as session:
        window = days_window(ZONE, MONDAY, 1)
        assert at("09:35") not in {s.starts_at for s in slots(session, world.wish(), window, NOW)}
        later = NOW + timedelta(minutes=10)
        assert at("09:35") in {s.starts_at for s in slots(session, world.wish(), window, later)}


def test_the_same_question_gets_the_same_answer_until_something_changes(world: World):
    tuesday = days_window(ZONE, MONDAY + timedelta(days=1), 1)
    start = at("09:35") + timedelta(days=1)
    world.book(start)

    def answer(now: datetime = NOW) -> Answer:
        with world.database.reading() as session:
            return search(session, world.wish(), tuesday, now)

    first = answer()
    assert answer() is first
    world.hold(start)
    held = answer()
    assert start not in {slot.starts_at for slot in held.slots}
    assert answer(NOW + timedelta(minutes=9)) is held
    over = answer(NOW + timedelta(minutes=10))
    assert over.slots == first.slots, "the hold has run out; nothing was written"
    world.book(start + timedelta(minutes=35))
    assert answer(NOW + timedelta(minutes=10)) is not over


def test_a_pulse_that_stands_still_is_noticed_and_started(world: World):
    with world.database.engine.connect().execution_options(write=True) as connection:
        assert pulse_beats(connection)
        stop_pulse(connection)
        assert not pulse_beats(connection)
        start_pulse(connection)
        assert pulse_beats(connection)
        connection.commit()


def test_a_peek_outlives_the_connections_of_before(world: World, database_url: str):
    def tags() -> dict:
        return dict(world.database.peek("SELECT scope, version FROM change_tag"))

    before = tags()
    assert before[SETUP] == setup(world)
    if database_url.startswith("postgresql"):
        with world.database.reading() as session:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            session.execute(text(f"{others} AND datname = current_database()"))
    assert tags() == before
    world.book(at("09:35"))
    assert tags() != before

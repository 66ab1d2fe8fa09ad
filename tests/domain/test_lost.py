"""Whether a pressed time is gone, before anybody queues for it."""

from datetime import timedelta

from foundation.facts import CLIENT
from scheduling import visits
from scheduling.lost import is_lost
from scheduling.memory import current_setup, versions
from scheduling.opening import days_window
from scheduling.search import slots
from tests.build import MONDAY, NOW, ZONE, World, at
from tests.domain.counting import statements

TEN, LATER = at("10:10"), NOW + timedelta(minutes=11)


def look(world: World) -> None:
    with world.database.reading() as session:
        slots(session, world.wish(), days_window(ZONE, MONDAY, 1), NOW)


def lost(world: World, now=NOW) -> tuple[bool, int]:
    """What is said, and how many statements it took."""
    with world.database.reading() as session:
        current_setup(session)  # remembered from now on: what is counted are questions about claims
        seen = versions(session)
        with statements(world.database.engine) as asked:
            return is_lost(session, seen, world.wish(), TEN, now), len(asked)


def test_a_time_that_was_free_when_somebody_looked_costs_no_question_until_it_is_taken(world: World):
    look(world)
    assert lost(world) == (False, 0)
    world.book(TEN)
    world.book(TEN)
    assert lost(world) == (True, 1)


def test_a_time_that_was_taken_when_somebody_looked_is_lost_while_it_still_is(world: World):
    world.book(TEN)
    last = world.book(TEN)
    look(world)
    assert lost(world) == (True, 1)
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, last))
    assert lost(world) == (False, 1)


def test_a_time_that_nobody_here_has_looked_at_is_asked_for(world: World):
    assert lost(world) == (False, 1)
    world.book(TEN)
    world.book(TEN)
    assert lost(world) == (True, 1)


def test_holds_that_have_run_out_keep_nobody_away(world: World):
    world.hold(TEN)
    world.hold(TEN)
    look(world)
    assert lost(world) == (True, 1)
    assert lost(world, LATER) == (False, 0)

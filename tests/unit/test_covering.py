"""Somebody is away: as many visits as can be keep their time, and nothing that they take collides."""

from datetime import UTC, datetime, timedelta
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.tokens import dice
from scheduling.choosing import Placement
from scheduling.claims import Taken
from scheduling.covering import Way, keep_times
from scheduling.interval import Interval
from scheduling.setup import CentrePlan
from scheduling.wish import Route

EIGHT = datetime(2026, 11, 30, 7, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
CENTRE = CentrePlan.__new__(CentrePlan)


def way(start: int, quarters: int, resources: tuple[int, ...], cost: int = 0) -> Way:
    """Takes resources from a quarter of an hour on for so many."""
    taken = Interval(EIGHT + start * QUARTER, EIGHT + (start + quarters) * QUARTER)
    return Way(Placement(CENTRE, Route.DIRECT, (), tuple((Taken(id_, taken), 0) for id_ in resources)), cost)


@st.composite
def mornings(draw: st.DrawFn, most: int, colleagues: int, rooms: int) -> list[list[Way]]:
    """Visits in order of their starts, each with the colleagues and rooms that could do."""
    visits = []
    for start in sorted(draw(st.lists(st.integers(0, 6), min_size=1, max_size=most))):
        quarters = draw(st.integers(1, 4))
        able = draw(st.sets(st.sampled_from(range(1, colleagues + 1))))
        fitting = draw(st.sets(st.sampled_from(range(11, 11 + rooms)), min_size=1))
        costs = draw(st.integers(0, 3))
        visits.append(
            [way(start, quarters, (c, r), (c + r + costs) % 5) for c in sorted(able) for r in sorted(fitting)]
        )
    return visits


def collide(one: Way, other: Way) -> bool:
    return any(
        a.resource_id == b.resource_id and a.interval.overlaps(b.interval) for a in one.takes for b in other.takes
    )


def best(visits: list[list[Way]]) -> tuple[int, int]:
    """How many can keep their time, and the least cost of that: every combination tried."""
    found = (0, 0)
    for choice in product(*([None, *ways] for ways in visits)):
        kept = [one for one in choice if one]
        if len(kept) >= -found[0] and not any(collide(*pair) for pair in combinations(kept, 2)):
            found = min(found, (-len(kept), sum(one.cost for one in kept)))
    return -found[0], found[1]


@given(mornings(most=6, colleagues=2, rooms=2))
@settings(max_examples=60, deadline=None)
def test_nothing_better_can_be_found_by_trying_everything(visits: list[list[Way]]):
    kept = [one for one in keep_times(visits) if one]
    assert (len(kept), sum(one.cost for one in kept)) == best(visits)


@given(mornings(most=10, colleagues=4, rooms=3))
@settings(deadline=None)
def test_no_two_of_the_ways_collide_and_each_is_one_of_its_visits(visits: list[list[Way]]):
    chosen = keep_times(visits, width=20)
    assert all(one is None or one in ways for one, ways in zip(chosen, visits, strict=True))
    assert not any(collide(*pair) for pair in combinations([one for one in chosen if one], 2))


def test_a_day_of_two_counsellors_keeps_nearly_all_that_could_be_kept():
    """Beside the same search without any limit, which is exact."""
    fall, kept, possible = dice("covering"), 0, 0
    for _ in range(12):
        visits = []
        for start in sorted(fall.randrange(32) for _ in range(28)):
            able = fall.sample(range(1, 6), fall.randint(1, 3))
            room = fall.choice(range(11, 15))
            quarters = fall.choice([1, 2, 3])
            visits.append([way(start, quarters, (who, room)) for who in able])
        kept += sum(one is not None for one in keep_times(visits))
        possible += sum(one is not None for one in keep_times(visits, width=10**6))
    assert kept >= 0.95 * possible

"""The search against an oracle that walks minute by minute, on random worlds; and the arithmetic of bits."""

from datetime import timedelta

from hypothesis import event, given
from hypothesis import strategies as st

from scheduling.availability import Part, Row, Supply
from scheduling.cells import CELL, Axis, runs
from scheduling.explaining import why_nothing
from scheduling.interval import Interval
from scheduling.offering import Offering
from scheduling.search import within_reach
from scheduling.wish import Slot, Why, Wish
from tests.build import at
from tests.unit.worlds import Oracle, RandomWorld, wishes, worlds


def found(world: RandomWorld, wish: Wish) -> list[Slot]:
    """What the pure part of the search finds, from plain intervals."""
    bounds = within_reach(world.setup, wish, world.window, world.now)
    if bounds is None:
        return []
    axis = Axis.over(bounds, timedelta(days=1))
    atoms = {*world.setup.people, *(id_ for space in world.setup.spaces.values() for id_ in (space.id, *space.claims))}
    taken = {
        id_: axis.touched(t for i, t, until in world.taken if i == id_ and (until is None or until > world.now))
        for id_ in atoms
    }
    slots = []
    for centre_id in world.setup.centres:
        offering = Offering(world.setup, wish, centre_id, axis, taken)
        for bit, route in offering.means(world.now).starts(axis.starting(bounds), wish.routes):
            start = axis.interval.start + bit * CELL
            slots.append(Slot(start, start + offering.length.visit, route, centre_id))
    return sorted(slots)


def why(world: RandomWorld, wish: Wish) -> Why:
    """What the search would say about an empty answer."""
    bounds = within_reach(world.setup, wish, world.window, world.now)
    if bounds is None:
        return Why.OUT_OF_REACH
    axis = Axis.over(bounds, timedelta(days=1))
    ids = {*world.setup.people, *(id_ for space in world.setup.spaces.values() for id_ in (space.id, *space.claims))}
    offerings = [Offering(world.setup, wish, id_, axis, dict.fromkeys(ids, 0)) for id_ in world.setup.centres]
    return why_nothing(offerings, bounds, world.now)


@given(worlds(), wishes())
def test_every_free_slot_is_found_and_no_other(world: RandomWorld, wish: Wish):
    expected = sorted(Oracle(world, wish).slots())
    event("found something" if expected else f"nothing: {why(world, wish)}")
    assert found(world, wish) == expected


@given(st.integers(0, 2**40), st.integers(1, 20))
def test_runs_are_where_that_many_bits_follow_each_other(mask: int, length: int):
    bits = f"{mask:b}"[::-1]
    expected = sum(1 << n for n in range(len(bits)) if bits[n : n + length] == "1" * length)
    assert runs(mask, length) == expected


def supply(id_: int, opens: str, closes: str, taken: list[Interval]) -> Supply:
    axis = Axis.over(Interval(at("00:00"), at("23:00")), timedelta(0))
    return Supply(id_, axis.inside([Interval(at(opens), at(closes))]), axis.whole & ~axis.touched(taken))


def starts(supplies: list[Supply], *parts: Part) -> list[str]:
    axis = Axis.over(Interval(at("00:00"), at("23:00")), timedelta(0))
    return [
        f"{axis.interval.start + bit * CELL + timedelta(hours=1):%H:%M}"
        for bit in range(axis.whole.bit_length())
        if Row(supplies, parts).starts >> bit & 1
    ]


def test_a_buffer_may_reach_beyond_closing_time_but_not_into_the_next_appointment():
    part = Part(6, 2, [1])
    assert starts([supply(1, "09:00", "09:30", [])], part) == ["09:00"]
    assert starts([supply(1, "09:00", "09:30", [Interval(at("09:35"), at("10:00"))])], part) == []


def test_two_parts_by_one_person_need_no_buffer_between_but_a_change_of_hands_does():
    parts = Part(6, 2, [1, 2]), Part(6, 2, [1, 2])
    alone = supply(1, "09:00", "10:00", [])
    assert starts([alone], *parts) == ["09:00"]
    first = supply(1, "09:00", "09:30", [Interval(at("09:35"), at("12:00"))])
    second = supply(2, "09:30", "10:00", [])
    assert starts([first, second], *parts) == []
    rested = supply(1, "09:00", "09:30", [Interval(at("09:40"), at("12:00"))])
    assert starts([rested, second], *parts) == ["09:00"]


def test_whoever_has_the_last_part_does_the_first_too_if_she_can():
    row = Row([supply(1, "09:00", "10:00", []), supply(2, "09:00", "10:00", [])], [Part(6, 1, [1, 2]), Part(6, 1, [2])])
    bit = (row.starts & -row.starts).bit_length() - 1
    assert row.pick(bit, lambda _, id_: (id_,)) == [2, 2]


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 300)), max_size=6))
def test_open_cells_lie_inside_and_taken_cells_cover(stretches: list[tuple[int, int]]):
    axis = Axis.over(Interval(at("00:00"), at("23:00")), timedelta(0))
    start = axis.interval.start
    intervals = [Interval(start + timedelta(minutes=a), start + timedelta(minutes=a + b)) for a, b in stretches]
    inside, touched = axis.inside(intervals), axis.touched(intervals)
    for bit in range(axis.whole.bit_length()):
        cell = Interval(start + bit * CELL, start + (bit + 1) * CELL)
        assert bool(inside >> bit & 1) == any(i.start <= cell.start and cell.end <= i.end for i in intervals)
        assert bool(touched >> bit & 1) == any(cell.overlaps(i) for i in intervals)

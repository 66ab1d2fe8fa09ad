"""Slots against a brute-force oracle that walks minute by minute."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability import CELL, Need, Offering, Supply, find_slots, runs
from scheduling.interval import Interval
from tests.build import NOW, at

CELLS = 60
WINDOW = Interval(NOW, NOW + CELLS * CELL)


def stretches(most: int) -> st.SearchStrategy[list[Interval]]:
    bounds = st.tuples(st.integers(0, CELLS), st.integers(1, CELLS)).filter(lambda pair: pair[0] < pair[1])
    return st.lists(bounds.map(lambda pair: Interval(NOW + pair[0] * CELL, NOW + pair[1] * CELL)), max_size=most)


def supplies(first_id: int, most: int) -> st.SearchStrategy[list[Supply]]:
    one = st.tuples(stretches(1), stretches(3))
    return st.lists(one, max_size=most).map(
        lambda found: [Supply(first_id + n, opened, taken) for n, (opened, taken) in enumerate(found)]
    )


needs = st.builds(
    lambda length, buffer: Need(length * CELL, buffer * CELL, (length + buffer) * CELL),
    st.integers(1, 8),
    st.integers(0, 2),
)
offerings = st.builds(Offering, supplies(1, 3), supplies(10, 2), supplies(20, 2), supplies(30, 1), st.booleans())


def fits(supply: Supply, need: Need, start) -> bool:
    during = Interval(start, start + need.length)
    with_buffer = Interval(start, during.end + need.buffer)
    inside = any(o.start <= during.start and during.end <= o.end for o in supply.open)
    return inside and not any(with_buffer.overlaps(t) for t in supply.taken)


def on_grid(supply: Supply, need: Need, start) -> bool:
    return any(o.start <= start < o.end and (start - o.start) % need.pitch == timedelta(0) for o in supply.open)


def oracle(offering: Offering, need: Need) -> list[tuple]:
    found = []
    for cell in range(CELLS):
        start = NOW + cell * CELL
        rooms = tuple(r.id for r in offering.rooms if fits(r, need, start))
        direct = tuple(c.id for c in offering.direct if fits(c, need, start) and on_grid(c, need, start))
        others = tuple(c.id for c in offering.others if fits(c, need, start) and on_grid(c, need, start))
        helpers = tuple(i.id for i in offering.interpreters if fits(i, need, start))
        if direct and rooms:
            found.append((start, "direct", direct, rooms, ()))
        elif others and rooms and helpers:
            found.append((start, "house", others, rooms, helpers))
        elif others and rooms and offering.by_phone:
            found.append((start, "phone", others, rooms, ()))
    return found


@settings(max_examples=300)
@given(offerings, needs)
def test_every_free_slot_is_found_and_no_other(offering: Offering, need: Need):
    found = [(s.starts_at, s.route, s.counsellors, s.rooms, s.interpreters) for s in find_slots(offering, need, WINDOW)]
    assert found == oracle(offering, need)


@given(st.integers(0, 2**40), st.integers(1, 20))
def test_runs_are_where_that_many_bits_follow_each_other(mask: int, length: int):
    bits = f"{mask:b}"[::-1]
    expected = sum(1 << n for n in range(len(bits)) if bits[n : n + length] == "1" * length)
    assert runs(mask, length) == expected


def test_a_buffer_may_reach_beyond_closing_time_but_not_into_the_next_appointment():
    need = Need(timedelta(minutes=30), timedelta(minutes=10), timedelta(minutes=40))
    hour = [Interval(at("09:00"), at("10:10"))]
    window = Interval(at("00:00"), at("12:00"))

    def starts(taken: list[Interval]) -> list:
        offering = Offering([Supply(1, hour, taken)], [], [Supply(2, hour, [])], [], False)
        return [s.starts_at for s in find_slots(offering, need, window)]

    assert starts([]) == [at("09:00"), at("09:40")]
    assert starts([Interval(at("10:10"), at("11:00"))]) == [at("09:00")]

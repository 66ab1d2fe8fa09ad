"""Open time minus claims gives slots. Pure.

A window is cut into cells of five minutes; what a resource has free is one integer with a bit per cell. Whether a
consultation fits anywhere in four weeks is then a handful of shifts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling.interval import Interval

CELL = timedelta(minutes=5)


@dataclass(frozen=True)
class Supply:
    """One resource inside a window: when it is open, and when it is taken."""

    id: int
    open: Sequence[Interval]
    taken: Sequence[Interval]


@dataclass(frozen=True)
class Need:
    """What a consultation takes: its length, the buffer after it, and the distance between two starts."""

    length: timedelta
    buffer: timedelta
    pitch: timedelta


@dataclass(frozen=True)
class Slot:
    """A start that is free now, with everybody who could take it and the route by which people will talk."""

    starts_at: datetime
    ends_at: datetime
    route: str
    counsellors: tuple[int, ...]
    rooms: tuple[int, ...]
    interpreters: tuple[int, ...] = ()


@dataclass(frozen=True)
class Offering:
    """Who could serve a wish: counsellors who speak the language, others, and the ways to talk to the others."""

    direct: Sequence[Supply]
    others: Sequence[Supply]
    rooms: Sequence[Supply]
    interpreters: Sequence[Supply]
    by_phone: bool


def find_slots(offering: Offering, need: Need, window: Interval) -> list[Slot]:
    """All starts in `window`, in order of time, one slot a start: direct before house interpreter before phone."""
    rooms = _fitting(offering.rooms, need, window)
    interpreters = _fitting(offering.interpreters, need, window)
    direct = _on_grid(offering.direct, need, window)
    others = _on_grid(offering.others, need, window)
    with_room = _any(rooms)
    by_direct = _any(direct) & with_room
    by_house = _any(others) & with_room & _any(interpreters) & ~by_direct
    by_phone = _any(others) & with_room & ~by_direct & ~by_house if offering.by_phone else 0
    slots = []
    for route, starts, people, helpers in (
        ("direct", by_direct, direct, {}),
        ("house", by_house, others, interpreters),
        ("phone", by_phone, others, {}),
    ):
        for bit in _bits(starts):
            start = window.start + bit * CELL
            slots.append(
                Slot(start, start + need.length, route, _who(people, bit), _who(rooms, bit), _who(helpers, bit))
            )
    return sorted(slots, key=lambda slot: slot.starts_at)


def runs(mask: int, length: int) -> int:
    """The bits at which `length` set bits in a row begin."""
    have = 1
    while have < length:
        step = min(have, length - have)
        mask &= mask >> step
        have += step
    return mask


def _fitting(supplies: Sequence[Supply], need: Need, window: Interval) -> dict[int, int]:
    """Resource id → bits at which it is open for the length and free for the length and the buffer."""
    length, taken = _cells(need.length), _cells(need.length + need.buffer)
    margin = (1 << (_cells(window.end - window.start) + taken)) - 1
    return {
        supply.id: runs(_inside(supply.open, window), length) & runs(margin & ~_touched(supply.taken, window), taken)
        for supply in supplies
    }


def _on_grid(supplies: Sequence[Supply], need: Need, window: Interval) -> dict[int, int]:
    """As `_fitting`, on starts at whole pitches from the beginning of each open stretch only."""
    fitting, pitch = _fitting(supplies, need, window), _cells(need.pitch)
    grids = {s.id: sum(1 << bit for i in s.open for bit in _grid(i, window, pitch)) for s in supplies}
    return {id_: mask & grids[id_] for id_, mask in fitting.items()}


def _grid(opened: Interval, window: Interval, pitch: int) -> range:
    first, last = -((window.start - opened.start) // CELL), (opened.end - window.start) // CELL
    return range(first if first >= 0 else first % pitch, max(last, 0), pitch)


def _inside(intervals: Iterable[Interval], window: Interval) -> int:
    return _mask((-((window.start - start) // CELL), (end - window.start) // CELL) for start, end in intervals)


def _touched(intervals: Iterable[Interval], window: Interval) -> int:
    return _mask(((start - window.start) // CELL, -((window.start - end) // CELL)) for start, end in intervals)


def _mask(stretches: Iterable[tuple[int, int]]) -> int:
    mask = 0
    for first, after in stretches:
        if after > max(first, 0):
            mask |= (1 << after) - (1 << max(first, 0))
    return mask


def _cells(length: timedelta) -> int:
    return -(-length // CELL)


def _any(masks: dict[int, int]) -> int:
    joined = 0
    for mask in masks.values():
        joined |= mask
    return joined


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _who(masks: dict[int, int], bit: int) -> tuple[int, ...]:
    return tuple(id_ for id_, mask in masks.items() if mask >> bit & 1)

"""Somebody is away: as many visits as can be keep their time, and nothing that they take collides. Pure.

Times are fixed, so this walks through the visits in order of time and remembers of every way so far only what it still
blocks of what comes. Where more than `WIDTH` such states are left, the best of them go on: exact for a day of one
counsellor, near the best for several.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from scheduling.cells import joined
from scheduling.choosing import Placement
from scheduling.claims import Taken

WIDTH = 200


@dataclass(frozen=True)
class Way:
    """One way for a visit to keep its time; `cost` is how far it is from what was booked."""

    placement: Placement
    cost: int

    @property
    def takes(self) -> tuple[Taken, ...]:
        """What it claims."""
        return tuple(taken for taken, _ in self.placement.claims)


class _State(NamedTuple):
    """The best choice so far, of those that block the same of what comes: how many keep their time, at what cost."""

    kept: int
    cost: int
    chosen: tuple[int | None, ...]


def keep_times(visits: Sequence[Sequence[Way]], width: int = WIDTH) -> list[Way | None]:
    """A way for each visit (in order of their starts), or None where it cannot keep its time beside the others.

    As many as can be keep it, at the least cost together; no two ways take one resource at once.
    """
    first, against = _conflicts(visits)
    states = {0: _State(0, 0, ())}
    for number, ways in enumerate(visits):
        to_come = -1 << (first[number] + len(ways))
        after: dict[int, _State] = {}
        for blocked, state in states.items():
            _keep(after, blocked & to_come, _State(state.kept, state.cost, (*state.chosen, None)))
            for place, way in enumerate(ways):
                bit = first[number] + place
                if not blocked >> bit & 1:
                    choice = _State(state.kept + 1, state.cost + way.cost, (*state.chosen, place))
                    _keep(after, (blocked | against[bit]) & to_come, choice)
        best = sorted(after.items(), key=lambda item: _rank(*item))
        states = dict(best[:width])
    chosen = min(states.values(), key=lambda state: (-state.kept, state.cost)).chosen
    return [None if place is None else visits[number][place] for number, place in enumerate(chosen)]


def _keep(after: dict[int, _State], blocked: int, state: _State) -> None:
    known = after.get(blocked)
    if known is None or (state.kept, -state.cost) > (known.kept, -known.cost):
        after[blocked] = state


def _rank(blocked: int, state: _State) -> tuple[int, int, int]:
    return -state.kept, blocked.bit_count(), state.cost


def _conflicts(visits: Sequence[Sequence[Way]]) -> tuple[list[int], list[int]]:
    """The number of each visit's first way, counted through; by number, as bits, the ways that each one excludes."""
    first = list(accumulate((len(ways) for ways in visits), initial=0))
    users: dict[Taken, int] = {}
    for number, way in enumerate(way for ways in visits for way in ways):
        for taken in way.takes:
            users[taken] = users.get(taken, 0) | 1 << number
    of_resource: dict[int, list[Taken]] = {}
    for taken in users:
        of_resource.setdefault(taken.resource_id, []).append(taken)
    clash = {
        taken: joined(users[other] for other in of_resource[taken.resource_id] if _collide(taken, other))
        for taken in users
    }
    return first, [joined(clash[taken] for taken in way.takes) for ways in visits for way in ways]


def _collide(one: Taken, other: Taken) -> bool:
    return one.interval.overlaps(other.interval)

"""Open time minus claims gives slots: who can carry the parts of a visit, at every start at once. Pure.

A visit has one part or several. In a `Row` they follow each other without a break; whoever goes on with the next part
needs no buffer between, whoever hands over does. In a `Pair` two take part at the same time. Both say at which cells
they can start, and pick the people for one of them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from scheduling.cells import EVERYWHERE, joined, positions, runs
from scheduling.wish import Route

Rank = Callable[[int, int], tuple[int, ...]]
"""How good a resource is for a part, the smallest first: (part, resource id) → any tuple that ends in the id."""


@dataclass(frozen=True)
class Supply:
    """One resource on an axis: the cells where it is open, where it is free of claims, and on which it may start."""

    id: int
    open: int
    free: int
    grid: int = EVERYWHERE


@dataclass(frozen=True)
class Part:
    """One consultation as a resource sees it: its length and the buffer after it in cells, and who is able to do it."""

    length: int
    buffer: int
    able: Collection[int]


class Row:
    """Parts one after the other."""

    def __init__(self, supplies: Sequence[Supply], parts: Sequence[Part]) -> None:
        """`busy[k][id]`: starts of the visit at which `id` can do part k; `done[k][id]`: and rests its buffer after."""
        self.busy: list[dict[int, int]] = []
        self.done: list[dict[int, int]] = []
        offset, handed_over = 0, EVERYWHERE
        for number, part in enumerate(parts):
            able = [supply for supply in supplies if supply.id in part.able]
            busy = {s.id: runs(s.open & s.free, part.length) >> offset for s in able}
            for supply in able:
                goes_on = self.busy[-1].get(supply.id, 0) if number else 0
                busy[supply.id] &= (handed_over | goes_on) & (EVERYWHERE if number else supply.grid)
            offset += part.length
            done = {s.id: busy[s.id] & runs(s.free, part.buffer) >> offset for s in able}
            handed_over = joined(done.values())
            self.busy.append(busy)
            self.done.append(done)
        self.starts = handed_over

    def free(self, bit: int) -> list[int]:
        """Who could do the first part of a visit that starts at `bit`, and rest after it; by id."""
        return sorted(id_ for id_, bits in self.done[0].items() if bits >> bit & 1)

    def pick(self, bit: int, rank: Rank) -> list[int]:
        """The best of those who can start at `bit`, one a part; whoever has the last part does the ones before too."""
        chosen: list[int] = []
        for number in reversed(range(len(self.busy))):
            if chosen and self.busy[number].get(chosen[0], 0) >> bit & 1:
                chosen.insert(0, chosen[0])
                continue
            free = [id_ for id_, bits in self.done[number].items() if bits >> bit & 1]
            chosen.insert(0, min(free, key=lambda id_: rank(number, id_)))
        return chosen


class Pair:
    """Two parts at the same time, by two different resources."""

    def __init__(self, supplies: Sequence[Supply], parts: Sequence[Part]) -> None:
        """As in `Row`; the parts may differ in length. The first decides on which starts they meet."""
        anywhen = [replace(supply, grid=EVERYWHERE) for supply in supplies]
        first, second = Row(supplies, parts[:1]).done[0], Row(anywhen, parts[1:]).done[0]
        self.tables = (first, second)
        self.starts = joined(
            bits & joined(other for other_id, other in second.items() if other_id != id_) for id_, bits in first.items()
        )

    def free(self, bit: int) -> list[int]:
        """As in `Row`."""
        return sorted(id_ for id_, bits in self.tables[0].items() if bits >> bit & 1)

    def pick(self, bit: int, rank: Rank) -> list[int]:
        """The best two for a start."""
        first, second = [[id_ for id_, bits in table.items() if bits >> bit & 1] for table in self.tables]
        pairs = [(one, other) for one in first for other in second if one != other]
        one, other = min(pairs, key=lambda pair: (rank(0, pair[0]), rank(1, pair[1])))
        return [one, other]


@dataclass(frozen=True)
class Means:
    """Everybody and everything that could serve a wish at one centre, on one axis.

    `direct` are counsellors who speak the client's language, `anybody` all who fit otherwise. `pool` are the starts the
    interpreter pool can still be asked for.
    """

    direct: Row | Pair
    anybody: Row | Pair
    rooms: Row
    interpreters: Row
    pool: int
    phone: bool

    def starts(self, within: int, routes: Collection[Route]) -> list[tuple[int, Route]]:
        """Free starts as bits with the best of the allowed routes each, in order of time."""
        left, found = self.rooms.starts & within, []
        for route in Route:
            if route in routes:
                bits = self.by(route) & left
                left &= ~bits
                found += [(bit, route) for bit in positions(bits)]
        return sorted(found)

    def by(self, route: Route) -> int:
        """Starts at which people could talk by a route, whatever the rooms."""
        return {
            Route.DIRECT: self.direct.starts,
            Route.HOUSE: self.anybody.starts & self.interpreters.starts,
            Route.POOL: self.anybody.starts & self.pool,
            Route.PHONE: self.anybody.starts if self.phone else 0,
        }[route]

    def people(self, route: Route) -> Row | Pair:
        """Who takes part when people talk by a route."""
        return self.direct if route is Route.DIRECT else self.anybody

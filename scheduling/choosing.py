"""Who and where, once it is known when: the best of those who are free, and all that a visit then claims. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduling.availability import Means
from scheduling.claims import Taken
from scheduling.interval import Interval
from scheduling.offering import Offering
from scheduling.setup import CentrePlan, ServicePlan, Space
from scheduling.wish import Route


@dataclass(frozen=True)
class Consultation:
    """One part of a visit with everything chosen."""

    service: ServicePlan
    counsellor_id: int
    room_id: int
    interpreter_id: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Placement:
    """A visit in the plan: its consultations, and what each of them claims (by its number)."""

    centre: CentrePlan
    route: Route
    parts: tuple[Consultation, ...]
    claims: tuple[tuple[Taken, int], ...]


@dataclass
class Choice:
    """Picks by language match, then load, then whose link it is, then id; the counsellor's own room, else the
    smallest; the less busy interpreter.
    """

    offering: Offering
    means: Means
    route: Route
    load: dict[int, int]
    bit: int

    def placement(self, starts_at: datetime) -> Placement:
        """Everything chosen for a start, and what it claims."""
        bit = self.bit
        counsellors = self.means.people(self.route).pick(bit, lambda _, id_: self._rank(id_))
        rooms = self.means.rooms.pick(bit, lambda number, id_: self._rank_room(counsellors[number], id_))
        house = self.route is Route.HOUSE
        interpreter = self.means.interpreters.pick(bit, lambda _, id_: self._rank(id_))[0] if house else None
        return arranged(self.offering, self.route, starts_at, counsellors, rooms, interpreter)

    def _rank(self, id_: int) -> tuple[int, ...]:
        person, wish = self.offering.setup.people[id_], self.offering.wish
        spoken = [place for place, tag in enumerate(wish.languages) if tag in person.languages]
        match = spoken[0] if spoken else len(wish.languages)
        return match, self.load.get(id_, 0), id_ != wish.preferred, id_

    def _rank_room(self, counsellor_id: int, id_: int) -> tuple[int, ...]:
        setup = self.offering.setup
        space: Space = setup.spaces[id_]
        return space.counter_id != setup.people[counsellor_id].counter_id, space.seats, id_


def arranged(
    offering: Offering,
    route: Route,
    starts_at: datetime,
    counsellors: Sequence[int],
    rooms: Sequence[int],
    interpreter: int | None,
) -> Placement:
    """A visit with everybody and everything in it chosen: one counsellor and one room a part, and what it claims."""
    parts, at, together = [], starts_at, offering.wish.together
    for number, service in enumerate(offering.services):
        room_id = rooms[0] if together else rooms[number]
        parts.append(Consultation(service, counsellors[number], room_id, interpreter, at, at + service.length))
        at = at if together else at + service.length
    return Placement(offering.centre, route, tuple(parts), _claims(offering, parts))


def _claims(offering: Offering, parts: Sequence[Consultation]) -> tuple[tuple[Taken, int], ...]:
    """Counsellor and room with the buffer after, but none where the same one goes on; the interpreter without."""
    wanted: list[tuple[Taken, int]] = []
    start, length, together = parts[0].starts_at, offering.length, offering.wish.together
    for number, part in enumerate(parts):
        rested = Interval(part.starts_at, part.ends_at + part.service.buffer)
        wanted.append((Taken(part.counsellor_id, rested), number))
        if not (together and number):
            until = start + length.visit + length.buffer if together else rested.end
            atoms = offering.setup.spaces[part.room_id].claims
            wanted += [(Taken(id_, Interval(part.starts_at, until)), number) for id_ in atoms]
    if parts[0].interpreter_id is not None:
        wanted.append((Taken(parts[0].interpreter_id, Interval(start, start + length.visit)), 0))
    return tuple(_without_overlap(sorted(wanted)))


def _without_overlap(wanted: Sequence[tuple[Taken, int]]) -> list[tuple[Taken, int]]:
    """In order of resource and start: a buffer ends where the next part of the same resource begins."""
    clipped = []
    for place, (taken, number) in enumerate(wanted):
        end = taken.interval.end
        if place + 1 < len(wanted) and wanted[place + 1][0].resource_id == taken.resource_id:
            end = min(end, wanted[place + 1][0].interval.start)
        clipped.append((Taken(taken.resource_id, Interval(taken.interval.start, end)), number))
    return clipped

"""What somebody wants to book, and what can be found for it. Pure."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

FEMALE_COUNSELLOR = "female_counsellor"
ROOM_WISHES = frozenset({"step_free", "child_corner"})
WISHES = ROOM_WISHES | {FEMALE_COUNSELLOR}
"""What a client may wish without having to say why."""


class Route(StrEnum):
    """How client and counsellor will talk, best first."""

    DIRECT = "direct"
    """The counsellor speaks the client's language."""
    HOUSE = "house"
    """A house interpreter comes along and is claimed with the slot."""
    POOL = "pool"
    """The interpreter pool is asked; there is enough notice for it."""
    PHONE = "phone"
    """An interpreter on the phone or by video, on demand."""


@dataclass(frozen=True)
class Wish:
    """Who wants what, where. Ids are those of rows; the order of services is the order of the consultations.

    `centres` empty means everywhere. `languages` are what the client speaks, best first. Several `services` are parts
    of one visit: back to back, or `together` two counsellors at once in one room. Only this `counsellor`, `room` and
    `interpreter` will do, if set; `preferred` (whose link it is) wins among those who are as good otherwise.
    """

    services: tuple[int, ...]
    centres: tuple[int, ...]
    languages: tuple[str, ...]
    party: int = 1
    wishes: frozenset[str] = frozenset()
    together: bool = False
    counsellor: int | None = None
    preferred: int | None = None
    room: int | None = None
    interpreter: int | None = None
    routes: frozenset[Route] = frozenset(Route)

    def at(self, centre_id: int) -> "Wish":
        """The same wish at one centre."""
        return replace(self, centres=(centre_id,))


class Slot(NamedTuple):
    """A start that is free: one for all counsellors who could take it."""

    starts_at: datetime
    ends_at: datetime
    route: Route
    centre_id: int


class Why(StrEnum):
    """Why a search found nothing."""

    NOT_OFFERED = "not_offered"
    NOBODY_FITS = "nobody_fits"
    NO_LANGUAGE = "no_language"
    NO_ROOM = "no_room"
    TOO_LONG = "too_long"
    CLOSED = "closed"
    OUT_OF_REACH = "out_of_reach"
    FULL = "full"


@dataclass(frozen=True)
class Answer:
    """Free slots in order of time; if there are none, why, and what comes next best.

    `later` is the first slot after the window, `elsewhere` the first at each other centre, `other_routes` the first
    by a way of talking that the wish had left out. `made` is for what pages make of the slots: the same question gets
    the same answer as long as nothing has changed.
    """

    slots: Sequence[Slot]
    why: Why | None = None
    later: Slot | None = None
    elsewhere: tuple[Slot, ...] = ()
    other_routes: Slot | None = None
    made: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)


def nearest(slots: Sequence[Slot], moment: datetime, count: int = 3) -> list[Slot]:
    """The `count` slots nearest to a moment, in order of time."""
    return sorted(sorted(slots, key=lambda slot: (abs(slot.starts_at - moment), slot.starts_at))[:count])

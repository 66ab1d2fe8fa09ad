"""The next date before the client leaves: same counsellor, room and interpreter where that can be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from foundation.db import Transaction
from scheduling.interval import Interval
from scheduling.memory import current_setup
from scheduling.models import Appointment, Visit
from scheduling.opening import local_moment
from scheduling.reaching import note_contact
from scheduling.search import slots
from scheduling.visits import Contact, confirm, hold, visit_to_change
from scheduling.wish import Route, Slot, Wish

DATES = 3
SPAN = timedelta(weeks=3)


@dataclass(frozen=True)
class FollowUps:
    """Three dates on different days, as near to today's time as may be; what stays the same in all of them."""

    wish: Wish
    slots: tuple[Slot, ...]

    @property
    def same_room(self) -> bool:
        """Whether it is the room of today."""
        return self.wish.room is not None

    @property
    def same_interpreter(self) -> bool:
        """Whether it is the interpreter of today."""
        return self.wish.interpreter is not None


def follow_ups(
    session: Session, wish: Wish, before: Appointment | None, weeks: int, at: datetime, now: datetime
) -> FollowUps:
    """Dates from so many weeks on, with the counsellor of `wish`; first as it was in `before`, then without the room,
    then without the interpreter. `at` says which time of day is wanted.
    """
    zone = current_setup(session).centres[wish.centres[0]].zone
    wall, today = at.astimezone(zone).time(), now.astimezone(zone).date()
    window = Interval(
        local_moment(today + timedelta(weeks=weeks), time(0), zone),
        local_moment(today + timedelta(weeks=weeks) + SPAN, time(0), zone),
    )
    found = FollowUps(wish, ())
    for same in as_before(wish, before):
        free = slots(session, same, window, now)
        days: dict[date, list[Slot]] = {}
        for slot in free:
            days.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
        found = FollowUps(
            same, tuple(_nearest(days[day], local_moment(day, wall, zone)) for day in sorted(days)[:DATES])
        )
        if len(found.slots) == DATES:
            break
    return found


def book_follow_up(
    tx: Transaction, visit: Visit, wish: Wish, starts_at: datetime, keys: Sequence[str], told: bool
) -> Visit:
    """Book it for the client of `visit`; her name goes along, her number or address only if she has just agreed.

    Raises what `hold` and `confirm` do.
    """
    following = visit_to_change(tx, hold(tx, wish, starts_at, visit.ui_lang))
    note_contact(tx, following, same_contact(visit, told), unlimited=True)
    return confirm(tx, following, keys)


def same_contact(visit: Visit, told: bool) -> Contact:
    """Her name for another visit; her number or address only if she has just agreed."""
    if not told:
        return Contact(visit.call_name, None, None)
    return Contact(visit.call_name, visit.phone, visit.consent_wording, visit.helper_lang, visit.email)


def kept(wish: Wish, before: Appointment | None, room: bool, interpreter: bool) -> Wish:
    """A wish that keeps to the room and to the house interpreter of an appointment, if it had them."""
    if before is None:
        return wish
    if room:
        wish = replace(wish, room=before.room_id)
    if interpreter and before.interpreter_id is not None:
        wish = replace(wish, interpreter=before.interpreter_id, routes=frozenset({Route.HOUSE}))
    return wish


def as_before(wish: Wish, before: Appointment | None) -> Iterator[Wish]:
    """From everything as it was to only the counsellor; each once."""
    steps = ((True, True), (False, True), (False, False))
    yield from dict.fromkeys(kept(wish, before, room, interpreter) for room, interpreter in steps)


def _nearest(free: Sequence[Slot], moment: datetime) -> Slot:
    return min(free, key=lambda slot: (abs(slot.starts_at - moment), slot.starts_at))

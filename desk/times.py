"""Times at the desk: which one was pressed, or typed with a reason why rules are left aside; what to propose."""

from collections.abc import Sequence
from datetime import date, datetime, time

from desk.words import TO_CHOOSE
from doorway.days import FURTHEST
from doorway.forms import MomentBroken, chosen_moment
from doorway.pages import field
from foundation.errors import Refusal, desk_sentence
from scheduling.models import Centre
from scheduling.opening import local_moment
from scheduling.refusals import HoldOver, RoomTooSmall, ServiceTooLong, SlotTaken, WindowPast
from scheduling.visits import Overrule
from scheduling.wish import Slot


class ReasonMissing(Refusal):
    """A time outside the rules without one of the reasons."""

    text = desk_sentence("Bitte wählen Sie, warum diese Zeit vergeben werden soll.")
    status = 422


TIME_REFUSED = (SlotTaken, HoldOver, WindowPast, RoomTooSmall, ServiceTooLong, MomentBroken, ReasonMissing)
"""What is said on the page of times, with the nearest that are free."""


def chosen_time(centre: Centre, now: datetime) -> tuple[datetime, Overrule | None]:
    """The pressed start; or a typed day and time with its reason. Raises MomentBroken, ReasonMissing."""
    if field("start", 20):
        return chosen_moment(), None
    try:
        day, wall = date.fromisoformat(field("day", 10)), time.fromisoformat(field("time", 5))
    except ValueError as fault:
        raise MomentBroken from fault
    if abs((day - centre.local_day(now)).days) > FURTHEST:
        raise MomentBroken
    if field("reason", 20) not in set(TO_CHOOSE):
        raise ReasonMissing
    return local_moment(day, wall, centre.zone), Overrule(field("reason", 20))


def soonest(slots: Sequence[Slot], centre: Centre, count: int = 3) -> list[Slot]:
    """The first start of each of the next days that have one."""
    first: dict[date, Slot] = {}
    zone = centre.zone
    for slot in slots:
        first.setdefault(slot.starts_at.astimezone(zone).date(), slot)
        if len(first) == count:
            break
    return list(first.values())

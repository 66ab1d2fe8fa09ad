"""Why a search found nothing. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scheduling.interval import Interval
from scheduling.offering import Offering
from scheduling.wish import Why

_NEAREST_FIRST = (
    Why.FULL, Why.CLOSED, Why.NO_LANGUAGE, Why.TOO_LONG, Why.NO_ROOM, Why.NOBODY_FITS, Why.NOT_OFFERED
)  # fmt: skip
"""Of several centres the one that came nearest to a slot says why."""


def why_nothing(offerings: Sequence[Offering], window: Interval, now: datetime) -> Why:
    """The reason of the centre that came nearest."""
    reasons = {why_nothing_here(offering, window, now) for offering in offerings}
    return next((why for why in _NEAREST_FIRST if why in reasons), Why.NOT_OFFERED)


def why_nothing_here(offering: Offering, window: Interval, now: datetime) -> Why:
    """Asks in turn: who, in which room, in which language, for how long, when."""
    setup, wish, centre_id = offering.setup, offering.wish, offering.centre.id
    anyone = replace(wish, wishes=frozenset(), counsellor=None)
    skills = [person.services for person in setup.counsellors(anyone, centre_id)]
    if any(not any(id_ in able for able in skills) for id_ in wish.services):
        return Why.NOT_OFFERED
    untaken = Offering(setup, wish, centre_id, offering.axis, dict.fromkeys(offering.taken, 0))
    regardless = Offering(setup, wish, centre_id, offering.axis, untaken.taken, regardless=True).means(now)
    if not regardless.anybody.starts:
        return Why.NOBODY_FITS
    if not regardless.rooms.starts:
        return Why.NO_ROOM
    if not any(regardless.by(route) for route in wish.routes):
        return Why.NO_LANGUAGE
    return _why_not_then(untaken, window, now)


def _why_not_then(untaken: Offering, window: Interval, now: datetime) -> Why:
    means, routes = untaken.means(now), untaken.wish.routes
    within = untaken.axis.starting(window)
    if means.starts(within, routes):
        return Why.FULL
    if means.anybody.starts & means.rooms.starts & within:
        return Why.NO_LANGUAGE
    return Why.CLOSED if _fits_some_opening(untaken) else Why.TOO_LONG


def _fits_some_opening(untaken: Offering) -> bool:
    """Whether the visit fits into any opening of these weeks; weeks closed throughout say nothing against it."""
    setup, axis, centre_id = untaken.setup, untaken.axis, untaken.centre.id
    people = setup.counsellors(untaken.wish, centre_id)
    opened = [setup.open_bits(person.id, centre_id, axis) for person in people]
    means = untaken.means(axis.interval.start)
    return not any(opened) or bool(means.anybody.starts & means.rooms.starts)

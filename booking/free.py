"""What the page of times looks up: what is free here, what is sooner elsewhere, when the doors are open."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from booking.places import Asked
from doorway.binding import reading, request_now, versions_now
from scheduling.interval import Interval
from scheduling.models import Centre
from scheduling.opening import days_window
from scheduling.presence import centre_open
from scheduling.search import slots
from scheduling.wish import Slot

DOORS_SHOWN = 7
ONE_DAY = timedelta(days=1)


def sooner_elsewhere(asked: Asked, first: Slot | None, centre_ids: Iterable[int]) -> Slot | None:
    """The first free time at another centre, if it is at least a day before the `first` that the page offers here."""
    now = request_now()
    others = tuple(id_ for id_ in centre_ids if id_ != asked.centre.id)
    until = first.starts_at - ONE_DAY if first else now
    if not others or until <= now:
        return None
    found = slots(reading(), replace(asked.wish, centres=others), Interval(now, until), now, seen=versions_now())
    return next(iter(found), None)


def doors(centre: Centre) -> list[Interval]:
    """When one can come without an appointment in the next days."""
    now = request_now()
    window = days_window(centre.zone, centre.local_day(now), DOORS_SHOWN)
    return [stretch for stretch in centre_open(reading(), centre, window) if stretch.end > now]

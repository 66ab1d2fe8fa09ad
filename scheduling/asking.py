"""What a question must be like before it is looked into: typed refusals, no half answers. Pure."""

from datetime import datetime, timedelta

from foundation.languages import known_language
from scheduling.interval import Interval
from scheduling.refusals import (
    LanguageUnknown,
    MomentNaive,
    RoomTooSmall,
    WindowBroken,
    WindowPast,
    WindowTooLong,
    WishBroken,
)
from scheduling.setup import Setup
from scheduling.wish import Wish

LONGEST_WINDOW = timedelta(weeks=12)
MOST_PARTS = 3


def check_stretch(window: Interval) -> None:
    """A stretch of time with zones and a beginning before its end. Raises MomentNaive, WindowBroken."""
    if window.start.tzinfo is None or window.end.tzinfo is None:
        raise MomentNaive
    if window.start >= window.end:
        raise WindowBroken


def check_window(window: Interval, now: datetime) -> None:
    """A stretch to search in: not over, twelve weeks at most. Raises as `check_stretch`, WindowPast, WindowTooLong."""
    check_stretch(window)
    if window.end <= now:
        raise WindowPast
    if window.end - window.start > LONGEST_WINDOW + timedelta(hours=1):  # an hour for the night the clocks go back
        raise WindowTooLong(weeks=LONGEST_WINDOW.days // 7)


def check_wish(setup: Setup, wish: Wish) -> None:
    """A wish that names services and centres there are, a language, and a party that some room may hold.

    Raises WishBroken, LanguageUnknown, RoomTooSmall.
    """
    known = all(id_ in setup.services for id_ in wish.services) and all(id_ in setup.centres for id_ in wish.centres)
    if not known or not 1 <= len(wish.services) <= MOST_PARTS or (wish.together and len(wish.services) != 2):
        raise WishBroken
    if not wish.languages or not all(known_language(tag) for tag in wish.languages):
        raise LanguageUnknown
    if not 1 <= wish.party <= min(setup.services[id_].party_max for id_ in wish.services):
        raise RoomTooSmall

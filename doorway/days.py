"""The slots of some weeks as people see them: a strip of days, and the chosen day's times in two parts."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar, cast

from flask import Response, request

from doorway.binding import reading, request_now, versions_now
from doorway.pages import page_or_fragment
from foundation.errors import Refusal
from scheduling.models import Centre
from scheduling.opening import days_window, local_moment
from scheduling.search import Leaving, search
from scheduling.wish import Answer, Slot, Wish

Made = TypeVar("Made")

NOON = 12
MIDNIGHT, ONE_DAY = time(0), timedelta(days=1)
STRIP = 5
DAYS_SHOWN = 28
FURTHEST = 366
"""Days ahead that an address may ask for; no service can be booked that early."""


@dataclass(frozen=True)
class DayColumn:
    """One day of the strip and how many starts it has."""

    day: date
    free: int


@dataclass(frozen=True, eq=False)
class Week:
    """A working week around the chosen day; each is its own, so that what is drawn of it can be found again."""

    columns: list[DayColumn]
    chosen: date
    morning: list[Slot]
    afternoon: list[Slot]
    earlier: date | None
    later: date | None
    drawn: dict[Hashable, str] = field(default_factory=dict, repr=False)
    """What has been drawn of it, for a crowd looks at the same week."""

    @property
    def first(self) -> date:
        """Its Monday."""
        return self.columns[0].day

    @property
    def last(self) -> date:
        """Its last day shown."""
        return self.columns[-1].day


def asked_day() -> date | None:
    """The day in the address, if it is one."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def free_times(centre: Centre, wish: Wish, around: date | None, leaving: Leaving | None = None) -> Answer:
    """Four weeks from today, or from the Monday of a day that is further away."""
    now = request_now()
    today = centre.local_day(now)
    far = around is not None and DAYS_SHOWN <= (around - today).days <= FURTHEST
    first = around - timedelta(days=around.weekday()) if around and far else today
    return search(reading(), wish, days_window(centre.zone, first, DAYS_SHOWN), now, leaving, versions_now())


def week_of(answer: Answer, centre: Centre, asked: date | None) -> Week | None:
    """The week of the asked day, or of the first free one; None when nothing is free at all.

    Made once for each chosen day of an answer.
    """
    by_day = _made(answer, "days", lambda: _by_day(answer.slots, centre))
    if not by_day:
        return None
    chosen = asked if asked in by_day else _nearest(list(by_day), asked)
    return _made(answer, chosen, lambda: _week(by_day, centre, chosen))


def _made(answer: Answer, what: Hashable, make: Callable[[], Made]) -> Made:
    if what not in answer.made:
        answer.made[what] = make()
    return cast(Made, answer.made[what])


def _week(by_day: Mapping[date, list[Slot]], centre: Centre, chosen: date) -> Week:
    monday = chosen - timedelta(days=chosen.weekday())
    days = [monday + timedelta(days=n) for n in range(max(STRIP, chosen.weekday() + 1))]
    times = by_day[chosen]
    return Week(
        columns=[DayColumn(day, len(by_day.get(day, []))) for day in days],
        chosen=chosen,
        morning=[s for s in times if _hour(s.starts_at, centre) < NOON],
        afternoon=[s for s in times if _hour(s.starts_at, centre) >= NOON],
        earlier=max((day for day in by_day if day < monday), default=None),
        later=min((day for day in by_day if day > days[-1]), default=None),
    )


def week_page(page: str, week: Week | None, centre: Centre, action: str, **context: Any) -> Response:
    """A page with a week, or for htmx the week alone; a refusal is always whole. With no week left htmx fetches anew.

    `action` takes the pressed start; `code` of what is moved and `refusal` may stand in the context.
    """
    context = {"code": "", "refusal": None, **context}
    refusal: Refusal | None = context["refusal"]
    answer = page_or_fragment(
        page, page if refusal else "components/_week.html", refusal.status if refusal else 200,
        week=week, centre=centre, action=action, **context,
    )  # fmt: skip
    if week is None:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _by_day(found: Sequence[Slot], centre: Centre) -> dict[date, list[Slot]]:
    """By local day; each is cut out of the whole at once, for there are hundreds of slots, in order of time."""
    by_day: dict[date, list[Slot]] = {}
    begin = 0
    while begin < len(found):
        day = centre.local_day(found[begin].starts_at)
        end = bisect_left(found, (local_moment(day + ONE_DAY, MIDNIGHT, centre.zone),), begin)
        by_day[day] = list(found[begin:end])
        begin = end
    return by_day


def _nearest(days: list[date], asked: date | None) -> date:
    return next((day for day in days if asked is None or day >= asked), days[-1])


def _hour(moment: datetime, centre: Centre) -> int:
    return moment.astimezone(centre.zone).hour

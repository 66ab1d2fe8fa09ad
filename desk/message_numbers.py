"""How many messages arrive, a day and a language, and what the month costs (S-01); nothing of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template

from access.rights import Right
from desk.post import this_month
from desk.session import blueprint
from doorway.binding import reading, request_now, the_house
from doorway.gates import current_account, staff
from notifications.counts import SMALL, Counts, by_day, by_language, handed_over, month_begins, rate
from notifications.models import MessageState
from scheduling.models import Centre

DAYS = 14
COLUMNS = (
    MessageState.DELIVERED, MessageState.HANDED_OVER, MessageState.FAILED, MessageState.UNKNOWN, MessageState.USELESS,
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A day or a language with what became of its messages; `rate` in per cent, None if it may not be told."""

    name: date | str
    counts: Counts
    rate: int | None


@blueprint.get("/message-numbers")
@staff(Right.SEE_MESSAGES)
def message_numbers() -> str:
    """The last two weeks of the own centre, the month by language over all centres, and its cost."""
    centre, counted = current_account().centre, by_language(reading(), month_begins(request_now()))
    return render_template(
        "desk/message_numbers.html", account=current_account(), month=this_month(), columns=COLUMNS, small=SMALL,
        days=_days(centre) if centre else [], languages_=_languages(counted), centre=centre,
        price=the_house().settings.sms_segment_price, sent=handed_over(counted.values()),
    )  # fmt: skip


def _days(centre: Centre) -> list[Line]:
    today = centre.local_day(request_now())
    days = [today - timedelta(days=n) for n in reversed(range(DAYS))]
    counted = by_day(reading(), centre, days)
    return [Line(day, counted[day], rate(counted[day])) for day in reversed(days) if counted[day]]


def _languages(counted: Mapping[str, Counts]) -> list[Line]:
    return [Line(tag, counted[tag], rate(counted[tag], SMALL)) for tag in the_house().languages.all if tag in counted]

"""How a day was: written by itself, printed if somebody wants it on paper."""

from datetime import timedelta

from flask import render_template

from access.rights import Right
from desk.addresses import asked_day
from desk.session import blueprint
from desk.words import NOTES
from doorway.binding import reading, request_now
from doorway.gates import current_account, current_centre, staff
from queueing.board import Board
from queueing.summary import Summary


@blueprint.get("/summary")
@staff(Right.SEE_DAY)
def summary() -> str:
    """Today so far, or `?day=`: what was done, how long people waited, what was noted."""
    centre, now = current_centre(), request_now()
    today = centre.local_day(now)
    day = asked_day(today)
    return render_template(
        "desk/summary.html", account=current_account(), centre=centre, today=today, day_on=day,
        before=day - timedelta(days=1), behind=day + timedelta(days=1),
        note_words=NOTES, summary=Summary.of(Board.of(reading(), centre, now, day)),
    )  # fmt: skip

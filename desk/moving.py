"""Another time for the open case: the soonest, any free one, or one outside the rules with a reason (decision 10)."""

from datetime import datetime

from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from access.rights import Right
from desk.case import case_shown, case_to_change
from desk.session import blueprint
from desk.times import TIME_REFUSED, chosen_time, soonest
from desk.words import TO_CHOOSE
from doorway.binding import reading, request_now, transaction
from doorway.days import asked_day, free_times, week_of, week_page
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, see_other
from foundation.errors import Refusal
from queueing.replanning import move_here
from scheduling.claims import standing_of
from scheduling.moving import wish_of
from scheduling.search import Leaving
from scheduling.visits import changeable
from scheduling.wish import Answer, nearest


@blueprint.get("/case/move")
@staff(Right.RECEIVE)
def case_move() -> Response:
    """What is free for the same consultation."""
    return _move_page()


@blueprint.post("/case/move")
@staff(Right.RECEIVE)
def case_move_to() -> Response | BaseResponse:
    """Take the time; the client is told, link and code stay."""
    starts_at = None
    try:
        starts_at, overrule = chosen_time(current_centre(), request_now())
        with transaction() as tx:
            visit = case_to_change(tx)
            move_here(tx, visit, wish_of(visit, changeable(visit, tx.now)), starts_at, overrule)
    except TIME_REFUSED as refusal:
        return _move_page(starts_at, refusal)
    return see_other(".case", done="moved")


def _move_page(near: datetime | None = None, refusal: Refusal | None = None) -> Response:
    visit, now = case_shown(), request_now()
    booked, centre = changeable(visit, now), visit.centre
    own = [standing.taken for standing in standing_of(reading(), [part.id for part in booked])]
    day = centre.local_day(near) if near else asked_day()
    answer = free_times(centre, wish_of(visit, booked), day, Leaving(visit.id, own))
    free = [slot for slot in answer.slots if slot.starts_at != booked[0].starts_at]
    return week_page(
        "desk/move.html", week_of(Answer(free), centre, day), centre, url_for(".case_move_to"), refusal=refusal,
        visit=visit, code=visit.code, account=current_account(), reasons=TO_CHOOSE, answer=answer,
        today=centre.local_day(now), proposed=nearest(free, near) if near else soonest(free, centre),
        typed={name: field(name, 20) for name in ("day", "time", "reason")},
    )  # fmt: skip

"""Time without a client, in two taps: what for, and from when."""

from datetime import datetime, timedelta

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from access.rights import Right
from desk.day import after, counsellor_id
from desk.session import blueprint
from desk.words import BLOCKED
from doorway.binding import reading, request_now, transaction
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, number_field, page_or_fragment
from foundation.errors import NotFound
from foundation.formats import clock_time
from scheduling.blocked import block
from scheduling.diary import give_back
from scheduling.gaps import gaps_today, starts_for
from scheduling.interval import Interval
from scheduling.models import BlockedKind, Centre
from scheduling.opening import local_moment

LENGTHS: dict[BlockedKind, tuple[timedelta, ...]] = {
    BlockedKind.PAUSE: (timedelta(minutes=15), timedelta(minutes=30)),
    BlockedKind.MEETING: (timedelta(minutes=30), timedelta(minutes=60)),
    BlockedKind.HOME_VISIT: (timedelta(minutes=90), timedelta(minutes=120)),
    BlockedKind.PRIVATE: (timedelta(minutes=60),),
}
"""What is offered with one tap."""

TYPED = (BlockedKind.MEETING, BlockedKind.HOME_VISIT, BlockedKind.PRIVATE, BlockedKind.PAUSE)
"""What can be chosen with a time that is typed, the most usual first."""


@blueprint.get("/block")
@staff(Right.CALL)
def block_time() -> Response:
    """Kinds and lengths, each with the next starts that are free today."""
    centre, now, who = current_centre(), request_now(), counsellor_id()
    gaps = gaps_today(reading(), who, centre.id, now)
    rows = [
        (kind, length, [clock_time(start, centre.zone) for start in starts_for(gaps, length)])
        for kind, lengths in LENGTHS.items()
        for length in lengths
    ]
    return page_or_fragment(
        "desk/block.html",
        "desk/_block.html",
        account=current_account(),
        centre=centre,
        rows=rows,
        words=BLOCKED,
        kinds=TYPED,
    )


@blueprint.post("/block")
@staff(Right.CALL)
def block_this() -> Response | BaseResponse:
    """Taken at once; refused by name where something stands."""
    kind, minutes, centre = field("kind", 20), number_field("minutes"), current_centre()
    if kind not in set(LENGTHS) or not 5 <= minutes <= 8 * 60:
        raise NotFound
    with transaction() as tx:
        start = _today_at(centre, tx.now, field("start", 5))
        block(tx, BlockedKind(kind), [counsellor_id()], Interval(start, start + timedelta(minutes=minutes)), centre)
    return after()


@blueprint.post("/unblock")
@staff(Right.CALL)
def unblock_this() -> Response | BaseResponse:
    """Her own blocked time of today is given back; a pause ends."""
    which, centre, who = number_field("which"), current_centre(), counsellor_id()
    with transaction() as tx:
        give_back(tx, which, who, centre)
    return after()


def _today_at(centre: Centre, now: datetime, typed: str) -> datetime:
    """A wall time of today as a moment; «now» as it is. Raises NotFound."""
    try:
        wall = datetime.strptime(typed, "%H:%M").time()  # noqa: DTZ007 - a wall time
    except ValueError:
        raise NotFound from None
    return max(local_moment(centre.local_day(now), wall, centre.zone), now.replace(second=0, microsecond=0))

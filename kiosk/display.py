"""The waiting-room display: number, sign and room of the newest calls, nothing else (W-02)."""

from datetime import datetime, timedelta

from flask import Blueprint, Response

from doorway.binding import reading, request_now, tag_now
from doorway.gates import current_device, device
from doorway.pages import page_or_fragment, unchanged
from doorway.speech import speak
from foundation.formats import clock_time
from foundation.languages import SOURCE
from queueing.board import shown_calls
from queueing.tickets import open_today
from scheduling.models import Centre
from scheduling.presence import next_opening

blueprint = Blueprint("display", __name__, url_prefix="/display")
HIGHLIGHT = timedelta(seconds=60)
YESTERDAYS_NEWS = timedelta(minutes=30)
"""After closing the last calls stay this long; then the display says when the doors open."""


@blueprint.get("/")
@device("display")
def show() -> Response:
    """The display; its live part asks every second with the tag it shows."""
    speak(SOURCE)
    centre = current_device().centre
    version, now = tag_now(centre.scope), request_now()
    tag = f"{version}-{clock_time(now, centre.zone)}"
    if unchanged(tag):
        return Response(status=204)
    calls, opens_at = shown_calls(reading(), centre, now), _opens_at(centre, now)
    since_named = now - (calls[0].named_at or now) if calls else YESTERDAYS_NEWS
    if opens_at and since_named >= YESTERDAYS_NEWS:
        calls = []
    return page_or_fragment(
        "display/page.html", "display/_calls.html",
        centre=centre, now=now, today=centre.local_day(now), tag=tag, newest=calls[0] if calls else None,
        last=calls[1:], is_new=bool(calls) and since_named < HIGHLIGHT, opens_at=opens_at,
    )  # fmt: skip


def _opens_at(centre: Centre, now: datetime) -> datetime | None:
    """When the doors open next, if they are shut now."""
    if any(stretch.start <= now < stretch.end for stretch in open_today(reading(), centre, now)):
        return None
    return next_opening(reading(), centre, now)

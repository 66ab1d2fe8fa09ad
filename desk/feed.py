"""A counsellor's own calendar at an address without sign-in: «Termin» or «Belegt» and the room, nothing else (X-04)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Blueprint, Response, request
from icalendar import Event

from access.feeds import whose_feed
from doorway.binding import reading, request_now, the_house
from doorway.calendar import calendar_of
from doorway.gates import open_to_all
from foundation.errors import desk_sentence
from foundation.languages import SOURCE
from foundation.tokens import derived_token
from scheduling.busy import Busy, busy_times, busy_version
from scheduling.opening import days_window

blueprint = Blueprint("feed", __name__)
PAST, AHEAD = 30, 180
"""Days that are in it."""

WORDS = {"appointment": desk_sentence("Termin"), "blocked": desk_sentence("Belegt")}


@blueprint.get("/feed/<token>.ics")
@open_to_all
def feed(token: str) -> Response:
    """In German, for calendars ask in no language; 304 while nothing has changed. Raises NotFound."""
    (counsellor, centre), now = whose_feed(reading(), token), request_now()
    first = centre.local_day(now) - timedelta(days=PAST)
    window = days_window(centre.zone, first, PAST + AHEAD)
    tag = f"{first:%Y%m%d}-{busy_version(reading(), counsellor.id, window)}"
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
    else:
        events = _events(busy_times(reading(), counsellor.id, window), now)
        answer = Response(calendar_of(events), mimetype="text/calendar")
    answer.set_etag(tag, weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _events(times: list[Busy], now: datetime) -> Iterator[Event]:
    german, key = the_house().languages[SOURCE], the_house().settings.secret_keys[0]
    for busy in times:
        room = busy.room
        yield Event.new(
            uid=f"{derived_token(key, busy.kind, busy.id, 0)}@empfang",
            summary=german.gettext(WORDS[busy.kind]),
            start=busy.interval.start,
            end=busy.interval.end,
            location=german.gettext("Zimmer {room}", room=room.counter.label) if room else None,
            sequence=busy.version,
            stamp=now,
        )

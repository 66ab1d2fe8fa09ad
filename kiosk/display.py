"""The waiting-room display: number, sign and room of the newest calls, nothing else of anybody (W-02)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Blueprint, Response
from markupsafe import Markup

from access.house_messages import messages_on
from doorway.binding import reading, request_now, tag_now, the_house
from doorway.gates import current_device, device
from doorway.pages import page_or_fragment, unchanged
from doorway.speech import clock, isolated, sentence_in, speak
from foundation.errors import sentence
from foundation.formats import clock_time
from foundation.languages import SOURCE, Language
from kiosk.calls_aloud import calls_aloud
from queueing.display import Shown, arrange, last_calls
from queueing.tickets import doors_open
from scheduling.models import Centre
from scheduling.presence import next_opening

blueprint = Blueprint("display", __name__, url_prefix="/display")
YESTERDAYS_NEWS = timedelta(minutes=30)
"""After closing the last calls stay this long; then the display says when the doors open."""

TURN = 8
"""Seconds that one line of the house messages is shown; `display.js` turns them, without it each new page does."""

NEVER_NAMES = sentence("Wir rufen Nummern und Zeichen auf, nie Namen.")
OPENS_ON = sentence("Wir öffnen am {day} um {time} Uhr.")
HERE = sentence("Hier erscheint Ihre Nummer.")
Line = tuple[Language, Markup]


@blueprint.get("/")
@device("display")
def show() -> Response:
    """The display; its live part asks every second with the tag it shows."""
    speak(SOURCE)
    centre = current_device().centre
    version, now = tag_now(centre.scope), request_now()
    calls = last_calls(reading(), centre, now)
    shown = arrange(calls, now)
    tag = f"{version}-{clock_time(now, centre.zone)}-{shown.tag}"
    if unchanged(tag):
        return Response(status=204)
    opens_at = _opens_at(centre, now)
    if opens_at and _is_over(shown, now):
        shown = Shown(None, (), now)
    messages = messages_on(reading(), centre, centre.local_day(now)) or [NEVER_NAMES]
    return page_or_fragment(
        "display/page.html", "display/_calls.html",
        centre=centre, now=now, today=centre.local_day(now), tag=tag, shown=shown, turn=int(now.timestamp()) // TURN,
        quiet=list(_quiet_lines(centre, opens_at)), house_lines=list(_house_lines(messages)), seconds=TURN,
        drawn_at=now.astimezone(centre.zone),
        aloud=calls_aloud(reversed(calls), centre.call_voice, the_house().languages, now),
    )  # fmt: skip


def _others() -> list[Language]:
    """The languages that stand beside German, one each; Leichte Sprache is German."""
    return [spoken for spoken in the_house().languages.by_tag.values() if spoken.spoken_as != SOURCE]


def _quiet_lines(centre: Centre, opens_at: datetime | None) -> Iterator[Line]:
    """What stands there while nobody is called, in every language: where numbers appear, or when the doors open."""
    today = centre.local_day(request_now())
    for spoken in (the_house().languages[SOURCE], *_others()):
        if opens_at is None:
            yield spoken, sentence_in(spoken)(HERE)
        else:
            day = isolated(spoken.day(centre.local_day(opens_at), today))
            yield spoken, sentence_in(spoken)(OPENS_ON, day=day, time=clock(opens_at, centre))


def _house_lines(messages: list[str]) -> Iterator[tuple[Markup, Language, Markup]]:
    """Each message in German, with each other language in turn."""
    german = the_house().languages[SOURCE]
    for message in messages:
        for spoken in _others():
            yield sentence_in(german)(message), spoken, sentence_in(spoken)(message)


def _is_over(shown: Shown, now: datetime) -> bool:
    """Whether the last call is too old to matter once the doors are shut."""
    newest = max((call.named_at for call in (shown.large, *shown.others) if call), default=None)
    return newest is None or now - newest >= YESTERDAYS_NEWS


def _opens_at(centre: Centre, now: datetime) -> datetime | None:
    """When the doors open next, if they are shut now."""
    return None if doors_open(reading(), centre, now) else next_opening(reading(), centre, now)

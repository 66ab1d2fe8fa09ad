"""A number as its client's phone shows it: the whole page, or its live part alone."""

from flask import Response

from doorway.binding import reading, request_now, tag_now
from doorway.pages import page_or_fragment, unchanged
from doorway.speech import language
from foundation.errors import Refusal
from foundation.formats import clock_time
from queueing.models import Ticket
from queueing.today import wait_of


def turn_page(ticket: Ticket, refusal: Refusal | None = None, typed: str = "") -> Response:
    """What she has to know now; 204 while nothing has changed."""
    centre, now = ticket.centre, request_now()
    version = tag_now(centre.scope)
    tag = f"{version}-{clock_time(now, centre.zone)}-{language().tag}"
    if unchanged(tag):
        return Response(status=204)
    return page_or_fragment(
        "booking/turn.html", "booking/_turn.html", refusal.status if refusal else 200,
        ticket=ticket, centre=centre, now=now, tag=tag, wait=wait_of(reading(), ticket, now, version), refusal=refusal,
        typed=typed,
    )  # fmt: skip

"""What the kiosk's screens share, and the first question: with or without appointment?

Every step is a POST that carries what was chosen so far, so that no address and no history tells about a client
(K-10, K-11).
"""

from datetime import timedelta

from flask import render_template, url_for

from doorway.binding import reading, request_now, the_house
from doorway.gates import current_device, device
from doorway.pages import field
from doorway.speech import LONGEST_TAG, speak
from kiosk.pairing import blueprint
from queueing.tickets import doors_open
from scheduling.models import Centre
from scheduling.presence import next_opening

BEFORE_OPENING = timedelta(minutes=30)


@blueprint.post("/welcome")
@device("kiosk")
def welcome() -> str:
    """With or without appointment?"""
    return screen("kiosk/welcome.html") if is_open(current_device().centre) else closed()


def screen(template: str, **context: object) -> str:
    """A screen of the kiosk in the language that the form carries."""
    speak(field("lang", LONGEST_TAG))
    return render_template(template, centre=current_device().centre, now=request_now(), **context)


def closed() -> str:
    """When the doors open next, and the phone number."""
    centre = current_device().centre
    return screen("kiosk/closed.html", opens_at=next_opening(reading(), centre, request_now()))


def is_open(centre: Centre) -> bool:
    """Whether people may check in: from half an hour before the doors open until they close."""
    return doors_open(reading(), centre, request_now(), BEFORE_OPENING)


def booking_link() -> str:
    """Where a phone books at this centre, in the language of this screen."""
    centre = current_device().centre
    tag = the_house().languages.wished(field("lang", LONGEST_TAG)).tag
    return the_house().settings.public_url + url_for("booking.topics", centre_code=centre.code, lang=tag)

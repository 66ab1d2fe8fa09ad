"""The kiosk's first screens and what all screens share: language, appointment or not, help.

Every step is a POST that carries what was chosen so far, so that no address and no history tells about a client
(K-10, K-11).
"""

from datetime import timedelta

from flask import render_template, url_for

from doorway.binding import reading, request_now, the_house, transaction
from doorway.form_keys import once
from doorway.gates import current_device, device
from doorway.pages import field
from doorway.speech import LONGEST_TAG, speak
from foundation.languages import SOURCE, State
from kiosk.pairing import blueprint
from queueing.helping import ask_for_help
from queueing.tickets import open_today
from scheduling.models import Centre
from scheduling.presence import next_opening

BEFORE_OPENING = timedelta(minutes=30)
WORDS_THAT_HELP = ("help", "appointment", "counselling", "course", "interpreter", "please_wait")
"""Terms of the glossary that fit on one screen at the kiosk's size of type."""


@blueprint.get("/")
@device("kiosk")
def start() -> str:
    """All languages; says when the centre is closed."""
    speak(SOURCE)
    centre = current_device().centre
    return render_template("kiosk/start.html", centre=centre, now=request_now(), is_open=is_open(centre))


@blueprint.post("/welcome")
@device("kiosk")
def welcome() -> str:
    """With or without appointment?"""
    return screen("kiosk/welcome.html") if is_open(current_device().centre) else closed()


@blueprint.post("/more")
@device("kiosk")
def more() -> str:
    """Languages in preparation."""
    return screen("kiosk/more.html")


@blueprint.post("/words")
@device("kiosk")
def words() -> str:
    """Words of a language in preparation beside the German ones, and a person to help."""
    shown = the_house().languages.all.get(field("lang", LONGEST_TAG))
    if shown is None or shown.state is not State.PREPARED:
        return more()
    few = {name: shown.glossary[name] for name in WORDS_THAT_HELP}
    return screen("kiosk/words.html", shown=shown, terms=few)


@blueprint.post("/help")
@device("kiosk")
def help_() -> str:
    """A person is asked for, on every screen, in the same corner (W-09, K-17); nobody is promised when it is closed."""
    if not is_open(current_device().centre):
        return closed()
    with transaction() as tx:
        centre = tx.session.get_one(Centre, current_device().centre_id)
        once(tx, lambda: ask_for_help(tx, centre, current_device().name).id)
    return screen("kiosk/help.html")


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
    now = request_now()
    return any(i.start - BEFORE_OPENING <= now < i.end for i in open_today(reading(), centre, now))


def booking_link() -> str:
    """Where a phone books at this centre, in the language of this screen."""
    centre = current_device().centre
    tag = the_house().languages.wished(field("lang", LONGEST_TAG)).tag
    return the_house().settings.public_url + url_for("booking.topics", centre_code=centre.code, lang=tag)

"""The heartbeat of kiosks and displays, answered by what is new: a version, a set-up, a line to measure (K-15, K-16).

A page says with every beat which tag it was made with. 204: nothing is new. 200: go to the address in the answer, as
soon as nobody is in the middle of something.
"""

from flask import Response, render_template, url_for

from access.heartbeat import is_due, note_beat
from access.models import Device
from access.screens import LINE, shows_line
from doorway.binding import actor, request_now, tag_now, the_house
from doorway.gates import current_device, device
from doorway.pages import field
from doorway.speech import speak_desk
from doorway.version import version
from foundation.clock import machine_now
from kiosk import display
from kiosk.pairing import blueprint
from kiosk.steps import is_open
from scheduling.models.pulse import SETUP

MM_PER_INCH = 25.4


@blueprint.post("/alive")
@device("kiosk")
def alive() -> Response:
    """A kiosk lives; its start screen follows opening hours, closures, services and its own settings."""
    line = shows_line(current_device(), machine_now())
    return _answer(kiosk_tag(line), url_for(".ruler" if line else ".start"))


@display.blueprint.post("/alive")
@device("display")
def display_alive() -> Response:
    """A display lives; what it shows it asks for itself, so only a new version is news."""
    return _answer(version(), url_for("display.show"))


@blueprint.get("/ruler")
@device("kiosk")
def ruler() -> str:
    """A line of ten centimetres, if the desk knows how large an inch is on this screen."""
    speak_desk()
    long = round(current_device().ppi * LINE / MM_PER_INCH)
    return render_template("kiosk/ruler.html", long=long, centre=current_device().centre, now=request_now())


@blueprint.app_template_global()
def kiosk_tag(line: bool = False) -> str:
    """What the start screen depends on, with the line to measure or without. The day is in it: none stays overnight."""
    kiosk, now = current_device(), request_now()
    opened = f"{kiosk.centre.local_day(now):%m%d}{is_open(kiosk.centre):d}"
    return ".".join((version(), str(tag_now(SETUP)), opened, _settings_of(kiosk), f"{line:d}"))


@blueprint.app_template_global()
def display_tag() -> str:
    """What the page around the calls depends on."""
    return version()


def _settings_of(kiosk: Device) -> str:
    return f"{kiosk.ppi}{'l' if kiosk.low else 'h'}"


def _answer(tag: str, address: str) -> Response:
    shown, machine, known = field("v", 80), machine_now(), current_device()
    page_version = shown.partition(".")[0][:20]
    if is_due(known, page_version, machine):
        with the_house().database.transaction(actor(), machine) as tx:
            note_beat(tx, known.id, page_version, machine)
    return Response("" if shown == tag else address, 204 if shown == tag else 200, mimetype="text/plain")

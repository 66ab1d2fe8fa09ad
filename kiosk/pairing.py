"""Pairing a tablet or a display with the code a desk has made (K-10)."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from access.devices import pair
from doorway.binding import the_house
from doorway.gates import open_to_all, remember_device
from doorway.pages import field, see_other
from doorway.speech import speak_desk
from foundation.clock import machine_now
from foundation.facts import Actor

blueprint = Blueprint("kiosk", __name__, url_prefix="/kiosk")

START = {"kiosk": "kiosk.start", "display": "display.show"}


@blueprint.get("/pairing")
@open_to_all
def pairing() -> str:
    """Where the code is typed, by staff."""
    speak_desk()
    return render_template("kiosk/pairing.html")


@blueprint.post("/pairing")
@open_to_all
def do_pair() -> Response:
    """Trade the code for a cookie of the device's own."""
    speak_desk()
    code = field("code", 20).replace(" ", "")
    with the_house().database.transaction(Actor("device"), machine_now()) as tx:
        device, secret = pair(tx, code)
    return remember_device(see_other(START[device.kind]), device.kind, secret)

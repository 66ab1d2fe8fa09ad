"""What a client shows to others: the code as large as the screen, and a proof on paper without the topic."""

from flask import render_template

from booking.visit import blueprint, booked_shown, link_of
from doorway.binding import request_now, the_house
from doorway.gates import visitor
from scheduling.proof import proof_code


@blueprint.get("/visit/code")
@visitor
def code() -> str:
    """For the kiosk's camera, and for eyes that need it large."""
    visit = booked_shown()
    return render_template("booking/code.html", visit=visit, link=link_of(visit))


@blueprint.get("/visit/proof")
@visitor
def proof() -> str:
    """One sheet in German and the client's language: when and where, a line for the name, room for a stamp."""
    visit = booked_shown()
    checked_by = proof_code(the_house().settings.secret_keys[0], visit.id)
    return render_template("booking/proof.html", visit=visit, code=checked_by, now=request_now())

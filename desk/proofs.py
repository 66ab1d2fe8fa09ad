"""Somebody phones and asks whether a proof is real: the sheet's day and code, and yes or no."""

from datetime import date

from flask import render_template

from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, the_house
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field
from foundation.errors import Refusal, desk_sentence
from scheduling.proof import proven


class DayBroken(Refusal):
    """No day."""

    text = desk_sentence("Bitte geben Sie den Tag an, der auf dem Blatt steht.")
    status = 422


@blueprint.get("/proofs")
@staff(Right.RECEIVE)
def proofs() -> str:
    """Asks for day and code."""
    return render_template("desk/proofs.html", account=current_account(), asked=False, day_typed="", code="")


@blueprint.post("/proofs")
@staff(Right.RECEIVE)
def check_proof() -> tuple[str, int]:
    """Says no more than the sheet does: that there is such an appointment, and when. Changes nothing."""
    centre = current_centre()
    typed, code = field("day", 10), field("code", 20).replace(" ", "")
    try:
        day = date.fromisoformat(typed)
    except ValueError as fault:
        raise DayBroken from fault
    found = proven(reading(), the_house().settings.secret_keys, centre, day, code)
    page = render_template(
        "desk/proofs.html",
        account=current_account(),
        asked=True,
        found=found,
        day_typed=typed,
        code=code,
        centre=centre,
    )
    return page, 200

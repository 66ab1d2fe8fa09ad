"""The service pages, two clicks from everywhere: how it works, privacy, imprint, accessibility (D-07, D-08)."""

from flask import render_template
from werkzeug.wrappers import Response as BaseResponse

from booking.places import centres
from booking.steps import blueprint
from doorway.binding import the_house, transaction
from doorway.feedback import LONGEST, NothingSaid, leave
from doorway.form_keys import once
from doorway.forms import FilledByProgram, refuse_programs
from doorway.gates import open_to_all
from doorway.pages import see_other, text_field
from doorway.speech import language
from foundation.errors import Refusal
from foundation.model import Personal, data_register


@blueprint.get("/how")
@open_to_all
def how() -> str:
    """What these pages are for and how they are used, step by step."""
    return render_template("booking/how.html", centres=centres())


@blueprint.get("/privacy")
@open_to_all
def privacy() -> str:
    """Everything that is kept about a person, why, on what basis, how long: read off the columns themselves (D-04)."""
    kept: dict[str, Personal] = {entry.purpose: entry for _, _, entry in data_register()}
    return render_template("booking/privacy.html", kept=kept.values(), operator=the_house().settings)


@blueprint.get("/imprint")
@open_to_all
def imprint() -> str:
    """Who answers for these pages."""
    return render_template("booking/imprint.html", operator=the_house().settings)


@blueprint.get("/accessibility")
@open_to_all
def accessibility() -> str:
    """What holds, what is missing, whom to tell, and a form to tell it."""
    return _accessibility_page()


@blueprint.post("/accessibility")
@open_to_all
def tell_barrier() -> tuple[str, int] | BaseResponse:
    """Somebody says what is hard; once a form."""
    said = text_field("said", LONGEST)
    try:
        refuse_programs()
        with transaction() as tx:
            once(tx, lambda: leave(tx, said, language().tag))
    except (NothingSaid, FilledByProgram) as refusal:
        return _accessibility_page(said, refusal), refusal.status
    return see_other(".accessibility", told="yes")


def _accessibility_page(said: str = "", refusal: Refusal | None = None) -> str:
    return render_template(
        "booking/accessibility.html", operator=the_house().settings, said=said, refusal=refusal, longest=LONGEST
    )

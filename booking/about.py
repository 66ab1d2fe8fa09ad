"""The service pages, two clicks from everywhere: how it works, privacy, imprint, accessibility (D-07, D-08)."""

from flask import render_template

from booking.places import centres
from booking.steps import blueprint
from doorway.binding import reading, the_house
from doorway.gates import open_to_all
from foundation.model import Personal, data_register


@blueprint.get("/how")
@open_to_all
def how() -> str:
    """What these pages are for and how they are used, step by step."""
    return render_template("booking/how.html", centres=centres(reading()))


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
    """What holds, what is missing, whom to tell."""
    return render_template("booking/accessibility.html", operator=the_house().settings)

"""Languages on the phone: all of them, and words that help where one is in preparation (L-02)."""

from flask import render_template

from booking.places import centres
from booking.steps import blueprint
from doorway.binding import the_house
from doorway.gates import open_to_all
from foundation.errors import NotFound
from foundation.languages import State


@blueprint.get("/languages")
@open_to_all
def more_languages() -> str:
    """Every language that can be read here, and those in preparation."""
    return render_template("booking/languages.html")


@blueprint.get("/languages/<tag>")
@open_to_all
def words(tag: str) -> str:
    """Words of a language in preparation beside the German ones, to show at a desk or to say on the phone."""
    shown = the_house().languages.all.get(tag)
    if shown is None or shown.state is not State.PREPARED:
        raise NotFound
    return render_template("booking/words.html", shown=shown, centres=centres())

"""Languages on the phone: more of them, words that help, and the one spoken in the consultation (L-01, L-02)."""

from flask import render_template, session
from werkzeug.wrappers import Response as BaseResponse

from booking.places import asked_for, centres
from booking.steps import blueprint, spoken_language
from doorway.binding import reading, the_house
from doorway.gates import open_to_all
from doorway.pages import field, see_other
from doorway.speech import LONGEST_TAG, language
from foundation.errors import NotFound
from foundation.languages import State
from scheduling.refusals import LanguageUnknown


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
    return render_template("booking/words.html", shown=shown, centres=centres(reading()))


@blueprint.get("/book/<centre_code>/<topic_code>/<service_code>/language")
@open_to_all
def choose_spoken(centre_code: str, topic_code: str, service_code: str) -> str:
    """Which language is spoken in the consultation; reading and speaking are two things."""
    asked = asked_for(reading(), centre_code, service_code, spoken_language())
    choices = sorted(the_house().languages.spoken, key=lambda choice: choice.tag != language().spoken_as)
    return render_template(
        "booking/spoken.html", asked=asked, topic_code=topic_code, choices=choices, chosen=spoken_language()
    )


@blueprint.post("/book/<centre_code>/<topic_code>/<service_code>/language")
@open_to_all
def speak_in(centre_code: str, topic_code: str, service_code: str) -> BaseResponse:
    """Keep it for this browser's bookings; refuses what nobody here could look for."""
    tag = field("spoken", LONGEST_TAG)
    if tag not in {choice.tag for choice in the_house().languages.spoken}:
        raise LanguageUnknown
    session["spoken"] = tag
    return see_other(".times", centre_code=centre_code, topic_code=topic_code, service_code=service_code)

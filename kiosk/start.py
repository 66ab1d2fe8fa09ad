"""The kiosk's first screen and what is always at hand: all languages, words that help, a person, accessibility."""

from flask import Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from doorway.binding import reading, request_now, the_house, transaction
from doorway.form_keys import once
from doorway.gates import current_device, device
from doorway.pages import field, see_other
from doorway.speech import speak
from foundation.languages import SOURCE, Language, State
from kiosk.pairing import blueprint
from kiosk.reach import turned_low
from kiosk.steps import closed, is_open, screen
from queueing.helping import ask_for_help, somebody_comes
from scheduling.models import Centre

WORDS_THAT_HELP = ("help", "appointment", "counselling", "course", "interpreter", "please_wait")
"""Terms of the glossary that fit on one screen at the kiosk's size of type."""


@blueprint.get("/")
@device("kiosk")
def start() -> str:
    """All languages, finished ones first (L-02); says when the centre is closed."""
    speak(SOURCE)
    centre = current_device().centre
    return render_template(
        "kiosk/start.html", centre=centre, now=request_now(), is_open=is_open(centre), greetings=_greetings()
    )


@blueprint.post("/words")
@device("kiosk")
def words() -> str | BaseResponse:
    """Words of a language in preparation beside the German ones, and a person to help."""
    shown = _prepared()
    if shown is None:
        return see_other(".start")
    few = {name: shown.glossary[name] for name in WORDS_THAT_HELP}
    return screen("kiosk/words.html", shown=shown, terms=few)


@blueprint.post("/help")
@device("kiosk")
def help_() -> str:
    """A person is asked for, on every screen, in the same corner (W-09, K-17); nobody is promised when it is closed."""
    if not is_open(current_device().centre):
        return closed()
    spoken = the_house().languages.all.get(field("lang", 20))
    with transaction() as tx:
        centre, place = tx.session.get_one(Centre, current_device().centre_id), current_device().name
        request_id = once(tx, lambda: ask_for_help(tx, centre, place, spoken.tag if spoken else SOURCE).id)
    return screen("kiosk/help.html", request_id=request_id, shown=_prepared())


@blueprint.get("/coming")
@device("kiosk")
def coming() -> Response:
    """Tells the help screen once that the desk has seen it; its tag is the request it shows."""
    asked = request.args.get("v", "")[:9]
    known = asked.isascii() and asked.isdecimal()
    comes = known and somebody_comes(reading(), current_device().centre, int(asked))
    return Response(status=204, headers={"HX-Trigger": "somebody-comes"} if comes else {})


@blueprint.post("/accessibility")
@device("kiosk")
def accessibility() -> str:
    """The declaration in short, and the whole of it for a phone (D-07)."""
    return screen("kiosk/accessibility.html", link=the_house().settings.public_url)


@blueprint.post("/low")
@device("kiosk")
def low() -> BaseResponse:
    """For who sits: everything that is pressed goes down, or up again (K-05); scripts do it without leaving."""
    return turned_low(see_other(".start"))


def _prepared() -> Language | None:
    """The language in preparation that was chosen."""
    chosen = the_house().languages.all.get(field("lang", 20))
    return chosen if chosen and chosen.state is State.PREPARED else None


def _greetings() -> list[tuple[Language, str]]:
    """Each welcome once, with the language that says it."""
    languages = the_house().languages
    order = list(languages.all)
    said = {language.gettext("Willkommen"): language for language in reversed(languages.by_tag.values())}
    said |= {language.glossary["welcome"]: language for language in reversed(languages.prepared)}
    return sorted(((by, hello) for hello, by in said.items()), key=lambda said_by: order.index(said_by[0].tag))

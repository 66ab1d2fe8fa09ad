"""Which language a request is answered in, and how templates speak it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from flask import Flask, g, request, session
from markupsafe import Markup, escape

from doorway.binding import the_house
from foundation.languages import SOURCE, Language, clock_time, figures
from scheduling.models import Centre

DESK_LANGUAGES = frozenset({"de", "en"})


def language() -> Language:
    """The language of this request: `?lang=`, then what was chosen before, then the browser's wish, then German."""
    if "language" not in g:
        languages = the_house().languages
        asked = request.args.get("lang", "")[:20]
        if asked in languages.by_tag:
            session["lang"] = asked
        wishes = [tag for tag, _ in request.accept_languages][:10]
        g.language = languages.wished(asked or session.get("lang"), wishes)
    return cast(Language, g.language)


def speak(tag: str) -> Language:
    """From now on answer this request in language `tag`, if it is offered (kiosk, client's own page)."""
    g.language = the_house().languages.wished(tag)
    return cast(Language, g.language)


def speak_desk() -> Language:
    """The desk speaks German and English only."""
    return language() if language().tag in DESK_LANGUAGES else speak(SOURCE)


def teach_templates(app: Flask) -> None:
    """Give templates their words: `_`, `language`, and the formatters of moments and codes."""

    @app.context_processor
    def words() -> dict[str, Any]:
        spoken = language()
        return {
            "_": sentence_in(spoken),
            "n_": plural_in(spoken),
            "language": spoken,
            "languages": list(the_house().languages.by_tag.values()),
            "bdi": bdi,
            "day": lambda day: day_in(spoken, day),
            "clock": clock,
            "local_day": lambda moment, centre: moment.astimezone(centre.zone).date(),
        }


def sentence_in(spoken: Language) -> Callable[..., Markup]:
    """The translating function of templates; values are escaped unless they are Markup."""

    def translate(message: str, **values: object) -> Markup:
        return Markup(escape(spoken.catalogue.gettext(message))).format(**values)

    return translate


def plural_in(spoken: Language) -> Callable[..., Markup]:
    """The same for numbers, in CLDR plural forms."""

    def translate(one: str, many: str, n: int, **values: object) -> Markup:
        return Markup(escape(spoken.catalogue.ngettext(one, many, n))).format(n=n, **values)

    return translate


def bdi(text: object) -> Markup:
    """Figures, codes, times and phone numbers keep their order in right-to-left lines (L-05)."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def day_in(spoken: Language, day: date) -> Markup:
    """Weekday in words and date in figures."""
    return Markup("{} {}").format(spoken.weekday(day), bdi(figures(day)))


def clock(moment: datetime, centre: Centre) -> Markup:
    """Wall time at a centre."""
    return bdi(clock_time(moment, centre.zone))

"""Which language a request is answered in, and how templates speak it."""

from collections.abc import Callable, Hashable, Mapping, MutableMapping
from datetime import datetime
from functools import cache, partial
from typing import Any, cast

from flask import Flask, g, request, session
from jinja2.runtime import Macro
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from access.approvals import approved_digests, digest_of
from doorway.binding import reading, request_now, the_house
from doorway.sounds import sound_lists, sound_words
from foundation.catalogues import PLACEHOLDER
from foundation.errors import Refusal
from foundation.formats import FIGURES, clock_time, figures, figures_with_year, span
from foundation.languages import SOURCE, Language, Languages
from scheduling.models import Centre

MOMENT = "%Y-%m-%dT%H:%MZ"
"""How a slot travels in a form: UTC, for machines only."""

LONGEST_TAG = 20
LONGEST_WISH_LIST = 500
"""Characters of `Accept-Language` that are read; browsers send about fifty."""


def language() -> Language:
    """The language of this request: `?lang=`, then what was chosen before, then the browser's wish, then German."""
    if "language" not in g:
        languages = the_house().languages
        asked = languages.offered(request.args.get("lang", "")[:LONGEST_TAG])
        if asked:
            session["lang"] = asked.tag
        wished = asked or languages.wished(session.get("lang"), _browsers_wishes())
        g.language = wished if wished.at_desk or "at_desk" not in g else languages.wished(SOURCE)
    return cast(Language, g.language)


def speak(tag: str) -> Language:
    """From now on answer this request in language `tag`, if it is offered (kiosk, client's own page)."""
    g.language = the_house().languages.wished(tag)
    return cast(Language, g.language)


def speak_desk() -> None:
    """The desk speaks the languages that have a catalogue for it; which, is asked, and kept, when something is said."""
    g.at_desk = True
    g.pop("language", None)


def teach_templates(app: Flask) -> None:
    """Give templates their words: `_`, `n_`, `legal`, `language`, and the formatters of moments and codes."""

    @app.context_processor
    def words() -> dict[str, Any]:
        spoken, languages = language(), the_house().languages
        return sound_words(_words_in(spoken, languages), spoken, languages.all.values())


def sentence_in(spoken: Language) -> Callable[..., Markup]:
    """The translating function of templates; values are escaped unless they are Markup."""

    def translate(message: str, **values: object) -> Markup:
        said = escape(spoken.catalogue.gettext(message))
        return _filled(said, values) if values else said

    return translate


def plural_in(spoken: Language) -> Callable[..., Markup]:
    """The same for numbers, in CLDR plural forms."""

    def translate(one: str, many: str, n: int, **values: object) -> Markup:
        return _filled(escape(spoken.catalogue.ngettext(one, many, n)), {"n": n, **values})

    return translate


def legal_in(spoken: Language) -> Callable[[str], Markup]:
    """The same for consent and law: with the German sentence beside it until a native speaker approved it (L-11)."""

    def translate(message: str) -> Markup:
        said = spoken.gettext(message)
        if spoken.tag == SOURCE or digest_of((message,), (said,)) in _approved(spoken.tag):
            return escape(said)
        beside = Markup('<small class="beside" lang="{}" dir="ltr">{}</small>').format(SOURCE, message)
        return escape(said) + beside

    return translate


def refused_in(spoken: Language, refusal: Refusal) -> Markup:
    """What a refusal tells a person, its figures isolated."""
    values = {name: isolated(value) if isinstance(value, str) else value for name, value in refusal.values.items()}
    return sentence_in(spoken)(refusal.text, **values)


def content_in(spoken: Language, texts: Mapping[str, str]) -> Markup:
    """Set-up content in this language; where there is none, in German and marked as such."""
    text = spoken.pick(texts)
    if spoken.tag in texts or spoken.spoken_as == SOURCE:
        return escape(text)
    return Markup('<span lang="{}" dir="ltr">{}</span>').format(SOURCE, text)


def drawn_once(
    look: tuple[Hashable, ...], kept: MutableMapping[Hashable, str], macro: Macro, *about: Hashable
) -> Markup:
    """What a macro draws of something, once for all who have the same `look` at it; `kept` lives as long as that."""
    drawing = (macro.name, *look, *about)
    if drawing not in kept:
        kept[drawing] = macro(*about)
    return Markup(kept[drawing])


def bdi(text: object) -> Markup:
    """Figures, codes, times and phone numbers keep their order in right-to-left lines (L-05)."""
    return Markup(f'<bdi dir="ltr">{escape(text)}</bdi>')


def isolated(text: str) -> Markup:
    """A formatted text with its figures isolated."""
    return Markup(FIGURES.sub(lambda found: bdi(found.group()), escape(text)))


def unfilled(text: str) -> Markup:
    """A sentence of the catalogues as translators see it, its placeholders isolated."""
    return Markup(PLACEHOLDER.sub(lambda found: bdi(found.group()), escape(text)))


def clock(moment: datetime, centre: Centre) -> Markup:
    """Wall time at a centre."""
    return bdi(clock_time(moment, centre.zone))


@cache
def _words_in(spoken: Language, languages: Languages) -> dict[str, Any]:
    """What templates say and format with, the same for every page in a language; `frame` keeps what is drawn of it."""
    return {
        "_": sentence_in(spoken),
        "n_": plural_in(spoken),
        "legal": legal_in(spoken),
        "language": spoken,
        "languages": list(languages.by_tag.values()),
        "prepared": languages.prepared,
        "bdi": bdi,
        "clock": clock,
        "content": lambda texts: content_in(spoken, texts),
        "day": lambda day: isolated(spoken.day(day)),
        "day_of_month": lambda day: bdi(f"{day.day:02d}."),
        "days": lambda first, last: bdi(span(figures(first), figures(last))),
        "dated": lambda day: bdi(figures_with_year(day)),
        "moment_value": lambda moment: moment.strftime(MOMENT),
        "near_day": lambda day, centre: isolated(spoken.day(day, centre.local_day(request_now()))),
        "refused": lambda refusal: refused_in(spoken, refusal),
        "said": lambda other, message: other.gettext(message),
        "unfilled": unfilled,
        "wall": lambda moment: bdi(clock_time(moment, moment.tzinfo)),
        "drawn": partial(drawn_once, (spoken.tag,)),
        "frame": {},
        "sound_lists": lambda: sound_lists(languages.all),
    }


def _filled(said: Markup, values: Mapping[str, object]) -> Markup:
    """As `said.format`, which takes three times as long and stands on every page a hundred times."""
    return Markup(str.format(said, **{name: escape(value) for name, value in values.items()}))


def _browsers_wishes() -> list[str]:
    header = request.headers.get("Accept-Language", "")[:LONGEST_WISH_LIST]
    return [tag for tag, quality in parse_accept_header(header, LanguageAccept) if quality > 0]


def _approved(tag: str) -> frozenset[str]:
    if "approved" not in g:
        g.approved = approved_digests(reading(), tag)
    return cast(frozenset[str], g.approved)

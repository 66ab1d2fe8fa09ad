"""Languages: each one folder in `translations/`; direction, words of time, who gets which (L-01 … L-03)."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import UnknownLocaleError
from babel.numbers import format_currency, format_decimal
from babel.support import NullTranslations

from foundation.catalogues import CatalogueError, Entry, entries_of, joined, locale_of, read_catalogue
from foundation.errors import Refusal, sentence
from foundation.formats import figures

SOURCE = "de"
"""The language the sentences are written in; what is missing elsewhere is shown in it."""

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
CATALOGUES = ("messages.po", "desk.po")
"""What clients read; and what only staff read, who work in German or English."""

TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)
# TRANSLATORS: after a weekday and date: that is today
TODAY = sentence("{day} (heute)")
# TRANSLATORS: after a weekday and date: that is tomorrow
TOMORROW = sentence("{day} (morgen)")


class State(StrEnum):
    """How far a language has come."""

    FINISHED = "finished"
    PREPARED = "in preparation"
    SPOKEN = "spoken"


@dataclass(frozen=True)
class Language:
    """One language: how it calls itself, where a line starts, how it says and writes things."""

    tag: str
    autonym: str
    direction: str
    catalogue: NullTranslations = field(default_factory=NullTranslations, repr=False, compare=False)
    state: State = State.FINISHED
    cldr: str = SOURCE
    spoken_as: str = SOURCE
    comma: str = ","
    weekdays: tuple[str, ...] = field(default=(), compare=False, repr=False)
    names: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    glossary: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    soon: tuple[str, ...] = field(default=(), compare=False, repr=False)
    stop_words: tuple[str, ...] = field(default=(), compare=False, repr=False)
    fonts: tuple[str, ...] = field(default=(), compare=False, repr=False)
    entries: tuple[Entry, ...] = field(default=(), compare=False, repr=False)
    at_desk: bool = False
    ascii: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    ascii_weekdays: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def gettext(self, message: str, **values: object) -> str:
        """The sentence in this language, placeholders `{name}` filled."""
        return str(self.catalogue.gettext(message)).format(**values)

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence in the plural form that CLDR gives for `n`, which also fills `{n}`."""
        return str(self.catalogue.ngettext(one, many, n)).format(n=n, **values)

    def say(self, error: Refusal) -> str:
        """What a refusal tells a person."""
        return self.gettext(error.text, **error.values)

    def pick(self, texts: Mapping[str, str]) -> str:
        """Set-up content (names of services, places) in this language, else in German."""
        return texts.get(self.tag) or texts[SOURCE]

    def weekday(self, day: date) -> str:
        """The weekday in full: «Dienstag»."""
        return self.weekdays[day.weekday()] if self.weekdays else _cldr_days(self.cldr, "wide")[day.weekday()]

    def weekday_short(self, day: date) -> str:
        """The weekday as calendars head their columns: «Di»; in full where CLDR has nothing fit (Persian figures)."""
        short = None if self.weekdays else _short_days(self.cldr)
        return short[day.weekday()] if short else self.weekday(day)

    def day(self, day: date, today: date | None = None) -> str:
        """Weekday in words and the date in figures: «Dienstag, 24.03.»; month names differ between countries.

        With `today` it also says when that is today or tomorrow; left out in what is read later (messages, slips).
        """
        text = f"{self.weekday(day)}{self.comma} {figures(day)}"
        near = {0: TODAY, 1: TOMORROW}.get((day - today).days) if today else None
        return self.gettext(near, day=text) if near else text

    def minutes(self, length: timedelta) -> str:
        """A length in whole minutes: «45 Minuten»."""
        return self.ngettext("{n} Minute", "{n} Minuten", round(length.total_seconds() / 60))

    def number(self, number: int) -> str:
        """A number in Latin figures, thousands set apart as this language does."""
        return str(format_decimal(number, locale=locale_of(self.cldr), numbering_system="latn"))

    def euros(self, tenths_of_cents: int) -> str:
        """An amount of money in Latin figures, to the cent."""
        amount = Decimal(tenths_of_cents) / 1000
        return str(format_currency(amount, "EUR", locale=locale_of(self.cldr), numbering_system="latn"))

    def listing(self, words: Iterable[str]) -> str:
        """Words one after the other, with the comma of this script."""
        return f"{self.comma} ".join(words)

    def names_of(self, tags: Iterable[str]) -> str:
        """The names of some languages, one after the other."""
        return self.listing(self.name_of(tag) for tag in tags)

    def name_of(self, tag: str) -> str:
        """The name of language `tag` in this language: «Arabisch»."""
        name = self.names.get(tag) or locale_of(self.cldr).languages.get(tag.replace("-", "_"))
        return str(name) if name else tag


def _cldr_days(tag: str, width: str) -> Mapping[int, str]:
    # not «stand-alone»: once Babel has read Pashto, those of every later language are Pashto (Babel 2.18)
    days: Mapping[int, str] = locale_of(tag).days["format"][width]
    return days


@cache
def _short_days(tag: str) -> tuple[str, ...] | None:
    """From Monday; None where CLDR has figures instead of words."""
    short = _cldr_days(tag, "short")
    words = tuple(short[n].rstrip(".") for n in range(7))
    return None if any(re.search(r"\d", word) for word in words) else words


class Languages:
    """All languages the house knows of, in the order in which they are offered."""

    def __init__(self, languages: Iterable[Language], aliases: Mapping[str, str] | None = None) -> None:
        """`languages` in order, German among them; `aliases` are other tags that browsers use, in lower case."""
        self.all = {language.tag: language for language in languages}
        self.by_tag = {tag: language for tag, language in self.all.items() if language.state is State.FINISHED}
        self.prepared = [language for language in self.all.values() if language.state is State.PREPARED]
        self._found = {**(aliases or {}), **{tag.lower(): tag for tag in self.all}}

    @classmethod
    def load(cls, folder: Path) -> "Languages":
        """Read every folder `<tag>/`; raises CatalogueError naming file and line."""
        about = {path.parent: facts_of(path) for path in folder.glob("*/language.toml")}
        ordered = sorted(about, key=lambda home: (about[home]["order"], home.name))
        named = {home.name: (about[home]["autonym"], about[home].get("names", {})) for home in ordered}
        aliases = {alias.lower(): home.name for home in ordered for alias in about[home].get("aliases", ())}
        return cls([_language(home, about[home], named) for home in ordered], aliases)

    def __getitem__(self, tag: str) -> Language:
        """The language of a stored tag; German where it is no longer offered."""
        return self.by_tag.get(tag) or self.by_tag[SOURCE]

    @property
    def spoken(self) -> list[Language]:
        """Everything that can be spoken in a consultation, once each; Leichte Sprache is German."""
        return [language for tag, language in self.all.items() if language.spoken_as == tag]

    def wished(self, tag: str | None, accept: Iterable[str] = ()) -> Language:
        """What a person asked for: `tag` if finished, else the browser's first finished wish, else German."""
        for wish in [tag or "", *accept]:
            language = self.offered(wish)
            if language:
                return language
        return self.by_tag[SOURCE]

    def offered(self, tag: str) -> Language | None:
        """The finished language of a tag as browsers write it («AR», «ar-SY»); None for anything else."""
        parts = tag.lower().split("-") if TAG.fullmatch(tag) else []
        for length in range(len(parts), 0, -1):
            found = self._found.get("-".join(parts[:length]))
            if found in self.by_tag:
                return self.by_tag[found]
        return None


@lru_cache(maxsize=1024)
def known_language(tag: str) -> bool:
    """Whether a tag names a language: one that CLDR can name, or one that has a folder here because CLDR cannot."""
    if not TAG.fullmatch(tag):
        return False
    return tag.replace("-", "_") in locale_of("en").languages or (TRANSLATIONS / tag / "language.toml").is_file()


def facts_of(path: Path) -> dict[str, Any]:
    """What a `language.toml` says; raises CatalogueError naming it."""
    try:
        facts = tomllib.loads(path.read_text())
        State(facts["state"])
        missing = {"order", "autonym", "direction"} - set(facts)
        if missing or facts["direction"] not in {"ltr", "rtl"}:
            raise CatalogueError(f"{path}: order, state, autonym and direction (ltr or rtl) are needed")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError) as fault:
        raise CatalogueError(f"{path}: {fault!r}") from fault
    return facts


def _language(home: Path, facts: Mapping[str, Any], named: Mapping[str, tuple[str, Mapping[str, str]]]) -> Language:
    tag, state = home.name, State(facts["state"])
    cldr = SOURCE if state is State.SPOKEN else facts.get("cldr", tag)  # CLDR is a megabyte a language: only if needed
    try:
        locale_of(cldr)
    except (UnknownLocaleError, ValueError) as fault:
        raise CatalogueError(
            f"{home / 'language.toml'}: name a language of CLDR (cldr = …), {cldr!r} is none"
        ) from fault
    catalogues = [read_catalogue(home / name, cldr) for name in CATALOGUES if (home / name).exists()]
    names_in = cldr if cldr == SOURCE else tag
    named_by_cldr = locale_of(cldr).languages if state is not State.SPOKEN else {}
    glossary, spelled = home / "glossary.toml", facts.get("ascii", {})
    return Language(
        tag=tag,
        autonym=facts["autonym"],
        direction=facts["direction"],
        catalogue=joined(catalogues, cldr),
        state=state,
        cldr=cldr,
        spoken_as=facts.get("spoken_as", tag),
        comma=facts.get("comma", ","),
        weekdays=tuple(facts.get("weekdays", ())),
        names={
            other: names.get(names_in) or autonym
            for other, (autonym, names) in named.items()
            if names_in in names or other not in named_by_cldr
        },
        glossary=tomllib.loads(glossary.read_text()) if glossary.exists() else {},
        soon=tuple(facts.get("soon", ())),
        stop_words=tuple(facts.get("stop", ())),
        fonts=tuple(facts.get("fonts", ())),
        entries=tuple(entry for catalogue in catalogues for entry in entries_of(catalogue)),
        ascii={kind: said for kind, said in spelled.items() if kind != "weekdays"},
        ascii_weekdays=tuple(spelled.get("weekdays", ())),
        at_desk=tag == SOURCE or (home / CATALOGUES[1]).exists(),
    )

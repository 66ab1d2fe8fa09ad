"""Languages: catalogues, direction, and the one formatter of dates, times and lengths (L-03, L-05)."""

import io
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import NullTranslations, Translations

from foundation.errors import Refusal

SOURCE = "de"
"""The language the sentences are written in; a sentence missing elsewhere is shown in it."""

BEYOND_CLDR = frozenset({"de-simple", "mnk", "rom", "gsg", "ukl", "rsl"})
"""Leichte Sprache, and spoken and signed languages that CLDR has no name for."""


class CatalogueError(Exception):
    """A catalogue cannot be read; the message names file and line."""


@dataclass(frozen=True)
class Language:
    """One language people can choose: how it calls itself, where it starts, how it says and writes things."""

    tag: str
    autonym: str
    direction: str
    catalogue: NullTranslations = field(repr=False, compare=False, hash=False)

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
        return str(_locale(self.tag).days["stand-alone"]["wide"][day.weekday()])

    def weekday_short(self, day: date) -> str:
        """The weekday as calendars head their columns: «Di»."""
        return str(_locale(self.tag).days["stand-alone"]["short"][day.weekday()]).rstrip(".")

    def day(self, day: date) -> str:
        """Weekday in words and the date in figures: «Dienstag, 24.03.»; month names differ between countries."""
        return f"{self.weekday(day)}{self._comma} {figures(day)}"

    def name_of(self, tag: str) -> str:
        """The name of language `tag` in this language: «Arabisch»."""
        name = _locale(self.tag).languages.get(tag)
        return str(name) if name else tag

    def minutes(self, length: timedelta) -> str:
        """A length in whole minutes: «45 Minuten»."""
        return self.ngettext("{n} Minute", "{n} Minuten", round(length.total_seconds() / 60))

    @property
    def _comma(self) -> str:
        return "،" if _locale(self.tag).script == "Arab" or self.direction == "rtl" else ","


def figures(day: date) -> str:
    """A date in Latin figures without the year: «24.03.», Gregorian, in every language."""
    return f"{day.day:02d}.{day.month:02d}."


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """Wall time in 24 hours and Latin figures: «14:05»."""
    local = moment.astimezone(zone)
    return f"{local.hour:02d}:{local.minute:02d}"


def latin_digits(text: str) -> str:
    """Arabic-Indic, Persian and other decimal digits as 0–9; everything else stays (L-06)."""
    return re.sub(r"\d", lambda found: str(int(found.group())), text)


@cache
def known_language(tag: str) -> bool:
    """Whether a tag names a language: one that CLDR can name, or one that is spoken here and CLDR cannot."""
    return tag in BEYOND_CLDR or tag.replace("-", "_") in _locale("en").languages


@cache
def _locale(tag: str) -> Locale:
    return Locale.parse(tag, sep="-")


class Languages:
    """All finished languages, in the order in which they are offered."""

    def __init__(self, languages: Iterable[Language]) -> None:
        """`languages` in order; German is among them."""
        self.by_tag = {language.tag: language for language in languages}

    @classmethod
    def load(cls, folder: Path) -> "Languages":
        """Read `translations/<tag>/`; raises CatalogueError naming file and line."""
        found = []
        for about in sorted(folder.glob("*/language.toml")):
            facts = tomllib.loads(about.read_text())
            tag = about.parent.name
            catalogue = NullTranslations() if tag == SOURCE else _catalogue(about.parent / "messages.po", tag)
            found.append((facts["order"], Language(tag, facts["autonym"], facts["direction"], catalogue)))
        return cls(language for _, language in sorted(found, key=lambda pair: pair[0]))

    def __getitem__(self, tag: str) -> Language:
        """The language of a stored tag; German where it is no longer offered."""
        return self.by_tag.get(tag) or self.by_tag[SOURCE]

    def wished(self, tag: str | None, accept: Iterable[str] = ()) -> Language:
        """What a person asked for: `tag` if offered, else the browser's first offered wish, else German."""
        for wish in [tag or "", *accept]:
            language = self.by_tag.get(wish) or self.by_tag.get(wish.split("-")[0].lower())
            if language:
                return language
        return self.by_tag[SOURCE]


def _catalogue(path: Path, tag: str) -> Translations:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=tag.replace("-", "_"), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, OSError) as fault:
        raise CatalogueError(f"{path}, line {getattr(fault, 'lineno', 0) + 1}: {fault}") from fault
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)

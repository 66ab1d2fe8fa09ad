"""Catalogues: gettext files read, checked and joined; whatever is wrong is named with file and line (L-09, L-11)."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import NullTranslations, Translations

PLACEHOLDER = re.compile(r"{(\w*)}")
LEGAL = "legal"
"""The flag of sentences of consent and law, set by `make catalogues` where a template says `legal(…)`."""

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class CatalogueError(Exception):
    """A language cannot be offered as it is; the message names file and line."""


class Provenance(StrEnum):
    """How far a sentence has come; a native speaker's approval is given at the desk, never in a file (L-11)."""

    DRAFT = "draft"
    BACK_TRANSLATED = "back-translated"
    NATIVE_APPROVED = "native-approved"


@dataclass(frozen=True)
class Entry:
    """One sentence and what a language says for it; more than one form where it counts something."""

    message: tuple[str, ...]
    said: tuple[str, ...]
    provenance: Provenance
    legal: bool
    where: str


def read_catalogue(path: Path, locale: str) -> Catalog:
    """One gettext file of a language, every entry checked; raises CatalogueError."""
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=locale.replace("-", "_"), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, OSError) as fault:
        raise CatalogueError(f"{path}, line {getattr(fault, 'lineno', 0) + 1}: {fault}") from fault
    for message in catalogue:
        if message.id:
            for wrong in faults_of(message, len(categories_of(locale))):
                raise CatalogueError(f"{path}, line {message.lineno}: {wrong}")
    return catalogue


def joined(catalogues: Sequence[Catalog], cldr: str) -> NullTranslations:
    """Catalogues of one language as Babel speaks them, plural forms by CLDR; without any, the source language itself.

    `Translations` would count by the header of the file, whose language knows less than CLDR's (French millions).
    """
    if not catalogues:
        return NullTranslations()
    together = Catalog(locale=catalogues[0].locale)
    together.mime_headers = [("Plural-Forms", catalogues[0].plural_forms)]
    for catalogue in catalogues:
        for message in catalogue:
            if message.id:
                together[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, together)
    compiled.seek(0)
    translations, categories, form = Translations(compiled), categories_of(cldr), locale_of(cldr).plural_form
    translations.plural = lambda n: categories.index(form(n))
    return translations


def categories_of(cldr: str) -> tuple[str, ...]:
    """The plural categories CLDR lists for a language, in the order of a catalogue's forms (L-09)."""
    listed = locale_of(cldr).plural_form.tags
    return tuple(category for category in CATEGORIES if category in listed or category == "other")


def entries_of(catalogue: Catalog) -> list[Entry]:
    """The entries of a checked catalogue, in its order."""
    return [
        Entry(
            _texts(message.id),
            _texts(message.string),
            provenance_of(message) or Provenance.DRAFT,
            LEGAL in message.flags,
            message.locations[0][0] if message.locations else "",
        )
        for message in catalogue
        if message.id
    ]


def faults_of(message: Message, plurals: int) -> Iterator[str]:
    """What is wrong with one entry: a gap, other placeholders, too few plural forms, invisible marks, no provenance."""
    originals, forms = _texts(message.id), _texts(message.string)
    if isinstance(message.id, tuple) and len(forms) != plurals:
        yield f"{len(forms)} plural forms, {plurals} are needed: {originals[0]!r}"
    wanted = sorted(PLACEHOLDER.findall(originals[-1]))
    for form in forms:
        if not form:
            yield f"nothing is said for {originals[0]!r}"
        elif sorted(PLACEHOLDER.findall(form)) != wanted:
            yield f"other placeholders than in {originals[-1]!r}"
        elif BIDI_CONTROLS.search(form):
            yield f"an invisible direction mark in {form!r}; isolate with markup instead"
    if provenance_of(message) is None:
        yield f"no provenance (# draft, or # back-translated: by whom) for {originals[0]!r}"


def provenance_of(message: Message) -> Provenance | None:
    """What the comment above an entry says; None where it says nothing we know."""
    said = message.user_comments[0].split(":")[0] if message.user_comments else ""
    return Provenance(said) if said in {Provenance.DRAFT, Provenance.BACK_TRANSLATED} else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text or "" for text in value) if isinstance(value, list | tuple) else (value or "",)


@cache
def locale_of(tag: str) -> Locale:
    """The CLDR data of a tag; raises babel's UnknownLocaleError and ValueError."""
    return Locale.parse(tag, sep="-")

"""Two languages nobody speaks: one with sentences as long as translations get, one that runs the other way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from babel.support import NullTranslations

from foundation.languages import SOURCE, Language, Languages

GROWTH = ((5, 1.0), (12, 0.8), (20, 0.6), (30, 0.4), (50, 0.2))
"""How much longer a text of at most so many characters becomes (L-08)."""

ARABIC = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzäöüß",
    "ابجدهوزحطيكلمنسعفصقرشتثخذضظغءس",
)


def longer(text: str) -> str:
    """As long as a translation may become; the longest word grows too, and placeholders stay."""
    share = next((share for limit, share in GROWTH if len(text) <= limit), 0.0)
    missing = round(len(text) * share)
    words = text.split(" ")
    last = words[-1]
    if missing and len(words) == 1 and len(text) <= 20 and "{" not in text:
        return text + (last[-2:] or "xx") * (missing // 2)
    for filler in ("ganze", "lange", "Wörter"):
        while missing > len(filler):
            words.insert(-1, filler)
            missing -= len(filler) + 1
    return " ".join(words)


def mirrored(text: str) -> str:
    """The same text in letters that run from right to left; placeholders stay."""
    return "".join(
        part if part.startswith("{") else part.lower().translate(ARABIC) for part in re.split(r"({\w*})", text)
    )


class Changed(NullTranslations):
    """German sentences, each changed."""

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__()
        self.change = change

    def gettext(self, message: str) -> str:
        return self.change(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.change(one if n == 1 else many)


@dataclass(frozen=True)
class Pseudo(Language):
    """Content of the set-up is changed as well."""

    def pick(self, texts: Mapping[str, str]) -> str:
        return self.catalogue.gettext(texts[SOURCE])


def with_pseudo(languages: Languages) -> Languages:
    """The same languages, and the two that nobody speaks."""
    german = {name: getattr(languages[SOURCE], name) for name in ("state", "cldr", "spoken_as", "glossary", "soon")}
    long = Pseudo(tag="xx-LONG", autonym="Lange Sprache", direction="ltr", catalogue=Changed(longer), **german)
    rtl = Pseudo(tag="xx-RTL", autonym=mirrored("sprache"), direction="rtl", catalogue=Changed(mirrored), **german)
    return Languages([*languages.all.values(), long, replace(rtl, comma="،")])

"""What a text of a message may not be, in any language: looked at when the catalogues are read (S-01, S-03, S-10)."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from string import Formatter

from foundation.catalogues import BIDI_CONTROLS, CatalogueError
from foundation.languages import Language, Languages
from notifications.sizing import MOST_SEGMENTS, plain, size_of
from notifications.texts import PLACEHOLDERS, SUBJECT, TEXTS, TO_HELPER

LONGEST_PLACE, LONGEST_LINK = "M" * 24, "https://" + "m" * 42
LEADS_ON = ("{link}", "{phone}")
A_WEEK = [date(2026, 3, 23) + timedelta(days=n) for n in range(7)]

HINTS = re.compile(
    r"dolmetsch|übersetz|sprach|berat|flücht|asyl|aufenthalt|"
    r"interpret|translat|language|counsel|advis|refugee|asylum|"
    r"ترجم|لغة|لاجئ|لجوء|مستشار|استشار|"
    r"переклад|мовою|біжен|притул|консульт",
    re.IGNORECASE,
)
"""Words that tell whoever sees the phone what it is about, or who comes."""

ADDRESS = re.compile(r"://|www\.|[a-z0-9]\.[a-z]{2,}", re.IGNORECASE)
CARRIER_WORD = re.compile(r"\bCANCEL\b")
"""Networks take it for a wish to get no more messages."""


def checked(languages: Languages) -> Languages:
    """The same languages; raises CatalogueError naming every text that must not be sent as it is."""
    faults = [fault for language in languages.by_tag.values() for fault in faults_in(language)]
    if faults:
        raise CatalogueError("\n".join(faults))
    return languages


def faults_in(language: Language) -> Iterator[str]:
    """What is wrong with the texts of one language, a line each."""
    for texts in (TEXTS, TO_HELPER):
        for kind, text in texts.items():
            said = str(language.catalogue.gettext(text))
            yield from (f"{language.tag}, {kind}: {fault}" for fault in faults_of(said, language))
    subject = str(language.catalogue.gettext(SUBJECT))
    if _placeholders(subject) != {"place"} or "\n" in subject or HINTS.search(subject):
        yield f"{language.tag}, subject: one line, the place and nothing else"


def faults_of(said: str, language: Language) -> Iterator[str]:
    """What is wrong with one text, placeholders still in it."""
    if unknown := _placeholders(said) - PLACEHOLDERS:
        yield f"nobody fills {sorted(unknown)}"
        return
    *lines, last = said.split("\n")
    if last not in LEADS_ON or any(led in line for line in lines for led in LEADS_ON):
        yield "the link, or the number to call, stands once and alone on the last line"
    for pattern, fault in (
        (BIDI_CONTROLS, "an invisible direction mark"), (HINTS, "a word that tells too much"),
        (CARRIER_WORD, "a word that networks act upon"), (ADDRESS, "an address beside the link"),
    ):  # fmt: skip
        if found := pattern.search(said):
            yield f"{fault}: {found.group()!r}"
    if (segments := size_of(_longest(said, language)).segments) > MOST_SEGMENTS:
        yield f"{segments} segments"


def _longest(said: str, language: Language) -> str:
    values = {
        "place": LONGEST_PLACE, "day": max((language.day(day) for day in A_WEEK), key=len), "time": "14:05",
        "code": "417308", "link": LONGEST_LINK, "phone": "07121 99998 1000",
    }  # fmt: skip
    return plain(said.format(**values))


def _placeholders(said: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(said) if name is not None}

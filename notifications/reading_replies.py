"""What a text that somebody sends back means: a figure, STOP, START, or something for a person to read (S-15). Pure."""

import unicodedata
from collections.abc import Collection
from enum import StrEnum

from foundation.formats import latin_digits
from foundation.languages import Languages

EDGES = " \t\r\n.,;:!()[]{}\"'*#-–—«»„“”‚‘’،؛۔።"
"""What may stand around a word or figure without changing it. Not the question mark: who asks «1?» wants an answer."""


class Reply(StrEnum):
    """What a text means; whatever is not surely one of the first four is read by a person."""

    COMES = "comes"
    CANNOT = "cannot"
    STOP = "stop"
    START = "start"
    ELSE = "else"


FIGURES = {"1": Reply.COMES, "2": Reply.CANNOT}
EVERYWHERE = {"stop": Reply.STOP, "start": Reply.START}
"""Words that networks and providers know, whatever language somebody reads."""


def stop_words(languages: Languages) -> frozenset[str]:
    """The words that end messages, of every language: who answers need not do it in hers."""
    return frozenset(_bare(word) for language in languages.all.values() for word in language.stop_words)


def reply_of(text: str, stop: Collection[str]) -> Reply:
    """The meaning of a text: figures of any script alone, STOP and START everywhere, `stop` of the languages."""
    said = _bare(text)
    if said in stop:
        return Reply.STOP
    return EVERYWHERE.get(said) or FIGURES.get(said) or Reply.ELSE


def _bare(text: str) -> str:
    """Without case, accents, invisible marks and what stands around it; figures of any script as Latin ones."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in letters if unicodedata.category(c) not in {"Mn", "Me", "Cf"})
    return latin_digits(plain).strip(EDGES)

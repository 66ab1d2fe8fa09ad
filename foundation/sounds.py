"""Sounds: which recordings a sentence is said with. Ids are short and stable, made of the German sentence (L-14)."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from foundation.catalogues import PLACEHOLDER

LIST = "audio.tsv"
"""In the folder of a language: what is to be recorded, one sound a line."""

AUTONYM = "autonym"
"""The id of a language's own name."""

SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""What numbers and room labels are said with, sign by sign; each is its own id."""

SAID_ALOUD = frozenset({"number", "room", "sign", "low", "high", "n", "time"})
"""Placeholders whose value may be heard by everybody in the room; never a name, a topic, a phone number (K-03)."""

MARKS = " ,;:.«»–-،؛"
SHORT_LABEL = re.compile(r"[0-9]*[A-Za-z]{0,2}[0-9]*")


class SoundState(StrEnum):
    """Whether a sentence can be heard, and from whom; without sound there are chime, picture and large text."""

    RECORDED = "recorded"
    PLACEHOLDER = "placeholder"
    NONE = "none"


@dataclass(frozen=True)
class Sound:
    """One thing to record: its id, the German sentence, and what is said in the language of the list."""

    id: str
    source: str
    said: str


def sound_id(source: Sequence[str], form: int = 0) -> str:
    """The id of a German sentence, of its plural form number `form`: eight hexadecimal figures."""
    key = "\0".join((*source, str(form)) if form else source)
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def sounds_of(source: Sequence[str], forms: Sequence[str]) -> Iterator[Sound]:
    """What is recorded for a sentence in one language: the whole, or the pieces between its placeholders."""
    if not set(PLACEHOLDER.findall(source[-1])) <= SAID_ALOUD:
        return
    for form, text in enumerate(forms):
        for piece, said in _pieces(sound_id(source, form), text):
            yield Sound(piece, source[min(form, len(source) - 1)], said)


def plan(source: Sequence[str], form: int, text: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    """The ids that say a sentence, in the order of its language; none if a value in it must not or cannot be heard.

    `values` are the ids that say each value; half a sentence would be a wrong one.
    """
    parts = PLACEHOLDER.split(text)
    names, pieces, said = parts[1::2], _pieces(sound_id(source, form), text), list[str]()
    if any(name not in SAID_ALOUD or not values.get(name) for name in names):
        return []
    for literal, name in zip_longest(parts[::2], names):
        said += [next(pieces)[0]] if _can_be_said(literal) else []
        said += values[name] if name else []
    return said


def spelled(text: str) -> list[str]:
    """The ids that say a number, a time or a short label sign by sign; none for anything longer (words, phones)."""
    label = re.sub(r"[\s:.\-–]", "", text)
    return list(label.lower()) if len(label) <= 6 and label and SHORT_LABEL.fullmatch(label) else []


def _pieces(whole: str, text: str) -> Iterator[tuple[str, str]]:
    parts = [part.strip(MARKS) for part in PLACEHOLDER.split(text)[::2] if _can_be_said(part)]
    if not PLACEHOLDER.search(text):
        yield whole, text
    else:
        yield from ((f"{whole}-{number}", part) for number, part in enumerate(parts))


def _can_be_said(part: str) -> bool:
    return any(letter.isalnum() for letter in part)

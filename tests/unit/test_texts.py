"""The texts of messages in every language: allowed words, segments, no typographic surprises (S-01, S-10)."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.languages import TRANSLATIONS, Languages, State
from notifications.sizing import plain, size_of
from notifications.texts import ANSWERS_TO_REPLIES, PLACEHOLDERS, TEXTS, TO_HELPER, TO_INTERPRETER, Kind

LANGUAGES = Languages.load(TRANSLATIONS)
CALL = "030 23125 117"
LINK = "https://iz.kreis-x.de/t/" + "x" * 22


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("a" * 152 + "€" + "a" * 10, "GSM-7", 164, 2),
        ("ä" * 160, "GSM-7", 160, 1),
        ("ş" * 70, "UCS-2", 70, 1),
        ("ş" * 71, "UCS-2", 71, 2),
        ("م" * 134, "UCS-2", 134, 2),
        ("م" * 135, "UCS-2", 135, 3),
        ("🐟" * 35, "UCS-2", 70, 1),
        ("🐟" * 36, "UCS-2", 72, 2),
        ("", "GSM-7", 0, 1),
    ],
)  # fmt: skip
def test_segments_are_counted_as_networks_count(text: str, encoding: str, units: int, segments: int):
    size = size_of(text)
    assert (size.encoding, size.units, size.segments) == (encoding, units, segments)


def test_another_counter_comes_to_the_same_segments():
    """What npm's sms-segments-calculator 1.3.0 said of random texts in all scripts around the lengths that matter."""
    said = json.loads((Path(__file__).parent / "golden" / "segments.json").read_text())
    assert len(said) > 200
    for text, encoding, segments in said:
        size = size_of(text)
        assert (size.encoding, size.segments) == (encoding, segments), text


@given(st.text(max_size=400))
def test_more_text_never_costs_less(text: str):
    assert size_of(text + "x").segments >= size_of(text).segments


def body_of(kind: Kind, tag: str, texts: dict[Kind, str] = TEXTS) -> str:
    """A message with the longest weekday of the language."""
    language = LANGUAGES.all[tag]
    days = [date(2026, 3, 23) + timedelta(days=n) for n in range(7)]
    day = max((language.day(day) for day in days), key=len)
    about = {"place": "Pfullingen", "day": day, "time": "14:05", "code": "417308", "link": LINK, "phone": CALL}
    return plain(language.gettext(texts[kind], **about))


@pytest.mark.parametrize("texts", [TEXTS, TO_HELPER], ids=["client", "helper"])
@pytest.mark.parametrize("kind", list(TEXTS))
@pytest.mark.parametrize("tag", list(LANGUAGES.by_tag))
def test_every_message_fits_in_few_segments_and_names_nobody(kind: Kind, tag: str, texts: dict[Kind, str]):
    template = LANGUAGES[tag].catalogue.gettext(texts[kind])
    assert set(re.findall(r"{(\w+)}", template)) <= PLACEHOLDERS
    body = body_of(kind, tag, texts)
    assert size_of(body).segments <= (2 if tag in {"ar", "uk"} else 1)
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", body)
    assert body.split("\n")[-1] == (CALL if kind in ANSWERS_TO_REPLIES else LINK)
    assert "CANCEL" not in template, "networks take it for «no more SMS»"


SEGMENTS = {
    "de": (1, 1), "de-simple": (1, 1), "en": (1, 1), "fr": (1, 1), "so": (1, 1), "tr": (2, 1), "ar": (2, 1),
    "fa": (2, 1), "ps": (2, 2), "uk": (2, 1), "ru": (2, 1), "ti": (2, 1), "sq": (3, 2), "ro": (3, 2), "ku": (3, 2),
    "ckb": (3, 2), "am": (2, 1),
}  # fmt: skip
"""The table of segments for one reminder: with the link, without it (S-01)."""


@pytest.mark.parametrize("tag", SEGMENTS)
def test_a_reminder_costs_no_more_segments_than_the_table_says(tag: str):
    body = body_of(Kind.REMINDER, tag)
    with_link, without = SEGMENTS[tag]
    assert size_of(body).segments <= with_link
    assert size_of(body.split("\n")[0]).segments <= without
    gsm = tag in {"de", "de-simple", "en", "fr", "so"}
    assert size_of(body).encoding == ("GSM-7" if gsm else "UCS-2")


def test_the_table_has_every_written_language():
    assert set(SEGMENTS) == {tag for tag, language in LANGUAGES.all.items() if language.state is not State.SPOKEN}


def test_typographic_characters_become_plain_ones():
    assert size_of(plain("Mo – „Termin“ um 10:00\u00a0Uhr’")).encoding == "GSM-7"


@pytest.mark.parametrize("kind", list(TO_INTERPRETER))
def test_what_interpreters_get_is_one_segment_and_says_neither_language_nor_person(kind: Kind):
    body = body_of(kind, "de", TO_INTERPRETER)
    assert size_of(body).segments == 1
    assert body.split("\n")[-1] == LINK
    assert set(re.findall(r"{(\w+)}", TO_INTERPRETER[kind])) == {"place", "day", "time", "link"}

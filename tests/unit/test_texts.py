"""The texts of messages in every language: allowed words, segments, no typographic surprises (S-01, S-10)."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.languages import Languages
from notifications.texts import MOST_SEGMENTS, PLACEHOLDERS, TEXTS, Kind, plain, size_of

LANGUAGES = Languages.load(Path(__file__).parents[2] / "translations")
LINK = "https://termin.example-kreis.de/t/" + "x" * 22


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


@given(st.text(max_size=400))
def test_more_text_never_costs_less(text: str):
    assert size_of(text + "x").segments >= size_of(text).segments


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("tag", list(LANGUAGES.by_tag))
def test_every_message_fits_in_few_segments_and_names_nobody(kind: Kind, tag: str):
    language = LANGUAGES[tag]
    template = language.catalogue.gettext(TEXTS[kind])
    assert set(re.findall(r"{(\w+)}", template)) <= PLACEHOLDERS
    body = plain(
        template.format(
            centre="Integrationszentrum Pfullingen", day="Donnerstag, 24.03.", time="14:05", code="417308", link=LINK
        )
    )
    assert size_of(body).segments <= (2 if tag == "de" else MOST_SEGMENTS)
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", body)
    assert body.endswith(LINK)


def test_typographic_characters_become_plain_ones():
    assert size_of(plain("Mo – „Termin“ um 10:00\u00a0Uhr’")).encoding == "GSM-7"

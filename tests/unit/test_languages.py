"""Languages: complete catalogues, one formatter, digits of every script (L-03, L-06, L-09, L-11)."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from foundation.languages import CatalogueError, Languages, clock_time, figures, latin_digits
from tests.build import ZONE

FOLDER = Path(__file__).parents[2] / "translations"
LANGUAGES = Languages.load(FOLDER)
TRANSLATED = [tag for tag in LANGUAGES.by_tag if tag != "de"]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_is_there_with_the_same_placeholders(tag: str):
    with (FOLDER / tag / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=tag)
    for message in catalogue:
        if not message.id:
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert len(forms) == (catalogue.num_plurals if isinstance(message.id, tuple) else 1)
        for form in forms:
            assert form, message.id
            assert sorted(re.findall(r"{\w+}", form)) == sorted(re.findall(r"{\w+}", originals[-1])), message.id


def test_languages_call_themselves_in_their_own_script_in_a_fixed_order():
    assert [language.autonym for language in LANGUAGES.by_tag.values()] == [
        "Deutsch", "English", "العربية", "Українська",
    ]  # fmt: skip
    assert LANGUAGES["ar"].direction == "rtl"


GOLDEN = {"de": "Dienstag, 24.03.", "en": "Tuesday, 24.03.", "ar": "الثلاثاء، 24.03.", "uk": "вівторок, 24.03."}


@pytest.mark.parametrize(("tag", "text"), GOLDEN.items())
def test_a_day_is_said_the_same_way_everywhere(tag: str, text: str):
    assert LANGUAGES[tag].day(date(2026, 3, 24)) == text


def test_wall_time_has_24_hours_and_latin_figures_over_the_clock_change():
    assert clock_time(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), ZONE) == "02:30"
    assert clock_time(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), ZONE) == "02:30"
    assert clock_time(datetime(2026, 3, 24, 13, 5, tzinfo=UTC), ZONE) == "14:05"
    assert figures(date(2026, 3, 4)) == "04.03."


def test_arabic_has_its_six_plural_forms():
    arabic = LANGUAGES["ar"]
    few, many = arabic.minutes(timedelta(minutes=3)), arabic.minutes(timedelta(minutes=45))
    assert few.replace("3", "#") != many.replace("45", "#")
    assert many.startswith("45")


@given(st.integers(0, 10**9), st.sampled_from([0x0660, 0x06F0, 0x0966, 0xFF10]))
def test_digits_of_every_script_are_read(number: int, zero: int):
    written = "".join(chr(zero + int(digit)) for digit in str(number))
    assert latin_digits(f"a {written}") == f"a {number}"


@pytest.mark.parametrize(
    ("tag", "accept", "expected"),
    [("ar", [], "ar"), ("xx", ["uk-UA", "en"], "uk"), (None, ["fr", "EN-us"], "en"), ("'; DROP", [], "de"),
     (None, [], "de")],
)  # fmt: skip
def test_the_wish_then_the_browser_then_german(tag: str | None, accept: list[str], expected: str):
    assert LANGUAGES.wished(tag, accept).tag == expected


def test_a_broken_catalogue_is_named(tmp_path: Path):
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "language.toml").write_text('order = 1\nautonym = "Deutsch"\ndirection = "ltr"\n')
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "language.toml").write_text('order = 2\nautonym = "X"\ndirection = "ltr"\n')
    (tmp_path / "xx" / "messages.po").write_text('msgid "a"\nthis is no catalogue\n')
    with pytest.raises(CatalogueError, match=r"xx/messages\.po, line 2"):
        Languages.load(tmp_path)

"""Languages: sound catalogues, one formatter, digits of every script, who gets which (L-01, L-03, L-06, L-09, L-11)."""

import re
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.catalogues import CatalogueError, Provenance, locale_of
from foundation.formats import FIGURES, clock_time, figures, figures_with_year, latin_digits, span
from foundation.languages import TRANSLATIONS, Language, Languages, State, known_language
from tests.build import ZONE

LANGUAGES = Languages.load(TRANSLATIONS)
WRITTEN = [tag for tag, language in LANGUAGES.all.items() if language.state is not State.SPOKEN]
FINISHED = list(LANGUAGES.by_tag)
GOLDEN = Path(__file__).parent / "golden"
TUESDAY = date(2026, 3, 24)
TERMS = tomllib.loads((TRANSLATIONS / "de" / "glossary.toml").read_text()).keys()


def test_languages_call_themselves_in_their_own_script_in_a_fixed_order():
    assert [language.autonym for language in LANGUAGES.by_tag.values()] == [
        "Deutsch", "Leichte Sprache", "English", "العربية", "Українська",
    ]  # fmt: skip
    assert [language.autonym for language in LANGUAGES.prepared] == [
        "دری / فارسی", "پښتو", "Türkçe", "Русский", "Kurdî (Kurmancî)", "ትግርኛ", "Français",
        "کوردیی ناوەندی (سۆرانی)", "Soomaali", "Shqip", "Română", "አማርኛ",
    ]  # fmt: skip
    rtl = {tag for tag, language in LANGUAGES.all.items() if language.direction == "rtl"}
    assert rtl == {"ar", "fa", "ps", "ckb", "ur"}


def test_what_is_only_spoken_has_a_name_in_every_finished_language():
    spoken = [language for language in LANGUAGES.spoken if language.state is State.SPOKEN]
    assert {"mnk", "wo", "ff", "rom", "gsg"} <= {language.tag for language in spoken}
    for language in LANGUAGES.spoken:
        assert known_language(language.tag)
        for tag in FINISHED:
            assert LANGUAGES[tag].name_of(language.tag) != language.tag, (tag, language.tag)
    assert "de-simple" not in {language.tag for language in LANGUAGES.spoken}


def formatted(language: Language) -> str:
    """Every kind of date, time and number as this language writes it, a line each."""
    week = [TUESDAY + timedelta(days=n - 1) for n in range(7)]
    start, end = datetime(2026, 3, 24, 13, 5, tzinfo=UTC), datetime(2026, 3, 24, 13, 35, tzinfo=UTC)
    lines = [language.day(day) for day in week]
    lines += [" ".join(language.weekday_short(day) for day in week)]
    lines += [language.day(TUESDAY, TUESDAY - timedelta(days=n)) for n in (0, 1, 2)]
    lines += [span(clock_time(start, ZONE), clock_time(end, ZONE))]
    lines += [span(figures(week[0]), figures(week[6])), figures_with_year(TUESDAY)]
    lines += [language.minutes(timedelta(minutes=n)) for n in (0, 1, 2, 3, 5, 11, 21, 45, 100)]
    lines += [language.number(3500)]
    lines += [language.listing(language.name_of(tag) for tag in ("de", "ar", "ckb", "ku", "mnk", "gsg"))]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("tag", WRITTEN)
def test_the_formatter_writes_as_the_golden_file_says(tag: str):
    text = formatted(LANGUAGES.all[tag])
    assert text == (GOLDEN / f"{tag}.txt").read_text()
    assert not re.search(r"[^\W\d]", "".join(FIGURES.findall(text)))
    assert all(character in "0123456789" for character in re.findall(r"\d", text)), "Latin digits only"


def test_seventeen_languages_have_a_golden_file():
    assert sorted(path.stem for path in GOLDEN.glob("*.txt")) == sorted(WRITTEN)
    assert len(WRITTEN) == 17


def test_wall_time_has_24_hours_and_latin_figures_over_the_clock_change():
    assert clock_time(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), ZONE) == "02:30"
    assert clock_time(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), ZONE) == "02:30"
    assert clock_time(datetime(2026, 3, 24, 13, 5, tzinfo=UTC), ZONE) == "14:05"
    assert figures(date(2026, 3, 4)) == "04.03."


@pytest.mark.parametrize("tag", WRITTEN)
def test_a_language_has_exactly_the_plural_forms_of_cldr(tag: str):
    language = LANGUAGES.all[tag]
    categories = {
        locale_of(language.cldr).plural_form(n) for n in range(1, 2_000_001) if n < 1000 or n % 1_000_000 == 0
    }
    (minutes,) = [entry for entry in language.entries if entry.message[0] == "{n} Minute"] or [None]
    if tag == "de":
        assert minutes is None
    else:
        assert len(minutes.said) == len({*categories, *({"zero"} if tag == "ar" else ()), "other"})


@pytest.mark.parametrize("tag", WRITTEN)
def test_the_twenty_terms_that_matter_are_there(tag: str):
    language = LANGUAGES.all[tag]
    assert len(TERMS) == 20
    assert language.glossary.keys() == TERMS
    assert all(term.strip() for term in language.glossary.values())
    assert len(language.soon) == (2 if language.state is State.PREPARED else 0)


@pytest.mark.parametrize("tag", FINISHED)
def test_the_catalogue_calls_things_as_the_glossary_does(tag: str):
    german = {term.lower(): key for key, term in LANGUAGES["de"].glossary.items()}
    clients = [
        entry for entry in LANGUAGES[tag].entries if not entry.where.startswith(("templates/desk", "templates/demo"))
    ]
    said = {german[e.message[0].lower()]: e.said[0] for e in clients if e.message[0].lower() in german}
    assert tag == "de" or len(said) >= 5
    bare = {key: word.lower().removeprefix("ال") for key, word in said.items()}  # Arabic headings take the article
    assert {key: word for key, word in bare.items() if word != LANGUAGES[tag].glossary[key].lower()} == {}


def test_no_file_says_that_a_native_speaker_approved():
    for language in LANGUAGES.all.values():
        assert Provenance.NATIVE_APPROVED not in {entry.provenance for entry in language.entries}


@given(st.integers(0, 10**9), st.sampled_from([0x0660, 0x06F0, 0x0966, 0xFF10]))
def test_digits_of_every_script_are_read(number: int, zero: int):
    written = "".join(chr(zero + int(digit)) for digit in str(number))
    assert latin_digits(f"a {written}") == f"a {number}"


@pytest.mark.parametrize(
    ("tag", "accept", "expected"),
    [
        ("ar", [], "ar"), ("AR-sy", [], "ar"), ("xx", ["uk-UA", "en"], "uk"), (None, ["fr", "EN-us"], "en"),
        ("de-simple", [], "de-simple"), ("de-AT", [], "de"), ("ti", ["ti", "am"], "de"), ("'; DROP", [], "de"),
        (None, [], "de"), ("", ["*"], "de"), ("ar\n", [], "de"), ("-ar", [], "de"),
    ],
)  # fmt: skip
def test_the_wish_then_the_browser_then_german(tag: str | None, accept: list[str], expected: str):
    assert LANGUAGES.wished(tag, accept).tag == expected


@given(st.text(max_size=30))
def test_no_wish_breaks_the_choice(tag: str):
    assert LANGUAGES.wished(tag, [tag]).tag in FINISHED
    assert known_language(tag) in {True, False}


def a_folder(
    home: Path, catalogue: str, about: str = 'order = 1\nstate = "finished"\nautonym = "X"\ndirection = "ltr"\n'
):
    (home / "uk").mkdir()
    (home / "uk" / "language.toml").write_text(about)
    (home / "uk" / "messages.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n' + catalogue
    )
    return home


@pytest.mark.parametrize(
    ("catalogue", "said"),
    [
        ('msgid "a"\nthis is no catalogue\n', r"messages\.po, line 5"),
        ('# draft\nmsgid "Hallo"\nmsgstr ""\n', r"messages\.po, line 5: nothing is said for 'Hallo'"),
        ('# draft\nmsgid "Code {code}"\nmsgstr "Код {kod}"\n', r"messages\.po, line 5: other placeholders"),
        ('# draft\nmsgid "a"\nmsgstr "\u202eb"\n', r"line 5: an invisible direction mark"),
        ('msgid "a"\nmsgstr "b"\n', r"line 4: no provenance"),
        (
            '# draft\nmsgid "{n} a"\nmsgid_plural "{n} b"\nmsgstr[0] "{n} c"\nmsgstr[1] "{n} d"\n',
            r"line 5: (?:nothing is said|3 plural)",
        ),
    ],
)  # fmt: skip
def test_a_broken_catalogue_is_named_with_its_line(tmp_path: Path, catalogue: str, said: str):
    with pytest.raises(CatalogueError, match=said):
        Languages.load(a_folder(tmp_path, catalogue))


GOOD = 'order = 1\nstate = "finished"\nautonym = "X"\ndirection = "ltr"\n'


@pytest.mark.parametrize(
    "about",
    [
        GOOD + 'cldr = "xx"\n',
        GOOD + 'cldr = "not a tag"\n',
        "order =",
        'order = 1\nstate = "done"\n',
        'state = "finished"\nautonym = "X"\n',
    ],
)
def test_a_broken_language_file_is_named(tmp_path: Path, about: str):
    with pytest.raises(CatalogueError, match=r"uk/language\.toml"):
        Languages.load(a_folder(tmp_path, "", about))


if __name__ == "__main__":  # writes the golden files of the languages that are named, to be read before they are kept
    for named in sys.argv[1:]:
        (GOLDEN / f"{named}.txt").write_text(formatted(LANGUAGES.all[named]))

"""Fonts: every letter of every written language has a shape in what the kiosk loads (L-13)."""

import re
from functools import cache

import pytest

from foundation.languages import TRANSLATIONS, Language, Languages, State
from tools.assets import MODULES, VENDOR, main
from tools.fonts import characters_of_all, covered

LANGUAGES = Languages.load(TRANSLATIONS)
WRITTEN = [language for language in LANGUAGES.all.values() if language.state is not State.SPOKEN]
NASKH = "ڤگڕێۆښځ"
"""Letters of Kurdish, Persian and Pashto that fonts for Arabic alone lack."""


@pytest.fixture(scope="module", autouse=True)
def _fonts():
    main()
    if not MODULES.exists():
        pytest.skip("no npm here, so no fonts")


@cache
def faces(sheet: str) -> dict[str, set[int]]:
    """What each family can show, as its style sheet offers it to browsers."""
    shown: dict[str, set[int]] = {}
    rules = re.findall(
        r'font-family: "([^"]+)".*?url\("([^"]+)"\).*?unicode-range: ([^;]+);', (VENDOR / sheet).read_text()
    )
    for family, file, ranges in rules:
        offered = set()
        for part in ranges.replace("U+", "").split(","):
            first, _, last = part.strip().partition("-")
            offered |= set(range(int(first, 16), int(last or first, 16) + 1))
        shown[family] = shown.get(family, set()) | (covered(VENDOR / file) & offered)
    return shown


def letters_of(language: Language) -> set[str]:
    """Every character a language's pages can show."""
    texts = [language.autonym, *language.glossary.values(), *language.soon, *language.weekdays, language.comma]
    texts += [said for entry in language.entries for said in entry.said]
    return {letter for text in texts for letter in text if letter.isprintable() and not letter.isspace()}


@pytest.mark.parametrize("language", WRITTEN, ids=lambda language: language.tag)
def test_every_letter_has_a_shape(language: Language):
    known = faces("fonts.css")
    assert set(language.fonts) <= set(known)
    shapes = set().union(*(known[family] for family in language.fonts))
    assert {letter for letter in letters_of(language) if ord(letter) not in shapes} == set()


def test_arabic_letters_of_all_neighbours_have_a_shape():
    assert {letter for letter in NASKH if ord(letter) not in faces("fonts.css")["Noto Sans Arabic"]} == set()


def test_the_small_font_of_lists_has_every_autonym_and_little_else():
    small = faces("fonts-of-all.css")["Of all languages"]
    wanted = {letter for language in WRITTEN for letter in language.autonym} & characters_of_all(LANGUAGES)
    assert {letter for letter in wanted if ord(letter) not in small} == set()
    assert sum(path.stat().st_size for path in VENDOR.glob("of-all-*")) < 24_000

"""Texts that must not go out, in any language: named before the house opens (S-01, S-03, S-10)."""

import shutil
from pathlib import Path

import pytest

from foundation.catalogues import CatalogueError
from foundation.languages import TRANSLATIONS, Languages
from notifications import linter
from notifications.linter import checked, faults_in, faults_of
from notifications.texts import TEXTS, TO_HELPER, TO_INTERPRETER, Kind

LANGUAGES = Languages.load(TRANSLATIONS)
GERMAN = LANGUAGES["de"]
GOOD = "Zentrum {place}: {day} {time} Uhr.\nAnsehen:\n{link}"


@pytest.mark.parametrize("tag", list(LANGUAGES.by_tag))
def test_every_text_of_every_kind_may_go_out(tag: str):
    assert set(TEXTS) == set(TO_HELPER) == set(Kind) - set(TO_INTERPRETER)
    assert list(faults_in(LANGUAGES[tag])) == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (GOOD.replace("{day}", "{counsellor}"), "counsellor"),
        (GOOD.replace("{place}", "{place}{call_name}"), "call_name"),
        (GOOD.replace("\n{link}", " {link}"), "last line"), (GOOD.replace("Ansehen", "{link}"), "last line"),
        (GOOD + "\nDanke", "last line"), (GOOD.replace("Uhr", "Uhr Dolmetschen"), "too much"),
        (GOOD.replace("Uhr", "Uhr, Asylberatung"), "too much"), (GOOD.replace("Ansehen", "Answer CANCEL"), "networks"),
        (GOOD.replace("Uhr", "\u200eUhr"), "direction mark"), (GOOD.replace("Ansehen", "bit.ly/x"), "beside the link"),
        (GOOD.replace("Ansehen", "مرحبا " * 30), "segments"),
    ],
)  # fmt: skip
def test_what_must_not_go_out_is_named(said: str, fault: str):
    (named,) = faults_of(said, GERMAN)
    assert fault in named


def test_a_good_text_has_no_fault():
    assert list(faults_of(GOOD, GERMAN)) == []


def test_the_house_does_not_open_with_a_placeholder_nobody_fills(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(linter.TEXTS, Kind.MOVED, GOOD.replace("{day}", "{topic}"))
    with pytest.raises(CatalogueError, match="topic"):
        checked(LANGUAGES)


def test_a_translation_with_another_placeholder_keeps_the_house_shut(tmp_path: Path):
    home = tmp_path / "translations"
    shutil.copytree(TRANSLATIONS, home)
    broken = home / "uk" / "messages.po"
    broken.write_text(broken.read_text().replace("мусимо скасувати: {day}", "мусимо скасувати: {name}"))
    with pytest.raises(CatalogueError, match="other placeholders"):
        Languages.load(home)

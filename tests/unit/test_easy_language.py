"""Leichte Sprache is written by rule: short sentences, no abbreviations, long words taken apart (L-12)."""

import re

import pytest

from foundation.languages import TRANSLATIONS, Languages
from notifications.texts import TEXTS, TO_HELPER

EASY = Languages.load(TRANSLATIONS)["de-simple"]
MOST_WORDS = 12
LONGEST_WORD = 14
SHORT_FORMS = r"\b(?:z\. ?B|usw|bzw|etc|ggf|d\. ?h|u\. ?a|evtl|ca|inkl|Nr|Tel)\."
SUBJUNCTIVE = r"\b(?:könnten?|würden?|möchten?|dürften?|müssten?|sollten?|wären?|hätten?)\b"
MESSAGES = {*TEXTS.values(), *TO_HELPER.values()}
"""A segment more would double the price: names in messages stay in one word."""


def texts() -> list[tuple[str, str]]:
    return [(entry.message[0], said) for entry in EASY.entries for said in entry.said]


def sentences_of(text: str) -> list[str]:
    return [part for part in re.split(r"[.!?:…]\s|[.!?:…]$|\n", text) if part.strip()]


def words_of(sentence: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*|{\w+}", sentence)


def test_the_catalogue_is_its_own_and_no_copy():
    own = [(message, said) for message, said in texts() if message != said]
    assert len(own) > 60


@pytest.mark.parametrize(("message", "said"), texts())
def test_a_sentence_is_easy(message: str, said: str):
    for sentence in sentences_of(said):
        assert len(words_of(sentence)) <= MOST_WORDS, sentence
    assert not re.search(SHORT_FORMS, said), "an abbreviation"
    assert not re.search(SUBJUNCTIVE, said, re.IGNORECASE), "a subjunctive"
    assert ";" not in said
    if message not in MESSAGES:
        pieces = [piece for word in words_of(said) for piece in word.split("-")]
        assert not [piece for piece in pieces if len(piece) > LONGEST_WORD and not piece.startswith("{")]


def test_one_thing_has_one_word():
    everything = " ".join(said for _, said in texts())
    for other in ("Mobiltelefon", "Smartphone", "stornieren", "Verabredung", "Ticket"):
        assert other not in everything

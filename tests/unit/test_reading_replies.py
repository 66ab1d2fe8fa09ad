"""What a text that somebody sends back means (S-15, L-06)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.languages import TRANSLATIONS, Languages, State
from notifications.reading_replies import EDGES, Reply, reply_of, stop_words

LANGUAGES = Languages.load(TRANSLATIONS)
STOP = stop_words(LANGUAGES)
ONES, TWOS = "1١۱１१១", "2٢۲２२២"
AROUND = st.text(st.sampled_from(EDGES), max_size=4)


@given(st.sampled_from(ONES), st.sampled_from(TWOS), AROUND, AROUND)
def test_a_figure_of_any_script_is_an_answer_whatever_stands_around_it(one: str, two: str, before: str, after: str):
    assert reply_of(before + one + after, STOP) is Reply.COMES
    assert reply_of(before + two + after, STOP) is Reply.CANNOT


@pytest.mark.parametrize("text", ["1", " 1 ", "1.", "(1)", "١", "۱.", "«1»", "1️⃣", "\u200f١", "1\n"])
def test_people_write_one_in_many_ways(text: str):
    assert reply_of(text, STOP) is Reply.COMES


EVERY_STOP = [(tag, word) for tag, language in LANGUAGES.all.items() for word in language.stop_words]


@pytest.mark.parametrize(("tag", "word"), EVERY_STOP)
@given(around=AROUND, case=st.sampled_from([str.upper, str.lower, str.title, str]))
def test_the_stop_word_of_every_language_stops_in_any_case(tag: str, word: str, around: str, case):
    assert reply_of(around + case(word) + around, STOP) is Reply.STOP


def test_every_written_language_has_a_stop_word_but_easy_german_which_shares_it():
    without = {tag for tag, lang in LANGUAGES.all.items() if lang.state is not State.SPOKEN and not lang.stop_words}
    assert without <= {"de-simple"}


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("STOP", Reply.STOP), ("Stopp!", Reply.STOP), ("Arrêt", Reply.STOP), ("ايقاف", Reply.STOP), ("Start", Reply.START),
     ("1?", Reply.ELSE), ("12", Reply.ELSE), ("1 2", Reply.ELSE), ("11", Reply.ELSE), ("Ich komme", Reply.ELSE),
     ("bitte nicht stoppen", Reply.ELSE), ("", Reply.ELSE), ("👍", Reply.ELSE), ("½", Reply.ELSE)],
)  # fmt: skip
def test_only_what_is_clear_is_understood(text: str, meaning: Reply):
    assert reply_of(text, STOP) is meaning


@given(AROUND, AROUND, st.sampled_from(["CANCEL", "cancel", "Cancel"]))
def test_the_word_cancel_is_none_of_ours(before: str, after: str, word: str):
    """Networks take it for «no more SMS», people for «cancel my appointment»: a person reads it."""
    assert reply_of(before + word + after, STOP) is Reply.ELSE
    assert not any("cancel" in stop for stop in STOP)


@given(st.text(max_size=60))
def test_any_text_has_a_meaning_and_longer_ones_are_for_people(text: str):
    meaning = reply_of(text, STOP)
    assert reply_of(f"{text} {text} abc", STOP) is Reply.ELSE
    assert reply_of(f" {text}.", STOP) is meaning

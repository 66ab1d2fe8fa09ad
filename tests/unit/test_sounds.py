"""What is said aloud: ids of sentences, numbers sign by sign, nothing private, recordings before placeholders."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.languages import TRANSLATIONS, Languages
from foundation.sounds import SIGNS, Sound, SoundState, plan, sound_id, sounds_of, spelled
from tools.audio_list import listed, said_on_kiosk, sounds_in
from tools.catalogues import sentences
from tools.sounds import bring_up, sounds_wanted

LANGUAGES = Languages.load(TRANSLATIONS)
WAIT = ("Sie warten etwa {low} bis {high}",)


@given(st.integers(1, 999))
def test_every_number_is_said_figure_by_figure(number: int):
    assert "".join(spelled(str(number))) == str(number)
    assert set(spelled(str(number))) <= set(SIGNS)


@pytest.mark.parametrize(
    ("written", "heard"), [("A 117", "a117"), ("09:35", "0935"), ("2.04", "204"), ("Ahorn", ""), ("0711 2345678", "")]
)
def test_rooms_and_times_are_spelled_and_phone_numbers_are_not(written: str, heard: str):
    assert "".join(spelled(written)) == heard


def test_a_sentence_keeps_its_id_whatever_other_languages_say():
    german, arabic = (next(sounds_of(("Hilfe",), (said,))) for said in ("Hilfe", "مساعدة"))
    assert german.id == arabic.id == sound_id(("Hilfe",))
    assert (arabic.source, arabic.said) == ("Hilfe", "مساعدة")


def test_a_sentence_with_numbers_is_said_in_pieces_in_the_order_of_its_language():
    whole = sound_id(WAIT)
    assert plan(WAIT, 0, "Між {low} і {high}", {"low": ["5"], "high": ["1", "0"]}) == [
        f"{whole}-0", "5", f"{whole}-1", "1", "0",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["Guten Tag {name}", "Es geht um {topic}", "Telefon: {phone}", "Ihr Code: {code}"])
def test_a_sentence_with_something_private_is_neither_said_nor_recorded(text: str):
    name = text[text.index("{") + 1 : -1]
    assert plan((text,), 0, text, {name: ["1"]}) == []
    assert list(sounds_of((text,), (text,))) == []


def test_a_sentence_with_a_gap_is_not_said():
    assert plan(WAIT, 0, WAIT[0], {"low": ["5"], "high": []}) == []


@given(st.text(alphabet="ab {}", max_size=12), st.sampled_from(["{low}", "{n}", ""]), st.text("xy .", max_size=8))
def test_every_piece_of_a_plan_is_in_the_list_of_what_is_recorded(before: str, value: str, after: str):
    text = before.replace("{", "").replace("}", "") + value + after
    there = {sound.id for sound in sounds_of((text,), (text,))}
    assert set(plan((text,), 0, text, {"low": ["1"], "n": ["1"]})) <= there | {"1"}


@pytest.mark.parametrize("tag", LANGUAGES.by_tag)
def test_the_audio_list_is_what_the_kiosk_says_in_this_language(tag: str):
    said = [message for message in sentences()[0] if message.id and said_on_kiosk(message)]
    assert listed(TRANSLATIONS / tag) == sounds_in(LANGUAGES[tag], said), "run: make catalogues"


@pytest.mark.parametrize("tag", LANGUAGES.by_tag)
def test_no_two_sounds_of_a_language_share_an_id_and_none_has_a_gap(tag: str):
    wanted = sounds_wanted(TRANSLATIONS / tag, {})
    assert len({sound.id for sound in wanted}) == len(wanted)
    assert not [sound for sound in wanted if "{" in sound.said or not sound.said.strip()]


def test_a_recording_wins_and_without_voice_the_rest_is_none(tmp_path: Path):
    home = tmp_path / "xx"
    (home / "audio").mkdir(parents=True)
    (home / "language.toml").write_text('order = 1\nstate = "finished"\nautonym = "X"\ndirection = "ltr"\n')
    (home / "audio" / "abcd1234.mp3").write_bytes(b"a person's voice")
    wanted = [Sound("abcd1234", "Hilfe", "help"), Sound("ffff0000", "Fertig", "done")]
    found = bring_up(home, wanted, tmp_path / "out")
    assert [found[sound.id][0] for sound in wanted] == [SoundState.RECORDED, SoundState.NONE]
    assert (tmp_path / "out" / "abcd1234.mp3").read_bytes() == b"a person's voice"

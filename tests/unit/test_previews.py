"""What staff see of a text before anybody gets it: every language, counted as networks count (S-01, S-02, S-10)."""

import string
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.languages import TRANSLATIONS, Languages, State
from notifications.previews import NOWHERE, Sample, longest_day, previews
from notifications.sizing import GSM_BASIC, size_of
from notifications.texts import PLACEHOLDERS, TEXTS, TO_HELPER, Kind

LANGUAGES = Languages.load(TRANSLATIONS)
SAMPLE = Sample("Pfullingen", "030 23125 117", date(2026, 11, 23), "https://iz.kreis-x.de")
SPELLED = [tag for tag, language in LANGUAGES.all.items() if language.ascii]


def shown(kind: Kind, to_helper: bool = False):
    return previews(LANGUAGES.all.values(), kind, to_helper, SAMPLE)


@pytest.mark.parametrize("to_helper", [False, True], ids=["client", "helper"])
@pytest.mark.parametrize("kind", list(TEXTS))
def test_every_text_is_shown_in_every_finished_language_whole_and_filled(kind: Kind, to_helper: bool):
    if to_helper and kind not in TO_HELPER:
        return
    found = [preview for preview in shown(kind, to_helper) if preview.language.state is State.FINISHED]
    assert [preview.language.tag for preview in found] == list(LANGUAGES.by_tag)
    for preview in found:
        assert preview.names_nobody
        assert preview.fits
        assert "{" not in preview.body
        assert preview.lines[1].startswith((SAMPLE.public_url, SAMPLE.phone))


def test_languages_in_preparation_show_their_reminder_and_nothing_else():
    prepared = {language.tag for language in LANGUAGES.prepared}
    assert {preview.language.tag for preview in shown(Kind.REMINDER)} == prepared | set(LANGUAGES.by_tag)
    assert not prepared & {preview.language.tag for preview in shown(Kind.MOVED)}


def test_a_link_is_as_long_as_a_real_one_and_leads_where_the_message_leads():
    assert len(NOWHERE) == 22
    for kind, way in ((Kind.REMINDER, f"/t/{NOWHERE}"), (Kind.TURN, f"/n/{NOWHERE}"), (Kind.CANCELLED, "")):
        assert shown(kind)[0].lines[1] == SAMPLE.public_url + way


@pytest.mark.parametrize("tag", list(LANGUAGES.by_tag))
def test_the_longest_weekday_is_counted(tag: str):
    language = LANGUAGES[tag]
    longest = len(language.day(longest_day(language, SAMPLE.today)))
    assert all(len(language.day(date(2026, 11, day))) <= longest for day in range(1, 30))


def test_a_text_that_names_a_person_is_marked():
    preview = shown(Kind.REMINDER)[0]
    assert preview.names_nobody
    assert not replace(preview, template=preview.template + "{name}").names_nobody


@given(st.text(alphabet=string.printable + "äß€ş🐟م", max_size=400))
def test_each_segment_holds_what_it_can_and_together_they_hold_the_text(text: str):
    size = size_of(text)
    assert sum(size.parts) == size.units
    assert len(size.parts) == size.segments
    assert all(0 < part <= size.room for part in size.parts) or text == ""
    assert all(before + 2 > size.room for before in size.parts[:-1]), "only a character of two units leaves a gap"


def test_the_languages_whose_letters_cost_have_a_spelling_without_them():
    assert SPELLED == ["tr", "ku", "sq", "ro"]


@pytest.mark.parametrize("tag", SPELLED)
def test_the_spelling_without_special_letters_costs_less_and_is_never_made_by_stripping(tag: str):
    language = LANGUAGES.all[tag]
    whole, spelled = [p for p in shown(Kind.REMINDER) if p.language.tag == tag]
    assert (whole.is_ascii, spelled.is_ascii) == (False, True)
    assert whole.size.encoding == "UCS-2"
    assert spelled.size.encoding == "GSM-7"
    assert spelled.size.segments == 1 < whole.size.segments
    assert spelled.names_nobody
    assert len(language.ascii_weekdays) == 7
    assert set("".join(language.ascii_weekdays)) <= GSM_BASIC
    assert set(language.ascii) <= {kind.value for kind in Kind}


def test_the_sample_fills_every_placeholder_that_a_text_may_have():
    filled = SAMPLE.fill("".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS)), "Montag, 23.11.", "https://x")
    assert "{" not in filled

"""Lines that run from right to left, laid out by the Unicode Bidirectional Algorithm itself (L-05, S-03)."""

from datetime import date

import pytest
from bidi import get_display

from doorway.speech import bdi, isolated
from foundation.formats import span
from foundation.languages import TRANSLATIONS, Languages
from notifications.sizing import plain
from notifications.texts import TEXTS, Kind

LANGUAGES = Languages.load(TRANSLATIONS)
RTL = ["ar", "fa", "ps", "ckb"]
LINK = "https://iz.kreis-x.de/t/" + "x" * 22
ISOLATE, POP = "\u2066", "\u2069"


def laid_out(text: str) -> str:
    """What stands on the line from left to right, once `bdi` is what browsers take it for."""
    marked = text.replace('<bdi dir="ltr">', ISOLATE).replace("</bdi>", POP)
    return get_display(marked, base_dir="R").replace(ISOLATE, "").replace(POP, "")


@pytest.mark.parametrize("tag", RTL)
@pytest.mark.parametrize("figures", ["+49 171 39200 17", span("14:05", "14:35"), "A 117", "417 308", "24.03.2026"])
def test_phones_times_and_numbers_keep_their_order(tag: str, figures: str):
    words = LANGUAGES.all[tag].glossary["room"]
    assert figures in laid_out(f"{words} {bdi(figures)} {words}")


def test_without_isolation_a_range_of_times_turns_round():
    assert span("14:35", "14:05") in laid_out(f"{LANGUAGES['ar'].glossary['room']} {span('14:05', '14:35')}")


@pytest.mark.parametrize("tag", RTL)
def test_a_day_stands_with_its_weekday_to_the_right(tag: str):
    language = LANGUAGES.all[tag]
    line = laid_out(isolated(language.day(date(2026, 3, 24))))
    assert line.startswith("24.03.")
    assert line.endswith(get_display(language.weekday(date(2026, 3, 24)), base_dir="R"))


@pytest.mark.parametrize("tag", RTL)
def test_a_message_without_any_mark_up_keeps_time_code_and_link(tag: str):
    language = LANGUAGES.all[tag]
    body = plain(
        language.gettext(
            TEXTS[Kind.REMINDER], place="Pfullingen", day=language.day(date(2026, 3, 24)), time="14:05", code="417308",
            link=LINK,
        )
    )  # fmt: skip
    first, *_, last = body.split("\n")
    line = laid_out(first)
    assert all(figures in line for figures in ("24.03", "14:05", "417308"))
    assert line.index("24.03") > line.index("14:05") > line.index("417308"), "read from the right"
    assert laid_out(last) == LINK

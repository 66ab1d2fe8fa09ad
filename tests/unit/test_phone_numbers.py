"""Phone numbers as people type them (S-17, L-06)."""

import pytest

from doorway.forms import (
    NumberBroken,
    NumberElsewhere,
    NumberForeign,
    NumberMissing,
    NumberNotMobile,
    national,
    understood_number,
)
from foundation.formats import latin_digits

GOOD = "+4915228817386"


@pytest.mark.parametrize(
    "typed",
    ["0152 28817386", "+49 152 28817386", "0049 152 28817386", "+49 (0) 152 28817386", "0152/2881-7386",
     "٠١٥٢ ٢٨٨١٧٣٨٦", "۰۱۵۲۲۸۸۱۷۳۸۶"],
)  # fmt: skip
def test_a_mobile_number_is_understood_however_it_is_written(typed: str):
    assert understood_number(latin_digits(typed)) == GOOD


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [("", NumberMissing), ("110", NumberBroken), ("0152 288", NumberBroken), ("abc", NumberBroken),
     ("0711 2345678", NumberNotMobile), ("030 23125117", NumberNotMobile), ("+380 50 123 4567", NumberForeign),
     ("9" * 60, NumberBroken)],
)  # fmt: skip
def test_what_gets_no_sms_is_refused_with_the_reason(typed: str, refusal: type[Exception]):
    with pytest.raises(refusal):
        understood_number(typed)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [("+380 50 123 4567", "+380501234567"), ("00380 50 1234567", "+380501234567"), ("0152 28817386", GOOD)],
)
def test_a_country_on_the_list_gets_sms_and_without_prefix_a_number_is_german(typed: str, understood: str):
    assert understood_number(typed, ("+49", "+380")) == understood


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [("+43 664 1234567", NumberElsewhere), ("+380 44 123 4567", NumberNotMobile), ("0711 2345678", NumberNotMobile)],
)
def test_other_countries_and_landlines_are_refused_and_the_allowed_prefixes_named(typed: str, refusal: type[Exception]):
    with pytest.raises(refusal) as refused:
        understood_number(typed, ("+49", "+380"))
    assert refused.value.values == ({"prefixes": "+49, +380"} if refusal is NumberElsewhere else {})


def test_a_house_that_does_not_send_to_germany_refuses_a_german_number():
    with pytest.raises(NumberElsewhere):
        understood_number("0152 28817386", ("+43",))


def test_a_number_is_shown_so_that_people_here_can_call_it():
    assert (national(GOOD), national("+380501234567")) == ("01522 8817386", "+380 50 123 4567")

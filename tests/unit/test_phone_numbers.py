"""Phone numbers as people type them (S-17, L-06)."""

import pytest

from doorway.forms import NumberBroken, NumberForeign, NumberMissing, NumberNotMobile, mobile_number
from foundation.formats import latin_digits

GOOD = "+4915228817386"


@pytest.mark.parametrize(
    "typed",
    ["0152 28817386", "+49 152 28817386", "0049 152 28817386", "+49 (0) 152 28817386", "0152/2881-7386",
     "٠١٥٢ ٢٨٨١٧٣٨٦", "۰۱۵۲۲۸۸۱۷۳۸۶"],
)  # fmt: skip
def test_a_mobile_number_is_understood_however_it_is_written(typed: str):
    assert mobile_number(latin_digits(typed)) == GOOD


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [("", NumberMissing), ("110", NumberBroken), ("0152 288", NumberBroken), ("abc", NumberBroken),
     ("0711 2345678", NumberNotMobile), ("030 23125117", NumberNotMobile), ("+380 50 123 4567", NumberForeign),
     ("9" * 60, NumberBroken)],
)  # fmt: skip
def test_what_gets_no_sms_is_refused_with_the_reason(typed: str, refusal: type[Exception]):
    with pytest.raises(refusal):
        mobile_number(typed)

"""What the one search field understands."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.understanding import understand
from queueing.finding import Query
from tests.build import PHONE


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("234 567", Query(code="234567")), ("10:30", Query(at=time(10, 30))), ("1030", Query(at=time(10, 30))),
        ("9.15 Uhr", Query(at=time(9, 15))), ("214", Query(at=time(2, 14), number=214)), ("475", Query(number=475)),
        ("915", Query(at=time(9, 15))), ("0152 28817386", Query(phone=PHONE)),
        ("+49 152/288173-86", Query(phone=PHONE)),
        ("Lila@Example.org", Query(email="lila@example.org")), ("99", Query(name="99")), ("2575", Query(name="2575")),
        ("Lila", Query(name="Lila")), ("ليلى", Query(name="ليلى")), ("L", Query()), ("", Query()),
        ("030 23125117", Query()),
    ],
)  # fmt: skip
def test_one_field_understands_code_time_number_name_and_phone(typed: str, meant: Query):
    assert understand(typed) == meant


@given(st.text(max_size=40))
def test_whatever_is_typed_is_understood_or_finds_nothing(typed: str):
    understand(typed)


@given(st.times())
def test_every_wall_time_is_understood_as_it_is_written(at: time):
    assert understand(f"{at:%H:%M}").at == at.replace(second=0, microsecond=0)

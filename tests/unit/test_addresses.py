"""E-mail addresses as people type them: one plain address, or a clear no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorway.forms import AddressBroken, AddressMissing, email_address, readable
from foundation.addresses import LONGEST, is_email


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("lila@example.org", "lila@example.org"), ("Lila.M@Example.ORG", "lila.m@example.org"),
        ("l+termin@mail.example.co.uk", "l+termin@mail.example.co.uk"),
        ("o'neil_1@a-b.example", "o'neil_1@a-b.example"),
    ],
)  # fmt: skip
def test_an_address_is_kept_in_small_letters(typed: str, kept: str):
    assert email_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["lila", "lila@", "@example.org", "lila@example", "a@b@example.org", "lila @example.org", "lila@exam ple.org",
     "lila@example.org, b@example.org", "Lila <lila@example.org>", "lila@example.org\r\nBcc: b@example.org",
     "lila@example.org\n", '"a b"@example.org', "lila@-example.org", "lila@example..org", "lila@[127.0.0.1]",
     "ليلى@example.org", "a%b@example.org", "a" * 65 + "@example.org", "0152 28817386"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(typed: str):
    with pytest.raises(AddressBroken):
        email_address(typed)


def test_nothing_typed_is_said_as_such():
    with pytest.raises(AddressMissing):
        email_address("")


def test_an_address_has_an_end():
    domain = ".".join(["x" * 60] * 4)
    assert is_email("a" * (LONGEST - len(domain) - 4) + "@" + domain + ".de")
    assert not is_email("a" * (LONGEST - len(domain) - 3) + "@" + domain + ".de")


@given(st.text(max_size=40) | st.text(alphabet="ab@.\r\n <>,:\"%'", max_size=30))
def test_whatever_is_taken_stands_on_one_line_of_a_header(typed: str):
    if is_email(typed):
        assert typed.count("@") == 1
        assert not any(c.isspace() or c in '<>,:;"()[]\\%!' or not c.isprintable() for c in typed)


def test_numbers_and_addresses_are_shown_as_people_write_them():
    assert readable("+4915228817386") == "01522 8817386"
    assert readable("lila@example.org") == "lila@example.org"
    assert readable(None) is None

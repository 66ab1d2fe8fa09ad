"""Settings, tokens, time columns and the data register."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

import wsgi  # noqa: F401 - so that all tables are known
from foundation.model import UtcDateTime, data_register
from foundation.settings import Settings, SettingsError
from foundation.tokens import TOKEN_LENGTH, derived_token, random_digits, random_token, token_hash

GOOD = {
    "DATABASE_URL": "sqlite:///x", "SECRET_KEYS": "k" * 32, "PUBLIC_URL": "https://termin.example.org",
    "OPERATOR_NAME": "Kreis X", "OPERATOR_ADDRESS": "Weg 1", "OPERATOR_EMAIL": "a@example.org",
    "OPERATOR_PHONE": "030 23125 101",
}  # fmt: skip


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({})
    assert all(name in str(refused.value) for name in ("DATABASE_URL", "SECRET_KEYS", "PUBLIC_URL"))


@pytest.mark.parametrize(
    "wrong",
    [{"SECRET_KEYS": "short"}, {"PUBLIC_URL": "http://termin.example.org"}, {"PUBLIC_URL": "termin"},
     {"DEMO": "1", "TWILIO_AUTH_TOKEN": "live"}, {"DEMO": "1", "SMS_PROVIDER": "twilio"},
     {"OPERATOR_NAME": "Landkreis Musterkreis"}, {"OPERATOR_EMAIL": ""}],
)  # fmt: skip
def test_production_refuses_to_start_half_configured_and_the_demo_with_live_sms(wrong: dict[str, str]):
    with pytest.raises(SettingsError):
        Settings.from_env({**GOOD, **wrong})


def test_secrets_may_come_from_files(tmp_path: Path):
    (tmp_path / "keys").write_text("n" * 40 + "," + "o" * 40 + "\n")
    settings = Settings.from_env({**GOOD, "SECRET_KEYS_FILE": str(tmp_path / "keys")})
    assert settings.secret_keys == ("n" * 40, "o" * 40)
    assert settings.secure


@given(st.integers(1, 10**9), st.integers(0, 99))
def test_a_link_is_made_again_from_its_subject_and_revoked_by_its_generation(subject: int, generation: int):
    keys = "k" * 32
    token = derived_token(keys, "visit", subject, generation)
    assert len(token) == TOKEN_LENGTH == len(random_token())
    assert token == derived_token(keys, "visit", subject, generation)
    others = [("visit", subject, generation + 1), ("visit", subject + 1, generation), ("offer", subject, generation)]
    assert all(token != derived_token(keys, *other) for other in others)
    assert token not in token_hash(token)


def test_codes_have_their_length_and_never_begin_with_zero():
    codes = {random_digits(6) for _ in range(500)}
    assert all(len(code) == 6 and code[0] != "0" and code.isdecimal() for code in codes)
    assert len(codes) > 490


def test_a_moment_without_zone_is_refused_by_the_database_column():
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        with pytest.raises(ValueError, match="without a zone"):
            UtcDateTime().process_bind_param(datetime(2026, 1, 1), dialect)


def test_every_personal_column_says_purpose_basis_and_term():
    register = data_register()
    assert {"phone", "call_name", "spoken_langs", "recipient", "body"} <= {column for _, column, _ in register}
    assert all(entry.purpose and entry.basis and entry.term for _, _, entry in register)

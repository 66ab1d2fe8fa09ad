"""Settings of SMS: what is missing or wrong is named at start, all at once."""

import pytest

from foundation.settings import Settings, SettingsError
from notifications.meanings import Meaning, meanings
from tests.unit.test_foundation import GOOD
from wsgi import create_app

TWILIO = {
    "SMS_PROVIDER": "twilio", "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32,
}  # fmt: skip
KEY = {"TWILIO_API_KEY": "SK" + "0" * 32, "TWILIO_API_SECRET": "secret"}


def refused(**given: str) -> str:
    """What is said at start."""
    with pytest.raises(SettingsError) as fault:
        Settings.from_env({**GOOD, **given})
    return str(fault.value)


def test_twilio_without_anything_names_all_it_needs():
    said = refused(SMS_PROVIDER="twilio")
    assert all(f"{name} is missing" in said for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SMS_SENDER")), said


@pytest.mark.parametrize(
    "more",
    [{}, KEY, {"TWILIO_MESSAGING_SERVICE_SID": "", "SMS_SENDER": "IZ KreisRT"}, {"SMS_SENDER": "+4915228817386"},
     {"TWILIO_BASE_URL": "https://sandbox.example.org"}, {"TWILIO_BASE_URL": "http://127.0.0.1:4010"},
     {"TWILIO_REGION": "ie1", "TWILIO_EDGE": "dublin"}, {"SMS_PREFIXES": "+49, +380"}, {"SMS_ERRORS": "30008 = lost"}],
)  # fmt: skip
def test_what_twilio_needs_is_enough(more: dict[str, str]):
    assert Settings.from_env({**GOOD, **TWILIO, **more}).sms_provider == "twilio"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"TWILIO_API_KEY": "SK" + "0" * 32}, "TWILIO_API_SECRET is missing"),
        ({"TWILIO_API_SECRET": "secret"}, "TWILIO_API_KEY is missing"),
        ({"TWILIO_ACCOUNT_SID": "AC0"}, "TWILIO_ACCOUNT_SID must be AC"),
        ({"TWILIO_API_KEY": "AC" + "0" * 32, "TWILIO_API_SECRET": "s"}, "TWILIO_API_KEY must be SK"),
        ({"TWILIO_MESSAGING_SERVICE_SID": "MG"}, "TWILIO_MESSAGING_SERVICE_SID must be MG"),
        ({"SMS_SENDER": "Integrationszentrum"}, "SMS_SENDER must be"),
        ({"SMS_SENDER": "12345"}, "SMS_SENDER must be"),
        ({"SMS_SENDER": "IZ–Reutl."}, "SMS_SENDER must be"),
        ({"TWILIO_BASE_URL": "http://sandbox.example.org"}, "TWILIO_BASE_URL must be"),
        ({"TWILIO_BASE_URL": "http://127.0.0.1.example.org"}, "TWILIO_BASE_URL must be"),
        ({"TWILIO_BASE_URL": "sandbox"}, "TWILIO_BASE_URL must be"),
        ({"SMS_PREFIXES": "49"}, "SMS_PREFIXES: 49"),
        ({"SMS_PREFIXES": ""}, "SMS_PREFIXES is missing"),
        ({"SMS_ERRORS": "30008"}, "SMS_ERRORS: 30008"),
        ({"SMS_PROVIDER": "twillio"}, "SMS_PROVIDER must be one of simulated, twilio"),
    ],
)
def test_what_is_wrong_is_named_at_start(wrong: dict[str, str], named: str):
    assert named in refused(**{**TWILIO, **wrong})


@pytest.mark.parametrize("live", [*TWILIO, *KEY])
def test_the_demo_refuses_every_live_credential(live: str):
    assert "DEMO refuses live SMS" in refused(DEMO="1", **{live: {**TWILIO, **KEY}[live]})


def test_no_secret_is_told_when_something_is_wrong():
    assert "token" not in refused(**{**TWILIO, "TWILIO_ACCOUNT_SID": "wrong"}).replace("TWILIO_AUTH_TOKEN", "")


def test_corrections_of_what_errors_mean_add_to_the_table_and_an_unknown_meaning_is_named_at_start():
    table = meanings(("30008 = lost", "63038=later"))
    assert (table["30008"], table["63038"], table["21610"]) == (Meaning.LOST, Meaning.LATER, Meaning.OPTED_OUT)
    wrong = Settings.from_env({**GOOD, "SMS_ERRORS": "30008=forgotten"})
    with pytest.raises(SettingsError, match=r"SMS_ERRORS: 30008=forgotten .* once_more"):
        create_app(wrong)

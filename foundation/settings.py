"""Every setting, its default and its meaning, read once from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from foundation.addresses import is_email

SMS_PROVIDERS = ("simulated", "twilio")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\+[1-9][0-9]{6,14}")
_PREFIX = re.compile(r"\+[1-9][0-9]{0,2}")
_CORRECTION = re.compile(r"\w+ *= *[a-z_]+")


class SettingsError(Exception):
    """Settings are missing or contradict each other; the message names all of them at once."""


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """All settings. The environment names them in capitals; NAME_FILE may hold a path to the value (secrets)."""

    database_url: str = _setting("", "SQLAlchemy URL; SQLite for one site, PostgreSQL for several processes and hosts")
    secret_keys: tuple[str, ...] = _setting((), "key ring, comma separated, newest first, each at least 32 characters")
    public_url: str = _setting("", "address people open, with scheme: in QR codes, links in messages, signatures")
    demo: bool = _setting(False, "demo mode: example data, simulated phones, movable time; never with real people")
    sms_provider: str = _setting(
        "simulated", "way out for SMS: `twilio`, or `simulated`, which hands nothing to anybody"
    )
    sms_sender: str = _setting(
        "",
        "who SMS come from, always the same: at most 11 letters and figures, one letter at least, or a number (S-04)",
    )
    sms_prefixes: tuple[str, ...] = _setting(
        ("+49",), "countries whose mobile numbers get SMS, comma separated, as +49,+380 (S-17)"
    )
    sms_a_second: int = _setting(10, "how many SMS all workers together hand over a second at most; 0 is no limit")
    sms_segments_a_month: int = _setting(
        5000, "how many segments of SMS a month may cost; beyond it nothing is sent and the desk calls; 0 is no limit"
    )
    sms_segment_price: int = _setting(80, "what one segment of SMS costs, in tenths of a cent, for the forecast")
    sms_errors: tuple[str, ...] = _setting(
        (),
        "corrections of what the provider's error codes mean, comma separated, as 30008=lost",
    )
    twilio_account_sid: str = _setting("", "the account at Twilio, AC…; refused in demo mode, as all of Twilio's are")
    twilio_auth_token: str = _setting(
        "", "its primary token: Twilio signs its reports with it; sends if there is no key"
    )
    twilio_api_key: str = _setting("", "API key that sends, SK…; can be withdrawn without touching the account")
    twilio_api_secret: str = _setting("", "the secret of the API key")
    twilio_messaging_service_sid: str = _setting("", "Messaging Service that sends, MG…, instead of SMS_SENDER")
    twilio_region: str = _setting(
        "", "where Twilio processes: ie1 is Ireland; key and token must be those of the region"
    )
    twilio_edge: str = _setting("", "where Twilio is entered, as dublin; goes with the region")
    twilio_base_url: str = _setting("", "a test server that stands in for Twilio: https, or on this machine")
    smtp_host: str = _setting("", "mail server for clients who gave an e-mail address; refused in demo mode")
    smtp_port: int = _setting(587, "its port")
    smtp_tls: str = _setting("starttls", "how the line to it is encrypted: starttls, tls (from the first byte) or none")
    smtp_user: str = _setting("", "who signs in there; empty if nobody has to")
    smtp_password: str = _setting("", "the password of SMTP_USER")
    smtp_from: str = _setting("", "the address e-mails come from, as `Integrationszentren <termin@example.org>`")
    operator_name: str = _setting(
        "Landkreis Musterkreis", "who runs the centres and answers for these pages: imprint, privacy"
    )
    operator_address: str = _setting("Musterstraße 1, 12345 Musterstadt", "street and town of the operator")
    operator_email: str = _setting("kontakt@example.org", "e-mail address that stands in clear text on the imprint")
    operator_phone: str = _setting("030 23125 100", "phone number of the operator, for questions of law and access")
    requests_a_minute: int = _setting(60, "how many pages one address may ask of the booking door a minute (X-03)")
    holds_without_effort: int = _setting(
        10, "how many times one address may choose a time in ten minutes before it costs effort (X-03)"
    )
    trusted_networks: tuple[str, ...] = _setting(
        ("127.0.0.0/8", "::1/128"),
        "networks that are never limited, comma separated, as 192.0.2.0/24: the centres' own, shelters, this machine",
    )
    limit_storage: str = _setting(
        "memory://", "where counts are kept; each process counts for itself unless they share a storage of `limits`"
    )
    lock_after_minutes: int = _setting(
        15, "after how many minutes without a person's act the screen of a desk asks for the password again (X-10)"
    )
    interpreter_unit_cents: int = _setting(
        1200, "what the interpreter pool pays for a unit of 90 minutes begun, in cents, for the hours list (C-02)"
    )
    trusted_proxies: int = _setting(0, "how many proxies in front set X-Forwarded-* headers")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read and check; raises SettingsError naming everything that is missing or wrong."""
        read = {f.name: _convert(f.default, _value(env, f.name.upper())) for f in fields(cls)}
        settings = cls(**{name: value for name, value in read.items() if value is not None})
        faults = settings.faults()
        if faults:
            raise SettingsError("; ".join(faults))
        return settings

    def faults(self) -> list[str]:
        """What keeps these settings from being used, a sentence each."""
        faults = [
            f"{name.upper()} is missing"
            for name in ("database_url", "secret_keys", "public_url")
            if not getattr(self, name)
        ]
        if any(len(key) < 32 for key in self.secret_keys):
            faults.append("SECRET_KEYS holds a key shorter than 32 characters")
        if self.public_url and not self.public_url.startswith(("http://", "https://")):
            faults.append("PUBLIC_URL must start with http:// or https://")
        faults += _sms_faults(self)
        faults += self._mail_faults()
        faults += [f"TRUSTED_NETWORKS: {net} is no network" for net in self.trusted_networks if not _is_network(net)]
        for name, least in (
            ("requests_a_minute", 1),
            ("holds_without_effort", 1),
            ("lock_after_minutes", 2),
            ("interpreter_unit_cents", 0),
        ):
            if getattr(self, name) < least:
                faults.append(f"{name.upper()} must be at least {least}")
        if not self.demo:  # the example's operator may stand on no real imprint
            operator = [setting for setting in fields(self) if setting.name.startswith("operator_")]
            faults += [f"{s.name.upper()} is missing" for s in operator if getattr(self, s.name) in {"", s.default}]
        if not self.demo and self.public_url.startswith("http://"):
            faults.append("PUBLIC_URL must be https:// outside demo mode")
        return faults

    def _mail_faults(self) -> list[str]:
        if not self.smtp_host:
            return []
        wrong = {
            "DEMO refuses live e-mail: unset SMTP_HOST": self.demo,
            "SMTP_FROM is missing or no address": not is_email(parseaddr(self.smtp_from)[1]),
            "SMTP_PASSWORD is missing": bool(self.smtp_user) and not self.smtp_password,
            "SMTP_TLS must be starttls, tls or none": self.smtp_tls not in {"starttls", "tls", "none"},
            "SMTP_TLS must not be none where SMTP_PASSWORD would be read on the way": bool(self.smtp_password)
            and self.smtp_tls == "none",
        }
        return [fault for fault, is_so in wrong.items() if is_so]

    @property
    def writes_email(self) -> bool:
        """Whether clients may give an e-mail address: there is a mail server, or nothing leaves the house anyway."""
        return bool(self.smtp_host) or self.sms_provider == "simulated"

    @property
    def secure(self) -> bool:
        """Whether cookies and headers may insist on HTTPS."""
        return self.public_url.startswith("https://")


def _sms_faults(settings: Settings) -> list[str]:
    faults = [
        f"SMS_PREFIXES: {one} is no prefix, as +49" for one in settings.sms_prefixes if not _PREFIX.fullmatch(one)
    ]
    if not settings.sms_prefixes:
        faults.append("SMS_PREFIXES is missing")
    wrong = [one for one in settings.sms_errors if not _CORRECTION.fullmatch(one)]
    faults += [f"SMS_ERRORS: {one} is not code=meaning, as 30008=lost" for one in wrong]
    if settings.sms_provider not in SMS_PROVIDERS:
        faults.append(f"SMS_PROVIDER must be one of {', '.join(SMS_PROVIDERS)}")
    if settings.demo and (_of_twilio(settings) or settings.sms_provider != "simulated"):
        faults.append("DEMO refuses live SMS: unset TWILIO_* and SMS_PROVIDER")
    return faults + (_twilio_faults(settings) if settings.sms_provider == "twilio" else [])


def _twilio_faults(settings: Settings) -> list[str]:
    given, needed = _of_twilio(settings), ["twilio_account_sid", "twilio_auth_token"]
    if given & {"twilio_api_key", "twilio_api_secret"}:
        needed += ["twilio_api_key", "twilio_api_secret"]
    faults = [f"{name.upper()} is missing" for name in needed if name not in given]
    for name, begins in (("account_sid", "AC"), ("api_key", "SK"), ("messaging_service_sid", "MG")):
        value = getattr(settings, f"twilio_{name}")
        if value and not re.fullmatch(begins + "[0-9a-f]{32}", value):
            faults.append(f"TWILIO_{name.upper()} must be {begins} and 32 figures and letters a to f")
    if not settings.sms_sender and not settings.twilio_messaging_service_sid:
        faults.append("SMS_SENDER is missing, or TWILIO_MESSAGING_SERVICE_SID")
    if settings.sms_sender and not _SENDER.fullmatch(settings.sms_sender):
        faults.append("SMS_SENDER must be a number as +49…, or at most 11 letters and figures with one letter")
    base = urlsplit(settings.twilio_base_url)
    if settings.twilio_base_url and not (
        base.scheme == "https" or (base.scheme == "http" and base.hostname in LOOPBACK)
    ):
        faults.append("TWILIO_BASE_URL must be https:// or on this machine")
    return faults


def _of_twilio(settings: Settings) -> set[str]:
    """The names of Twilio's settings that are set."""
    return {f.name for f in fields(settings) if f.name.startswith("twilio_") and getattr(settings, f.name)}


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _value(env: Mapping[str, str], name: str) -> str | None:
    path = env.get(f"{name}_FILE")
    return Path(path).read_text().strip() if path else env.get(name)


def _convert(default: Any, value: str | None) -> Any:
    if value is None:
        return None
    if isinstance(default, bool):
        return value.lower() in {"1", "true", "yes", "on"}
    if isinstance(default, tuple):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return int(value) if isinstance(default, int) else value.strip()

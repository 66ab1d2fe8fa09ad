"""Above a threshold choosing a time costs effort: the device computes for a moment, or the person waits (X-03).

Nobody has to see, hear or solve anything. A task is good once: its answer is kept as a hash for a day.
"""

import json
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta

from altcha.v1 import PayloadType, create_challenge, verify_solution
from flask import Flask, current_app
from itsdangerous import BadSignature, Signer
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from doorway.binding import the_house
from doorway.form_keys import spend
from doorway.limits import address, is_trusted
from doorway.pages import field
from foundation.clock import machine_now
from foundation.db import Transaction
from foundation.errors import Refusal, sentence
from foundation.settings import Settings
from foundation.tokens import derived_token, random_token

MOST = 50_000
"""Hashes at most: a second on a computer, some seconds on an old phone."""

WAIT, LASTS = timedelta(seconds=30), timedelta(minutes=10)
"""How long somebody without scripts waits, and how long a task or ticket is good for."""

WAITING = parse("1/30second")
"""Who waits instead of computing gets through one at a time, however many tasks were fetched."""


class EffortNeeded(Refusal):
    """An address that has chosen many times; the page says what to do."""

    text = sentence(
        "Von hier wurden gerade viele Termine gewählt. Bitte warten Sie 30 Sekunden. Drücken Sie dann auf «Weiter»."
    )
    status = 429


@dataclass(frozen=True)
class Task:
    """What the page gives the device to compute, and the ticket of who waits instead."""

    salt: str
    challenge: str
    signature: str
    most: int
    ticket: str


def count_choices(app: Flask, settings: Settings) -> None:
    """Count from now on how often each address chooses a time."""
    app.extensions["effort"] = (
        MovingWindowRateLimiter(storage_from_string(settings.limit_storage)),
        parse(f"{settings.holds_without_effort}/10minute"),
    )


def effort_made() -> str | None:
    """Counts this choice; None where it costs nothing, else what was answered, to be spent with the work.

    Raises EffortNeeded without an answer.
    """
    counts, free = current_app.extensions["effort"]
    if is_trusted() or counts.hit(free, "choices", address()):
        return None
    answer = _computed()
    if answer and verify_solution(answer, _key())[0]:
        return answer["challenge"]
    given_out = _given_out(field("ticket", 300))
    if given_out is None or machine_now() - given_out < WAIT:
        raise EffortNeeded
    if not counts.hit(WAITING, "waited", address()):
        raise EffortNeeded
    return field("ticket", 300)


def spend_effort(tx: Transaction, made: str) -> None:
    """The answer is used up, with the work it was for. Raises EffortNeeded when it was used before."""
    if not spend(tx, made):
        raise EffortNeeded


def new_task(anew: bool = False) -> Task:
    """A task for this moment, as the protocol of ALTCHA has it; who waits already keeps her ticket, but for `anew`."""
    made = create_challenge(
        algorithm="SHA-256", max_number=MOST, salt_length=12, hmac_key=_key(), salt="", number=None,
        expires=machine_now() + LASTS, params=None,
    )  # fmt: skip
    waiting = field("ticket", 300)
    kept = not anew and _given_out(waiting) is not None
    return Task(made.salt, made.challenge, made.signature, MOST, waiting if kept else ticket_of(machine_now()))


def ticket_of(given_out: datetime) -> str:
    """What shows since when somebody waits."""
    return _signer().sign(f"{random_token()} {given_out.isoformat()}").decode()


def _computed() -> PayloadType | None:
    """What the device sent back, if it has the shape the protocol asks for."""
    try:
        answer = json.loads(b64decode(field("effort", 1000), validate=True))
    except ValueError:
        return None
    texts = ("algorithm", "challenge", "salt", "signature")
    whole = isinstance(answer, dict) and isinstance(answer.get("number"), int)
    plain = whole and all(isinstance(answer.get(name), str) and answer[name].isascii() for name in texts)
    return answer if plain else None


def _given_out(ticket: str) -> datetime | None:
    """When a ticket was given out; None for one that is not ours, or too old."""
    try:
        given_out = datetime.fromisoformat(_signer().unsign(ticket).decode().split()[1])
    except BadSignature:
        return None
    return given_out if machine_now() - given_out < LASTS else None


def _key() -> str:
    return derived_token(the_house().settings.secret_keys[0], "effort", 0, 0)


def _signer() -> Signer:
    return Signer(_key(), salt="ticket")

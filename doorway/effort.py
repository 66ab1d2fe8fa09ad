"""Above a threshold choosing a time costs effort: the device computes for a moment, or the person waits (X-03).

Nobody has to see, hear or solve anything. A task is good once: its answer is kept as a hash for a day.
"""

import json
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta

from altcha.v1 import PayloadType, create_challenge, verify_solution
from flask import Flask, current_app
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, Signer
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from doorway.binding import the_house
from doorway.form_keys import spend
from doorway.limits import is_trusted
from doorway.pages import field
from foundation.clock import machine_now
from foundation.db import Transaction
from foundation.errors import Refusal, sentence
from foundation.settings import Settings
from foundation.tokens import derived_token

MOST = 50_000
"""Hashes at most: a second on a computer, some seconds on an old phone."""

WAIT, LASTS = timedelta(seconds=30), timedelta(minutes=10)
"""How long somebody without scripts waits, and how long a task is good for."""

WAITING = parse("1/30second")
"""Who waits instead of computing gets through one at a time, however many tasks were fetched."""


class EffortNeeded(Refusal):
    """An address that has chosen many times; the page says what to do."""

    text = sentence("Von hier wurden gerade viele Termine gewählt. Bitte warten Sie 30 Sekunden. Drücken Sie dann.")
    status = 429


@dataclass(frozen=True)
class Task:
    """What the page gives the device to compute, and the ticket that both ways of answering send back."""

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
    """Counts this choice; None where it costs nothing, else the answered task, to be spent with the work.

    Raises EffortNeeded without an answer.
    """
    counts, free = current_app.extensions["effort"]
    if is_trusted() or counts.hit(free, "choices", get_remote_address()):
        return None
    challenge, made_at = _opened(field("ticket", 300))
    age = machine_now() - made_at
    if age > LASTS:
        raise EffortNeeded
    answer = _computed()
    if answer and answer["challenge"] == challenge and verify_solution(answer, _key(), check_expires=False)[0]:
        return challenge
    if age < WAIT or not counts.hit(WAITING, "waited", get_remote_address()):
        raise EffortNeeded
    return challenge


def spend_effort(tx: Transaction, challenge: str) -> None:
    """The task is used up, with the work it was for. Raises EffortNeeded when it was used before."""
    if not spend(tx, challenge):
        raise EffortNeeded


def new_task(made_at: datetime | None = None) -> Task:
    """A task for this moment, as the protocol of ALTCHA has it."""
    made = create_challenge(
        algorithm="SHA-256", max_number=MOST, salt_length=12, hmac_key=_key(), salt="", number=None, expires=None,
        params=None,
    )  # fmt: skip
    ticket = _signer().sign(f"{made.challenge} {(made_at or machine_now()).isoformat()}").decode()
    return Task(made.salt, made.challenge, made.signature, MOST, ticket)


def _computed() -> PayloadType | None:
    """What the device sent back, if it has the shape the protocol asks for."""
    try:
        answer = json.loads(b64decode(field("effort", 1000), validate=True))
    except ValueError:
        return None
    texts = ("algorithm", "challenge", "salt", "signature")
    whole = isinstance(answer, dict) and isinstance(answer.get("number"), int)
    return answer if whole and all(isinstance(answer.get(name), str) for name in texts) else None


def _opened(ticket: str) -> tuple[str, datetime]:
    """The challenge of a ticket and when it was given out; raises EffortNeeded for one that is not ours."""
    try:
        challenge, made_at = _signer().unsign(ticket).decode().split()
    except (BadSignature, ValueError) as fault:
        raise EffortNeeded from fault
    return challenge, datetime.fromisoformat(made_at)


def _key() -> str:
    return derived_token(the_house().settings.secret_keys[0], "effort", 0, 0)


def _signer() -> Signer:
    return Signer(_key(), salt="ticket")

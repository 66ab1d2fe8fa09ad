"""The only asker of randomness, and the maker of derived tokens (X-04). Dice are for rehearsals, never for secrets."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from random import Random

Dice = Random
TOKEN_LENGTH = 22
"""Characters of base64url: 132 bits."""


def derived_token(key: str, kind: str, subject: int, generation: int) -> str:
    """The secret of a link, 22 base64url characters, made again from the key whenever a message needs it.

    Raising `generation` revokes all earlier tokens of the subject. Store only `token_hash` of it.
    """
    message = f"{kind}:{subject}:{generation}".encode()
    digest = hmac.new(key.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:TOKEN_LENGTH]


def token_of_ring(keys: Sequence[str], kind: str, subject: int, generation: int, known_hash: str | None) -> str:
    """The derived token by whichever key of the ring made the known hash; by the newest where there is none yet."""
    tokens = [derived_token(key, kind, subject, generation) for key in keys]
    return next((token for token in tokens if token_hash(token) == known_hash), tokens[0])


def keyed_hash(key: str, kind: str, text: str) -> str:
    """What stands for a text that may not be kept: the same for the same text, and nobody without the key finds it."""
    return hmac.new(key.encode(), f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()


def random_token() -> str:
    """A fresh secret of 132 bits for a device or a form, 22 base64url characters."""
    return secrets.token_urlsafe(17)[:TOKEN_LENGTH]


def token_hash(token: str) -> str:
    """The SHA-256 of a token as 64 hexadecimal characters: the only thing kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def random_digits(count: int) -> str:
    """`count` decimal digits, the first never zero, for codes that people type."""
    return str(secrets.randbelow(9 * 10 ** (count - 1)) + 10 ** (count - 1))


def dice(seed: str) -> Dice:
    """Dice that fall the same way for the same seed: for forecasts, never for secrets."""
    return Dice(seed)

"""Where a provider reports what became of a message: an address that only we can make."""

import hmac
from collections.abc import Sequence

from foundation.tokens import derived_token

PATH = "/hooks/sms"
KIND = "report"


def report_url(public_url: str, keys: Sequence[str], reference: str) -> str:
    """The address for reports about one message."""
    return f"{public_url.rstrip('/')}{PATH}/{reference}/{derived_token(keys[0], KIND, int(reference), 0)}"


def is_ours(keys: Sequence[str], reference: int, token: str) -> bool:
    """Whether we made this address, by any key of the ring."""
    made = [derived_token(key, KIND, reference, 0) for key in keys]
    return any(hmac.compare_digest(one.encode(), token.encode()) for one in made)

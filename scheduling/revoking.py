"""The secret link of a visit in wrong hands: what was given out so far leads nowhere (X-04)."""

from collections.abc import Sequence

from foundation.db import Transaction
from foundation.errors import NotFound
from foundation.tokens import token_hash
from scheduling.happened import Happened
from scheduling.models import Visit
from scheduling.visits import manage_token


def revoke_link(tx: Transaction, visit: Visit, keys: Sequence[str]) -> None:
    """Make another link for a visit (its row locked); the next slip or message brings it.

    Raises NotFound for a visit that never had one.
    """
    if visit.token_hash is None:
        raise NotFound
    visit.token_generation += 1
    visit.token_hash = token_hash(manage_token(keys, visit))
    tx.record(Happened.LINK_REVOKED, "visit", visit.id, visit.centre.scope)

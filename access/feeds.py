"""A counsellor's appointments for her own calendar: an address that is a secret, made and ended by herself (X-04)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from access.happened import Happened
from access.models import Account
from foundation.db import Transaction
from foundation.errors import NotFound
from foundation.tokens import derived_token, token_hash, token_of_ring
from scheduling.models import Centre, Counsellor

SCOPE = "access"


def make_feed(tx: Transaction, account_id: int, keys: Sequence[str]) -> None:
    """A new address; the one before it is nobody's any more. Raises NotFound for an account that advises nobody."""
    account = tx.session.get_one(Account, account_id, with_for_update=True)
    if account.counsellor_id is None:
        raise NotFound
    account.feed_generation += 1
    account.feed_hash = token_hash(derived_token(keys[0], "feed", account.id, account.feed_generation))
    tx.record(Happened.FEED_MADE, "account", account.id, SCOPE)


def end_feed(tx: Transaction, account_id: int) -> None:
    """There is no address any more; where there was none, nothing happens."""
    account = tx.session.get_one(Account, account_id, with_for_update=True)
    if account.feed_hash:
        account.feed_hash = None
        tx.record(Happened.FEED_ENDED, "account", account.id, SCOPE)


def feed_token(account: Account, keys: Sequence[str]) -> str | None:
    """The secret of an account's address, made again from the key; None where there is no address."""
    if account.feed_hash is None:
        return None
    return token_of_ring(keys, "feed", account.id, account.feed_generation, account.feed_hash)


def whose_feed(session: Session, token: str) -> tuple[Counsellor, Centre]:
    """Whose calendar it is, and her centre; raises NotFound, the same for wrong, ended and of a closed account."""
    found = select(Account).where(Account.feed_hash == token_hash(token), Account.active)
    account = session.scalar(found.options(joinedload(Account.counsellor), joinedload(Account.centre)))
    if account is None or account.counsellor is None or account.centre is None:
        raise NotFound
    return account.counsellor, account.centre

"""Signing in. All moments here are machine time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, joinedload

from access.happened import Happened
from access.models import Account
from access.refusals import SignInFailed, SignInPaused
from access.rights import Role
from foundation.db import Transaction
from scheduling.models import Counsellor

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")
TRIES = 5
PAUSE = timedelta(minutes=1)
SCOPE = "access"


def hash_password(password: str) -> str:
    """An argon2 hash; slow on purpose, about a tenth of a second."""
    return _HASHER.hash(password)


def add_account(
    tx: Transaction, login: str, name: str, role: Role, password: str, centre_id: int | None, counsellor_id: int | None
) -> Account:
    """A new member of staff."""
    account = Account(
        login=login, name=name, role=role, centre_id=centre_id, counsellor_id=counsellor_id,
        password_hash=hash_password(password),
    )  # fmt: skip
    tx.session.add(account)
    tx.session.flush()
    return account


def check_password(session: Session, login: str, password: str, now: datetime) -> Account:
    """The account, if it may sign in at this machine time. Raises SignInFailed (with a trace) or SignInPaused.

    An unknown name costs as much time as a wrong password.
    """
    account = session.scalar(select(Account).where(Account.login == login, Account.active))
    if account and account.locked_until and account.locked_until > now:
        raise SignInPaused
    try:
        _HASHER.verify(account.password_hash if account else _NOBODY, password)
    except VerificationError as fault:
        raise SignInFailed(trace=_count_failure(account.id, now) if account else None) from fault
    if account is None:
        raise SignInFailed
    return account


def note_sign_in(tx: Transaction, account: Account) -> None:
    """The audit trail knows who signed in; failed tries are forgotten."""
    forgotten = update(Account).where(Account.id == account.id).values(failed_sign_ins=0, locked_until=None)
    tx.session.execute(forgotten)
    tx.record(Happened.SIGNED_IN, "account", account.id, SCOPE)


_known: "WeakKeyDictionary[Engine, dict[int, tuple[int, Account | None]]]" = WeakKeyDictionary()


def account_at(engine: Engine, session: Session, account_id: int, version: int) -> Account | None:
    """An account, its centre, counsellor and her counter, at a version of the set-up that was read just now.

    `session`, of the same `engine`, is touched only where this process does not remember it. Its rows belong to no
    session and are never changed. Tries to sign in and the calendar's address have no version: who wants those reads
    the row.
    """
    known = _known.setdefault(engine, {})
    found = known.get(account_id)
    if found is None or found[0] != version:
        known[account_id] = found = version, _whole_account(session, account_id)
    return found[1]


def _whole_account(asking: Session, account_id: int) -> Account | None:
    """By the connection of who asks, as everything that is remembered."""
    with Session(asking.connection()) as session:
        found = select(Account).where(Account.id == account_id)
        with_all = (joinedload(Account.centre), joinedload(Account.counsellor).joinedload(Counsellor.counter))
        account = session.scalar(found.options(*with_all))
        session.expunge_all()
    return account


def _count_failure(account_id: int, now: datetime) -> Callable[[Transaction], None]:
    def trace(tx: Transaction) -> None:
        account = tx.session.get_one(Account, account_id, with_for_update=True)
        account.failed_sign_ins += 1
        if account.failed_sign_ins % TRIES == 0:
            account.locked_until = now + PAUSE
        tx.record(Happened.SIGN_IN_FAILED, "account", account_id, SCOPE)

    return trace

"""A centre's register of pool interpreters, kept by its lead; and who asks them, the desk or the system (C-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from foundation.tokens import random_digits
from scheduling.happened import Happened
from scheduling.models import LIVE, Asking, Centre, PoolInterpreter, PoolRequest
from scheduling.refusals import NameMissing, StillNeeded

GENDERS = ("female", "male")


@dataclass(frozen=True)
class Entry:
    """One of the register as it was typed."""

    name: str
    gender: str
    languages: Sequence[str]
    phone: str | None
    email: str | None


def choose_who_asks(tx: Transaction, centre: Centre, system: bool) -> None:
    """Whether the system asks the register at once, or the desk does; the same again is no change."""
    if centre.asks_interpreters is not system:
        centre.asks_interpreters = system
        tx.record(Happened.WHO_ASKS_CHOSEN, "centre", centre.id, centre.scope, system=system)


def add_to_register(tx: Transaction, centre: Centre, entry: Entry) -> PoolInterpreter:
    """Somebody new. Raises NameMissing."""
    one = PoolInterpreter(centre=centre, code=f"d{random_digits(6)}", **_values(entry))
    tx.session.add(one)
    tx.session.flush()
    _record(tx, one)
    return one


def change_in_register(tx: Transaction, centre: Centre, code: str, version: int, entry: Entry) -> None:
    """Correct somebody. Raises NameMissing, NotFound, Moved for a second editor."""
    one = _of_register(tx, centre, code)
    still = (PoolInterpreter.id == one.id, PoolInterpreter.version == version, PoolInterpreter.active)
    changed = update(PoolInterpreter).where(*still)
    if tx.session.scalar(changed.values(**_values(entry), version=version + 1).returning(PoolInterpreter.id)) is None:
        raise Moved
    _record(tx, one)


def leave_register(tx: Transaction, centre: Centre, code: str) -> None:
    """Somebody interprets no more: name, number and address go at once. Raises NotFound, StillNeeded."""
    one = _of_register(tx, centre, code)
    live = (Asking.interpreter_id == one.id, Asking.state.in_(LIVE), PoolRequest.starts_at > tx.now)
    if tx.session.scalar(select(Asking.id).join(PoolRequest, PoolRequest.id == Asking.request_id).where(*live)):
        raise StillNeeded
    one.active, one.name, one.phone, one.email = False, "", None, None
    _record(tx, one)


def forget_old_links(tx: Transaction) -> None:
    """A week after the appointment an interpreter's link leads nowhere any more."""
    over = select(PoolRequest.id).where(PoolRequest.starts_at < tx.now - timedelta(days=7))
    old = update(Asking).where(Asking.request_id.in_(over), Asking.token_hash.is_not(None))
    tx.session.execute(old.values(token_hash=None))


def _of_register(tx: Transaction, centre: Centre, code: str) -> PoolInterpreter:
    mine = (PoolInterpreter.centre_id == centre.id, PoolInterpreter.code == code, PoolInterpreter.active)
    one = tx.session.scalar(select(PoolInterpreter).where(*mine))
    if one is None:
        raise NotFound
    return one


def _values(entry: Entry) -> dict[str, object]:
    if not entry.name or not entry.languages or entry.gender not in GENDERS:
        raise NameMissing
    return {
        "name": entry.name, "gender": entry.gender, "languages": list(entry.languages), "phone": entry.phone,
        "email": entry.email,
    }  # fmt: skip


def _record(tx: Transaction, one: PoolInterpreter) -> None:
    tx.record(Happened.REGISTER_CHANGED, "pool_interpreter", one.id, one.centre.scope)

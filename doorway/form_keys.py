"""A form sent twice does its work once (X-07): the key is kept 24 hours as a hash, the answer rendered again."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import request
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from doorway.binding import reading
from foundation.db import Transaction
from foundation.errors import Refusal, sentence
from foundation.model import Base, UtcDateTime
from foundation.tokens import token_hash

KEPT = timedelta(hours=24)
FIELD = "form_key"


class FormKey(Base):
    """A form that was sent: what it said, as a hash, and what came of it."""

    __tablename__ = "form_key"
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[str]
    subject_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KeyReused(Refusal):
    """The same form with other content, after it was done."""

    text = sentence("Dieses Formular wurde schon abgeschickt. Bitte gehen Sie zurück zum Anfang.")


def once(tx: Transaction, act: Callable[[], int], which: str = "") -> int:
    """Do `act` once for this form and return the id of what came of it; the second time only return the id.

    A form without key is done every time; `which` tells the buttons of one form apart. Raises KeyReused for the same
    key with another body.
    """
    key = request.form.get(FIELD, "")
    if not key:
        return act()
    row = FormKey(key_hash=token_hash(key + which), body_hash=_body_hash(), made_at=tx.now, subject_id=None)
    if not _is_new(tx, row):
        return _known(tx, row)
    row.subject_id = act()
    return row.subject_id


def spend(tx: Transaction, secret: str) -> bool:
    """Use something up that is good once; false when it was used before."""
    return _is_new(tx, FormKey(key_hash=token_hash(secret), body_hash="", made_at=tx.now, subject_id=None))


def was_sent(which: str = "") -> bool:
    """Whether this form, by this button, has done its work before."""
    key = request.form.get(FIELD, "")
    return bool(key) and reading().get(FormKey, token_hash(key + which)) is not None


def forget_old_keys(tx: Transaction) -> None:
    """A timed duty: keys go after 24 hours."""
    tx.session.execute(delete(FormKey).where(FormKey.made_at < tx.now - KEPT))


def _is_new(tx: Transaction, row: FormKey) -> bool:
    try:
        with tx.session.begin_nested():
            tx.session.add(row)
    except IntegrityError:
        return False
    return True


def _known(tx: Transaction, row: FormKey) -> int:
    known = tx.session.get_one(FormKey, row.key_hash, populate_existing=True)
    if known.body_hash != row.body_hash or known.subject_id is None:
        raise KeyReused
    return known.subject_id


def _body_hash() -> str:
    fields = sorted((k, v) for k, v in request.form.items(multi=True) if k not in {FIELD, "csrf_token"})
    return hashlib.sha256(repr((request.path, fields)).encode()).hexdigest()

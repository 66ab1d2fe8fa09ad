"""A form sent twice does its work once (X-07): the key is kept 24 hours as a hash, the answer rendered again."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import request
from sqlalchemy import bindparam, delete, text
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


_NEW = text(
    "INSERT INTO form_key (key_hash, body_hash, made_at) VALUES (:key, :body, :at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=UtcDateTime()))
_SENT = text("SELECT 1 FROM form_key WHERE key_hash = :key")
_CAME_OF = text("UPDATE form_key SET subject_id = :subject WHERE key_hash = :key")


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
    key_hash, body_hash = token_hash(key + which), _body_hash()
    if not _is_new(tx, key_hash, body_hash):
        return _known(tx, key_hash, body_hash)
    subject_id = act()
    tx.session.connection().execute(_CAME_OF, {"key": key_hash, "subject": subject_id})
    return subject_id


def spend(tx: Transaction, secret: str) -> bool:
    """Use something up that is good once; false when it was used before."""
    return _is_new(tx, token_hash(secret), "")


def was_sent(which: str = "") -> bool:
    """Whether this form, by this button, has done its work before."""
    key = request.form.get(FIELD, "")
    return bool(key) and reading().connection().scalar(_SENT, {"key": token_hash(key + which)}) is not None


def forget_old_keys(tx: Transaction) -> None:
    """A timed duty: keys go after 24 hours."""
    tx.session.execute(delete(FormKey).where(FormKey.made_at < tx.now - KEPT))


def _is_new(tx: Transaction, key_hash: str, body_hash: str) -> bool:
    return tx.session.connection().execute(_NEW, {"key": key_hash, "body": body_hash, "at": tx.now}).rowcount == 1


def _known(tx: Transaction, key_hash: str, body_hash: str) -> int:
    known = tx.session.get_one(FormKey, key_hash, populate_existing=True)
    if known.body_hash != body_hash or known.subject_id is None:
        raise KeyReused
    return known.subject_id


def _body_hash() -> str:
    fields = sorted((k, v) for k, v in request.form.items(multi=True) if k not in {FIELD, "csrf_token"})
    return hashlib.sha256(repr((request.path, fields)).encode()).hexdigest()

"""Who vouches for a sentence: a native speaker's approval is given by a person at the desk, never in a file (L-11)."""

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from access.happened import Happened
from access.models import Approval
from foundation.db import Transaction

SCOPE = "languages"


def digest_of(message: Sequence[str], said: Sequence[str]) -> str:
    """One value for a sentence and exactly this translation of it, so that a changed text loses its approval."""
    return hashlib.sha256("\0".join((*message, "", *said)).encode()).hexdigest()


def approved_digests(session: Session, tag: str) -> frozenset[str]:
    """Everything approved in a language."""
    return frozenset(session.scalars(select(Approval.digest).where(Approval.tag == tag)))


def approved_in(session: Session, digests: Mapping[str, str]) -> frozenset[str]:
    """Of languages with one sentence each, those in which exactly this was approved."""
    known = session.execute(select(Approval.tag, Approval.digest).where(Approval.digest.in_(digests.values())))
    return frozenset(tag for tag, digest in known if digests.get(tag) == digest)


def approve(tx: Transaction, tag: str, digest: str) -> None:
    """Whoever acts says that a native speaker has read this and found it right; twice is once."""
    approval = Approval(tag=tag, digest=digest, approved_at=tx.now)
    try:
        with tx.session.begin_nested():
            tx.session.add(approval)
    except IntegrityError:
        return  # somebody has just approved the same
    tx.record(Happened.SENTENCE_APPROVED, "approval", approval.id, SCOPE)


def withdraw(tx: Transaction, tag: str, digest: str) -> None:
    """It has to be read again; where nothing was approved, nothing happens."""
    approval = tx.session.scalar(select(Approval).where(Approval.tag == tag, Approval.digest == digest))
    if approval:
        tx.record(Happened.APPROVAL_WITHDRAWN, "approval", approval.id, SCOPE)
        tx.session.execute(delete(Approval).where(Approval.id == approval.id))

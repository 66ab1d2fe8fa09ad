"""Who wants no SMS any more: kept as a keyed hash of the number, effective in the same transaction (S-05, S-06)."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from foundation.db import Subscriber, Transaction
from foundation.facts import News
from foundation.model import UtcDateTime
from foundation.tokens import keyed_hash
from notifications.happened import Happened
from notifications.models import Message, MessageState, OptedOut
from queueing.happened import Happened as InQueue
from queueing.models import Ticket
from scheduling.earlier import forget_wish
from scheduling.happened import Happened as OfPlan
from scheduling.models import Visit
from scheduling.reaching import note_contact
from scheduling.visits import Contact

SCOPE = "numbers"
AGAIN_WORDING = "sms-again-2026-11"
"""The version of how somebody says that she wants SMS again: START, or to the desk."""

BRING_NUMBERS = frozenset({OfPlan.CONTACT_CHANGED, InQueue.TURN_WISHED})
"""Facts with which a number may have come to a visit."""

_REMEMBER = text(
    "INSERT INTO opted_out (number_hash, since_at) VALUES (:hash, :at) ON CONFLICT DO NOTHING RETURNING id"
).bindparams(bindparam("at", type_=UtcDateTime()))


_NOTED = select(OptedOut.id).where(OptedOut.number_hash.in_(bindparam("hashes", expanding=True)))


def is_opted_out(session: Session, number: str, keys: Sequence[str]) -> bool:
    """Whether a number wants no messages, by whichever key of the ring it was noted."""
    return session.connection().scalar(_NOTED, {"hashes": _hashes(number, keys)}) is not None


def opt_out(tx: Transaction, number: str, keys: Sequence[str]) -> None:
    """Nothing more goes to a number: what is due is taken back, no visit with it has consent. Twice is once."""
    if not is_opted_out(tx.session, number, keys):
        about = {"hash": _hashes(number, keys)[0], "at": tx.now}
        noted = tx.session.scalar(_REMEMBER, about)
        if noted:
            tx.record(Happened.OPTED_OUT, "opted_out", noted, SCOPE)
    for visit in _with_number(tx, number):
        if visit.wants_messages:
            forget_wish(tx, visit)
            visit.consent_ended_at = tx.now
            _told_of(tx, visit)
    due = update(Message).where(Message.recipient == number, Message.state == MessageState.DUE)
    tx.session.execute(due.values(state=MessageState.WITHDRAWN))


def allow_again(tx: Transaction, number: str, keys: Sequence[str], channel: str) -> None:
    """The person herself says that she wants SMS: START (`channel` sms) or at the desk. Visits to come have consent."""
    lifted = delete(OptedOut).where(OptedOut.number_hash.in_(_hashes(number, keys))).returning(OptedOut.id)
    for noted in tx.session.scalars(lifted).all():
        tx.record(Happened.ALLOWED, "opted_out", noted, SCOPE)
    for visit in _with_number(tx, number):
        if visit.sms_ended and not visit.ended_at:
            visit.consent_at, visit.consent_wording, visit.consent_channel = tx.now, AGAIN_WORDING, channel
            visit.consent_ended_at = None
            _told_of(tx, visit)


def no_more(tx: Transaction, visit: Visit, keys: Sequence[str]) -> None:
    """The client presses «no more SMS» on a visit (its row locked).

    Her own number is opted out. A helper's is only taken off this visit: whether others she helps are told is hers;
    and so is an e-mail address.
    """
    if visit.recipient and (visit.helper_lang or visit.email):
        note_contact(tx, visit, Contact(visit.call_name, None, None))
    elif visit.phone:
        opt_out(tx, visit.phone, keys)


def heed_opt_outs(keys: Sequence[str]) -> Subscriber:
    """A subscriber of facts, to be told before messages are planned: a number that is opted out brings no consent.

    So whoever types a number cannot overrule the person it belongs to, whatever door she types it at.
    """

    def heed(tx: Transaction, facts: Sequence[News]) -> None:
        for fact in facts:
            if fact.kind in BRING_NUMBERS:
                visit = _visit_of(tx, fact)
                if visit.wants_messages and is_opted_out(tx.session, visit.phone or "", keys):
                    visit.consent_ended_at = tx.now

    return heed


def _visit_of(tx: Transaction, fact: News) -> Visit:
    if fact.kind == InQueue.TURN_WISHED:
        return tx.session.get_one(Ticket, fact.subject_id).visit
    return tx.session.get_one(Visit, fact.subject_id)


def _hashes(number: str, keys: Sequence[str]) -> list[str]:
    """By the newest key first: by that one it is noted."""
    return [keyed_hash(key, "opted-out", number) for key in keys]


def _with_number(tx: Transaction, number: str) -> Sequence[Visit]:
    """Every visit a number stands in, locked in the order of ids."""
    found = select(Visit).where(Visit.phone == number).order_by(Visit.id).with_for_update(key_share=True, of=Visit)
    return tx.session.scalars(found.execution_options(populate_existing=True)).all()


def _told_of(tx: Transaction, visit: Visit) -> None:
    """As any change of contact: messages are planned, or taken back, with this fact."""
    if not visit.ended_at:
        booked = visit.code is not None
        tx.record(OfPlan.CONTACT_CHANGED, "visit", visit.id, visit.centre.scope, booked=booked)

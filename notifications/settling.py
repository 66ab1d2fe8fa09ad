"""What becomes of a message once a way out was asked: receipts, doubts, the provider's reports, and a restore (S-11).

*Nothing is handed over twice unless the provider itself denied the first.*
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, or_, select

from foundation.db import Database, Transaction
from foundation.facts import SYSTEM
from foundation.faults import told_without_values
from notifications.channels import Answer, Channel, Listed, Outcome, Receipt, Sought
from notifications.forgetting import note_kept
from notifications.happened import Happened
from notifications.meanings import Meaning
from notifications.models import ALLOWED_MOVES, Message, MessageState
from notifications.pacing import give_back, month_of, note_fault, pause_after
from notifications.wording import without_link

LEASE = timedelta(seconds=60)
"""For so long nobody else touches a message that is being sent; three times as long as a try may last."""

ASKED_EVERY = timedelta(seconds=30)
LIST_IS_WHOLE, GIVEN_UP = 10, 18
"""After so many looks the provider's list counts as complete; after so many without an answer nobody will know.

Looks are counted, not minutes: a clock that jumps makes no list complete.
"""
MOST_TRIES_OF_THE_UNREACHED = 2
MOST_LOOKS_IN_A_PASS = 200

log = logging.getLogger("empfang.delivery")


class Said(StrEnum):
    """What a provider reports of a message it took, in the order in which reports count."""

    ON_ITS_WAY = "on_its_way"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"


@dataclass(frozen=True)
class Report:
    """One report of a provider. `reference` is ours, `provider_id` the provider's name of this try."""

    reference: str
    provider_id: str
    said: Said
    error: str | None = None


def settle(
    tx: Transaction, message: Message, receipt: Receipt, table: Mapping[str, Meaning], machine: datetime
) -> None:
    """Write down what a way out answered. Only for a message that is claimed, or in doubt since its try."""
    later = table.get(receipt.error or "") is Meaning.LATER
    if receipt.is_taken:
        _handed_over(tx, message, receipt.provider_id, MessageState(receipt.outcome.value))
    elif receipt.outcome is Outcome.UNKNOWN:
        move(tx, message, MessageState.IN_DOUBT, Happened.IN_DOUBT, receipt.error)
        message.lease_until, message.looks = machine + ASKED_EVERY, 0
        _count_fault(tx, message, machine)
    elif receipt.outcome is Outcome.RETRY or later:
        _put_off(tx, message, Happened.PUT_OFF, receipt.error)
        _count_fault(tx, message, machine)  # before the month, as whoever claims does
        _not_paid(tx, message)
    else:
        move(tx, message, MessageState.FAILED, Happened.FAILED, receipt.error)
        _not_paid(tx, message)


def settle_doubts(
    database: Database, channel: Channel, now: datetime, machine: Callable[[], datetime], at_once: int = 1
) -> int:
    """One pass over what is in doubt: ask the provider's list of each, so many `at_once`; how many were decided.

    What the list shows was handed over. What it still does not show when it must be complete is sent again. What nobody
    could say until then is unknown, and a person calls.
    """
    with database.reading() as session:
        ids = _to_look_at(machine()).with_only_columns(Message.id).limit(MOST_LOOKS_IN_A_PASS)
        open_ = len(session.scalars(ids).all())
    if not open_:
        return 0
    with ThreadPoolExecutor(at_once) as lookers:
        return sum(lookers.map(lambda _: _settle_next(database, channel, now, machine), range(open_)))


def _settle_next(database: Database, channel: Channel, now: datetime, machine: Callable[[], datetime]) -> bool:
    with database.transaction(SYSTEM, now) as tx:
        doubt = _next_doubt(tx, machine())
    if doubt is None:
        return False
    message_id, looks, sought = doubt
    listed = _look_up(channel, sought)
    with database.transaction(SYSTEM, now) as tx:
        message = tx.session.get_one(Message, message_id, with_for_update=True)
        still_open = (message.state, message.looks) == (MessageState.IN_DOUBT, looks)
        return still_open and _decide(tx, message, listed)


def note_report(tx: Transaction, report: Report, table: Mapping[str, Meaning]) -> bool:
    """Take a provider's report in; whether it changed anything. Late, repeated and re-ordered ones change nothing."""
    message = _reported(tx, report)
    if message is None or message.state in {MessageState.DELIVERED, MessageState.FAILED, MessageState.WITHDRAWN}:
        return False
    last_try = _of_last_try(message, report)
    if report.said is Said.DELIVERED:
        _handed_over(tx, message, report.provider_id, MessageState.DELIVERED)
    elif report.said is Said.NOT_DELIVERED and last_try:
        _not_delivered(tx, message, report, table)
    elif report.said is Said.ON_ITS_WAY and last_try and message.state is not MessageState.HANDED_OVER:
        _handed_over(tx, message, report.provider_id, MessageState.HANDED_OVER)
    else:
        return False
    return True


def give_up_due(tx: Transaction) -> int:
    """After a restore from a backup nobody knows what went out since it was made: all that was due is unknown."""
    open_ = (MessageState.DUE, MessageState.CLAIMED, MessageState.IN_DOUBT)
    due = select(Message).where(Message.state.in_(open_), Message.due_at <= tx.now).with_for_update()
    messages = tx.session.scalars(due).all()
    for message in messages:
        move(tx, message, MessageState.UNKNOWN, Happened.UNKNOWN)
    return len(messages)


def move(tx: Transaction, message: Message, to: MessageState, fact: Happened, error: str | None = None) -> None:
    """One step of a message's journey, and the fact of it. The row is locked by the caller."""
    if to not in ALLOWED_MOVES[message.state]:
        raise AssertionError(f"a message may not go from {message.state} to {to}")
    message.state, message.error, message.lease_until = to, error, None
    details = {"error": error} if error else {}
    tx.record(fact, "message", message.id, scope_of_messages(message.visit.centre_id), **details)


def scope_of_messages(centre_id: int) -> str:
    """The name of the facts about a centre's messages: pages of the day do not live by them."""
    return f"messages:{centre_id}"


def _next_doubt(tx: Transaction, machine: datetime) -> tuple[int, int, Sought] | None:
    """The next message to ask for, kept from other workers until the next look; its worker may have died over it."""
    message = tx.session.scalar(_to_look_at(machine).limit(1).with_for_update(skip_locked=True))
    if message is None:
        return None
    if message.state is MessageState.CLAIMED:
        move(tx, message, MessageState.IN_DOUBT, Happened.IN_DOUBT)
        message.looks = 0
    message.lease_until, message.looks = machine + ASKED_EVERY, message.looks + 1
    since = message.claimed_at or machine
    others = select(Message.provider_id).where(Message.visit_id == message.visit_id, Message.provider_id.is_not(None))
    besides = frozenset(name for name in tx.session.scalars(others) if name)
    sought = Sought(message.recipient or "", without_link(message.body or ""), str(message.id), since, besides)
    return message.id, message.looks, sought


def _decide(tx: Transaction, message: Message, listed: Listed) -> bool:
    if listed.answer is Answer.THERE and not _is_another(tx, message, listed.provider_id):
        _handed_over(tx, message, listed.provider_id, MessageState.HANDED_OVER)
    elif listed.answer is Answer.NOT_THERE and message.looks >= LIST_IS_WHOLE and message.recipient:
        move(tx, message, MessageState.DUE, Happened.DENIED)
        message.due_at = tx.now
        _not_paid(tx, message)
    elif message.looks >= GIVEN_UP:
        move(tx, message, MessageState.UNKNOWN, Happened.UNKNOWN)
    else:
        return False
    return True


def _is_another(tx: Transaction, message: Message, provider_id: str | None) -> bool:
    """Whether what the list shows is known to be another message with the same words to the same number."""
    known = select(Message.id).where(Message.provider_id == provider_id, Message.id != message.id)
    return provider_id is not None and tx.session.scalar(known.limit(1)) is not None


def _handed_over(tx: Transaction, message: Message, provider_id: str | None, state: MessageState) -> None:
    fact = Happened.DELIVERED if state is MessageState.DELIVERED else Happened.HANDED_OVER
    move(tx, message, state, fact)
    message.provider_id, message.sent_at = provider_id, message.sent_at or tx.now
    note_kept(tx, provider_id)


def _not_delivered(tx: Transaction, message: Message, report: Report, table: Mapping[str, Meaning]) -> None:
    """What was taken and did not arrive may be tried once more; anything else a person has to tell."""
    once_more = table.get(report.error or "") is Meaning.ONCE_MORE
    if once_more and message.state is MessageState.HANDED_OVER and message.tries < MOST_TRIES_OF_THE_UNREACHED:
        _put_off(tx, message, Happened.PUT_OFF, report.error)
    else:
        move(tx, message, MessageState.FAILED, Happened.FAILED, report.error)
    message.provider_id = report.provider_id
    note_kept(tx, report.provider_id)


def _put_off(tx: Transaction, message: Message, fact: Happened, error: str | None) -> None:
    move(tx, message, MessageState.DUE, fact, error)
    message.due_at = tx.now + pause_after(message.tries, message.id)


def _count_fault(tx: Transaction, message: Message, machine: datetime) -> None:
    """An ill mail server lets the provider of SMS no rest."""
    if not message.by_email:
        note_fault(tx, machine)


def _not_paid(tx: Transaction, message: Message) -> None:
    if message.segments and message.claimed_at:
        give_back(tx, message.segments, month_of(message.claimed_at))


def _of_last_try(message: Message, report: Report) -> bool:
    """Whether a report tells of the last try. Until that is known to be taken, the name we know is an earlier one's."""
    if message.state is MessageState.HANDED_OVER:
        return message.provider_id in {None, report.provider_id}
    return message.provider_id != report.provider_id


def _reported(tx: Transaction, report: Report) -> Message | None:
    return tx.session.scalar(select(Message).where(Message.id == int(report.reference)).with_for_update())


def _to_look_at(machine: datetime) -> Select[Message]:
    """What is in doubt and was not asked for lately, and what a worker claimed and left.

    A lease further ahead than one can be was written by a clock that has been put back since.
    """
    over = or_(Message.lease_until <= machine, Message.lease_until > machine + LEASE)
    in_hand = Message.state.in_([MessageState.CLAIMED, MessageState.IN_DOUBT])
    return select(Message).where(in_hand, over).order_by(Message.lease_until, Message.id)


def _look_up(channel: Channel, sought: Sought) -> Listed:
    """A channel that breaks its contract and raises says nothing; of what was erased nobody is asked."""
    if not sought.recipient:
        return Listed(Answer.CANNOT_SAY)
    try:
        return channel.look_up(sought)
    except Exception as fault:
        log.error("the provider's list broke: %s", told_without_values(fault))  # noqa: TRY400 - it may hold a number
        return Listed(Answer.CANNOT_SAY)

"""The sending pass: claim, look again, send outside any transaction, record what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from foundation.db import Database, Transaction
from foundation.facts import SYSTEM
from foundation.languages import Languages, clock_time
from notifications.channels import Channel, Outcome
from notifications.outbox import Message, MessageState, claim_due, give_up_lost
from notifications.texts import TEXTS, Kind, plain
from scheduling.models import AppointmentState
from scheduling.visits import manage_token

PAUSE = timedelta(minutes=5)

STATES = {
    Outcome.HANDED_OVER: MessageState.HANDED_OVER,
    Outcome.FAILED: MessageState.FAILED,
    Outcome.UNKNOWN: MessageState.UNKNOWN,
    Outcome.RETRY: MessageState.DUE,
}


@dataclass(frozen=True)
class Post:
    """What sending needs beside the message."""

    channel: Channel
    languages: Languages
    public_url: str
    keys: Sequence[str]


def send_due(database: Database, post: Post, now: datetime, machine: datetime) -> int:
    """One pass: at most 50 messages; returns how many were handed over."""
    with database.transaction(SYSTEM, now) as tx:
        give_up_lost(tx, machine)
        ids = claim_due(tx, machine)
    return sum(_send(database, post, message_id, now) for message_id in ids)


def body_of(message: Message, post: Post) -> str:
    """The text as its recipient reads it, in the client's language."""
    visit, appointment = message.visit, message.appointment
    language = post.languages[visit.ui_lang]
    link = f"{post.public_url}/t/{manage_token(post.keys, visit)}"
    if message.kind is Kind.CANCELLED:
        link = post.public_url
    text = language.gettext(
        TEXTS[message.kind],
        centre=visit.centre.name,
        day=language.day(appointment.starts_at.astimezone(visit.centre.zone).date()),
        time=clock_time(appointment.starts_at, visit.centre.zone),
        code=visit.code,
        link=link,
    )
    return plain(text)


def _send(database: Database, post: Post, message_id: int, now: datetime) -> bool:
    with database.transaction(SYSTEM, now) as tx:
        message = tx.session.get_one(Message, message_id)
        if not _still_wanted(tx, message):
            return False
        body, recipient = body_of(message, post), message.recipient or ""
    receipt = post.channel.send(recipient, body, str(message_id))
    with database.transaction(SYSTEM, now) as tx:
        message = tx.session.get_one(Message, message_id, with_for_update=True)
        message.state, message.provider_id = STATES[receipt.outcome], receipt.provider_id
        message.lease_until = None
        if receipt.outcome is Outcome.HANDED_OVER:
            message.body, message.sent_at = body, now
        if receipt.outcome is Outcome.RETRY:
            message.due_at = now + PAUSE
    return receipt.outcome is Outcome.HANDED_OVER


def _still_wanted(tx: Transaction, message: Message) -> bool:
    """Look at the subject again just before sending: moved, cancelled, erased or too late means no."""
    appointment, visit = message.appointment, message.visit
    expected = AppointmentState.CANCELLED if message.kind is Kind.CANCELLED else AppointmentState.BOOKED
    if message.useless_after < tx.now:
        message.state = MessageState.USELESS
    elif (
        not message.recipient
        or appointment.version != message.version
        or appointment.state is not expected
        or visit.phone != message.recipient
    ):
        message.state = MessageState.WITHDRAWN
    return message.state is MessageState.CLAIMED

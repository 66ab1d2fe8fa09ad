"""The sending pass: claim, look again, send outside any transaction, record what came back."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from foundation.db import Database, Transaction
from foundation.facts import SYSTEM
from foundation.faults import told_without_values
from foundation.formats import clock_time
from foundation.languages import Languages
from notifications.channels import Channel, Outcome, Receipt
from notifications.outbox import Message, MessageState, claim_due, give_up_lost
from notifications.planner import UNASKED
from notifications.texts import MOST_SEGMENTS, TEXTS, TO_HELPER, Kind, plain, size_of
from queueing.following import ticket_token
from queueing.models import TO_CALL
from scheduling.models import AppointmentState
from scheduling.sending_window import next_window
from scheduling.visits import manage_token

PAUSE = timedelta(minutes=5)
MOST_IN_A_PASS = 50
MASK = "…"
"""Stands for the secret in the kept text: of a link only the hash is stored."""

log = logging.getLogger("empfang.delivery")

EXPECTED = {Kind.CANCELLED: AppointmentState.CANCELLED, Kind.OFFER: AppointmentState.OFFERED}
"""What an appointment must be when a message about it goes out; booked, if not named."""

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


def send_due(database: Database, post: Post, now: datetime, machine: Callable[[], datetime]) -> int:
    """One pass: one message after the other, at most 50; returns how many were handed over.

    Each is claimed just before it is sent, so that a fault or a killed worker leaves no other in doubt.
    """
    handed_over = 0
    for _ in range(MOST_IN_A_PASS):
        with database.transaction(SYSTEM, now) as tx:
            give_up_lost(tx, machine())
            ids = claim_due(tx, machine(), limit=1)
        if not ids:
            break
        handed_over += _send(database, post, ids[0], now)
    return handed_over


def body_of(message: Message, post: Post) -> str:
    """The text as its recipient reads it: in the language of the client, or of the helper who is told instead."""
    visit, appointment = message.visit, message.appointment
    language = post.languages[visit.sms_lang]
    link = f"{post.public_url}/{_leads_to(message)}/{_secret(message, post.keys)}"
    if appointment is None:
        text = (TO_HELPER if visit.helper_lang else TEXTS)[message.kind]
        return plain(language.gettext(text, place=visit.centre.place, link=link))
    if message.kind is Kind.CANCELLED:
        link = post.public_url
    delay = message.kind is Kind.DELAYED
    starts_at = appointment.begins_at if delay else appointment.starts_at
    said = Kind.MOVED if delay and not appointment.delayed_by else message.kind  # taken back: the old time anew
    text = language.gettext(
        (TO_HELPER if visit.helper_lang else TEXTS)[said],
        place=visit.centre.place,
        day=language.day(visit.centre.local_day(starts_at)),
        time=clock_time(starts_at, visit.centre.zone),
        code=visit.code,
        link=link,
    )
    return plain(text)


def with_link(message: Message, keys: Sequence[str]) -> str:
    """What was sent, with the secret link that is not kept beside it made again."""
    return (message.body or "").replace(MASK, _secret(message, keys))


def _secret(message: Message, keys: Sequence[str]) -> str:
    return ticket_token(keys, message.ticket) if message.ticket else manage_token(keys, message.visit)


def _leads_to(message: Message) -> str:
    """To the number and nothing else, or to the visit."""
    return "n" if message.ticket else "t"


def _send(database: Database, post: Post, message_id: int, now: datetime) -> bool:
    with database.transaction(SYSTEM, now) as tx:
        message = tx.session.get_one(Message, message_id)
        if not _still_wanted(tx, message):
            return False
        body, recipient = body_of(message, post), message.recipient or ""
        kept = body.replace(_secret(message, post.keys), MASK)
        if size_of(body).segments > MOST_SEGMENTS:
            message.state = MessageState.FAILED
            return False
    receipt = _hand_over(post.channel, recipient, body, str(message_id))
    with database.transaction(SYSTEM, now) as tx:
        message = tx.session.get_one(Message, message_id, with_for_update=True)
        if message.state is not MessageState.CLAIMED:  # planned anew while it was being sent
            return receipt.outcome is Outcome.HANDED_OVER
        message.state, message.provider_id = STATES[receipt.outcome], receipt.provider_id
        message.lease_until = None
        if receipt.outcome is Outcome.HANDED_OVER:
            message.body, message.sent_at = kept, now
        if receipt.outcome is Outcome.RETRY:
            message.due_at = now + PAUSE
    return receipt.outcome is Outcome.HANDED_OVER


def _hand_over(channel: Channel, recipient: str, body: str, reference: str) -> Receipt:
    """A channel that breaks its contract and raises may have sent: unknown."""
    try:
        return channel.send(recipient, body, reference)
    except Exception as fault:
        log.error("the channel broke: %s", told_without_values(fault))  # noqa: TRY400 - the message may hold a number
        return Receipt(Outcome.UNKNOWN)


def _still_wanted(tx: Transaction, message: Message) -> bool:
    """Look at the subject again just before sending: moved, cancelled, erased or too late means no."""
    visit = message.visit
    opens_at = next_window(tx.now, visit.centre.zone) if message.kind in UNASKED else tx.now
    if message.useless_after < opens_at:
        message.state = MessageState.USELESS
    elif opens_at > tx.now:  # it was late: nobody is woken at night, nobody disturbed on a Sunday (S-07)
        message.state, message.due_at = MessageState.DUE, opens_at
    elif not message.recipient or visit.phone != message.recipient or not _stands(message):
        message.state = MessageState.WITHDRAWN
    return message.state is MessageState.CLAIMED


def _stands(message: Message) -> bool:
    """Whether what it tells of is still so: the appointment as it was then, or the number still waiting."""
    appointment = message.appointment
    if appointment is None:
        ticket = message.ticket
        return ticket is not None and ticket.state in TO_CALL and ticket.turn_wished_at is not None
    expected = EXPECTED.get(message.kind, AppointmentState.BOOKED)
    return appointment.version == message.version and appointment.state is expected

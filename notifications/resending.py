"""Sending a message once more because a person at the desk wants it: only while it is still true, and wanted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from foundation.db import Transaction
from foundation.errors import NotFound, Refusal, desk_sentence
from notifications.delivery import still_stands
from notifications.happened import Happened
from notifications.models import Message, MessageState
from notifications.planner import UNASKED
from notifications.settling import scope_of_messages
from scheduling.models import Visit
from scheduling.sending_window import next_window

ON_ITS_WAY = (MessageState.DUE, MessageState.CLAIMED, MessageState.IN_DOUBT)


class WantsNone(Refusal):
    """No number, or no consent any more (S-05, S-06)."""

    text = desk_sentence("Diese Person will keine SMS. Bitte rufen Sie an oder sagen Sie es ihr.")


class GoesAnyway(Refusal):
    """The same message is due, just being sent, or the provider is being asked for it (S-11)."""

    text = desk_sentence("Diese Nachricht geht schon hinaus. Bitte warten Sie ein paar Minuten.")


class NotTrueAnyMore(Refusal):
    """What it tells of has changed since, or is over."""

    text = desk_sentence("Was darin steht, stimmt nicht mehr. Diese Nachricht geht nicht noch einmal hinaus.")


def send_again(tx: Transaction, visit: Visit, message_id: int) -> Message:
    """A new row for the same message, to where the visit is told now; due now, or when its kind may be sent (S-07).

    The visit is locked by the caller. Raises NotFound, WantsNone, NotTrueAnyMore, GoesAnyway.
    """
    message = tx.session.get(Message, message_id)
    if message is None or message.visit_id != visit.id or message.asking_id:
        raise NotFound
    if not visit.wants_messages:
        raise WantsNone
    due_at = next_window(tx.now, visit.centre.zone) if message.kind in UNASKED else tx.now
    if not still_stands(message) or message.useless_after <= due_at:
        raise NotTrueAnyMore
    same = (Message.subject == message.subject, Message.kind == message.kind, Message.version == message.version)
    if tx.session.scalar(select(Message.id).where(*same, Message.state.in_(ON_ITS_WAY)).limit(1)):
        raise GoesAnyway
    last = tx.session.scalar(select(func.max(Message.again)).where(*same)) or 0
    again = Message(
        visit_id=visit.id, appointment_id=message.appointment_id, ticket_id=message.ticket_id,
        enrolment_id=message.enrolment_id, session_id=message.session_id, subject=message.subject, kind=message.kind,
        version=message.version, again=last + 1, recipient=visit.recipient, due_at=due_at,
        useless_after=message.useless_after,
    )  # fmt: skip
    tx.session.add(again)
    tx.session.flush()
    tx.record(Happened.SENT_AGAIN, "message", again.id, scope_of_messages(visit.centre_id))
    return again


def sendable(messages: Sequence[Message], now: datetime) -> frozenset[int]:
    """Ids of those that it makes sense to offer: over, still true, and the last of their kind."""
    last = {(message.subject, message.kind, message.version): message for message in sorted(messages, key=_again)}
    return frozenset(
        message.id
        for message in last.values()
        if message.state not in ON_ITS_WAY and still_stands(message) and message.useless_after > now
    )


def _again(message: Message) -> int:
    return message.again

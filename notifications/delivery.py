"""The sending pass: look again, claim, send outside any transaction, write down what came back."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Semaphore

from sqlalchemy import Select, select, update

from foundation.db import Database, Transaction
from foundation.facts import SYSTEM
from foundation.faults import told_without_values
from foundation.languages import Languages
from notifications.about_courses import still_so
from notifications.channels import LONGEST_TRY, Channel, Outcome, Receipt
from notifications.consent import is_opted_out, opt_out
from notifications.happened import Happened
from notifications.meanings import MEANINGS, Meaning
from notifications.models import Message, MessageState
from notifications.pacing import month_of, spend, wait_for_turn
from notifications.planner import UNASKED
from notifications.settling import LEASE, move, settle
from notifications.sizing import MOST_SEGMENTS, size_of
from notifications.texts import ANSWERS_TO_REPLIES, OF_CANCELLED, Kind
from notifications.to_interpreters import TOLD_IN
from notifications.wording import body_of, kept
from queueing.models import TO_CALL
from scheduling.models import AppointmentState
from scheduling.sending_window import next_window

MOST_IN_A_PASS = 500
PASS_LASTS = timedelta(seconds=20)
"""A pass reads domain time once; it ends before that is old."""

TOO_LONG, MONTH_IS_FULL = "too_long", "month_is_full"
"""Our own codes for what no provider was asked."""

log = logging.getLogger("empfang.delivery")

EXPECTED = {Kind.OFFER: AppointmentState.OFFERED, **dict.fromkeys(OF_CANCELLED, AppointmentState.CANCELLED)}
"""What an appointment must be when a message about it goes out; booked, if not named."""


@dataclass(frozen=True)
class Post:
    """What sending needs beside the message: the way out, how fast and how much, and by how many at once.

    `a_second` is over all workers, `a_month` in segments; 0 is no limit.
    """

    channel: Channel
    languages: Languages
    public_url: str
    keys: Sequence[str]
    meanings: Mapping[str, Meaning] = field(default_factory=lambda: MEANINGS)
    a_second: int = 0
    a_month: int = 0
    senders: int = 1
    wait: Callable[[float], object] = field(default_factory=lambda: Event().wait)


@dataclass(frozen=True)
class Claimed:
    """A message that is this worker's to send, once, until `lease_until` of machine time."""

    message_id: int
    tries: int
    recipient: str
    body: str
    lease_until: datetime


def send_due(database: Database, post: Post, now: datetime, machine: Callable[[], datetime]) -> int:
    """One pass over what is due; returns how many messages were handed over.

    Each is claimed just before it is sent, so that a fault or a killed worker leaves no other in doubt. One thread
    claims; `post.senders` of them wait for the provider.
    """
    began, free = machine(), Semaphore(post.senders)
    ends = began + PASS_LASTS
    sent: list[Future[bool]] = []
    with ThreadPoolExecutor(post.senders) as senders:
        for _ in range(MOST_IN_A_PASS):
            free.acquire()  # nothing is claimed before somebody can send it
            if not began <= machine() < ends:  # old, or the clock has been put back
                break
            taken = _take_next(database, post, now, machine)
            if isinstance(taken, Claimed):
                sent.append(senders.submit(_send, database, post, taken, now, machine))
                sent[-1].add_done_callback(lambda _: free.release())
                continue
            free.release()
            if taken is None or machine() + taken >= ends:
                break
            post.wait(taken.total_seconds())
    return sum(one.result() for one in sent)


def _take_next(
    database: Database, post: Post, now: datetime, machine: Callable[[], datetime]
) -> Claimed | timedelta | None:
    """The next message to send; or how long until one may go out, zero if one was put away; None if nothing is due."""
    with database.reading() as session:
        if session.scalar(_due(now)) is None:
            return None
    with database.transaction(SYSTEM, now) as tx:
        message_id = tx.session.scalar(_due(now).with_for_update(skip_locked=True))
        if message_id is None:
            return None
        message = tx.session.get_one(Message, message_id)
        if not _still_wanted(tx, message, post.keys):
            return timedelta()
        wait = timedelta() if message.by_email else wait_for_turn(tx, machine(), post.a_second)
        return wait or _claim(tx, post, message, machine()) or timedelta()


def _due(now: datetime) -> Select[int]:
    due = select(Message.id).where(Message.state == MessageState.DUE, Message.due_at <= now)
    return due.order_by(Message.due_at, Message.id).limit(1)


def _claim(tx: Transaction, post: Post, message: Message, machine: datetime) -> Claimed | None:
    """Take a message under a lease of a minute of machine time; None when it cannot be sent at all."""
    body, recipient = body_of(message, post.languages, post.public_url, post.keys), message.recipient or ""
    segments = 0 if message.by_email else size_of(body).segments
    error = TOO_LONG if segments > MOST_SEGMENTS else None
    if error is None and segments and not spend(tx, segments, post.a_month, month_of(machine)):
        error = MONTH_IS_FULL
    if error:
        move(tx, message, MessageState.FAILED, Happened.FAILED, error)
        return None
    claimed = Claimed(message.id, message.tries + 1, recipient, body, machine + LEASE)
    values = {
        "state": MessageState.CLAIMED, "claimed_at": machine, "lease_until": claimed.lease_until,
        "tries": claimed.tries, "body": kept(message, body, post.keys), "segments": segments, "error": None,
        "language": message.read_in,
    }  # fmt: skip
    taken = update(Message).where(Message.id == message.id, Message.state == MessageState.DUE)
    return claimed if tx.session.scalar(taken.values(values).returning(Message.id)) else None


def _send(database: Database, post: Post, claimed: Claimed, now: datetime, machine: Callable[[], datetime]) -> bool:
    if machine() > claimed.lease_until - LONGEST_TRY:  # this process slept over it: another may be looking after it
        return False
    receipt = _hand_over(post.channel, claimed)
    with database.transaction(SYSTEM, now) as tx:
        message = tx.session.get_one(Message, claimed.message_id, with_for_update=True)
        if message.tries == claimed.tries and _is_open(message, receipt):
            settle(tx, message, receipt, post.meanings, machine())
    if post.meanings.get(receipt.error or "") is Meaning.OPTED_OUT:  # on its own: it locks visits before messages
        with database.transaction(SYSTEM, now) as tx:
            opt_out(tx, claimed.recipient, post.keys)
    return receipt.is_taken


def _is_open(message: Message, receipt: Receipt) -> bool:
    """Whether the answer still says something new: a report of the provider may have come before it."""
    in_hand = message.state in {MessageState.CLAIMED, MessageState.IN_DOUBT}
    given_up = message.state in {MessageState.UNKNOWN, MessageState.DUE, MessageState.USELESS}
    return in_hand or (given_up and receipt.is_taken and receipt.provider_id != message.provider_id)


def _hand_over(channel: Channel, claimed: Claimed) -> Receipt:
    """A channel that breaks its contract and raises may have sent: unknown."""
    try:
        return channel.send(claimed.recipient, claimed.body, str(claimed.message_id))
    except Exception as fault:
        log.error("the channel broke: %s", told_without_values(fault))  # noqa: TRY400 - the message may hold a number
        return Receipt(Outcome.UNKNOWN)


def _still_wanted(tx: Transaction, message: Message, keys: Sequence[str]) -> bool:
    """Look at the subject again just before sending: moved, cancelled, erased or too late means no."""
    visit = message.visit
    opens_at = next_window(tx.now, visit.centre.zone) if message.kind in UNASKED else tx.now
    if message.useless_after < opens_at:
        message.state = MessageState.USELESS
    elif opens_at > tx.now:  # it was late: nobody is woken at night, nobody disturbed on a Sunday (S-07)
        message.due_at = opens_at
    elif not _reaches(tx, message, keys) or not still_stands(message):
        message.state = MessageState.WITHDRAWN
    else:
        return True
    return False


def _reaches(tx: Transaction, message: Message, keys: Sequence[str]) -> bool:
    """Whether the number is still the client's, with her consent, and has not been opted out since (S-06).

    Or the interpreter's, as long as she is in the register.
    """
    visit, number, asking = message.visit, message.recipient, message.asking
    if asking is not None:
        theirs = asking.interpreter.active and asking.interpreter.recipient == number
        return theirs and not is_opted_out(tx.session, number or "", keys)
    return visit.wants_messages and visit.recipient == number and not is_opted_out(tx.session, number or "", keys)


def still_stands(message: Message) -> bool:
    """Whether what it tells of is still so: the appointment as it was then, the number still waiting, the course."""
    appointment = message.appointment
    if message.asking is not None:
        return message.asking.state is TOLD_IN[message.kind]
    if message.kind in ANSWERS_TO_REPLIES:
        return True
    if message.enrolment_id is not None:
        return still_so(message)
    if appointment is None:
        ticket = message.ticket
        return ticket is not None and ticket.state in TO_CALL and ticket.turn_wished_at is not None
    expected = EXPECTED.get(message.kind, AppointmentState.BOOKED)
    return appointment.version == message.version and appointment.state is expected

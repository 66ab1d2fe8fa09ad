"""What people write back: 1 and 2 act on the one booking of a number, STOP ends SMS, the desk reads the rest (S-15).

Nobody's text touches a booking of another number, and no text counts twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, select, text, update
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.languages import Languages
from foundation.model import UtcDateTime
from notifications.consent import allow_again, opt_out
from notifications.course_replies import done_in_course, has_left, open_enrolments
from notifications.happened import Happened
from notifications.models import Incoming, Message
from notifications.reading_replies import Reply, reply_of, stop_words
from notifications.settling import scope_of_messages
from notifications.texts import Kind
from queueing.tickets import open_ticket
from scheduling.models import Appointment, AppointmentState, Enrolment, Visit
from scheduling.reaching import say_comes
from scheduling.visits import cancel, visit_to_change

LONGEST, LONGEST_NUMBER = 1600, 20
KEPT = timedelta(days=7)
ANSWERED_AGAIN = timedelta(days=1)
"""One such answer a number a day: two machines that answer each other would go on for ever."""

ANSWER_LASTS = timedelta(hours=1)
SCOPE = "replies"
_KEEP = text(
    "INSERT INTO incoming (provider_id, sender, body, received_at, meaning) "
    "VALUES (:provider_id, :sender, :body, :at, :meaning) ON CONFLICT DO NOTHING RETURNING id"
).bindparams(bindparam("at", type_=UtcDateTime()))


@dataclass(frozen=True)
class Received:
    """A text as it came in: the provider's name for it, the number it came from (E.164), what it says."""

    provider_id: str
    sender: str
    body: str


def receive(tx: Transaction, keys: Sequence[str], languages: Languages, received: Received) -> bool:
    """Do what a text asks for, or lay it before the desk; whether it was new. The same text twice is once."""
    meaning = reply_of(received.body, stop_words(languages))
    incoming = _kept_once(tx, received, meaning)
    if incoming is None:
        return False
    number, open_ = incoming.sender or "", _open(tx.session, received.sender, tx.now)
    joined = open_enrolments(tx.session, number, tx.now)
    visit = next(iter((*open_, *(one.visit for one in joined))), None) or _newest(tx.session, number)
    if visit:
        incoming.visit_id, incoming.centre_id = visit.id, visit.centre_id
    if meaning is Reply.STOP:
        opt_out(tx, number, keys)
    elif meaning is Reply.START:
        allow_again(tx, number, keys, "sms")
    elif not _done(tx, meaning, open_, joined, visit):
        several = meaning is not Reply.ELSE and len(open_) + len(joined) > 1
        _answer(tx, incoming, visit, Kind.WHICH if several else Kind.READ)
        return _came(tx, incoming)
    incoming.handled_at, incoming.sender, incoming.body = tx.now, None, None
    return _came(tx, incoming)


def forget_old_replies(tx: Transaction) -> None:
    """Numbers and texts go after a week, read or not (D-03); that a text has come stays, so that it counts once."""
    old = update(Incoming).where(Incoming.received_at < tx.now - KEPT, Incoming.body.is_not(None))
    tx.session.execute(old.values(sender=None, body=None))


def _kept_once(tx: Transaction, received: Received, meaning: Reply) -> Incoming | None:
    """None if it was here before; of two at once the database takes one."""
    body = "".join(c if c.isprintable() or c == "\n" else " " for c in received.body)[:LONGEST]
    values = {
        "provider_id": received.provider_id, "sender": received.sender[:LONGEST_NUMBER], "body": body,
        "at": tx.now, "meaning": meaning.value,
    }  # fmt: skip
    kept = tx.session.scalar(_KEEP, values)
    return None if kept is None else tx.session.get_one(Incoming, kept)


def _came(tx: Transaction, incoming: Incoming) -> bool:
    scope = scope_of_messages(incoming.centre_id) if incoming.centre_id else SCOPE
    tx.record(Happened.REPLIED, "incoming", incoming.id, scope, meaning=incoming.meaning.value)
    return True


def _done(
    tx: Transaction, meaning: Reply, open_: Sequence[Visit], joined: Sequence[Enrolment], visit: Visit | None
) -> bool:  # fmt: skip
    """Whether 1 or 2 was clear and is done: exactly one booking or course is open, and a booking not begun."""
    said_before = visit and (_called_off(visit) or has_left(tx.session, visit))
    if meaning is Reply.CANNOT and not open_ and not joined and said_before:
        return True
    if meaning is Reply.ELSE or len(open_) + len(joined) != 1:
        return False
    return done_in_course(tx, joined[0].id, meaning) if joined else _done_in_visit(tx, meaning, open_)


def _done_in_visit(tx: Transaction, meaning: Reply, open_: Sequence[Visit]) -> bool:
    only = visit_to_change(tx, open_[0].id)
    if _called_off(only):  # somebody was faster
        return meaning is Reply.CANNOT
    begun = only.first.starts_at <= tx.now or open_ticket(tx.session, only) is not None
    if meaning is Reply.COMES and not begun:
        say_comes(tx, only)
    elif meaning is Reply.CANNOT and not begun:
        cancel(tx, only)
    return meaning is Reply.COMES or not begun


def _called_off(visit: Visit) -> bool:
    return bool(visit.appointments) and visit.first.state is AppointmentState.CANCELLED


def _open(session: Session, number: str, now: datetime) -> list[Visit]:
    """What a number is booked for and not over yet, with consent; the next first. Of who helps: what she helps with."""
    to_come = (Appointment.state == AppointmentState.BOOKED, Appointment.ends_at > now)
    found = select(Visit).where(
        Visit.phone == number, Visit.code.is_not(None), Visit.ended_at.is_(None),
        Visit.consent_at.is_not(None), Visit.consent_ended_at.is_(None), Visit.appointments.any(and_(*to_come)),
    )  # fmt: skip
    return sorted(session.scalars(found), key=lambda visit: (visit.first.starts_at, visit.id))


def _newest(session: Session, number: str) -> Visit | None:
    """The last visit a number stood in, as long as it is kept."""
    return session.scalar(select(Visit).where(Visit.phone == number).order_by(Visit.id.desc()).limit(1))


def _answer(tx: Transaction, incoming: Incoming, visit: Visit | None, kind: Kind) -> None:
    """Only to who has consented for a visit: nothing goes to a number that no booking ties to us (S-05)."""
    if visit is None or not visit.wants_messages:
        return
    lately = Message.recipient == visit.phone, Message.kind == kind, Message.due_at > tx.now - ANSWERED_AGAIN
    if tx.session.scalar(select(Message.id).where(*lately).limit(1)) is None:
        tx.session.add(
            Message(
                visit_id=visit.id, subject=f"incoming:{incoming.id}", kind=kind, version=1, recipient=visit.phone,
                due_at=tx.now, useless_after=tx.now + ANSWER_LASTS,
            )
        )  # fmt: skip

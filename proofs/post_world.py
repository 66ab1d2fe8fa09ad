"""What a run of messages begins with and what it leaves: appointments four weeks ahead, their messages, the books."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, insert, select, update

from benchmarks.generate import Size, load
from foundation.db import Database
from notifications.models import Message, MessageState
from notifications.planner import UNASKED
from notifications.texts import Kind
from proofs.clock import OPENS
from proofs.post_checker import Left
from scheduling.models import Appointment, AppointmentState, Visit

NUMBERS = [f"+491713920{n:03d}" for n in range(100)]
"""Fictional ones: there are no others for this (S-16)."""
LANGUAGES = ("de", "en", "ar", "uk")
A_WEEK = 70
"""Starts of a room in a week, at least."""
OPEN = (MessageState.DUE, MessageState.CLAIMED, MessageState.IN_DOUBT)


def fill(engine: Engine, messages: int, span: timedelta, dice: random.Random) -> None:
    """So many messages of appointments four weeks ahead, due within `span` of the start, two an appointment.

    One in twenty is a reminder, which waits for the sending window; one in thirty is soon of no more use.
    """
    visits = (messages + 1) // 2
    rooms = max(2, min(60, visits // A_WEEK))
    made = load(
        engine, Size(centres=2, counsellors=2 * rooms, rooms=rooms, weeks=visits // (rooms * A_WEEK) + 1, fill=1)
    )
    if made < visits:
        raise AssertionError(f"only {made} appointments for {visits}")
    rows = []
    for n in range(messages):
        id_, second = n // 2 + 1, n % 2
        due_at = OPENS + span * dice.random()
        kind = (Kind.REMINDER if dice.random() < 0.1 else Kind.MOVED) if second else Kind.CONFIRMATION
        useful = timedelta(seconds=30) if dice.random() < 1 / 30 else timedelta(days=10)
        rows.append(
            {
                "visit_id": id_, "appointment_id": id_, "subject": f"appointment:{id_}", "kind": kind, "version": 1,
                "recipient": NUMBERS[id_ % len(NUMBERS)], "due_at": due_at, "useless_after": due_at + useful,
                "state": MessageState.DUE, "tries": 0,
            }
        )  # fmt: skip
    with engine.connect().execution_options(write=True) as connection:
        for n, number in enumerate(NUMBERS):
            whose = update(Visit).where(Visit.id % len(NUMBERS) == n)
            connection.execute(whose.values(phone=number, consent_at=OPENS, ui_lang=LANGUAGES[n % len(LANGUAGES)]))
        connection.execute(insert(Message), rows)
        connection.commit()


def read_left(database: Database, planned: Mapping[str, datetime]) -> dict[str, Left]:
    """Every message as it stands, by our reference; `planned` is when those of the beginning were due.

    Those that came later are due at once, and put off by what happens to them: of them nobody knows any more.
    """
    found = select(Message, Visit, Appointment).join(Visit, Message.visit_id == Visit.id)
    with database.reading() as session:
        rows = session.execute(found.join(Appointment, Message.appointment_id == Appointment.id)).yield_per(1000)
        return {str(m.id): _left(m, visit, part, planned) for m, visit, part in rows}


def _left(message: Message, visit: Visit, part: Appointment, planned: Mapping[str, datetime]) -> Left:
    expected = AppointmentState.CANCELLED if message.kind is Kind.CANCELLED else AppointmentState.BOOKED
    stands = part.state is expected and part.version == message.version
    return Left(
        message.state, message.recipient, planned.get(str(message.id), OPENS - timedelta(days=1)),
        message.due_at, message.useless_after, message.provider_id, message.error,
        stands and visit.wants_messages and visit.recipient == message.recipient, message.kind in UNASKED,
    )  # fmt: skip


def planned(database: Database) -> dict[str, datetime]:
    """When each message is due, by our reference."""
    with database.reading() as session:
        return {str(id_): due_at for id_, due_at in session.execute(select(Message.id, Message.due_at))}


def still_open(database: Database, now: datetime) -> int:
    """How many are on their way, due, or soon due again after a pause."""
    soon = Message.state.in_(OPEN), Message.due_at <= now + timedelta(hours=3)
    with database.reading() as session:
        return session.scalar(select(func.count()).where(*soon)) or 0

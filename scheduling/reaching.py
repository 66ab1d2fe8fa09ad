"""How a client is reached, and what she tells: number or address, language, that she comes, running late."""

from datetime import timedelta

from sqlalchemy import String, bindparam, cast, func, select

from foundation.db import Transaction
from scheduling.earlier import forget_wish
from scheduling.happened import Happened
from scheduling.models import Appointment, AppointmentState, Visit
from scheduling.refusals import AlreadyOver, HelpsMany, NotToday, TooLate, TooManyBookings, TopicBooked
from scheduling.visits import Contact

MOST_TO_COME = 2
MOST_OF_HELPER = 10
"""Volunteers and shelters help many."""

CHANNELS = {"client": "booking", "staff": "desk", "device": "kiosk"}
"""Where consent was given, by who wrote it down."""

LATE = (timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=30))
"""What can be said with one press."""


_TO_COME = (
    select(func.coalesce(Visit.series, cast(Visit.id, String)), Appointment.service_id)
    .join(Visit)
    .where(
        Visit.helper_lang.is_(None) == bindparam("alone"), Visit.id != bindparam("this"), Visit.code.is_not(None),
        Visit.series.is_distinct_from(bindparam("series")), Visit.ended_at.is_(None),
        Appointment.state == AppointmentState.BOOKED, Appointment.starts_at > bindparam("now"),
    )
)  # fmt: skip
_BY_PHONE, _BY_EMAIL = _TO_COME.where(Visit.phone == bindparam("at")), _TO_COME.where(Visit.email == bindparam("at"))


def note_contact(tx: Transaction, visit: Visit, contact: Contact, unlimited: bool = False, **place: int) -> None:
    """Keep what the client typed about being reached; proof of consent with it (S-05).

    A client's number or address may have two online appointments to come, one a topic: else TooManyBookings,
    TopicBooked (X-02); a helper's ten, about anything. `unlimited` for who was invited. `place` in a series.
    """
    same = (contact.recipient, contact.helper_lang is None) == (visit.recipient, visit.helper_lang is None)
    if contact.recipient and tx.by.kind == "client" and not same and not unlimited:
        _check_limits(tx, visit, contact)
    visit.call_name, visit.phone = contact.call_name, contact.phone
    visit.email = None if contact.phone else contact.email
    visit.helper_lang = contact.helper_lang if contact.recipient else None
    visit.consent_wording = contact.consent_wording if contact.recipient else None
    visit.consent_channel = CHANNELS.get(tx.by.kind) if contact.recipient else None
    visit.consent_at, visit.consent_ended_at = tx.now if contact.recipient else None, None
    if not contact.recipient:
        forget_wish(tx, visit)
    booked = visit.code is not None
    tx.record(Happened.CONTACT_CHANGED, "visit", visit.id, visit.centre.scope, booked=booked, **place)


def run_late(tx: Transaction, visit: Visit, by: timedelta) -> None:
    """The client says, on the day, that she comes so much later; the desk sees it. The time stays hers.

    Raises AlreadyOver, NotToday, TooLate once the consultation would be over.
    """
    booked = [part for part in visit.appointments if part.state is AppointmentState.BOOKED]
    if not booked or visit.ended_at:
        raise AlreadyOver
    if visit.day_on != visit.centre.local_day(tx.now):
        raise NotToday
    if booked[-1].ends_at <= tx.now:
        raise TooLate
    visit.late_by = by
    tx.record(Happened.RUNNING_LATE, "visit", visit.id, visit.centre.scope, minutes=int(by.total_seconds() // 60))


def say_comes(tx: Transaction, visit: Visit) -> None:
    """The client answered that she comes; the desk sees it (S-15). Once is enough."""
    if visit.said_comes_at is None:
        visit.said_comes_at = tx.now
        tx.record(Happened.SAID_COMES, "visit", visit.id, visit.centre.scope)


def _check_limits(tx: Transaction, visit: Visit, contact: Contact) -> None:
    """Visits to come, by number or address alone: there is no client to look up. A series is one. Who helps others
    books for herself too.
    """
    found = _BY_PHONE if contact.phone else _BY_EMAIL
    about = {
        "at": contact.recipient, "alone": contact.helper_lang is None, "this": visit.id, "series": visit.series or "",
        "now": tx.now,
    }  # fmt: skip
    to_come = tx.session.execute(found, about).all()
    if contact.helper_lang:
        if len({booking for booking, _ in to_come}) >= MOST_OF_HELPER:
            raise HelpsMany
        return
    if {part.service_id for part in visit.appointments} & {service_id for _, service_id in to_come}:
        raise TopicBooked
    if len({booking for booking, _ in to_come}) >= MOST_TO_COME:
        raise TooManyBookings

"""How a client is reached, and what she tells: number or address, language, that she comes, running late."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import String, bindparam, cast, func, select, update
from sqlalchemy.orm import aliased

from foundation.db import Transaction
from foundation.model import table_of
from scheduling.coding import as_written
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

_own = aliased(Appointment)
_OWN_SERVICES = select(_own.service_id).where(
    _own.visit_id == bindparam("this"),
    _own.state.not_in([AppointmentState.OFFERED, AppointmentState.OFFER_OVER]),
)
_TO_COME = (
    select(func.coalesce(Visit.series, cast(Visit.id, String)), Appointment.service_id.in_(_OWN_SERVICES))
    .join(Visit)
    .where(
        Visit.helper_lang.is_(None) == bindparam("alone"), Visit.id != bindparam("this"), Visit.code.is_not(None),
        Visit.series.is_distinct_from(bindparam("series")), Visit.ended_at.is_(None),
        Appointment.state == AppointmentState.BOOKED, Appointment.starts_at > bindparam("now"),
    )
)  # fmt: skip
_BY_PHONE, _BY_EMAIL = _TO_COME.where(Visit.phone == bindparam("at")), _TO_COME.where(Visit.email == bindparam("at"))

_visits = table_of(Visit)
_NOTE = update(_visits).where(_visits.c.id == bindparam("which"))


def note_contact(tx: Transaction, visit: Visit, contact: Contact, unlimited: bool = False, **place: int) -> None:
    """Keep what the client typed about being reached; proof of consent with it (S-05).

    A client's number or address may have two online appointments to come, one a topic: else TooManyBookings,
    TopicBooked (X-02); a helper's ten, about anything. `unlimited` for who was invited. `place` in a series.
    """
    same = (contact.recipient, contact.helper_lang is None) == (visit.recipient, visit.helper_lang is None)
    if contact.recipient and tx.by.kind == "client" and not same and not unlimited:
        _check_limits(tx, visit, contact)
    reached = bool(contact.recipient)
    values = {
        "call_name": contact.call_name, "phone": contact.phone, "email": None if contact.phone else contact.email,
        "helper_lang": contact.helper_lang if reached else None,
        "consent_wording": contact.consent_wording if reached else None,
        "consent_channel": CHANNELS.get(tx.by.kind) if reached else None, "consent_at": tx.now if reached else None,
        "consent_ended_at": None,
    }  # fmt: skip
    tx.session.connection().execute(_NOTE, {"which": visit.id, **values})
    as_written(visit, values)
    if not reached:
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
    to_come: Sequence[Any] = tx.session.connection().execute(found, about).all()
    if contact.helper_lang:
        if len({booking for booking, _ in to_come}) >= MOST_OF_HELPER:
            raise HelpsMany
        return
    if any(same_topic for _, same_topic in to_come):
        raise TopicBooked
    if len({booking for booking, _ in to_come}) >= MOST_TO_COME:
        raise TooManyBookings

"""Timed duties of the plan: forgotten holds go, and what is personal in a visit goes at its term."""

from datetime import timedelta

from sqlalchemy import delete, exists, select

from foundation.db import Transaction
from scheduling.claims import lock_claimed
from scheduling.enrolling import forget_enrolment
from scheduling.freed import let_go
from scheduling.happened import Happened
from scheduling.models import Appointment, AppointmentState, Enrolment, EnrolmentState, Visit
from scheduling.visits import LONGEST_HOLD


def release_forgotten(tx: Transaction, limit: int = 50) -> int:
    """Visits whose holds ran out an hour ago are deleted with what was typed, and their time is free."""
    forgotten = tx.session.scalars(
        select(Visit)
        .where(Visit.code.is_(None), Visit.ended_at.is_(None), Visit.typed_at < tx.now - 2 * LONGEST_HOLD)
        .where(Visit.appointments.any())
        .limit(limit)
        .with_for_update(skip_locked=True, of=Visit)
    ).all()
    ids = [visit.id for visit in forgotten]
    if ids:
        lock_claimed(tx.session, list(tx.session.scalars(select(Appointment.id).where(Appointment.visit_id.in_(ids)))))
    for visit in forgotten:
        tx.record(Happened.RELEASED, "visit", visit.id, visit.centre.scope)
    tx.session.execute(delete(Visit).where(Visit.id.in_(ids)))
    return len(ids)


def erase_ended(tx: Transaction, days: int = 7, limit: int = 50) -> int:
    """What is personal in a visit goes a week after its day, two days after a cancellation (D-04)."""
    past = (Visit.day_on < (tx.now - timedelta(days=days)).date()) | (Visit.ended_at < tx.now - timedelta(days=days))
    left = exists().where(Enrolment.visit_id == Visit.id, Enrolment.state != EnrolmentState.CALLED_OFF)
    called_off = Visit.appointments.any(Appointment.state == AppointmentState.CANCELLED) | left
    cancelled = called_off & (Visit.ended_at < tx.now - timedelta(days=2))
    due = tx.session.scalars(
        select(Visit)
        .where(Visit.erased_at.is_(None), past | cancelled)
        .order_by(Visit.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=Visit)
    ).all()
    for visit in due:
        erase(tx, visit)
    return len(due)


def erase(tx: Transaction, visit: Visit) -> None:
    """Everything personal in a visit goes, now; what it was for and when stays as a number. Its time must be free."""
    let_go(tx, visit)
    forget_enrolment(tx, visit)
    visit.late_by = visit.earlier_wished_at = visit.said_comes_at = None
    visit.code = visit.call_name = visit.phone = visit.email = visit.helper_lang = None
    visit.consent_wording = visit.consent_channel = visit.token_hash = None
    visit.consent_ended_at = visit.series = None
    visit.consent_at, visit.spoken_langs, visit.wishes, visit.ui_lang = None, [], [], "de"
    visit.ended_at, visit.erased_at = visit.ended_at or tx.now, tx.now
    tx.record(Happened.ERASED, "visit", visit.id, visit.centre.scope)

"""Changing the plan: an absence, a closure, other hours, a room out of use. Whom it hits is listed before it is saved
and again after; nothing is dropped silently.

A change is looked at with `preview`, written with `save`; both list every appointment that it leaves standing where
nobody is or nothing is open. Absences and closures are no claims: they can be recorded while appointments stand. Holds
are no promise yet: those that are hit are released, and who typed in them chooses anew. The changes themselves are in
`changes.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from foundation.db import Transaction
from scheduling.claims import lock, release
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, Visit


@dataclass(frozen=True)
class Hit:
    """An appointment that a change leaves without its counsellor, room, interpreter or open doors."""

    visit_id: int
    appointment_id: int
    starts_at: datetime
    ends_at: datetime
    held: bool


class Change(ABC):
    """One way of changing the plan."""

    @abstractmethod
    def check(self, session: Session, now: datetime) -> None:
        """Raises the refusal that says what is wrong with the change itself."""

    @abstractmethod
    def resources(self, session: Session) -> Iterable[int]:
        """Whose rows are locked while it is written."""

    @abstractmethod
    def hits(self, session: Session, now: datetime) -> list[Hit]:
        """Appointments from now on that it leaves standing, in order of time."""

    @abstractmethod
    def write(self, tx: Transaction) -> None:
        """Into the set-up, with its fact."""


def preview(session: Session, change: Change, now: datetime) -> list[Hit]:
    """Whom the change would hit. Raises what `check` refuses."""
    change.check(session, now)
    return change.hits(session, now)


def save(tx: Transaction, change: Change) -> list[Hit]:
    """Write the change; returns the booked appointments it has hit. Holds it has hit are released."""
    change.check(tx.session, tx.now)
    lock(tx.session, change.resources(tx.session))
    hits = change.hits(tx.session, tx.now)
    change.write(tx)
    held = [hit.appointment_id for hit in hits if hit.held]
    release(tx, held)
    tx.session.execute(
        update(Appointment)
        .where(Appointment.id.in_(held), Appointment.state == AppointmentState.HELD)
        .values(state=AppointmentState.RELEASED)
    )
    return [hit for hit in hits if not hit.held]


def appointments_hit(session: Session, now: datetime, interval: Interval, *theirs: ColumnElement[bool]) -> list[Hit]:
    """Booked and held appointments in an interval, not over at `now`, in order of time."""
    columns = (
        Appointment.visit_id, Appointment.id, Appointment.starts_at, Appointment.ends_at, Appointment.state
    )  # fmt: skip
    rows = session.execute(
        select(*columns)
        .join(Visit, Visit.id == Appointment.visit_id)
        .where(Appointment.state.in_([AppointmentState.BOOKED, AppointmentState.HELD]), *theirs)
        .where(Appointment.starts_at < interval.end, Appointment.ends_at > max(interval.start, now))
        .order_by(Appointment.starts_at, Appointment.id)
    ).all()
    return [Hit(visit, id_, start, end, state is AppointmentState.HELD) for visit, id_, start, end, state in rows]

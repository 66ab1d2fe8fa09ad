"""Changing the plan: an absence, a closure, other hours, a room out of use. Whom it hits is listed before it is saved
and again after; nothing is dropped silently.

A change is looked at with `preview`, written with `save`; both list every appointment that it leaves standing where
nobody is or nothing is open. Absences and closures are no claims: they can be recorded while appointments stand. Holds
are no promise yet: those that are hit are released, and who typed in them chooses anew. The changes themselves are in
`absences.py` and `changing_hours.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from scheduling.claims import lock, release, release_holds
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, ExtraHours, Hours, Room, Visit


@dataclass(frozen=True)
class Hit:
    """An appointment that a change leaves without its counsellor, room, interpreter or open doors."""

    visit_id: int
    appointment_id: int
    starts_at: datetime
    ends_at: datetime
    held: bool
    overruled: bool = False

    @property
    def interval(self) -> Interval:
        """From its start to its end."""
        return Interval(self.starts_at, self.ends_at)


class Change(ABC):
    """One way of changing the plan."""

    @abstractmethod
    def check(self, session: Session, now: datetime) -> None:
        """Raises the refusal that says what is wrong with the change itself."""

    @abstractmethod
    def centres(self, session: Session) -> Iterable[int]:
        """At which centres it counts."""

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
    """Write the change; returns the appointments it has hit. Those that were only held are released.

    Everything at its centres is locked, not only what changes: a hold that is released gives back other people and
    rooms too, and nobody must wait crosswise for them.
    """
    change.check(tx.session, tx.now)
    lock(tx.session, _everybody_at(tx.session, set(change.centres(tx.session))))
    change.check(tx.session, tx.now)  # again: somebody may have changed the same while we waited
    hits = change.hits(tx.session, tx.now)
    change.write(tx)
    held = {hit.visit_id for hit in hits if hit.held}
    if held:
        parts = tx.session.scalars(select(Appointment.id).where(Appointment.visit_id.in_(held))).all()
        release(tx, parts)
        release_holds(tx, parts)
    return hits


def _everybody_at(session: Session, centre_ids: set[int]) -> set[int]:
    rooms = select(Room.id).where(Room.centre_id.in_(centre_ids))
    people = select(Hours.resource_id).where(Hours.centre_id.in_(centre_ids))
    more = select(ExtraHours.resource_id).where(ExtraHours.centre_id.in_(centre_ids))
    return set(session.scalars(rooms.union(people, more)))


def appointments_hit(session: Session, now: datetime, interval: Interval, *theirs: ColumnElement[bool]) -> list[Hit]:
    """Booked and held appointments in an interval, not over at `now`, in order of time."""
    columns = (
        Appointment.visit_id, Appointment.id, Appointment.starts_at, Appointment.ends_at, Appointment.state,
        Appointment.overruled,
    )  # fmt: skip
    rows = session.execute(
        select(*columns)
        .join(Visit, Visit.id == Appointment.visit_id)
        .where(Appointment.state.in_([AppointmentState.BOOKED, AppointmentState.HELD]), *theirs)
        .where(Appointment.starts_at < interval.end, Appointment.ends_at > max(interval.start, now))
        .order_by(Appointment.starts_at, Appointment.id)
    ).all()
    return [
        Hit(visit, id_, start, end, state is AppointmentState.HELD, overruled is not None)
        for visit, id_, start, end, state, overruled in rows
    ]

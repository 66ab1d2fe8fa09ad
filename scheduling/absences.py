"""Absences and closures: somebody is away, a room is out of use, a centre is shut. See `changing.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import NotFound
from scheduling.asking import check_stretch
from scheduling.changing import Change, Hit, appointments_hit
from scheduling.happened import Happened
from scheduling.interval import Interval
from scheduling.models import Absence, Appointment, Centre, Claim, Closure, ExtraHours, Hours, Room, Visit
from scheduling.models.places import scope_of
from scheduling.refusals import WindowPast


@dataclass(frozen=True)
class Away(Change):
    """Somebody is away, or a room is out of use."""

    resource_id: int
    interval: Interval

    def check(self, session: Session, now: datetime) -> None:
        """Raises WindowBroken, WindowPast, MomentNaive, NotFound."""
        check_to_come(self.interval, now)
        centres_of(session, self.resource_id)

    def centres(self, session: Session) -> Iterable[int]:
        """Wherever she works, or it is."""
        return centres_of(session, self.resource_id)

    def hits(self, session: Session, now: datetime) -> list[Hit]:
        """What she takes part in, or what is held in it or in a hall that it is part of."""
        claimed = select(Claim.appointment_id).where(Claim.resource_id == self.resource_id)
        theirs = or_(Appointment.id.in_(claimed), takes_part(self.resource_id))
        return appointments_hit(session, now, self.interval, theirs)

    def write(self, tx: Transaction) -> None:
        """An absence."""
        start, end = self.interval
        tx.session.add(Absence(resource_id=self.resource_id, starts_at=start, ends_at=end))
        _note(tx, Happened.ABSENT, self.resource_id)


@dataclass(frozen=True)
class Shut(Change):
    """A centre is shut."""

    centre_id: int
    interval: Interval

    def check(self, session: Session, now: datetime) -> None:
        """Raises WindowBroken, WindowPast, MomentNaive, NotFound."""
        check_to_come(self.interval, now)
        if session.get(Centre, self.centre_id) is None:
            raise NotFound

    def centres(self, session: Session) -> Iterable[int]:
        """The one."""
        return [self.centre_id]

    def hits(self, session: Session, now: datetime) -> list[Hit]:
        """Everything at the centre."""
        return appointments_hit(session, now, self.interval, Visit.centre_id == self.centre_id)

    def write(self, tx: Transaction) -> None:
        """A closure."""
        start, end = self.interval
        tx.session.add(Closure(centre_id=self.centre_id, starts_at=start, ends_at=end))
        tx.record(Happened.CLOSED, "centre", self.centre_id, scope_of(self.centre_id))


def recorded(session: Session, centre: Centre, now: datetime) -> list[Absence | Closure]:
    """Absences and closures that are not over and count at a centre, the first first."""
    rooms = select(Room.id).where(Room.centre_id == centre.id)
    people = select(Hours.resource_id).where(Hours.centre_id == centre.id)
    more = select(ExtraHours.resource_id).where(ExtraHours.centre_id == centre.id)
    here = Absence.resource_id.in_(rooms.union(people, more))
    absences = session.scalars(select(Absence).where(here, Absence.ends_at > now)).all()
    closures = session.scalars(select(Closure).where(Closure.centre_id == centre.id, Closure.ends_at > now)).all()
    return sorted([*absences, *closures], key=lambda row: (row.starts_at, row.id))


def still_hit(session: Session, rows: Iterable[Absence | Closure], now: datetime) -> list[Hit]:
    """Whom what was recorded still leaves standing where nobody is, each appointment once."""
    hits = {hit.appointment_id: hit for row in rows for hit in _as_change(row).hits(session, now) if not hit.held}
    return sorted(hits.values(), key=lambda hit: (hit.starts_at, hit.appointment_id))


def _as_change(row: Absence | Closure) -> Away | Shut:
    interval = Interval(row.starts_at, row.ends_at)
    return Shut(row.centre_id, interval) if isinstance(row, Closure) else Away(row.resource_id, interval)


def undo(tx: Transaction, kind: type[Absence] | type[Closure], row_id: int) -> None:
    """Take an absence or a closure back, which hits nobody. Raises NotFound."""
    row = cast(Absence | Closure | None, tx.session.get(kind, row_id))
    if row is None:
        raise NotFound
    scope = scope_of(row.centre_id) if isinstance(row, Closure) else _scope(tx.session, row.resource_id)
    tx.session.delete(row)
    tx.record(Happened.UNDONE, kind.__tablename__, row_id, scope)


def centres_of(session: Session, resource_id: int) -> list[int]:
    """The centre of a room, else those where a person has hours, in order of id. Raises NotFound if there is none."""
    found = where_known(session, resource_id)
    if not found:
        raise NotFound
    return found


def where_known(session: Session, resource_id: int) -> list[int]:
    """The centre of a room, or those where a person has hours, extra ones too; none for nobody."""
    room = select(Room.centre_id).where(Room.id == resource_id)
    hours = select(Hours.centre_id).where(Hours.resource_id == resource_id)
    more = select(ExtraHours.centre_id).where(ExtraHours.resource_id == resource_id)
    return sorted(set(session.scalars(room.union(hours, more))))


def _scope(session: Session, resource_id: int) -> str:
    return scope_of(centres_of(session, resource_id)[0])


def _note(tx: Transaction, kind: Happened, resource_id: int) -> None:
    tx.record(kind, "resource", resource_id, _scope(tx.session, resource_id))


def check_to_come(interval: Interval, now: datetime) -> None:
    """A stretch of time that is not over. Raises MomentNaive, WindowBroken, WindowPast."""
    check_stretch(interval)
    if interval.end <= now:
        raise WindowPast


def takes_part(resource_id: int) -> ColumnElement[bool]:
    """The condition that somebody or something has a part in an appointment."""
    taking = (Appointment.counsellor_id, Appointment.interpreter_id, Appointment.room_id)
    return or_(*(column == resource_id for column in taking))

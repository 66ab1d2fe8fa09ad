"""The ways of changing the plan; see `changing.py` for how they are looked at and saved."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import NotFound
from scheduling.asking import check_stretch
from scheduling.changing import Change, Hit, appointments_hit
from scheduling.happened import Happened
from scheduling.hours import Block, Ways, check_doors, check_hours, check_way
from scheduling.interval import Interval, subtract
from scheduling.models import (
    Absence,
    Appointment,
    Centre,
    CentreHours,
    Claim,
    Closure,
    ExtraHours,
    Hours,
    Room,
    Travel,
    Visit,
)
from scheduling.opening import Exceptions, Rule, whole_day
from scheduling.refusals import WindowPast
from scheduling.setup import Timetable
from scheduling.setup_rows import as_rule, read_setup

FAR = timedelta(weeks=60)
"""How far ahead appointments are looked through: further than any horizon."""


@dataclass(frozen=True)
class Away(Change):
    """Somebody is away, or a room is out of use."""

    resource_id: int
    interval: Interval

    def check(self, session: Session, now: datetime) -> None:
        """Raises WindowBroken, WindowPast, MomentNaive, NotFound."""
        _check_to_come(self.interval, now)
        centres_of(session, self.resource_id)

    def centres(self, session: Session) -> Iterable[int]:
        """Wherever she works, or it is."""
        return centres_of(session, self.resource_id)

    def hits(self, session: Session, now: datetime) -> list[Hit]:
        """What claims it, or is held in a hall that it is."""
        claimed = select(Claim.appointment_id).where(Claim.resource_id == self.resource_id)
        theirs = Appointment.id.in_(claimed) | (Appointment.room_id == self.resource_id)
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
        _check_to_come(self.interval, now)
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
        tx.record(Happened.CLOSED, "centre", self.centre_id, f"centre:{self.centre_id}")


@dataclass(frozen=True)
class NewHours(Change):
    """A person's weekly hours at one centre, in place of all she had there."""

    resource_id: int
    centre_id: int
    blocks: tuple[Block, ...]

    def check(self, session: Session, now: datetime) -> None:
        """Raises HoursBroken, HoursOverlap, TravelTooShort, NotFound."""
        if session.get(Centre, self.centre_id) is None:
            raise NotFound
        elsewhere = select(Hours).where(Hours.resource_id == self.resource_id, Hours.centre_id != self.centre_id)
        others = [Block(row.centre_id, as_rule(row), row.walk_in_only) for row in session.scalars(elsewhere)]
        check_hours([*others, *self.blocks], _ways(session))

    def centres(self, session: Session) -> Iterable[int]:
        """Wherever she works, or it is."""
        return centres_of(session, self.resource_id)

    def hits(self, session: Session, now: datetime) -> list[Hit]:
        """Her appointments there outside the new hours, unless staff overruled hours for them."""
        rules = tuple(block.rule for block in self.blocks if not block.walk_in_only)
        timetable = replace(read_setup(session).timetable(self.resource_id, self.centre_id), rules=rules)
        return _outside(session, now, self.centre_id, timetable, _takes_part(self.resource_id))

    def write(self, tx: Transaction) -> None:
        """The old rows go, the new come."""
        tx.session.execute(
            delete(Hours).where(Hours.resource_id == self.resource_id, Hours.centre_id == self.centre_id)
        )
        tx.session.add_all(
            Hours(resource_id=self.resource_id, centre_id=self.centre_id, walk_in_only=b.walk_in_only, **vars(b.rule))
            for b in self.blocks
        )
        tx.record(Happened.HOURS_CHANGED, "resource", self.resource_id, f"centre:{self.centre_id}")


@dataclass(frozen=True)
class NewDoors(Change):
    """When a centre's doors are open, in place of all hours it had."""

    centre_id: int
    rules: tuple[Rule, ...]

    def check(self, session: Session, now: datetime) -> None:
        """Raises HoursBroken, HoursOverlap, NotFound."""
        if session.get(Centre, self.centre_id) is None:
            raise NotFound
        check_doors(self.rules)

    def centres(self, session: Session) -> Iterable[int]:
        """The one."""
        return [self.centre_id]

    def hits(self, session: Session, now: datetime) -> list[Hit]:
        """Everything at the centre outside the new hours, unless staff overruled hours for it."""
        closures = tuple(
            Interval(row.starts_at, row.ends_at)
            for row in session.scalars(select(Closure).where(Closure.centre_id == self.centre_id))
        )
        timetable = Timetable(self.rules, exceptions=Exceptions(closures=closures))
        return _outside(session, now, self.centre_id, timetable)

    def write(self, tx: Transaction) -> None:
        """The old rows go, the new come."""
        tx.session.execute(delete(CentreHours).where(CentreHours.centre_id == self.centre_id))
        tx.session.add_all(CentreHours(centre_id=self.centre_id, **vars(rule)) for rule in self.rules)
        tx.record(Happened.HOURS_CHANGED, "centre", self.centre_id, f"centre:{self.centre_id}")


@dataclass(frozen=True)
class MoreHours(Change):
    """A person works beyond the weekly plan; on a holiday only if said so."""

    resource_id: int
    centre_id: int
    interval: Interval
    despite_holiday: bool = False

    def check(self, session: Session, now: datetime) -> None:
        """Raises WindowBroken, WindowPast, MomentNaive, HoursOverlap (at another centre), TravelTooShort, NotFound."""
        _check_to_come(self.interval, now)
        setup = read_setup(session)
        if self.centre_id not in setup.centres:
            raise NotFound
        zone = setup.centres[self.centre_id].zone
        day = whole_day(self.interval.start.astimezone(zone).date(), zone)
        elsewhere = [
            (centre_id, Interval(start.astimezone(zone), end.astimezone(zone)))
            for (resource_id, centre_id), timetable in setup.timetables.items()
            if resource_id == self.resource_id and centre_id != self.centre_id
            for start, end in timetable.opened(day, zone, walk_in=True)
        ]
        check_way(self.interval, elsewhere, self.centre_id, _ways(session))

    def centres(self, session: Session) -> Iterable[int]:
        """Wherever she works, or it is."""
        return centres_of(session, self.resource_id)

    def hits(self, session: Session, now: datetime) -> list[Hit]:
        """Nobody loses anything."""
        return []

    def write(self, tx: Transaction) -> None:
        """Extra hours."""
        start, end = self.interval
        tx.session.add(
            ExtraHours(
                resource_id=self.resource_id, centre_id=self.centre_id, starts_at=start, ends_at=end,
                despite_holiday=self.despite_holiday,
            )
        )  # fmt: skip
        tx.record(Happened.EXTRA_HOURS, "resource", self.resource_id, f"centre:{self.centre_id}")


@dataclass(frozen=True)
class NoMoreHours(Change):
    """Extra hours are taken back."""

    extra_id: int

    def check(self, session: Session, now: datetime) -> None:
        """Raises NotFound."""
        if session.get(ExtraHours, self.extra_id) is None:
            raise NotFound

    def centres(self, session: Session) -> Iterable[int]:
        """Where they are worked."""
        return [session.get_one(ExtraHours, self.extra_id).centre_id]

    def hits(self, session: Session, now: datetime) -> list[Hit]:
        """Her appointments in them that no other hours cover."""
        row = session.get_one(ExtraHours, self.extra_id)
        timetable = read_setup(session).timetable(row.resource_id, row.centre_id)
        gone = Interval(row.starts_at, row.ends_at)
        kept = timetable.exceptions.without(gone)
        left = replace(timetable, exceptions=kept)
        return [
            hit
            for hit in _outside(session, now, row.centre_id, left, _takes_part(row.resource_id))
            if Interval(hit.starts_at, hit.ends_at).overlaps(gone)
        ]

    def write(self, tx: Transaction) -> None:
        """The row goes."""
        row = tx.session.get_one(ExtraHours, self.extra_id)
        tx.record(Happened.UNDONE, "extra_hours", row.id, f"centre:{row.centre_id}")
        tx.session.delete(row)


def undo(tx: Transaction, kind: type[Absence] | type[Closure], row_id: int) -> None:
    """Take an absence or a closure back, which hits nobody. Raises NotFound."""
    row = cast(Absence | Closure | None, tx.session.get(kind, row_id))
    if row is None:
        raise NotFound
    scope = f"centre:{row.centre_id}" if isinstance(row, Closure) else _scope(tx.session, row.resource_id)
    tx.session.delete(row)
    tx.record(Happened.UNDONE, kind.__tablename__, row_id, scope)


def centres_of(session: Session, resource_id: int) -> list[int]:
    """The centre of a room, else those where a person has hours, in order of id. Raises NotFound if there is none."""
    room = select(Room.centre_id).where(Room.id == resource_id)
    hours = select(Hours.centre_id).where(Hours.resource_id == resource_id)
    more = select(ExtraHours.centre_id).where(ExtraHours.resource_id == resource_id)
    found = sorted(set(session.scalars(room.union(hours, more))))
    if not found:
        raise NotFound
    return found


def _scope(session: Session, resource_id: int) -> str:
    return f"centre:{centres_of(session, resource_id)[0]}"


def _note(tx: Transaction, kind: Happened, resource_id: int) -> None:
    tx.record(kind, "resource", resource_id, _scope(tx.session, resource_id))


def _check_to_come(interval: Interval, now: datetime) -> None:
    check_stretch(interval)
    if interval.end <= now:
        raise WindowPast


def _ways(session: Session) -> Ways:
    return {frozenset({row.from_id, row.to_id}): row.takes for row in session.scalars(select(Travel))}


def _takes_part(resource_id: int) -> ColumnElement[bool]:
    return or_(Appointment.counsellor_id == resource_id, Appointment.interpreter_id == resource_id)


def _outside(
    session: Session, now: datetime, centre_id: int, timetable: Timetable, *theirs: ColumnElement[bool]
) -> list[Hit]:
    window = Interval(now, now + FAR)
    opened = timetable.opened(Interval(now - timedelta(days=1), window.end), session.get_one(Centre, centre_id).zone)
    here = (Visit.centre_id == centre_id, Appointment.overruled.is_(None))
    hits = appointments_hit(session, now, window, *here, *theirs)
    return [hit for hit in hits if subtract([Interval(hit.starts_at, hit.ends_at)], opened)]

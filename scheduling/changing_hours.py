"""Other hours: a person's weekly hours, a centre's doors, extra hours given and taken back. See `changing.py`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import NotFound
from scheduling.absences import check_to_come, takes_part, where_known
from scheduling.changing import Change, Hit, appointments_hit
from scheduling.happened import Happened
from scheduling.hours import Block, Ways, check_doors, check_hours, check_way
from scheduling.interval import Interval, subtract
from scheduling.models import Centre, CentreHours, Closure, ExtraHours, Hours, Resource, Travel, Visit
from scheduling.models.places import scope_of
from scheduling.opening import Exceptions, Rule, whole_day
from scheduling.setup import Timetable
from scheduling.setup_rows import as_rule, read_setup

FAR = timedelta(weeks=60)
"""How far ahead appointments are looked through: further than any horizon."""


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
        _check_there(session, self.resource_id)
        elsewhere = select(Hours).where(Hours.resource_id == self.resource_id, Hours.centre_id != self.centre_id)
        others = [Block(row.centre_id, as_rule(row), row.walk_in_only) for row in session.scalars(elsewhere)]
        ways = _ways(session)
        check_hours([*others, *self.blocks], ways)
        self._check_extra(session, now, ways)

    def centres(self, session: Session) -> Iterable[int]:
        """This one, and wherever else she works."""
        return {self.centre_id, *where_known(session, self.resource_id)}

    def _check_extra(self, session: Session, now: datetime, ways: Ways) -> None:
        """Beside extra hours that she has at other centres on the same days."""
        zone = session.get_one(Centre, self.centre_id).zone
        new = Timetable(tuple(block.rule for block in self.blocks))
        extra = select(ExtraHours).where(ExtraHours.resource_id == self.resource_id, ExtraHours.ends_at > now)
        for row in session.scalars(extra.where(ExtraHours.centre_id != self.centre_id)):
            given = Interval(row.starts_at.astimezone(zone), row.ends_at.astimezone(zone))
            for stretch in new.opened(_days_around(given, zone), zone):
                check_way(stretch, [(row.centre_id, given)], self.centre_id, ways)

    def hits(self, session: Session, now: datetime) -> list[Hit]:
        """Her appointments there outside the new hours, unless staff overruled hours for them."""
        rules = tuple(block.rule for block in self.blocks if not block.walk_in_only)
        old = read_setup(session).timetable(self.resource_id, self.centre_id)
        new = replace(old, rules=rules)
        return _outside(session, now, self.centre_id, (old, new), takes_part(self.resource_id))

    def write(self, tx: Transaction) -> None:
        """The old rows go, the new come."""
        tx.session.execute(
            delete(Hours).where(Hours.resource_id == self.resource_id, Hours.centre_id == self.centre_id)
        )
        tx.session.add_all(
            Hours(resource_id=self.resource_id, centre_id=self.centre_id, walk_in_only=b.walk_in_only, **vars(b.rule))
            for b in self.blocks
        )
        tx.record(Happened.HOURS_CHANGED, "resource", self.resource_id, scope_of(self.centre_id))


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
        doors = session.scalars(select(CentreHours).where(CentreHours.centre_id == self.centre_id))
        old = Timetable(tuple(as_rule(row) for row in doors), exceptions=Exceptions(closures=closures))
        return _outside(session, now, self.centre_id, (old, replace(old, rules=self.rules)))

    def write(self, tx: Transaction) -> None:
        """The old rows go, the new come."""
        tx.session.execute(delete(CentreHours).where(CentreHours.centre_id == self.centre_id))
        tx.session.add_all(CentreHours(centre_id=self.centre_id, **vars(rule)) for rule in self.rules)
        tx.record(Happened.HOURS_CHANGED, "centre", self.centre_id, scope_of(self.centre_id))


@dataclass(frozen=True)
class MoreHours(Change):
    """A person works beyond the weekly plan; on a holiday only if said so."""

    resource_id: int
    centre_id: int
    interval: Interval
    despite_holiday: bool = False

    def check(self, session: Session, now: datetime) -> None:
        """Raises WindowBroken, WindowPast, MomentNaive, HoursOverlap (at another centre), TravelTooShort, NotFound."""
        check_to_come(self.interval, now)
        setup = read_setup(session)
        if self.centre_id not in setup.centres:
            raise NotFound
        _check_there(session, self.resource_id)
        zone = setup.centres[self.centre_id].zone
        day = _days_around(self.interval, zone)
        elsewhere = [
            (centre_id, Interval(start.astimezone(zone), end.astimezone(zone)))
            for (resource_id, centre_id), timetable in setup.timetables.items()
            if resource_id == self.resource_id and centre_id != self.centre_id
            for start, end in timetable.opened(day, zone, walk_in=True)
        ]
        check_way(self.interval, elsewhere, self.centre_id, _ways(session))

    def centres(self, session: Session) -> Iterable[int]:
        """This one, and wherever else she works."""
        return {self.centre_id, *where_known(session, self.resource_id)}

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
        tx.record(Happened.EXTRA_HOURS, "resource", self.resource_id, scope_of(self.centre_id))


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
            for hit in _outside(session, now, row.centre_id, (timetable, left), takes_part(row.resource_id))
            if Interval(hit.starts_at, hit.ends_at).overlaps(gone)
        ]

    def write(self, tx: Transaction) -> None:
        """The row goes."""
        row = tx.session.get_one(ExtraHours, self.extra_id)
        tx.record(Happened.UNDONE, "extra_hours", row.id, scope_of(row.centre_id))
        tx.session.delete(row)


def _check_there(session: Session, resource_id: int) -> None:
    if session.get(Resource, resource_id) is None:
        raise NotFound


def _days_around(interval: Interval, zone: ZoneInfo) -> Interval:
    first, last = interval.start.astimezone(zone).date(), interval.end.astimezone(zone).date()
    return Interval(whole_day(first, zone).start, whole_day(last, zone).end)


def _ways(session: Session) -> Ways:
    return {frozenset({row.from_id, row.to_id}): row.takes for row in session.scalars(select(Travel))}


def _outside(
    session: Session, now: datetime, centre_id: int, tables: tuple[Timetable, Timetable], *theirs: ColumnElement[bool]
) -> list[Hit]:
    """Appointments outside the new timetable; but not those that staff had put outside the old one on purpose."""
    window, zone = Interval(now, now + FAR), session.get_one(Centre, centre_id).zone
    old, new = (table.opened(Interval(now - timedelta(days=1), window.end), zone) for table in tables)
    hits = appointments_hit(session, now, window, Visit.centre_id == centre_id, *theirs)
    return [
        hit for hit in hits if subtract([hit.interval], new) and not (hit.overruled and subtract([hit.interval], old))
    ]

"""Reads who works where and what is taken, and asks `availability` for the slots of one service at one centre."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, joinedload

from scheduling.availability import Need, Offering, Slot, Supply, find_slots
from scheduling.claims import live_claims
from scheduling.interval import Interval
from scheduling.models import (
    Absence,
    Centre,
    CentreHours,
    Closure,
    Counsellor,
    ExtraHours,
    Hours,
    Interpreter,
    Room,
    Service,
    skill,
)
from scheduling.models.places import WeeklyRule
from scheduling.opening import Exceptions, Rule, local_moment, open_time

FEMALE_COUNSELLOR = "female_counsellor"
ROOM_WISHES = frozenset({"step_free", "child_corner"})


@dataclass(frozen=True)
class Wish:
    """What somebody wants to book: where, what, in which language, for how many, with which wishes."""

    centre: Centre
    service: Service
    language: str
    party: int = 1
    wishes: frozenset[str] = field(default_factory=frozenset)


def days_window(centre: Centre, first: date, days: int) -> Interval:
    """From midnight of a local day over `days` local days, in UTC."""
    start = local_moment(first, time(0), centre.zone)
    return Interval(start, local_moment(first + timedelta(days=days), time(0), centre.zone))


def slots(session: Session, wish: Wish, window: Interval, now: datetime) -> list[Slot]:
    """Free starts in a window of whole local days, lead time and horizon of the service kept."""
    service, earliest = wish.service, now + wish.service.lead_time
    if wish.party > service.party_max:
        return []
    offering = _Reader(session, wish, window, now).offering()
    need = Need(service.length, service.buffer, service.pitch)
    found = find_slots(offering, need, window)
    return [slot for slot in found if earliest <= slot.starts_at <= now + service.horizon]


def candidates(session: Session, wish: Wish) -> list[int]:
    """All resources that could take part, by id: what a writer locks before looking."""
    reader = _People(session, wish)
    return sorted([r.id for r in [*reader.counsellors(), *reader.rooms(), *reader.interpreters()]])


def on_duty(session: Session, wish: Wish, window: Interval) -> bool:
    """Whether somebody who can talk with the client about the service has hours in the window."""
    day = days_window(wish.centre, window.start.astimezone(wish.centre.zone).date(), 1)
    offering = _Reader(session, wish, day, window.start).offering()
    talking = [*offering.direct, *(offering.others if offering.by_phone or offering.interpreters else [])]
    return any(stretch.overlaps(window) for supply in talking for stretch in supply.open)


class _People:
    """Which resources fit a wish, whatever the time."""

    def __init__(self, session: Session, wish: Wish) -> None:
        self.session, self.wish = session, wish

    def counsellors(self) -> Sequence[Counsellor]:
        """Active, with the skill and hours at the centre; women only where the service or the wish says so."""
        here = select(Hours.resource_id).where(Hours.centre_id == self.wish.centre.id)
        found = (
            select(Counsellor)
            .join(skill, skill.c.counsellor_id == Counsellor.id)
            .where(skill.c.service_id == self.wish.service.id, Counsellor.active, Counsellor.id.in_(here))
            .order_by(Counsellor.id)
        )
        if self.wish.service.women_only or FEMALE_COUNSELLOR in self.wish.wishes:
            found = found.where(Counsellor.gender == "female")
        return self.session.scalars(found).unique().all()

    def rooms(self) -> list[Room]:
        """Active rooms of the centre with seats for the party and a counsellor, and every feature asked for."""
        found = select(Room).where(Room.centre_id == self.wish.centre.id, Room.active).order_by(Room.seats, Room.id)
        features = set(self.wish.service.room_features) | (self.wish.wishes & ROOM_WISHES)
        return [
            room
            for room in self.session.scalars(found.where(Room.seats > self.wish.party))
            if features <= set(room.features)
        ]

    def interpreters(self) -> list[Interpreter]:
        """House interpreters of the client's language."""
        found = select(Interpreter).where(Interpreter.active).order_by(Interpreter.id)
        return [i for i in self.session.scalars(found) if self.wish.language in i.languages]


class _Reader(_People):
    """Turns rows into supplies for one window."""

    def __init__(self, session: Session, wish: Wish, window: Interval, now: datetime) -> None:
        super().__init__(session, wish)
        self.window, self.now = window, now

    def offering(self) -> Offering:
        """Everything `find_slots` wants to know."""
        counsellors, rooms, interpreters = self.counsellors(), self.rooms(), self.interpreters()
        ids = [r.id for r in [*counsellors, *rooms, *interpreters]]
        self.taken = _grouped(self.session.execute(live_claims(self.window, self.now)).all())
        self.absences = _grouped(
            self.session.execute(
                select(Absence.resource_id, Absence.starts_at, Absence.ends_at).where(
                    Absence.resource_id.in_(ids),
                    Absence.starts_at < self.window.end,
                    Absence.ends_at > self.window.start,
                )
            ).all()
        )
        self.closures = self._closures()
        self.hours, self.extra = self._hours(ids), self._extra(ids)
        centre_rules = [as_rule(row) for row in self._centre_hours()]
        return Offering(
            direct=[self._supply(c.id, self.hours.get(c.id, [])) for c in counsellors if self._speaks(c)],
            others=[self._supply(c.id, self.hours.get(c.id, [])) for c in counsellors if not self._speaks(c)],
            rooms=[self._supply(r.id, centre_rules) for r in rooms],
            interpreters=[self._supply(i.id, self.hours.get(i.id, [])) for i in interpreters],
            by_phone=self.wish.language in self.wish.centre.phone_languages,
        )

    def _speaks(self, counsellor: Counsellor) -> bool:
        return self.wish.language in counsellor.languages

    def _supply(self, resource_id: int, rules: list[Rule]) -> Supply:
        extra = self.extra.get(resource_id, [])
        exceptions = Exceptions(
            extra=tuple(interval for interval, festive in extra if not festive),
            festive=tuple(interval for interval, festive in extra if festive),
            absences=tuple(self.absences.get(resource_id, ())),
            closures=tuple(self.closures),
        )
        opened = open_time(rules, exceptions, self.window, self.wish.centre.zone)
        return Supply(resource_id, opened, self.taken.get(resource_id, []))

    def _closures(self) -> list[Interval]:
        return [
            Interval(c.starts_at, c.ends_at)
            for c in self.session.scalars(select(Closure).where(Closure.centre_id == self.wish.centre.id))
        ]

    def _hours(self, ids: list[int]) -> dict[int, list[Rule]]:
        rules: dict[int, list[Rule]] = {}
        found = select(Hours).where(Hours.resource_id.in_(ids), Hours.centre_id == self.wish.centre.id)
        for row in self.session.scalars(found.order_by(Hours.id)):
            rules.setdefault(row.resource_id, []).append(as_rule(row))
        return rules

    def _extra(self, ids: list[int]) -> dict[int, list[tuple[Interval, bool]]]:
        extra: dict[int, list[tuple[Interval, bool]]] = {}
        found = select(ExtraHours).where(ExtraHours.resource_id.in_(ids), ExtraHours.centre_id == self.wish.centre.id)
        for row in self.session.scalars(found):
            interval = Interval(row.starts_at, row.ends_at)
            extra.setdefault(row.resource_id, []).append((interval, row.despite_holiday))
        return extra

    def _centre_hours(self) -> Sequence[CentreHours]:
        return self.session.scalars(select(CentreHours).where(CentreHours.centre_id == self.wish.centre.id)).all()


def as_rule(row: WeeklyRule) -> Rule:
    """A stored weekly rule as the pure one."""
    return Rule(row.weekday, row.opens, row.closes, row.valid_from, row.valid_until, row.every_weeks)


def centre_open(session: Session, centre: Centre, window: Interval) -> list[Interval]:
    """When a centre's doors are open in a window: hours less closures and holidays."""
    rules = [as_rule(r) for r in session.scalars(select(CentreHours).where(CentreHours.centre_id == centre.id))]
    closures = tuple(
        Interval(c.starts_at, c.ends_at) for c in session.scalars(select(Closure).where(Closure.centre_id == centre.id))
    )
    return open_time(rules, Exceptions(closures=closures), window, centre.zone)


def next_opening(session: Session, centre: Centre, now: datetime) -> datetime | None:
    """When a centre's doors open next within two weeks."""
    ahead = centre_open(session, centre, days_window(centre, now.astimezone(centre.zone).date(), 14))
    return next((stretch.start for stretch in ahead if stretch.start > now), None)


def offered_services(session: Session, centre: Centre) -> Sequence[Service]:
    """Services that somebody with hours at the centre advises on, in order of topic and code."""
    here = (
        select(skill.c.service_id)
        .join(Hours, Hours.resource_id == skill.c.counsellor_id)
        .where(Hours.centre_id == centre.id)
    )
    found = select(Service).where(Service.id.in_(here)).options(joinedload(Service.topic_group))
    services = session.scalars(found).unique().all()
    return sorted(services, key=lambda service: (service.topic_group.position, service.code))


def _grouped(rows: Iterable[Row[int, datetime, datetime]]) -> dict[int, list[Interval]]:  # rows of (id, start, end)
    groups: dict[int, list[Interval]] = {}
    for id_, start, end in rows:
        groups.setdefault(id_, []).append(Interval(start, end))
    return groups

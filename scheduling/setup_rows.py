"""Reads the rows of the set-up into a `Setup`: a dozen statements, once a version."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, make_transient_to_detached

from foundation.db import change_tag
from foundation.model import Base, table_of
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
    room_part,
    skill,
)
from scheduling.models.places import WeeklyRule
from scheduling.models.pulse import SETUP
from scheduling.opening import Exceptions, Rule
from scheduling.setup import CentrePlan, Person, ServicePlan, Setup, Space, Timetable

Shown = TypeVar("Shown", Centre, Service)


def read_setup(session: Session) -> Setup:
    """As the session sees it now, its own unwritten changes flushed. The version is read first: never too new."""
    session.flush()
    version = change_tag(session, SETUP)
    service_rows, centre_rows = _rows(session, Service), _rows(session, Centre)
    centres, people, spaces = _centres(centre_rows), _people(session), _spaces(session)
    return Setup(
        version, _services(service_rows), centres, people, spaces, _timetables(session, centres, spaces),
        shown_centres=_copies(Centre, centre_rows), shown_services=_copies(Service, service_rows),
    )  # fmt: skip


def as_rule(row: WeeklyRule) -> Rule:
    """A stored weekly rule as the pure one."""
    return Rule(row.weekday, row.opens, row.closes, row.valid_from, row.valid_until, row.every_weeks)


def _rows(session: Session, model: type[Base]) -> Sequence[Any]:
    """As they are in the database now, past the objects that the session may know from before."""
    table = table_of(model)
    return session.connection().execute(select(table).order_by(table.c.id)).all()


def _copies(model: type[Shown], rows: Sequence[Row[Any]]) -> tuple[Shown, ...]:
    """Rows as objects that belong to no session: columns only, never changed."""
    copies = tuple(model(**row._asdict()) for row in rows)
    for copy in copies:
        make_transient_to_detached(copy)
    return copies


def _services(rows: Sequence[Row[Any]]) -> dict[int, ServicePlan]:
    return {
        s.id: ServicePlan(
            s.id, s.code, s.length, s.buffer, s.lead_time, s.horizon, s.party_max, frozenset(s.room_features),
            s.women_only, s.daily_cap, s.topic_group_id, s.walk_in,
        )
        for s in rows
    }  # fmt: skip


def _centres(rows: Sequence[Row[Any]]) -> dict[int, CentrePlan]:
    return {
        c.id: CentrePlan(
            c.id,
            ZoneInfo(c.zone_name),
            frozenset(c.phone_languages),
            frozenset(c.pool_languages),
            c.pool_notice,
            c.queue_settings,
        )
        for c in rows
    }


def _people(session: Session) -> dict[int, Person]:
    skills: dict[int, set[int]] = defaultdict(set)
    for counsellor_id, service_id in session.execute(select(skill.c.counsellor_id, skill.c.service_id)).all():
        skills[counsellor_id].add(service_id)
    counsellors = session.execute(
        select(Counsellor.id, Counsellor.gender, Counsellor.languages, Counsellor.counter_id).where(Counsellor.active)
    ).all()
    interpreters = session.execute(
        select(Interpreter.id, Interpreter.gender, Interpreter.languages).where(Interpreter.active)
    ).all()
    people = [
        Person(id_, True, gender == "female", frozenset(languages), frozenset(skills[id_]), counter_id)
        for id_, gender, languages, counter_id in counsellors
    ] + [
        Person(id_, False, gender == "female", frozenset(languages), frozenset(), None)
        for id_, gender, languages in interpreters
    ]
    return {person.id: person for person in sorted(people, key=lambda person: person.id)}


def _spaces(session: Session) -> dict[int, Space]:
    parts: dict[int, list[int]] = defaultdict(list)
    for hall_id, part_id in session.execute(select(room_part).order_by(room_part.c.part_id)).all():
        parts[hall_id].append(part_id)
    columns = (Room.id, Room.centre_id, Room.seats, Room.features, Room.counter_id)
    return {
        id_: Space(id_, centre_id, seats, frozenset(features), counter_id, tuple(parts.get(id_, [id_])))
        for id_, centre_id, seats, features, counter_id in session.execute(
            select(*columns).where(Room.active).order_by(Room.id)
        ).all()
    }


def _timetables(session: Session, centres: Iterable[int], spaces: dict[int, Space]) -> dict[tuple[int, int], Timetable]:
    """By resource and centre: people where they have hours or extra hours, rooms at their centre."""
    booked: dict[tuple[int, int], list[Rule]] = defaultdict(list)
    walk_in: dict[tuple[int, int], list[Rule]] = defaultdict(list)
    extra: dict[tuple[int, int], list[Interval]] = defaultdict(list)
    festive: dict[tuple[int, int], list[Interval]] = defaultdict(list)
    for row in _rows(session, Hours):
        (walk_in if row.walk_in_only else booked)[row.resource_id, row.centre_id].append(as_rule(row))
    doors: dict[int, list[Rule]] = defaultdict(list)
    for opening in _rows(session, CentreHours):
        doors[opening.centre_id].append(as_rule(opening))
    for space in spaces.values():
        booked[space.id, space.centre_id] = list(doors[space.centre_id])
    for more in _rows(session, ExtraHours):
        kept = festive if more.despite_holiday else extra
        kept[more.resource_id, more.centre_id].append(Interval(more.starts_at, more.ends_at))
    absences = _grouped(session.execute(select(Absence.resource_id, Absence.starts_at, Absence.ends_at)).all())
    closures = _grouped(session.execute(select(Closure.centre_id, Closure.starts_at, Closure.ends_at)).all())
    return {
        (resource_id, centre_id): Timetable(
            tuple(booked[resource_id, centre_id]),
            tuple(walk_in[resource_id, centre_id]),
            Exceptions(
                tuple(extra[resource_id, centre_id]),
                tuple(festive[resource_id, centre_id]),
                tuple(absences[resource_id]),
                tuple(closures[centre_id]),
            ),
        )
        for resource_id, centre_id in sorted({*booked, *walk_in, *extra, *festive})
        if centre_id in centres
    }


def _grouped(rows: Iterable[Row[int, datetime, datetime]]) -> dict[int, list[Interval]]:
    """Rows of (id, start, end) by id."""
    groups: dict[int, list[Interval]] = defaultdict(list)
    for id_, start, end in rows:
        groups[id_].append(Interval(start, end))
    return groups

"""Reads of what stands in the plan: a counsellor's days, and the rooms of a centre. Never a client's name."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from foundation.among import among
from foundation.db import Transaction
from foundation.errors import NotFound
from foundation.model import table_of
from scheduling.agenda import ON_THE_DAY
from scheduling.blocked import unblock
from scheduling.claims import IN_SPAN, LONGEST, in_span
from scheduling.colliding import CHANGE
from scheduling.interval import Interval, subtract, union
from scheduling.memory import current_setup
from scheduling.models import Appointment, BlockedKind, BlockedTime, Centre, Claim, Counsellor, Room, Visit
from scheduling.opening import days_of, is_holiday, whole_day
from scheduling.setup import Setup

_claim = table_of(Claim)
_ALL_OF_IT = (
    joinedload(Appointment.visit).joinedload(Visit.centre),
    joinedload(Appointment.service),
    joinedload(Appointment.counsellor),
    joinedload(Appointment.interpreter),
    joinedload(Appointment.room).joinedload(Room.counter),
)
"""What is shown of an appointment."""


class Kind(StrEnum):
    """What an entry is; blocked time by its `BlockedKind`."""

    APPOINTMENT = "appointment"
    KEPT = "kept"
    WALK_IN = "walk_in"
    MEETING = BlockedKind.MEETING
    HOME_VISIT = BlockedKind.HOME_VISIT
    PRIVATE = BlockedKind.PRIVATE
    EVENT = BlockedKind.EVENT
    PAUSE = BlockedKind.PAUSE
    COURSE = BlockedKind.COURSE
    ABSENCE = "absence"
    CLOSURE = "closure"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class Entry:
    """Something that stands in the plan. `own_block` is the blocked time that takes nobody but this counsellor.

    A walk-in stands in no plan; who draws a room at this moment adds whoever is being talked with there.
    """

    kind: Kind
    interval: Interval
    appointment: Appointment | None = None
    counsellor: Counsellor | None = None
    own_block: int | None = None


@dataclass(frozen=True)
class Diary:
    """What stands in the plan of one counsellor or room in a window, and when she or it is open."""

    entries: Sequence[Entry]
    opened: Sequence[Interval] = ()
    walk_in: Sequence[Interval] = ()


@dataclass(frozen=True)
class RoomDiary:
    """A room, the halls it is part of, and what stands in it."""

    room: Room
    halls: Sequence[Room]
    diary: Diary


def diary_of(session: Session, counsellor_id: int, home: Centre, window: Interval, everywhere: bool) -> Diary:
    """A counsellor's own plan at her centre; with `everywhere` at other centres too. Three statements."""
    setup = current_setup(session)
    centres = [home.id] if not everywhere else [c for r, c in setup.timetables if r == counsellor_id]
    appointments = [
        _of_appointment(a, kept=False) for a in appointments_between(session, window, centres, counsellor_id)
    ]
    blocked = [
        _of_block(kind, Interval(start, end), None if shared else id_)
        for id_, kind, start, end, shared in session.execute(
            blocked_time_of(counsellor_id).where(*in_window(window))
        ).all()
    ]
    days = _days_off(setup, counsellor_id, centres, home, window)
    return Diary(_in_order([*appointments, *blocked, *days]), *_hours(setup, counsellor_id, centres, window))


def rooms_of(session: Session, centre: Centre, window: Interval, now: datetime) -> list[RoomDiary]:
    """What stands in each room of a centre; a hall's time stands in its parts. Four statements.

    Time kept for somebody who is booking, or for an offer, is in it as long as it counts at `now`.
    """
    setup = current_setup(session)
    found = select(Room).where(Room.centre_id == centre.id, Room.active).options(
        joinedload(Room.counter), joinedload(Room.parts)
    )  # fmt: skip
    rooms = sorted(session.scalars(found).unique(), key=lambda room: room.code)
    entries: dict[int, list[Entry]] = {room.id: [] for room in rooms}
    for resource_id, start, end, held, appointment, kind in session.execute(_claimed([*entries], window, now)).all():
        entry = _of_appointment(appointment, held is not None) if appointment else _of_block(kind, Interval(start, end))
        entries[resource_id].append(entry)
    return [
        RoomDiary(
            room,
            [hall for hall in rooms if room in hall.parts],
            Diary(
                _in_order([*entries[room.id], *_days_off(setup, room.id, [centre.id], centre, window)]),
                setup.timetable(room.id, centre.id).opened(window, centre.zone),
            ),
        )
        for room in rooms
        if not room.parts
    ]


def appointments_between(
    session: Session, window: Interval, centre_ids: Collection[int] | None, counsellor_id: int | None = None
) -> Sequence[Appointment]:
    """Appointments that stand and begin in a window, in order of time, with all that is shown of them.

    Of these centres and this counsellor, or of all where none are named.
    """
    found = (
        select(Appointment)
        .options(*_ALL_OF_IT)
        .where(Appointment.state.in_(ON_THE_DAY))
        .where(Appointment.starts_at >= window.start, Appointment.starts_at < window.end)
        .order_by(Appointment.starts_at, Appointment.id)
    )
    if centre_ids is not None:
        found = found.join(Appointment.visit).where(Visit.centre_id.in_(centre_ids))
    if counsellor_id is not None:
        found = found.where(Appointment.counsellor_id == counsellor_id)
    return session.scalars(found).unique().all()


class Stretch(NamedTuple):
    """Blocked time as it takes one person; `shared` if it is not hers alone to give back."""

    id: int
    kind: str
    starts_at: datetime
    ends_at: datetime
    shared: bool


_other = aliased(Claim)
_takes_others = exists().where(
    _other.blocked_time_id == BlockedTime.id,
    _other.resource_id != Claim.resource_id,
    _other.resource_id.in_(select(table_of(Counsellor).c.id)),
)
_not_hers = or_(_takes_others, BlockedTime.kind == BlockedKind.COURSE)  # goes with its session only
_BLOCKED = select(BlockedTime.id, BlockedTime.kind, Claim.starts_at, Claim.ends_at, _not_hers.label("shared")).join(
    Claim, Claim.blocked_time_id == BlockedTime.id
)
_BLOCKED_BY_PERSON = (
    _BLOCKED.add_columns(Claim.resource_id)
    .where(among(_claim.c.resource_id, "ids"), *IN_SPAN)
    .order_by(Claim.starts_at)
)


def blocked_time_of(counsellor_id: int) -> Select[int, str, datetime, datetime, bool]:
    """Blocked time that takes a counsellor, with the columns of `Stretch`."""
    return _BLOCKED.where(Claim.resource_id == counsellor_id)


def blocked_by_person(session: Session, ids: Collection[int], window: Interval) -> Mapping[int, list[Stretch]]:
    """Blocked time that takes people in a window: for each of them, in order of time. One statement."""
    found: dict[int, list[Stretch]] = {id_: [] for id_ in ids}
    for *stretch, resource_id in session.connection().execute(_BLOCKED_BY_PERSON, {"ids": ids, **in_span(window)}):
        found[resource_id].append(Stretch._make(stretch))
    return found


def give_back(tx: Transaction, blocked_time_id: int, counsellor_id: int, centre: Centre) -> None:
    """Give a counsellor's own blocked time back. Raises NotFound for what is over, or takes somebody else too."""
    found = blocked_time_of(counsellor_id).where(BlockedTime.id == blocked_time_id, Claim.ends_at > tx.now)
    own = tx.session.execute(found).one_or_none()
    if own is None or own.shared:
        raise NotFound
    unblock(tx, blocked_time_id, centre)


def _claimed(
    room_ids: Collection[int], window: Interval, now: datetime
) -> Select[int, datetime, datetime, datetime | None, Appointment | None, str]:
    """Claims on rooms with the kind of blocked time, or each appointment in them: two counsellors at once share one."""
    owner = aliased(Appointment)
    together = and_(
        Appointment.visit_id == owner.visit_id, Appointment.room_id == owner.room_id, Appointment.state == owner.state,
        Appointment.starts_at < Claim.ends_at, Appointment.ends_at > Claim.starts_at,
    )  # fmt: skip
    return (
        select(Claim.resource_id, Claim.starts_at, Claim.ends_at, Claim.held_until, Appointment, BlockedTime.kind)
        .outerjoin(owner, Claim.appointment_id == owner.id)
        .outerjoin(Appointment, together)
        .outerjoin(BlockedTime, Claim.blocked_time_id == BlockedTime.id)
        .where(Claim.resource_id.in_(room_ids), *in_window(window))
        .where(or_(Claim.held_until.is_(None), Claim.held_until > now))
        .options(*_ALL_OF_IT)
    )


def in_window(window: Interval) -> tuple[ColumnElement[bool], ...]:
    """Claims that touch a window."""
    return Claim.starts_at > window.start - LONGEST, Claim.starts_at < window.end, Claim.ends_at > window.start


def _of_appointment(appointment: Appointment, kept: bool) -> Entry:
    """As long as it is planned, without the buffer after it; who is still choosing has no topic yet."""
    planned = Interval(appointment.starts_at, appointment.ends_at)
    if kept:
        return Entry(Kind.KEPT, planned, counsellor=appointment.counsellor)
    return Entry(Kind.APPOINTMENT, planned, appointment, appointment.counsellor)


def _of_block(kind: str, interval: Interval, own_block: int | None = None) -> Entry:
    """As long as it is planned, without the change-over after a course's session."""
    planned = Interval(interval.start, interval.end - CHANGE) if kind == BlockedKind.COURSE else interval
    return Entry(Kind(kind), planned, own_block=own_block)


def _hours(
    setup: Setup, counsellor_id: int, centre_ids: Iterable[int], window: Interval
) -> tuple[list[Interval], list[Interval]]:
    """When somebody is there for bookings, and when only for those who come without."""
    booked, any_time = [], []
    for centre_id in centre_ids:
        timetable, zone = setup.timetable(counsellor_id, centre_id), setup.centres[centre_id].zone
        booked += timetable.opened(window, zone)
        any_time += timetable.opened(window, zone, walk_in=True)
    return union(booked), subtract(any_time, booked)


def _days_off(setup: Setup, resource_id: int, centre_ids: Iterable[int], home: Centre, window: Interval) -> list[Entry]:
    """Holidays, closures of the home centre and absences that touch a window."""
    feasts = [whole_day(day, home.zone) for day in days_of(window, home.zone) if is_holiday(day)]
    around = [setup.timetable(resource_id, centre_id).exceptions.within(window) for centre_id in centre_ids]
    closed = setup.timetable(resource_id, home.id).exceptions.within(window).closures
    absent = {interval for exceptions in around for interval in exceptions.absences}
    return [
        *(Entry(Kind.HOLIDAY, feast) for feast in feasts if feast.overlaps(window)),
        *(Entry(Kind.CLOSURE, interval) for interval in closed),
        *(Entry(Kind.ABSENCE, interval) for interval in absent),
    ]


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.interval, entry.kind))

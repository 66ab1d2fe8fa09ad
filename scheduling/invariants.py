"""What must be true of the plan at every moment, each as a question that finds the rows that break it.

`flask doctor` asks them of a live database, the proofs after every step.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from scheduling.course_invariants import COURSE_INVARIANTS
from scheduling.interval import Interval
from scheduling.models import (
    Appointment,
    AppointmentState,
    Asking,
    AskingState,
    Centre,
    Claim,
    Counsellor,
    Interpreter,
    PoolRequest,
    RequestState,
    Room,
    Visit,
    room_part,
)
from scheduling.models.net import net_is_whole
from scheduling.models.plan import ALLOWED_MOVES, KEPT
from scheduling.models.pulse import pulse_beats
from scheduling.wish import Route

OVER = (AppointmentState.CANCELLED, AppointmentState.RELEASED, AppointmentState.OFFER_OVER)
STANDING = (AppointmentState.BOOKED, AppointmentState.SEEN, AppointmentState.NO_SHOW)
_other = aliased(Claim)
_sibling = aliased(Appointment)


@dataclass(frozen=True)
class Finding:
    """One invariant, and how many rows break it."""

    name: str
    broken: int


def examine(session: Session, now: datetime) -> list[Finding]:
    """Every invariant of the plan, asked now."""
    return [Finding(name, _count(ask(session, now))) for name, ask in INVARIANTS.items()]


def _count(found: Iterable[object]) -> int:
    return sum(1 for _ in found)


Question = Callable[[Session, datetime], Iterable[object]]


def _rows(build: Callable[[datetime], Select[int]]) -> Question:
    return lambda session, now: session.scalars(build(now))


def _net(session: Session, _now: datetime) -> Iterable[object]:
    return [] if net_is_whole(session.connection()) else ["torn"]


def _pulse(session: Session, _now: datetime) -> Iterable[object]:
    return [] if pulse_beats(session.connection()) else ["still"]


def _held_live(now: datetime) -> ColumnElement[bool]:
    return and_(Appointment.state.in_(KEPT), Appointment.hold_until > now)


def _covers(*resource: ColumnElement[bool]) -> ColumnElement[bool]:
    """A claim of the appointment, or of another one in its visit, on a resource for its whole length."""
    return (
        exists()
        .where(Claim.appointment_id == _sibling.id, _sibling.visit_id == Appointment.visit_id, *resource)
        .where(Claim.starts_at <= Appointment.starts_at, Claim.ends_at >= Appointment.ends_at)
    )


def _uncovered(now: datetime, *which: ColumnElement[bool]) -> Select[int]:
    return select(Appointment.id).where(or_(Appointment.state.in_(STANDING), _held_live(now)), *which)


def _overlapping(_now: datetime) -> Select[int]:
    return select(Claim.id).where(
        exists().where(
            _other.resource_id == Claim.resource_id, _other.id > Claim.id,
            _other.starts_at < Claim.ends_at, _other.ends_at > Claim.starts_at,
        )
    )  # fmt: skip


def _parts_apart(session: Session, _now: datetime) -> Iterable[object]:
    """Parts of a visit follow each other without a break, or begin together."""
    found = select(Appointment.visit_id, Appointment.starts_at, Appointment.ends_at, Appointment.counsellor_id).where(
        Appointment.state.in_([AppointmentState.BOOKED, AppointmentState.HELD])
    )
    parts: dict[int, list[tuple[Interval, int]]] = {}
    for visit_id, start, end, counsellor_id in session.execute(found.order_by(Appointment.starts_at)):
        parts.setdefault(visit_id, []).append((Interval(start, end), counsellor_id))
    for visit_id, ordered in parts.items():
        for (one, first), (two, second) in pairwise(ordered):
            if two.start != one.end and not (one.start == two.start and first != second):
                yield visit_id


def _wrong_day(session: Session, _now: datetime) -> Iterable[object]:
    found = (
        select(Visit.id, Visit.day_on, func.min(Appointment.starts_at), Centre.zone_name)
        .join(Appointment, Appointment.visit_id == Visit.id)
        .join(Centre, Centre.id == Visit.centre_id)
        .where(Appointment.state.in_(STANDING))
        .group_by(Visit.id, Visit.day_on, Centre.zone_name)
    )
    zones = {centre.zone_name: centre.zone for centre in session.scalars(select(Centre))}
    return [id_ for id_, day, start, zone in session.execute(found) if start.astimezone(zones[zone]).date() != day]


INVARIANTS: dict[str, Question] = {
    "the net under the claims is whole": _net,
    "the pulse of the plan beats": _pulse,
    "no two claims of a resource overlap": _rows(_overlapping),
    "every claim ends after it starts": _rows(lambda _: select(Claim.id).where(Claim.starts_at >= Claim.ends_at)),
    "no claim is both for an appointment and for blocked time, or for neither": _rows(
        lambda _: select(Claim.id).where(Claim.appointment_id.is_(None) == Claim.blocked_time_id.is_(None))
    ),
    "nothing that is over claims time": _rows(
        lambda now: (
            select(Claim.id)
            .join(Appointment, Appointment.id == Claim.appointment_id)
            .where(Appointment.state.in_(OVER))
            .where(or_(Claim.held_until.is_(None), Claim.held_until > now))
        )
    ),
    "what is booked is claimed for good": _rows(
        lambda _: (
            select(Claim.id)
            .join(Appointment, Appointment.id == Claim.appointment_id)
            .where(Appointment.state.in_(STANDING), Claim.held_until.is_not(None))
        )
    ),
    "what is held or offered is claimed for as long as that lasts": _rows(
        lambda _: (
            select(Claim.id)
            .join(Appointment, Appointment.id == Claim.appointment_id)
            .where(Appointment.state.in_(KEPT))
            .where(or_(Claim.held_until.is_(None), Claim.held_until != Appointment.hold_until))
        )
    ),
    "every appointment has claimed its counsellor": _rows(
        lambda now: _uncovered(now, ~_covers(Claim.resource_id == Appointment.counsellor_id))
    ),
    "every appointment has claimed its room, or a part of its hall": _rows(
        lambda now: _uncovered(
            now,
            ~_covers(
                or_(
                    Claim.resource_id == Appointment.room_id,
                    Claim.resource_id.in_(
                        select(room_part.c.part_id).where(room_part.c.hall_id == Appointment.room_id).scalar_subquery()
                    ),
                )
            ),
        )
    ),
    "every appointment with a house interpreter has claimed her": _rows(
        lambda now: _uncovered(
            now,
            Appointment.interpreter_id.is_not(None),
            ~_covers(Claim.resource_id == Appointment.interpreter_id),
        )
    ),
    "an interpreter comes along exactly where the route says so": _rows(
        lambda _: select(Appointment.id).where(
            (Appointment.route == Route.HOUSE.value) != Appointment.interpreter_id.is_not(None)
        )
    ),
    "a booking that rests on the interpreter pool has asked it": _rows(
        lambda _: select(Appointment.id).where(
            Appointment.state == AppointmentState.BOOKED,
            Appointment.route == Route.POOL.value,
            ~exists().where(
                PoolRequest.appointment_id == _sibling.id,
                PoolRequest.version == _sibling.version,
                _sibling.visit_id == Appointment.visit_id,
            ),
        )
    ),
    "every room belongs to the centre of its visit": _rows(
        lambda _: (
            select(Appointment.id)
            .join(Visit, Visit.id == Appointment.visit_id)
            .join(Room, Room.id == Appointment.room_id)
            .where(Room.centre_id != Visit.centre_id, Appointment.state == AppointmentState.BOOKED)
        )
    ),
    "only counsellors advise and only interpreters interpret": _rows(
        lambda _: select(Appointment.id).where(
            or_(
                ~exists().where(Counsellor.id == Appointment.counsellor_id),
                and_(
                    Appointment.interpreter_id.is_not(None),
                    ~exists().where(Interpreter.id == Appointment.interpreter_id),
                ),
            )
        )
    ),
    "every appointment ends after it starts": _rows(
        lambda _: select(Appointment.id).where(Appointment.starts_at >= Appointment.ends_at)
    ),
    "the parts of a visit follow each other or begin together": _parts_apart,
    "a visit is on the day of its first appointment": _wrong_day,
    "an open visit with a booking has a code": _rows(
        lambda _: select(Visit.id).where(
            Visit.code.is_(None),
            Visit.erased_at.is_(None),
            Visit.appointments.any(Appointment.state == AppointmentState.BOOKED),
        )
    ),
    "a visit is never half booked and half held": _rows(
        lambda _: select(Visit.id).where(
            Visit.appointments.any(Appointment.state == AppointmentState.BOOKED),
            Visit.appointments.any(Appointment.state.in_([AppointmentState.HELD, AppointmentState.RELEASED])),
        )
    ),
    "a visit that was called off has nothing booked": _rows(
        lambda _: select(Visit.id).where(
            Visit.appointments.any(Appointment.state == AppointmentState.CANCELLED),
            Visit.appointments.any(Appointment.state == AppointmentState.BOOKED),
        )
    ),
    "nobody has two offers at once, and none without a later appointment": _rows(
        lambda now: select(_sibling.id).where(
            _sibling.state == AppointmentState.OFFERED,
            or_(
                exists().where(
                    Appointment.visit_id == _sibling.visit_id,
                    Appointment.id != _sibling.id,
                    Appointment.state == AppointmentState.OFFERED,
                ),
                ~exists().where(
                    Appointment.visit_id == _sibling.visit_id,
                    Appointment.state.in_(STANDING),
                    Appointment.starts_at > _sibling.starts_at,
                ),
            ),
        )
    ),
    "every state is one of the table": _rows(
        lambda _: select(Appointment.id).where(Appointment.state.not_in(list(ALLOWED_MOVES)))
    ),
    "whoever said that she interprets is counted on": _rows(
        lambda _: (
            select(Asking.id)
            .join(PoolRequest, PoolRequest.id == Asking.request_id)
            .where(Asking.state == AskingState.ACCEPTED, PoolRequest.state != RequestState.CONFIRMED)
        )
    ),
    **{name: _rows(build) for name, build in COURSE_INVARIANTS.items()},
}

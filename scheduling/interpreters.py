"""The interpreter pool is asked with the booking that rests on it; the desk writes down what it says."""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session, joinedload

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from foundation.model import table_of
from scheduling.askings import follow
from scheduling.happened import Happened
from scheduling.models import Appointment, AppointmentState, Centre, PoolRequest, RequestState, Visit
from scheduling.models.pool import NEXT_STATES
from scheduling.opening import local_moment, working_days_from
from scheduling.wish import Route

ANSWER_IN_WORKING_DAYS = 2
"""The client is told within this many working days whether somebody interprets."""

ANSWER_AT = time(17)

OPEN = (RequestState.REQUESTED, RequestState.ASSIGNED, RequestState.CONFIRMED)
"""States in which somebody may be looking, or coming."""

HAPPENED = {
    RequestState.REQUESTED: Happened.INTERPRETER_REQUESTED,
    RequestState.ASSIGNED: Happened.INTERPRETER_ASSIGNED,
    RequestState.CONFIRMED: Happened.INTERPRETER_CONFIRMED,
    RequestState.DECLINED: Happened.INTERPRETER_DECLINED,
    RequestState.GIVEN_UP: Happened.INTERPRETER_GIVEN_UP,
}


def ask_pool(tx: Transaction, visit: Visit, first: Appointment, stays: bool = False) -> None:
    """A visit is booked or moved: where its new time rests on the pool, the pool is asked for it.

    What was asked for an earlier time remains, until it is called off. Where time and house stay and only somebody else
    advises (`stays`), whoever interprets comes all the same.
    """
    if first.route != Route.POOL or (stays and _goes_on(tx, first)):
        return
    tx.session.add(
        PoolRequest(
            appointment_id=first.id, version=first.version, starts_at=first.starts_at,
            answer_by=answer_by(tx.now, visit.centre.zone),
        )
    )  # fmt: skip
    tx.record(Happened.INTERPRETER_REQUESTED, "visit", visit.id, visit.centre.scope)


def write_down(
    tx: Transaction, centre: Centre, request_id: int, was: RequestState, to: RequestState, asked: int
) -> None:  # fmt: skip
    """What the pool said, by compare-and-set along `NEXT_STATES`; requested again starts the time to answer anew.

    `was` and `asked` are what the desk saw: with every asking anew it is somebody else who may be asked. Raises
    NotFound for a request of another centre or of a visit that is not to come, Moved when another was faster.
    """
    mine = _to_come(centre, tx.now).where(PoolRequest.id == request_id).with_for_update(of=PoolRequest)
    request = tx.session.scalar(mine.execution_options(populate_existing=True))
    if request is None:
        raise NotFound
    if to not in answers(request) or was is not request.state or asked != request.asked:
        raise Moved
    follow(tx, request, to, to_call_off(request))
    anew = {"answer_by": answer_by(tx.now, centre.zone)} if to is RequestState.REQUESTED else {}
    step(tx, request, to, **anew)


def step(tx: Transaction, request: PoolRequest, to: RequestState, **values: object) -> None:
    """One move along `NEXT_STATES`, by compare-and-set. Raises Moved when another was faster."""
    if to not in NEXT_STATES[request.state]:
        raise Moved
    table, visit = table_of(PoolRequest), request.appointment.visit
    if to is RequestState.REQUESTED:
        values["asked"] = table.c.asked + 1
    changed = update(table).where(table.c.id == request.id, table.c.state == request.state).values(state=to, **values)
    if tx.session.connection().execute(changed).rowcount != 1:
        raise Moved
    tx.session.expire(request)
    tx.record(HAPPENED[to], "visit", visit.id, visit.centre.scope)


def pool_states(session: Session, appointments: Sequence[Appointment]) -> dict[int, RequestState]:
    """How the requests stand for those of the appointments that rest on the pool, by appointment."""
    asked = [appointment.id for appointment in appointments if appointment.route == Route.POOL]
    if not asked:
        return {}
    current = and_(Appointment.id == PoolRequest.appointment_id, Appointment.version == PoolRequest.version)
    found = select(PoolRequest.appointment_id, PoolRequest.state).join(Appointment, current)
    return {row.appointment_id: row.state for row in session.execute(found.where(Appointment.id.in_(asked)))}


def answers(request: PoolRequest) -> tuple[RequestState, ...]:
    """What the desk can write down next; of somebody to be called off only that she knows."""
    return (RequestState.DECLINED,) if to_call_off(request) else NEXT_STATES[request.state]


def to_call_off(request: PoolRequest) -> bool:
    """Whether the pool looks for, or has found, somebody for a time that does not need her any more."""
    appointment = request.appointment
    kept = {AppointmentState.BOOKED, AppointmentState.SEEN, AppointmentState.NO_SHOW}
    stands = appointment.state in kept and appointment.route == Route.POOL
    return not stands or appointment.version != request.version


def requests_to_come(session: Session, centre: Centre, now: datetime) -> Sequence[PoolRequest]:
    """Those of a centre that the desk has to look after, the next appointment first."""
    found = _to_come(centre, now).order_by(PoolRequest.starts_at, PoolRequest.id)
    return session.scalars(found.options(joinedload(PoolRequest.appointment).joinedload(Appointment.visit))).all()


def request_for(session: Session, appointment: Appointment) -> PoolRequest | None:
    """What was asked of the pool for an appointment as it stands."""
    mine = (PoolRequest.appointment_id == appointment.id, PoolRequest.version == appointment.version)
    return session.scalar(select(PoolRequest).where(*mine))


def _to_come(centre: Centre, now: datetime) -> Select[PoolRequest]:
    """For times still to come: those of appointments that rest on the pool, and those to be called off."""
    needed = and_(
        Appointment.state == AppointmentState.BOOKED, Appointment.route == Route.POOL,
        Appointment.version == PoolRequest.version,
    )  # fmt: skip
    open_ = PoolRequest.state.in_(OPEN)
    return (
        select(PoolRequest)
        .join(Appointment, Appointment.id == PoolRequest.appointment_id)
        .join(Visit, Visit.id == Appointment.visit_id)
        .where(Visit.centre_id == centre.id, PoolRequest.starts_at > now, or_(needed, open_))
    )


def answer_by(now: datetime, zone: ZoneInfo) -> datetime:
    """Until when the pool should have answered what it is asked now."""
    day = working_days_from(now.astimezone(zone).date(), ANSWER_IN_WORKING_DAYS)
    return local_moment(day, ANSWER_AT, zone)


def _goes_on(tx: Transaction, first: Appointment) -> bool:
    """Whether there was a request before this move; it is the one of the appointment as it stands now."""
    before = (PoolRequest.appointment_id == first.id, PoolRequest.version == first.version - 1)
    moved = update(PoolRequest).where(*before).values(version=first.version).returning(PoolRequest.id)
    return tx.session.scalar(moved) is not None

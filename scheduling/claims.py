"""The only writer of occupied time."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from foundation.db import Transaction
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, Claim, Resource
from scheduling.refusals import SlotTaken


def lock(session: Session, resource_ids: Iterable[int]) -> None:
    """Queue up behind other writers of these resources, in id order so that nobody waits crosswise."""
    rows = select(Resource.id).where(Resource.id.in_(set(resource_ids))).order_by(Resource.id)
    session.execute(rows.with_for_update(key_share=True, of=Resource)).all()


def live_claims(window: Interval, now: datetime) -> Select[int, datetime, datetime]:
    """Claims in a window as (resource id, start, end), without those of holds that have run out at `now`."""
    dead = and_(Appointment.state == AppointmentState.HELD, Appointment.hold_until <= now)
    return (
        select(Claim.resource_id, Claim.starts_at, Claim.ends_at)
        .outerjoin(Appointment, Appointment.id == Claim.appointment_id)
        .where(Claim.starts_at < window.end, Claim.ends_at > window.start)
        .where(or_(Appointment.id.is_(None), ~dead))
    )


def claim(tx: Transaction, resource_ids: Iterable[int], taken: Interval, appointment: Appointment) -> None:
    """Take resources for an appointment, its buffer included. Raises SlotTaken; expired holds in the way go.

    The caller has locked the resources and re-read what is open.
    """
    ids = sorted(set(resource_ids))
    _clear_dead_holds(tx, ids, taken)
    _insert(tx, ids, taken, appointment.id)


def release(tx: Transaction, appointment: Appointment, keep: Iterable[int] = ()) -> None:
    """Give back what an appointment has taken, but for the claims in `keep`."""
    gone = delete(Claim).where(Claim.appointment_id == appointment.id, Claim.id.not_in(list(keep)))
    tx.session.execute(gone.execution_options(synchronize_session=False))


def _clear_dead_holds(tx: Transaction, resource_ids: list[int], taken: Interval) -> None:
    """Compare-and-set: a hold that is being confirmed at this moment is not dead."""
    in_the_way = select(Claim.appointment_id).where(
        Claim.resource_id.in_(resource_ids), Claim.starts_at < taken.end, Claim.ends_at > taken.start
    )
    dead = tx.session.scalars(
        update(Appointment)
        .where(Appointment.id.in_(in_the_way), Appointment.state == AppointmentState.HELD)
        .where(Appointment.hold_until <= tx.now)
        .values(state=AppointmentState.RELEASED)
        .returning(Appointment.id)
    ).all()
    tx.session.execute(delete(Claim).where(Claim.appointment_id.in_(dead)))


def _insert(tx: Transaction, resource_ids: list[int], taken: Interval, appointment_id: int) -> None:
    tx.session.flush()
    tx.session.add_all(
        Claim(resource_id=i, starts_at=taken.start, ends_at=taken.end, appointment_id=appointment_id)
        for i in resource_ids
    )
    try:
        tx.session.flush()
    except DBAPIError as fault:
        if "claim_no_overlap" in str(fault.orig):
            raise SlotTaken from fault
        raise

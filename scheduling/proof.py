"""A proof of an appointment for others to check by phone: a code made again when it is asked for, kept nowhere."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.tokens import derived_token, token_hash
from scheduling.models import Appointment, AppointmentState, Centre, Visit

LENGTH = 8
PROVEN = (AppointmentState.BOOKED, AppointmentState.SEEN, AppointmentState.NO_SHOW, AppointmentState.CANCELLED)


def proof_code(key: str, visit_id: int) -> str:
    """Eight digits that only the house can make for a visit. It outlives what is personal: nothing of it is stored."""
    return f"{int(token_hash(derived_token(key, 'proof', visit_id, 0)), 16) % 10**LENGTH:0{LENGTH}d}"


def proven(session: Session, keys: Sequence[str], centre: Centre, day: date, code: str) -> Appointment | None:
    """The first consultation of the visit that day whose proof has this code; one a centre never had is None."""
    found = (
        select(Appointment)
        .join(Visit)
        .where(Visit.centre_id == centre.id, Visit.day_on == day, Appointment.state.in_(PROVEN))
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return next((a for a in session.scalars(found) if code in {proof_code(key, a.visit_id) for key in keys}), None)

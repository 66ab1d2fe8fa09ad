"""Who has interpreted for how long: noted after the appointment, kept for the expense claim (C-02)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from foundation.db import Transaction
from foundation.errors import NotFound
from scheduling.candidates import language_of
from scheduling.happened import Happened
from scheduling.interpreters import request_for
from scheduling.models import (
    LIVE,
    Appointment,
    AppointmentState,
    Asking,
    Centre,
    Duty,
    PoolRequest,
    RequestState,
    Visit,
)
from scheduling.opening import days_window
from scheduling.refusals import LengthBroken, NameMissing
from scheduling.wish import Route

UNIT = timedelta(minutes=90)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=10)
TO_NOTE_FOR = timedelta(days=7)
"""As long as what the client speaks is known."""
KEPT_FOR = timedelta(days=2 * 365)
HELD = (AppointmentState.BOOKED, AppointmentState.SEEN, AppointmentState.NO_SHOW)
"""States of an appointment to which an interpreter may have come; that the client did not, is not her fault."""


def units_of(length: timedelta) -> int:
    """How many units of 90 minutes have begun; none when nobody came."""
    return -(-length // UNIT)


@dataclass(frozen=True)
class Came:
    """Who is expected to have interpreted: of the house, of the register, or somebody whose name the desk knows."""

    appointment: Appointment
    name: str
    length: timedelta
    language: str | None
    house_id: int | None = None
    asking: Asking | None = None


@dataclass(frozen=True)
class Tally:
    """What one interpreter did in a month: her duties in order. Of the house nobody is paid by units."""

    name: str
    duties: Sequence[Duty]
    house: bool

    @property
    def units(self) -> int:
        """The sum."""
        return sum(duty.units for duty in self.duties)

    def pay(self, cents: int) -> int:
        """What the pool pays, in cents, at so much a unit."""
        return 0 if self.house else self.units * cents


def to_note(session: Session, centre: Centre, now: datetime) -> list[Came]:
    """Appointments of the last days with an interpreter, for which nobody has noted yet whether she came."""
    noted = exists().where(Duty.appointment_id == Appointment.id)
    confirmed = exists().where(
        PoolRequest.appointment_id == Appointment.id, PoolRequest.version == Appointment.version,
        PoolRequest.state == RequestState.CONFIRMED,
    )  # fmt: skip
    routes = or_(Appointment.route == Route.HOUSE, and_(Appointment.route == Route.POOL, confirmed))
    found = (
        select(Appointment)
        .join(Visit, Visit.id == Appointment.visit_id)
        .where(Visit.centre_id == centre.id, Appointment.state.in_(HELD), routes, ~noted)
        .where(Appointment.starts_at <= now, Appointment.starts_at > now - TO_NOTE_FOR)
        .options(selectinload(Appointment.visit).selectinload(Visit.appointments))
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return [expected(session, part) for part in session.scalars(found) if part is part.visit.first]


def expected(session: Session, first: Appointment) -> Came:
    """Who should have come to the visit that begins with this consultation, and for how long."""
    visit, request = first.visit, request_for(session, first)
    length = visit.appointments[-1].ends_at - first.starts_at
    spoken = next(iter(visit.spoken_langs), None)
    if first.interpreter:
        tongue = next((tag for tag in visit.spoken_langs if tag in first.interpreter.languages), spoken)
        return Came(first, first.interpreter.name, length, tongue, house_id=first.interpreter.id)
    live = (Asking.state.in_(LIVE), Asking.request_id == (request.id if request else None))
    asking = session.scalar(select(Asking).where(*live))
    if asking:
        return Came(first, asking.interpreter.name, length, language_of(asking), asking=asking)
    return Came(first, "", length, spoken)


def duty_of(session: Session, first: Appointment) -> Duty | None:
    """What has been noted for a visit."""
    return session.scalar(select(Duty).where(Duty.appointment_id == first.id))


def note_duty(tx: Transaction, centre: Centre, appointment_id: int, name: str, minutes: int | None) -> Duty:
    """She came for so many minutes, or did not (None); noted again it is corrected. `name` is for who is not known.

    Raises NotFound for what is no appointment here or not begun, LengthBroken, NameMissing.
    """
    first = tx.session.get(Appointment, appointment_id, with_for_update={"key_share": True})
    begun = first is not None and first.starts_at <= tx.now and first.state in HELD
    if first is None or not begun or first.visit.centre_id != centre.id or first.route not in {Route.HOUSE, Route.POOL}:
        raise NotFound
    came, length = expected(tx.session, first), timedelta(minutes=minutes or 0)
    if minutes is not None and not SHORTEST <= length <= LONGEST:
        raise LengthBroken
    if not (came.name or name):
        raise NameMissing
    duty = duty_of(tx.session, first) or Duty(appointment_id=first.id, centre_id=centre.id, language=came.language)
    duty.name, duty.house_id = came.name or name, came.house_id
    duty.pool_id, duty.by_phone = (came.asking.interpreter_id, came.asking.by_phone) if came.asking else (None, False)
    duty.starts_at, duty.ends_at, duty.units = first.starts_at, first.starts_at + length, units_of(length)
    duty.noted_at, duty.noted_by = tx.now, tx.by.id
    tx.session.add(duty)
    tx.session.flush()
    tx.record(Happened.DUTY_NOTED, "duty", duty.id, centre.scope, units=duty.units)
    return duty


def duty_here(session: Session, centre: Centre, duty_id: int) -> Duty:
    """One duty of a centre. Raises NotFound."""
    duty = session.get(Duty, duty_id)
    if duty is None or duty.centre_id != centre.id:
        raise NotFound
    return duty


def tallies(session: Session, centre: Centre, month: date) -> list[Tally]:
    """The month that a day lies in, a sum for each interpreter, by name."""
    first = month.replace(day=1)
    days = ((first + timedelta(days=31)).replace(day=1) - first).days
    window = days_window(centre.zone, first, days)
    mine = (Duty.centre_id == centre.id, Duty.starts_at >= window.start, Duty.starts_at < window.end)
    return summed(session.scalars(select(Duty).where(*mine).order_by(Duty.starts_at, Duty.id)))


def summed(duties: Iterable[Duty]) -> list[Tally]:
    """Duties by who did them: two of one name in the register are two, and a typed name is one. Pure."""
    in_order = sorted(duties, key=lambda duty: (*_who(duty), duty.starts_at))
    grouped = [list(theirs) for _, theirs in groupby(in_order, key=_who)]
    return [Tally(theirs[0].name, theirs, theirs[0].house_id is not None) for theirs in grouped]


def forget_old_duties(tx: Transaction) -> None:
    """After two years the claim has long been paid."""
    tx.session.execute(delete(Duty).where(Duty.starts_at < tx.now - KEPT_FOR))


def _who(duty: Duty) -> tuple[str, int, int]:
    return duty.name, duty.house_id or 0, duty.pool_id or 0

"""What can be done with a visit: hold, extend, confirm, cancel, settle. Each is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from foundation.model import table_of
from foundation.tokens import token_hash, token_of_ring
from scheduling.choosing import Placement
from scheduling.claims import claim, keep, lock_claimed, release, standing_of
from scheduling.coding import as_written, give_code
from scheduling.freed import end_offer, note_freed, offer_ids
from scheduling.happened import Happened
from scheduling.interpreters import ask_pool
from scheduling.memory import current_setup
from scheduling.models import Appointment, AppointmentState, Claim, Resource, Visit
from scheduling.models.plan import ALLOWED_MOVES
from scheduling.placing import Placing
from scheduling.refusals import AlreadyOver, HoldOver, StaffOnly, TooLate
from scheduling.wish import Wish

HOLD = timedelta(minutes=10)
LONGEST_HOLD = timedelta(minutes=60)

_visits, _appointments = table_of(Visit), table_of(Appointment)
_TO_CHANGE = (
    select(Visit)
    .where(Visit.id == bindparam("which"))
    .options(joinedload(Visit.centre))
    .with_for_update(key_share=True, of=Visit)
    .execution_options(populate_existing=True)
)
_PARTS_LOCKED = (
    select(Appointment)
    .join(Claim, Claim.appointment_id == Appointment.id)
    .join(Resource, Resource.id == Claim.resource_id)
    .where(Appointment.visit_id == bindparam("which"))
    .order_by(Resource.id)
    .with_for_update(key_share=True, of=Resource)
    .execution_options(populate_existing=True)
)
_NEW_VISIT = insert(_visits).returning(_visits.c.id)
_NEW_APPOINTMENTS = insert(_appointments).returning(_appointments.c.id, sort_by_parameter_order=True)
_ADVANCE = (
    update(_appointments)
    .where(_appointments.c.id.in_(bindparam("ids", expanding=True)), _appointments.c.state == bindparam("before"))
    .values(state=bindparam("to"))
)
_ADVANCE_HOLD = _ADVANCE.values(hold_until=bindparam("until"))


class Overrule(StrEnum):
    """Why staff give a time outside hours, lead time or horizon; kept with the appointment."""

    URGENT = "urgent"
    AGREED = "agreed"
    WAITING_HERE = "waiting_here"
    INTERPRETER = "interpreter"
    COVERED = "covered"


@dataclass(frozen=True)
class Contact:
    """How to reach somebody, all optional; a phone or an address only with consent, whose wording is kept (S-05).

    With `helper_lang` it belongs to a helper who is told instead and reads that language.
    """

    call_name: str | None
    phone: str | None
    consent_wording: str | None
    helper_lang: str | None = None
    email: str | None = None

    @property
    def recipient(self) -> str | None:
        """Where messages go, if they may."""
        return self.phone or self.email


def manage_token(keys: Sequence[str], visit: Visit) -> str:
    """The secret of the visit's link, made again whenever it is needed; by an older key where it was made by one."""
    return token_of_ring(keys, "visit", visit.id, visit.token_generation, visit.token_hash)


def visit_to_change(tx: Transaction, visit_id: int) -> Visit:
    """A visit with its row locked, so that two who change it come one after the other; raises NotFound.

    Its appointments are read when they are asked for: after the lock, so as the one before has left them.
    """
    visit = tx.session.scalars(_TO_CHANGE, {"which": visit_id}).one_or_none()
    if visit is None or visit.erased_at:
        raise NotFound
    tx.session.expire(visit, ["appointments", "offer"])
    tx.kept.append(visit)
    return visit


def hold(
    tx: Transaction,
    wish: Wish,
    starts_at: datetime,
    ui_lang: str,
    visit: Visit | None = None,
    overrule: Overrule | None = None,
    again: bool = False,
) -> int:
    """Keep a start for ten minutes; the visit's id. With `visit` (its row locked), what it held before goes and what
    was typed stays.

    `overrule` lets staff leave hours, lead time, horizon and caps aside, never a claim; `again` is for the next visits
    of a series. Raises what `Placing.place` does, Moved when the visit is booked by now, StaffOnly.
    """
    if visit and visit.code:
        raise Moved
    if overrule and tx.by.kind == "client":
        raise StaffOnly
    before = [appointment.id for appointment in visit.appointments] if visit else []
    placement = Placing(
        tx, wish, starts_at, own=standing_of(tx.session, before) if before else (),
        visit_id=visit.id if visit else None, overruled=overrule is not None, online=tx.by.kind == "client",
        again=again,
    ).place()  # fmt: skip
    if visit:
        _let_go(tx, visit, before)
    visit_id = _write_visit(tx, placement, wish, ui_lang, visit)
    until, reason = tx.now + HOLD, overrule.value if overrule else None
    more = {"state": AppointmentState.HELD, "hold_until": until, "version": 1, "overruled": reason}
    ids = write_appointments(tx, visit_id, placement, more)
    claim(tx, [(taken, ids[number]) for taken, number in placement.claims], held_until=until)
    tx.record(Happened.HELD, "visit", visit_id, placement.centre.scope, service=placement.parts[0].service.code)
    return visit_id


def extend(tx: Transaction, visit: Visit) -> datetime:
    """Ten more minutes for the hold, at most an hour after it began; returns until when it now lasts.

    Raises HoldOver when somebody took the time.
    """
    held = _held(tx, visit)
    ids = [appointment.id for appointment in held]
    until = max(held[0].hold_until or tx.now, min(tx.now + HOLD, visit.typed_at + LONGEST_HOLD))
    _compare_and_set(tx, held, AppointmentState.HELD, hold_until=until)
    keep(tx, ids, until)
    return until


def confirm(tx: Transaction, visit: Visit, keys: Sequence[str], **place: int) -> Visit:
    """Turn the hold into a booking with code and link. Confirming twice is confirming once. `place` in a series.

    A hold that has run out still confirms while nobody took the time; else HoldOver. Raises TooLate once it has begun.
    """
    if visit.code:
        return visit
    held = _held(tx, visit)
    if held[0].starts_at < tx.now:
        raise TooLate
    ids = [appointment.id for appointment in held]
    _compare_and_set(tx, held, AppointmentState.BOOKED, hold_until=None)
    keep(tx, ids, None)
    give_code(tx, visit, visit.centre_id, visit.day_on, token_hash(manage_token(keys, visit)))
    ask_pool(tx, visit, held[0])
    tx.record(Happened.BOOKED, "visit", visit.id, visit.centre.scope, parts=len(held), **place)
    return visit


def cancel(tx: Transaction, visit: Visit, by_centre: bool = False, **place: int) -> Visit:
    """Call the visit off, for the client or because the centre has to; its time is free at once. `place` in a series.

    Cancelling twice is cancelling once. Raises TooLate, Moved.
    """
    if visit.ended_at and all(a.state is not AppointmentState.BOOKED for a in visit.appointments):
        return visit
    booked = changeable(visit, tx.now)
    ids = [appointment.id for appointment in booked]
    kept = [*ids, *offer_ids(visit)]
    lock_claimed(tx.session, kept)
    note_freed(tx, visit, booked)
    _compare_and_set(tx, booked, AppointmentState.CANCELLED)
    release(tx, kept)
    end_offer(tx, visit)
    visit.ended_at = tx.now
    tx.record(Happened.CANCELLED, "visit", visit.id, visit.centre.scope, by_centre=by_centre, **place)
    return visit


def settle(tx: Transaction, appointment: Appointment, state: AppointmentState) -> None:
    """Write into the plan what became of an appointment on the day: seen, no-show, or booked again (undo)."""
    _compare_and_set(tx, [appointment], state)


def held_appointment(visit: Visit) -> Appointment:
    """The first appointment being booked; raises HoldOver when its time is gone."""
    return _all_held(visit.appointments)[0]


def changeable(visit: Visit, now: datetime) -> list[Appointment]:
    """The booked appointments a client may still move or cancel, in order; raises AlreadyOver or TooLate."""
    booked = [a for a in visit.appointments if a.state is AppointmentState.BOOKED]
    if not booked or visit.ended_at:
        raise AlreadyOver
    if booked[0].starts_at <= now:
        raise TooLate
    return booked


def placed_values(placement: Placement, number: int) -> dict[str, object]:
    """The columns of an appointment that a placement fills."""
    part = placement.parts[number]
    return {
        "service_id": part.service.id, "counsellor_id": part.counsellor_id, "room_id": part.room_id,
        "interpreter_id": part.interpreter_id, "route": placement.route.value, "starts_at": part.starts_at,
        "ends_at": part.ends_at,
    }  # fmt: skip


def _let_go(tx: Transaction, visit: Visit, appointment_ids: Sequence[int]) -> None:
    """What the visit held until now, locked with the new; it may be the very time that is wanted."""
    release(tx, appointment_ids)
    tx.session.execute(delete(Appointment).where(Appointment.id.in_(appointment_ids)))
    tx.session.expire(visit, ["appointments"])


def _write_visit(tx: Transaction, placement: Placement, wish: Wish, ui_lang: str, visit: Visit | None) -> int:
    values = {
        "centre_id": placement.centre.id,
        "day_on": placement.parts[0].starts_at.astimezone(placement.centre.zone).date(),
        "spoken_langs": list(wish.languages), "party": wish.party, "wishes": sorted(wish.wishes), "typed_at": tx.now,
    }  # fmt: skip
    if visit:
        for name, value in values.items():
            setattr(visit, name, value)
        tx.session.flush()
        tx.session.expire(visit, ["centre"])
        return visit.id
    values |= {"ui_lang": ui_lang, "token_generation": 0}
    return int(tx.session.connection().execute(_NEW_VISIT, values).scalar_one())


def write_appointments(tx: Transaction, visit_id: int, placement: Placement, more: dict[str, object]) -> list[int]:
    """A new appointment for each part of a placement, `more` being what it does not say; their ids in order."""
    rows = [
        {"visit_id": visit_id, **placed_values(placement, number), **more} for number in range(len(placement.parts))
    ]
    return list(tx.session.connection().execute(_NEW_APPOINTMENTS, rows).scalars())


def _held(tx: Transaction, visit: Visit) -> list[Appointment]:
    """The appointments being booked, with all they have claimed locked. Raises HoldOver.

    A hold that has run out was not counted any more, so it does not outlive its time where a daily cap counts.
    """
    found = set(tx.session.scalars(_PARTS_LOCKED, {"which": visit.id}).all())
    held = _all_held(sorted(found, key=lambda part: (part.starts_at, part.id)))
    if held[0].hold_until is None or held[0].hold_until <= tx.now:
        services = current_setup(tx.session).services
        if any(services[part.service_id].daily_cap is not None for part in held):
            raise HoldOver
    set_committed_value(visit, "appointments", held)
    return held


def _all_held(parts: Sequence[Appointment]) -> list[Appointment]:
    if not parts or any(part.state is not AppointmentState.HELD for part in parts):
        raise HoldOver
    return list(parts)


_UNTOUCHED = object()


def _compare_and_set(
    tx: Transaction, appointments: Sequence[Appointment], to: AppointmentState, hold_until: object = _UNTOUCHED
) -> None:
    """Along `ALLOWED_MOVES`; raises HoldOver or Moved when somebody was faster. Claims are locked by the caller."""
    before = appointments[0].state
    if to is not before and to not in ALLOWED_MOVES[before]:
        raise Moved
    about = {"ids": [appointment.id for appointment in appointments], "before": before, "to": to}
    touched = hold_until is not _UNTOUCHED
    statement = _ADVANCE_HOLD if touched else _ADVANCE
    done = tx.session.connection().execute(statement, {**about, "until": hold_until} if touched else about)
    if done.rowcount != len(appointments):
        raise HoldOver if before is AppointmentState.HELD else Moved
    for appointment in appointments:
        as_written(appointment, {"state": to, "hold_until": hold_until} if touched else {"state": to})

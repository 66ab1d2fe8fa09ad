"""What can be done with a visit: hold, note a contact, confirm, move, cancel, let go. Each is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from foundation.tokens import derived_token, random_digits, token_hash
from scheduling.availability import Slot
from scheduling.claims import claim, lock, release
from scheduling.happened import Happened
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, Claim, Counsellor, Room, Visit
from scheduling.models.plan import ALLOWED_MOVES
from scheduling.opening import whole_day
from scheduling.refusals import AlreadyOver, HoldOver, SlotTaken, TooLate
from scheduling.search import Wish, candidates, slots

HOLD = timedelta(minutes=10)
LONGEST_HOLD = timedelta(minutes=60)
CODE_LENGTH = 6


@dataclass(frozen=True)
class Contact:
    """How to reach somebody: both optional; a phone only with consent, whose wording version is kept (S-05)."""

    call_name: str | None
    phone: str | None
    consent_wording: str | None


def manage_token(keys: Sequence[str], visit: Visit) -> str:
    """The secret of the visit's link, made again whenever it is needed; by an older key where it was made by one."""
    tokens = [derived_token(key, "visit", visit.id, visit.token_generation) for key in keys]
    return next((token for token in tokens if token_hash(token) == visit.token_hash), tokens[0])


def visit_to_change(tx: Transaction, visit_id: int) -> Visit:
    """A visit with its row locked, so that two who change it come one after the other; raises NotFound."""
    visit = tx.session.get(Visit, visit_id, with_for_update=True)
    if visit is None or visit.erased_at:
        raise NotFound
    return visit


def hold(tx: Transaction, wish: Wish, starts_at: datetime, ui_lang: str, visit: Visit | None = None) -> Visit:
    """Keep a slot for ten minutes. With `visit` (its row locked), what it held before goes and what was typed stays.

    Raises SlotTaken when the start is not free any more, Moved when the visit is booked by now.
    """
    if visit and visit.code:
        raise Moved
    lock(tx.session, candidates(tx.session, wish))  # before the old hold is touched: nobody waits crosswise
    if visit:
        visit.appointments.clear()
        tx.session.flush()
    slot = _free_slot(tx, wish, starts_at)
    visit = visit or Visit(ui_lang=ui_lang)
    visit.typed_at = tx.now
    visit.centre, visit.day_on = wish.centre, starts_at.astimezone(wish.centre.zone).date()
    visit.spoken_langs, visit.party, visit.wishes = [wish.language], wish.party, sorted(wish.wishes)
    appointment = Appointment(service_id=wish.service.id, state=AppointmentState.HELD, hold_until=tx.now + HOLD)
    _place(tx, visit, appointment, slot, wish.service.buffer)
    tx.record(Happened.HELD, "visit", visit.id, wish.centre.scope, service=wish.service.code)
    return visit


def extend(tx: Transaction, visit: Visit) -> datetime:
    """Ten more minutes for the hold, at most an hour after it began; returns until when it now lasts."""
    held = held_appointment(visit)
    if held.hold_until is None or held.state is not AppointmentState.HELD:
        raise HoldOver
    held.hold_until = max(held.hold_until, min(tx.now + HOLD, visit.typed_at + LONGEST_HOLD))
    return held.hold_until


def note_contact(tx: Transaction, visit: Visit, contact: Contact) -> None:
    """Keep what the client typed about being reached; proof of consent with it (S-05)."""
    visit.call_name, visit.phone = contact.call_name, contact.phone
    visit.consent_wording = contact.consent_wording if contact.phone else None
    visit.consent_at = tx.now if contact.phone else None
    tx.record(Happened.CONTACT_CHANGED, "visit", visit.id, visit.centre.scope)


def confirm(tx: Transaction, visit: Visit, keys: Sequence[str]) -> Visit:
    """Turn the hold into a booking with code and link. Confirming twice is confirming once.

    A hold that has run out still confirms while nobody took the slot; else HoldOver.
    """
    if any(a.state is AppointmentState.BOOKED for a in visit.appointments):
        return visit
    held = held_appointment(visit)
    _advance(tx, held, AppointmentState.BOOKED)
    held.hold_until = None
    visit.code = _free_code(tx.session, visit.centre_id, visit.day_on)
    visit.token_hash = token_hash(manage_token(keys, visit))
    tx.record(Happened.BOOKED, "visit", visit.id, visit.centre.scope, service=held.service.code)
    return visit


def move(tx: Transaction, visit: Visit, wish: Wish, starts_at: datetime) -> Visit:
    """Give the booked appointment another time: the new is claimed before the old is freed, the link stays (P31).

    Raises SlotTaken, TooLate, AlreadyOver.
    """
    appointment = changeable(visit, tx.now)
    if appointment.starts_at == starts_at:
        return visit
    lock(tx.session, candidates(tx.session, wish))
    slot = _free_slot(tx, wish, starts_at)
    old = list(tx.session.scalars(select(Claim.id).where(Claim.appointment_id == appointment.id)))
    _place(tx, visit, appointment, slot, wish.service.buffer)
    release(tx, appointment, keep=set(_claims_of(tx.session, appointment)) - set(old))
    appointment.version += 1
    day = starts_at.astimezone(wish.centre.zone).date()
    if day != visit.day_on:
        visit.code = _free_code(tx.session, visit.centre_id, day, visit.code)
        visit.day_on = day
    tx.record(Happened.MOVED, "visit", visit.id, wish.centre.scope, version=appointment.version)
    return visit


def cancel(tx: Transaction, visit: Visit) -> Visit:
    """Call the visit off; its time is free at once. Cancelling twice is cancelling once. Raises TooLate."""
    if visit.ended_at and all(a.state is not AppointmentState.BOOKED for a in visit.appointments):
        return visit
    changeable(visit, tx.now)
    for appointment in visit.appointments:
        if appointment.state is AppointmentState.BOOKED:
            _advance(tx, appointment, AppointmentState.CANCELLED)
            release(tx, appointment)
    visit.ended_at = tx.now
    tx.record(Happened.CANCELLED, "visit", visit.id, visit.centre.scope)
    return visit


def settle(tx: Transaction, appointment: Appointment, state: AppointmentState) -> None:
    """Write into the plan what became of an appointment on the day: seen, no-show, or booked again (undo)."""
    _advance(tx, appointment, state)


def held_appointment(visit: Visit) -> Appointment:
    """The appointment being booked; raises HoldOver when its time is gone."""
    for appointment in reversed(visit.appointments):
        if appointment.state is AppointmentState.HELD:
            return appointment
    raise HoldOver


def changeable(visit: Visit, now: datetime) -> Appointment:
    """The booked appointment a client may still move or cancel; raises AlreadyOver or TooLate."""
    booked = [a for a in visit.appointments if a.state is AppointmentState.BOOKED]
    if not booked or visit.ended_at:
        raise AlreadyOver
    if booked[0].starts_at <= now:
        raise TooLate
    return booked[0]


def release_forgotten(tx: Transaction, limit: int = 50) -> int:
    """A timed duty: holds that ran out an hour ago free their time, and unfinished visits are deleted."""
    forgotten = tx.session.scalars(
        select(Visit)
        .where(Visit.code.is_(None), Visit.ended_at.is_(None), Visit.typed_at < tx.now - 2 * LONGEST_HOLD)
        .where(Visit.appointments.any())
        .limit(limit)
        .with_for_update(skip_locked=True, of=Visit)
    ).all()
    for visit in forgotten:
        tx.record(Happened.RELEASED, "visit", visit.id, visit.centre.scope)
        tx.session.delete(visit)
    return len(forgotten)


def erase_ended(tx: Transaction, days: int = 7, limit: int = 50) -> int:
    """A timed duty: what is personal in a visit goes a week after its day, two days after a cancellation (D-04)."""
    past = (Visit.day_on < (tx.now - timedelta(days=days)).date()) | (Visit.ended_at < tx.now - timedelta(days=days))
    cancelled = Visit.appointments.any(Appointment.state == AppointmentState.CANCELLED) & (
        Visit.ended_at < tx.now - timedelta(days=2)
    )
    due = tx.session.scalars(select(Visit).where(Visit.erased_at.is_(None), past | cancelled).limit(limit)).all()
    for visit in due:
        visit.code = visit.call_name = visit.phone = visit.consent_wording = visit.token_hash = None
        visit.consent_at, visit.spoken_langs, visit.wishes, visit.ui_lang = None, [], [], "de"
        visit.ended_at, visit.erased_at = visit.ended_at or tx.now, tx.now
        tx.record(Happened.ERASED, "visit", visit.id, visit.centre.scope)
    return len(due)


def _free_slot(tx: Transaction, wish: Wish, starts_at: datetime) -> Slot:
    """The slot at this start, looked for after the lock; raises SlotTaken."""
    day = whole_day(starts_at.astimezone(wish.centre.zone).date(), wish.centre.zone)
    for slot in slots(tx.session, wish, day, tx.now):
        if slot.starts_at == starts_at:
            return slot
    raise SlotTaken


def _place(tx: Transaction, visit: Visit, appointment: Appointment, slot: Slot, buffer: timedelta) -> None:
    """Choose people and room of a slot and claim them: the least busy counsellor, her own room or the smallest."""
    appointment.counsellor_id = _least_busy(tx.session, slot)
    appointment.room_id = _room_for(tx.session, slot, appointment.counsellor_id)
    appointment.interpreter_id = slot.interpreters[0] if slot.interpreters else None
    appointment.starts_at, appointment.ends_at, appointment.route = slot.starts_at, slot.ends_at, slot.route
    appointment.visit = visit
    tx.session.add(appointment)
    tx.session.flush()
    taken = Interval(slot.starts_at, slot.ends_at + buffer)
    claim(tx, [appointment.counsellor_id, appointment.room_id], taken, appointment)
    if appointment.interpreter_id:
        claim(tx, [appointment.interpreter_id], Interval(slot.starts_at, slot.ends_at), appointment)


def _least_busy(session: Session, slot: Slot) -> int:
    """By claims around that day, then by id."""
    day = timedelta(hours=12)
    counted = session.execute(
        select(Claim.resource_id, func.count())
        .where(Claim.resource_id.in_(slot.counsellors))
        .where(Claim.starts_at > slot.starts_at - day, Claim.starts_at < slot.starts_at + day)
        .group_by(Claim.resource_id)
    ).all()
    load = {row[0]: row[1] for row in counted}
    return min(slot.counsellors, key=lambda id_: (load.get(id_, 0), id_))


def _room_for(session: Session, slot: Slot, counsellor_id: int) -> int:
    """The counsellor's own room if it is free and fits, else the smallest that does."""
    hers = select(Counsellor.counter_id).where(Counsellor.id == counsellor_id)
    own = select(Room.id).where(Room.counter_id.in_(hers))
    return next((room_id for room_id in session.scalars(own) if room_id in slot.rooms), slot.rooms[0])


def _claims_of(session: Session, appointment: Appointment) -> list[int]:
    return list(session.scalars(select(Claim.id).where(Claim.appointment_id == appointment.id)))


def _advance(tx: Transaction, appointment: Appointment, to: AppointmentState) -> None:
    """Compare-and-set along `ALLOWED_MOVES`; raises HoldOver or Moved when somebody was faster."""
    before = appointment.state
    if to not in ALLOWED_MOVES[before]:
        raise Moved
    changed = update(Appointment).where(Appointment.id == appointment.id, Appointment.state == before).values(state=to)
    if not tx.session.execute(changed.returning(Appointment.id)).first():
        raise HoldOver if before is AppointmentState.HELD else Moved


def _free_code(session: Session, centre_id: int, day: date, wanted: str | None = None) -> str:
    open_codes = set(
        session.scalars(
            select(Visit.code).where(Visit.centre_id == centre_id, Visit.day_on == day, Visit.ended_at.is_(None))
        )
    )
    code = wanted or random_digits(CODE_LENGTH)
    while code in open_codes:
        code = random_digits(CODE_LENGTH)
    return code

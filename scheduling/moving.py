"""A booked visit gets another time, counsellor or centre: one transaction, the link stays (P31)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update

from foundation.db import Transaction
from foundation.errors import Moved
from foundation.model import table_of
from scheduling.choosing import Placement
from scheduling.claims import shift, standing_of
from scheduling.coding import as_written, give_code
from scheduling.freed import end_offer, note_freed, offer_ids
from scheduling.happened import Happened
from scheduling.interpreters import ask_pool
from scheduling.models import Appointment, AppointmentState, Visit
from scheduling.placing import Placing
from scheduling.refusals import StaffOnly, WishBroken
from scheduling.visits import Overrule, changeable, placed_values
from scheduling.wish import Wish


class Unasked(StrEnum):
    """Why a visit is moved that nobody of it has asked for: how the client is told of it."""

    COVERED = "covered"
    """Somebody is away: told when the sending window is open."""
    PUT_BACK = "put_back"
    """Somebody is here after all, and the client was not told otherwise: not told."""


def move(
    tx: Transaction,
    visit: Visit,
    wish: Wish,
    starts_at: datetime,
    overrule: Overrule | None = None,
    unasked: Unasked | None = None,
) -> Visit:
    """Give a visit (its row locked) another time; the new is claimed before the old is freed, link and code stay.

    `wish` names the services of the visit in their order, and the one centre it moves to. The same start again changes
    nothing, unless the wish names another counsellor, room, interpreter or centre. Whoever comes earlier now has had
    that wish; an open offer is taken or ends. Raises what `Placing.place` does, TooLate, AlreadyOver, StaffOnly, and
    Moved when somebody else has moved it meanwhile.
    """
    if overrule and tx.by.kind == "client":
        raise StaffOnly
    booked = changeable(visit, tx.now)
    if [a.service_id for a in booked] != list(wish.services):
        raise WishBroken
    if booked[0].starts_at == starts_at and wish.centres == (visit.centre_id,) and _asks_nothing_new(wish, booked[0]):
        return visit
    own = standing_of(tx.session, [*(appointment.id for appointment in booked), *offer_ids(visit)])
    placement = Placing(tx, wish, starts_at, own=own, visit_id=visit.id, overruled=overrule is not None).place()
    before, changed = booked[0].starts_at, _changed(visit, booked, placement)
    note_freed(tx, visit, booked)
    _write(tx, booked, placement, overrule)
    shift(tx, own, [(taken, booked[number].id) for taken, number in placement.claims])
    end_offer(tx, visit, taken=visit.offer is not None and visit.offer.starts_at == starts_at)
    _follow(tx, visit, placement)
    ask_pool(tx, visit, booked[0], stays=not {"time", "centre"} & set(changed))
    visit.late_by = visit.said_comes_at = None
    if starts_at < before:
        visit.earlier_wished_at = None
    tx.record(
        Happened.MOVED, "visit", visit.id, placement.centre.scope, version=booked[0].version, changed=changed,
        **({"unasked": unasked.value} if unasked else {}),
    )  # fmt: skip
    return visit


def wish_of(visit: Visit, booked: Sequence[Appointment]) -> Wish:
    """What a visit was booked for, to look for another time: its appointments that are booked, in order."""
    together = len(booked) > 1 and booked[0].starts_at == booked[1].starts_at
    return Wish(
        tuple(appointment.service_id for appointment in booked), (visit.centre_id,), tuple(visit.spoken_langs),
        visit.party, frozenset(visit.wishes), together,
    )  # fmt: skip


def _asks_nothing_new(wish: Wish, first: Appointment) -> bool:
    asked = (
        (wish.counsellor, first.counsellor_id), (wish.room, first.room_id), (wish.interpreter, first.interpreter_id),
    )  # fmt: skip
    return all(wanted in {None, has} for wanted, has in asked)


def _changed(visit: Visit, booked: Sequence[Appointment], placement: Placement) -> list[str]:
    """What is different now: `time`, `centre`, `counsellor`, `room`."""
    pairs = list(zip(booked, placement.parts, strict=True))
    different = {
        "time": any(old.starts_at != new.starts_at for old, new in pairs),
        "centre": visit.centre_id != placement.centre.id,
        "counsellor": any(old.counsellor_id != new.counsellor_id for old, new in pairs),
        "room": any(old.room_id != new.room_id for old, new in pairs),
    }
    return [what for what, is_so in different.items() if is_so]


def _write(tx: Transaction, booked: Sequence[Appointment], placement: Placement, overrule: Overrule | None) -> None:
    """Compare-and-set by state and version."""
    table = table_of(Appointment)
    for number, appointment in enumerate(booked):
        values = {
            **placed_values(placement, number), "version": appointment.version + 1,
            "overruled": overrule.value if overrule else None, "delayed_by": None,
        }  # fmt: skip
        unmoved = (table.c.state == AppointmentState.BOOKED, table.c.version == appointment.version)
        changed = update(table).where(table.c.id == appointment.id, *unmoved).values(values)
        if tx.session.connection().execute(changed).rowcount != 1:
            raise Moved
        as_written(appointment, values)
        tx.session.expire(appointment, ["counsellor", "room", "interpreter"])


def _follow(tx: Transaction, visit: Visit, placement: Placement) -> None:
    """Day, centre and code of the visit follow its first consultation."""
    day, centre = placement.parts[0].starts_at.astimezone(placement.centre.zone).date(), placement.centre
    if (day, centre.id) == (visit.day_on, visit.centre_id):
        return
    if centre.id != visit.centre_id:
        tx.record(Happened.MOVED_AWAY, "visit", visit.id, visit.centre.scope)
    give_code(tx, visit, centre.id, day)
    tx.session.expire(visit, ["centre"])

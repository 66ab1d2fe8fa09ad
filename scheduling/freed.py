"""What is given back, noted when somebody wishes to come earlier; and the end of an offer."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, select, update

from foundation.db import Transaction
from foundation.errors import Moved
from foundation.model import table_of
from scheduling.claims import lock_claimed, release
from scheduling.coding import as_written
from scheduling.models import Appointment, AppointmentState, FreedTime, Visit


def note_freed(tx: Transaction, visit: Visit, booked: Sequence[Appointment]) -> None:
    """Booked appointments are about to be given up: their starts will be offered to whoever wishes to come earlier."""
    for part in booked:
        somebody = exists().where(
            Visit.centre_id == visit.centre_id, Visit.id != visit.id, Visit.earlier_wished_at.is_not(None),
            Visit.ended_at.is_(None),
            Appointment.visit_id == Visit.id, Appointment.service_id == part.service_id,
            Appointment.state == AppointmentState.BOOKED, Appointment.starts_at > part.starts_at,
        )  # fmt: skip
        if tx.session.scalar(select(somebody)):
            tx.session.add(FreedTime(centre_id=visit.centre_id, service_id=part.service_id, starts_at=part.starts_at))


def offer_ids(visit: Visit) -> list[int]:
    """The id of the open offer of a visit, if there is one, to be locked and released with the rest."""
    return [visit.offer.id] if visit.offer else []


def let_go(tx: Transaction, visit: Visit) -> None:
    """What the open offer of a visit (its row locked) kept is free again, and is offered to the next."""
    ids = offer_ids(visit)
    if ids:
        lock_claimed(tx.session, ids)
        release(tx, ids)
        end_offer(tx, visit)


def end_offer(tx: Transaction, visit: Visit, taken: bool = False) -> None:
    """The open offer of a visit (its row locked) is over; the caller has released what it kept, or moved it.

    Unless it was `taken`, the time is offered to the next. Raises Moved when somebody ended it meanwhile.
    """
    offer, table = visit.offer, table_of(Appointment)
    if offer is None:
        return
    still = (table.c.id == offer.id, table.c.state == AppointmentState.OFFERED)
    over = update(table).where(*still).values(state=AppointmentState.OFFER_OVER)
    if tx.session.connection().execute(over).rowcount != 1:
        raise Moved
    as_written(offer, {"state": AppointmentState.OFFER_OVER})
    if taken:
        tx.session.execute(delete(FreedTime).where(FreedTime.offer_id == offer.id))
    tx.session.expire(visit, ["offer"])

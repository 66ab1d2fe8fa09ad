"""Somebody without code: a number at once, and the desk joins it with the appointment she means (X-05)."""

from datetime import datetime

from sqlalchemy import select

from foundation.db import Transaction
from queueing.happened import Happened
from queueing.matching import Expected, meant
from queueing.models import TO_CALL, Ticket
from queueing.moves import change, record
from queueing.refusals import ClosedNow, NotMeant
from queueing.tickets import WalkIn, give_number, open_ticket, open_today
from scheduling.models import Appointment, AppointmentState, Centre, Visit
from scheduling.visits import visit_to_change


def number_without_code(tx: Transaction, walk_in: WalkIn, starts_at: datetime) -> Ticket:
    """A number for whoever says that her appointment is at `starts_at`; raises ClosedNow, NumbersUsedUp.

    From outside it looks the same whether exactly one appointment fits, which the desk then checks, or none.
    """
    centre = walk_in.centre
    if not any(stretch.end > tx.now for stretch in open_today(tx.session, centre, tx.now)):
        raise ClosedNow
    topic = walk_in.topic_group.id if walk_in.topic_group else None
    found = meant(_expected(tx, centre), starts_at, topic)
    ticket = give_number(tx, walk_in)
    ticket.meant_id = found
    return ticket


def join(tx: Transaction, ticket: Ticket) -> None:
    """The desk has asked: it is hers. The number now waits for the appointment.

    Raises NotMeant when the appointment is no longer open, or somebody has checked in for it meanwhile.
    """
    planned = ticket.meant
    if planned is None or planned.state is not AppointmentState.BOOKED or ticket.state not in TO_CALL:
        raise NotMeant
    visit = visit_to_change(tx, planned.visit_id)
    if open_ticket(tx.session, visit):
        raise NotMeant
    if not visit.recipient:
        visit.phone, visit.consent_at = ticket.visit.phone, ticket.visit.consent_at
        visit.consent_wording, visit.consent_channel = ticket.visit.consent_wording, ticket.visit.consent_channel
        visit.consent_ended_at = ticket.visit.consent_ended_at
    topic = planned.service.topic_group_id
    change(tx, ticket, visit_id=visit.id, appointment_id=planned.id, meant_id=None, topic_group_id=topic)
    tx.session.expire(ticket, ["visit", "meant", "topic_group"])
    record(tx, ticket, Happened.JOINED, found=True)


def part(tx: Transaction, ticket: Ticket) -> None:
    """The desk has asked: it is not hers. She waits on as everybody without appointment. Raises TicketMoved."""
    change(tx, ticket, meant_id=None)
    tx.session.expire(ticket, ["meant"])
    record(tx, ticket, Happened.JOINED, found=False)


def _expected(tx: Transaction, centre: Centre) -> list[Expected]:
    """Booked appointments of today whose visits have no place in the queue yet."""
    ticketed = select(Ticket.visit_id).where(Ticket.centre_id == centre.id, Ticket.day_on == centre.local_day(tx.now))
    booked = tx.session.scalars(
        select(Appointment)
        .join(Appointment.visit)
        .where(Visit.centre_id == centre.id, Visit.day_on == centre.local_day(tx.now), Visit.ended_at.is_(None))
        .where(Appointment.state == AppointmentState.BOOKED, Visit.id.not_in(ticketed))
    )
    return [Expected(one.id, one.visit_id, one.starts_at, one.service.topic_group_id) for one in booked.all()]

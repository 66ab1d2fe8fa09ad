"""The wish to come earlier, and offers: what is given back is kept for one client at a time, first come first served.

Silence passes the offer on, and so does a no; whoever takes it has her appointment moved to it.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from foundation.db import Transaction
from foundation.errors import Moved, Refusal
from scheduling.choosing import Placement
from scheduling.claims import claim, lock
from scheduling.freed import let_go
from scheduling.happened import Happened
from scheduling.memory import current_setup
from scheduling.models import Appointment, AppointmentState, FreedTime, Visit
from scheduling.moving import move, wish_of
from scheduling.placing import Placing
from scheduling.refusals import NotReachable, OfferOver, OneTopicOnly, SlotTaken
from scheduling.sending_window import window_later
from scheduling.visits import changeable, visit_to_change, write_appointments

ANSWER_IN = timedelta(hours=2)
"""How long an offer is kept, counted inside the sending window."""

MOST_ASKED = 50
"""How many who wish to come earlier are looked at for one freed time; who wished after them is not asked for it."""


def wish_earlier(tx: Transaction, visit: Visit, wanted: bool) -> None:
    """A client (her visit's row locked) would rather come earlier, or no longer; an open offer goes with the wish.

    Raises NotReachable for who left nothing that may be written to, OneTopicOnly for several consultations in one
    visit, and what `changeable` refuses.
    """
    booked = changeable(visit, tx.now)
    if wanted and not visit.wants_messages:
        raise NotReachable
    if wanted and len(booked) > 1:
        raise OneTopicOnly
    if wanted == (visit.earlier_wished_at is not None):
        return
    if wanted:
        visit.earlier_wished_at = tx.now
    else:
        forget_wish(tx, visit)
    tx.record(Happened.EARLIER_WISHED, "visit", visit.id, visit.centre.scope, wanted=wanted)


def forget_wish(tx: Transaction, visit: Visit) -> None:
    """The client is here, or cannot be reached any more: the wish ends, and an open offer goes to the next."""
    if visit.offer:
        _end(tx, visit, Happened.OFFER_DECLINED)
    visit.earlier_wished_at = None


def take(tx: Transaction, visit: Visit, starts_at: datetime) -> None:
    """The offered time becomes the visit's (its row locked). Raises OfferOver, Moved for another offer."""
    _check(visit, starts_at)
    try:
        move(tx, visit, wish_of(visit, changeable(visit, tx.now)), starts_at)
    except SlotTaken as gone:
        raise OfferOver from gone


def decline(tx: Transaction, visit: Visit, starts_at: datetime) -> None:
    """No, thank you: the next is asked, the wish stays. Raises OfferOver, Moved."""
    _check(visit, starts_at)
    _end(tx, visit, Happened.OFFER_DECLINED)


def to_be_offered(session: Session, now: datetime, limit: int = 20) -> list[int]:
    """Freed times that nobody is thinking about now: new ones, and those whose offer was declined or not answered."""
    thinking = and_(Appointment.state == AppointmentState.OFFERED, Appointment.hold_until > now)
    found = select(FreedTime.id).outerjoin(FreedTime.offer).where(or_(FreedTime.offer_id.is_(None), ~thinking))
    return list(session.scalars(found.order_by(FreedTime.id).limit(limit)))


def pass_on(tx: Transaction, freed_id: int) -> None:
    """One freed time goes one step on: an unanswered offer ends, else the next is asked, else it is forgotten.

    One step is one transaction, so that resources are locked once and in order; a freed time that another worker has
    in hand is left to it.
    """
    freed = tx.session.get(FreedTime, freed_id)
    if freed is None:
        return
    if _is_offered(freed):
        _lapse(tx, freed)
        return
    mine = select(FreedTime).where(FreedTime.id == freed_id).with_for_update(skip_locked=True)
    freed = tx.session.scalar(mine.execution_options(populate_existing=True))
    if freed and not _is_offered(freed) and not _ask_next(tx, freed):  # another worker may have asked somebody by now
        tx.session.delete(freed)


def _is_offered(freed: FreedTime) -> bool:
    return freed.offer is not None and freed.offer.state is AppointmentState.OFFERED


def _lapse(tx: Transaction, freed: FreedTime) -> None:
    """Silence: the offer ends when its time to answer is over."""
    if freed.offer is None:
        return
    visit = visit_to_change(tx, freed.offer.visit_id)
    if visit.offer and visit.offer.hold_until and visit.offer.hold_until <= tx.now:
        _end(tx, visit, Happened.OFFER_LAPSED)


def _ask_next(tx: Transaction, freed: FreedTime) -> bool:
    """Keep the time for whoever has wished longest and can have it; false when nobody can."""
    until = window_later(tx.now, ANSWER_IN, freed.centre.zone)
    if until + freed.service.lead_time > freed.starts_at:
        return False
    visits = tx.session.scalars(_wishing(freed)).all()
    if not visits:
        return False
    setup = current_setup(tx.session)
    wishes = [wish_of(visit, visit.appointments) for visit in visits]
    lock(tx.session, [id_ for wish in wishes for id_ in setup.to_lock(wish, freed.centre_id)])
    for visit, wish in zip(visits, wishes, strict=True):
        tx.session.expire(visit, ["offer"])
        if visit.offer:  # made by another worker since the list was read
            continue
        try:
            placement = Placing(tx, wish, freed.starts_at, visit_id=visit.id).place()
        except Refusal:
            continue
        _keep(tx, freed, visit, placement, until)
        return True
    return False


def _keep(tx: Transaction, freed: FreedTime, visit: Visit, placement: Placement, until: datetime) -> None:
    more = {"state": AppointmentState.OFFERED, "hold_until": until, "version": 1, "overruled": None}
    ids = write_appointments(tx, visit.id, placement, more)
    claim(tx, [(taken, ids[number]) for taken, number in placement.claims], held_until=until)
    freed.offer_id = ids[0]
    tx.session.expire(visit, ["offer"])
    tx.record(Happened.OFFERED, "visit", visit.id, visit.centre.scope)


def _wishing(freed: FreedTime) -> Select[Visit]:
    """Who can be reached, comes later for this very service alone, was not asked for this time, and is not thinking."""
    other = aliased(Appointment)
    in_the_way = or_(
        other.state == AppointmentState.OFFERED,
        and_(other.state == AppointmentState.OFFER_OVER, other.starts_at == freed.starts_at),
        and_(other.state == AppointmentState.BOOKED, other.id != Appointment.id),
    )
    return (
        select(Visit)
        .join(Appointment, Appointment.visit_id == Visit.id)
        .where(
            Visit.centre_id == freed.centre_id, Visit.earlier_wished_at.is_not(None), Visit.ended_at.is_(None),
            or_(Visit.phone.is_not(None), Visit.email.is_not(None)), Visit.consent_at.is_not(None),
            Visit.consent_ended_at.is_(None),
            Appointment.service_id == freed.service_id,
            Appointment.state == AppointmentState.BOOKED, Appointment.starts_at > freed.starts_at,
            ~exists().where(other.visit_id == Visit.id, in_the_way),
        )
        .order_by(Visit.earlier_wished_at, Visit.id)
        .limit(MOST_ASKED)
        .options(selectinload(Visit.appointments))
        .with_for_update(key_share=True, of=Visit)
    )  # fmt: skip


def _check(visit: Visit, starts_at: datetime) -> None:
    if visit.offer is None:
        raise OfferOver
    if visit.offer.starts_at != starts_at:
        raise Moved


def _end(tx: Transaction, visit: Visit, happened: Happened) -> None:
    let_go(tx, visit)
    tx.record(happened, "visit", visit.id, visit.centre.scope)

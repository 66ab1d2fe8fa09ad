"""«It is nearly your turn»: who is among the next two of somebody on duty, told once and only if she wished it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.db import Transaction
from queueing.happened import Happened
from queueing.models import TO_CALL, Ticket
from queueing.moves import record
from queueing.refusals import AlreadyCalled
from queueing.situation import Situation
from scheduling.memory import current_setup
from scheduling.models import Centre
from scheduling.opening import whole_day
from scheduling.visits import visit_to_change

PLACES = 2


def wish_to_be_told(tx: Transaction, ticket: Ticket, phone: str | None, wording: str) -> None:
    """An SMS before her turn, to the number she types, or to the one she has left before; consent is noted with it.

    Raises AlreadyCalled once she no longer waits.
    """
    if ticket.state not in TO_CALL:
        raise AlreadyCalled
    visit = visit_to_change(tx, ticket.visit_id)
    if phone and (phone != visit.phone or visit.sms_ended):
        visit.phone, visit.email, visit.helper_lang = phone, None, None
        visit.consent_at, visit.consent_wording, visit.consent_channel = tx.now, wording, "turn"
        visit.consent_ended_at = None
    ticket.turn_wished_at = tx.now
    record(tx, ticket, Happened.TURN_WISHED, wanted=True)


def wish_no_more(tx: Transaction, ticket: Ticket) -> None:
    """No SMS after all; a number that was left only for it goes at once (Art. 7 (3) GDPR)."""
    visit = visit_to_change(tx, ticket.visit_id)
    if visit.code is None:
        visit.phone = visit.consent_at = visit.consent_wording = visit.consent_channel = None
        visit.consent_ended_at = None
    ticket.turn_wished_at = None
    record(tx, ticket, Happened.TURN_WISHED, wanted=False)


def centres_with_wishes(session: Session) -> Collection[int]:
    """Centres where somebody who waits wants to be told and has not been."""
    return session.scalars(select(Ticket.centre_id).where(*_WISHES).distinct()).all()


def tell_turns(tx: Transaction, centre: Centre) -> int:
    """Record for each who wishes it, once, that she is nearly there; returns for how many. Safe to repeat."""
    wishing = tx.session.scalars(
        select(Ticket).where(*_WISHES, Ticket.centre_id == centre.id, Ticket.day_on == centre.local_day(tx.now))
    ).all()
    near = next_ones(tx.session, Situation.of(tx.session, centre.id, tx.now)) if wishing else set()
    told = [ticket for ticket in wishing if ticket.number in near and _note(tx, ticket)]
    for ticket in told:
        record(tx, ticket, Happened.TURN_NEAR)
    return len(told)


def next_ones(session: Session, situation: Situation, places: int = PLACES) -> set[int]:
    """Numbers that somebody on duty would call among the next two, by the queue rule itself."""
    near: set[int] = set()
    for counsellor_id in _on_duty(session, situation.centre_id, situation.now):
        hers: set[int] = set()
        for _ in range(places):
            number = situation.choice_for(counsellor_id, but=hers).number
            if number is None:
                break
            hers.add(number)
        near |= hers
    return near


_WISHES = (Ticket.turn_wished_at.is_not(None), Ticket.turn_told_at.is_(None), Ticket.state.in_(TO_CALL))


def _note(tx: Transaction, ticket: Ticket) -> bool:
    """Compare-and-set: of two workers one tells."""
    free = update(Ticket).where(Ticket.id == ticket.id, *_WISHES).values(turn_told_at=tx.now)
    return tx.session.scalar(free.returning(Ticket.id)) is not None


def _on_duty(session: Session, centre_id: int, now: datetime) -> list[int]:
    """Counsellors whose hours hold this moment."""
    setup = current_setup(session)
    zone = setup.centres[centre_id].zone
    day = whole_day(now.astimezone(zone).date(), zone)
    here = sorted({id_ for id_, at in setup.timetables if at == centre_id})
    return [
        id_ for id_ in here if id_ in setup.people and setup.people[id_].counsellor
        if any(i.start <= now < i.end for i in setup.timetable(id_, centre_id).opened(day, zone, walk_in=True))
    ]  # fmt: skip

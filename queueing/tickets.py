"""Tickets: checking in with an appointment, taking a number without one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Moved
from foundation.formats import clock_time, figures
from queueing.following import ticket_by_token
from queueing.forecast import end_for_newcomer
from queueing.happened import Happened
from queueing.models import OPEN, LastNumber, Ticket, TicketState
from queueing.moves import NOT_CALLED, move, record
from queueing.refusals import (
    AlreadyHere,
    CalledOff,
    ClosedNow,
    CodeUnknown,
    GivenLater,
    NobodyToday,
    NumberOver,
    NumbersUsedUp,
    OtherCentre,
    OtherDay,
    TooManyToday,
)
from queueing.signs import next_number
from queueing.topics import usual_length, walk_in_services
from scheduling.agenda import visit_by_code, visit_by_token
from scheduling.earlier import forget_wish
from scheduling.interval import Interval
from scheduling.models import AppointmentState, Centre, Service, TopicGroup, Visit
from scheduling.opening import whole_day
from scheduling.presence import centre_open, on_duty
from scheduling.taking_over import moved_away_from
from scheduling.visits import visit_to_change
from scheduling.wish import Wish


@dataclass(frozen=True)
class WalkIn:
    """What somebody without appointment told the kiosk; no topic means that she did not want to say."""

    centre: Centre
    topic_group: TopicGroup | None
    ui_lang: str
    spoken_langs: tuple[str, ...]
    party: int = 1
    wishes: frozenset[str] = frozenset()


def open_today(session: Session, centre: Centre, now: datetime) -> list[Interval]:
    """When the centre's doors are open on the local day of `now`."""
    return centre_open(session, centre, whole_day(centre.local_day(now), centre.zone))


def doors_open(session: Session, centre: Centre, now: datetime, early: timedelta = timedelta()) -> bool:
    """Whether the doors are open at a moment, or will be so soon."""
    return any(stretch.start - early <= now < stretch.end for stretch in open_today(session, centre, now))


def check_in_by_code(tx: Transaction, centre: Centre, code: str) -> Ticket:
    """A typed code knows only today and this centre; raises CodeUnknown for everything else (X-05).

    Raises GivenLater when the appointment was moved to a later day because somebody is away.
    """
    today = centre.local_day(tx.now)
    visit = visit_by_code(tx.session, centre, today, code)
    if visit:
        return check_in(tx, visit)
    later = moved_away_from(tx.session, centre, today, code) if code else None
    if later is None:
        raise CodeUnknown
    raise GivenLater(day=figures(later.day_on), time=clock_time(later.first.starts_at, centre.zone))


def check_in_by_token(tx: Transaction, centre: Centre, token: str) -> Ticket:
    """The QR code holds the secret link, so it may be told about another day or centre (X-05).

    Raises NotFound, OtherCentre, OtherDay, CalledOff, NumberOver.
    """
    visit = visit_by_token(tx.session, token)
    if visit.centre_id != centre.id:
        raise OtherCentre(centre=visit.centre.place)
    ticket = open_ticket(tx.session, visit)
    if ticket and ticket.day_on == centre.local_day(tx.now):
        return come_back(tx, ticket)
    booked = [a for a in visit.appointments if a.state is AppointmentState.BOOKED]
    if not booked or visit.ended_at:
        raise CalledOff if any(a.state is AppointmentState.CANCELLED for a in visit.appointments) else NumberOver
    if visit.day_on != centre.local_day(tx.now):
        raise OtherDay(day=figures(visit.day_on), time=clock_time(booked[0].starts_at, centre.zone))
    return check_in(tx, visit)


def come_back_by_token(tx: Transaction, centre: Centre, token: str) -> Ticket:
    """Whoever scans her number waits again if she was parked, missed her call, or was sent here from another centre.

    Raises NotFound, OtherCentre, NumberOver.
    """
    ticket = ticket_by_token(tx.session, token, tx.now)
    ticket = open_ticket(tx.session, ticket.visit) or ticket
    if ticket.centre_id != centre.id:
        raise OtherCentre(centre=ticket.centre.place)
    if ticket.state not in OPEN:
        raise NumberOver
    return come_back(tx, ticket)


def check_in(tx: Transaction, visit: Visit) -> Ticket:
    """A ticket for a visit with an appointment today; the open one again if there is one. Raises CodeUnknown.

    Who was parked or missed her call waits again in the place she had.
    """
    visit = visit_to_change(tx, visit.id)
    ticket = open_ticket(tx.session, visit)
    if ticket:
        return come_back(tx, ticket)
    booked = [a for a in visit.appointments if a.state is AppointmentState.BOOKED]
    if not booked or visit.ended_at or visit.day_on != visit.centre.local_day(tx.now):
        raise CodeUnknown
    forget_wish(tx, visit)
    return issue(tx, Ticket(visit=visit, appointment_id=booked[0].id, topic_group_id=booked[0].service.topic_group_id))


def come_back(tx: Transaction, ticket: Ticket) -> Ticket:
    """Whoever was parked, or called and not there, waits again; everybody else stays where she is."""
    if ticket.state in {TicketState.PARKED, TicketState.MISSED} and move(tx, ticket, TicketState.WAITING, **NOT_CALLED):
        record(tx, ticket, Happened.BACK)
    return ticket


def take_number(tx: Transaction, walk_in: WalkIn, despite_forecast: bool = False) -> Ticket:
    """A ticket without appointment, only if somebody can still serve it today: raises ClosedNow, NobodyToday.

    Raises TooManyToday when her talk is expected to end after closing (W-08), unless staff take her `despite_forecast`.
    """
    centre = walk_in.centre
    left = [i for i in open_today(tx.session, centre, tx.now) if i.end > tx.now]
    if not left:
        raise ClosedNow
    services = walk_in_services(tx.session, centre, walk_in.topic_group)
    if not _somebody(tx, walk_in, services, Interval(tx.now, left[-1].end)):
        raise NobodyToday
    if not despite_forecast and _too_late(tx, walk_in, services, left[-1].end):
        raise TooManyToday
    return give_number(tx, walk_in)


def give_number(tx: Transaction, walk_in: WalkIn) -> Ticket:
    """A ticket without appointment, whoever is there to serve it. Raises NumbersUsedUp."""
    visit = Visit(
        centre=walk_in.centre, day_on=walk_in.centre.local_day(tx.now), ui_lang=walk_in.ui_lang, party=walk_in.party,
        spoken_langs=list(walk_in.spoken_langs), wishes=sorted(walk_in.wishes), typed_at=tx.now,
    )  # fmt: skip
    tx.session.add(visit)
    return issue(tx, Ticket(visit=visit, topic_group_id=walk_in.topic_group.id if walk_in.topic_group else None))


def open_ticket(session: Session, visit: Visit) -> Ticket | None:
    """The visit's place in the queue, if it has one now."""
    return session.scalar(select(Ticket).where(Ticket.visit_id == visit.id, Ticket.state.in_(OPEN)))


def refuse_if_here(session: Session, visit: Visit) -> None:
    """Raises AlreadyHere when the visit has a place in the queue."""
    if open_ticket(session, visit):
        raise AlreadyHere


def ticket_by_number(session: Session, centre: Centre, day: date, number: int, to_change: bool = False) -> Ticket:
    """A ticket of a day by its number, its row locked in a write; raises Moved if there is none."""
    found = select(Ticket).where(Ticket.centre_id == centre.id, Ticket.day_on == day, Ticket.number == number)
    ticket = session.scalar(found.with_for_update(of=Ticket) if to_change else found)
    if ticket is None:
        raise Moved
    return ticket


def _somebody(tx: Transaction, walk_in: WalkIn, services: list[Service], left: Interval) -> bool:
    if left.end - left.start < usual_length(services):
        return False
    languages = walk_in.spoken_langs or ("de",)
    return any(
        on_duty(tx.session, Wish((service.id,), (walk_in.centre.id,), languages, walk_in.party, walk_in.wishes), left)
        for service in services
    )


def _too_late(tx: Transaction, walk_in: WalkIn, services: list[Service], closes_at: datetime) -> bool:
    topic = walk_in.topic_group.id if walk_in.topic_group else None
    ends_at = end_for_newcomer(
        tx.session, walk_in.centre, tx.now, services, walk_in.spoken_langs, topic, walk_in.wishes
    )
    return ends_at is not None and ends_at > closes_at


def issue(tx: Transaction, ticket: Ticket) -> Ticket:
    """Give a new ticket of a visit its number at the visit's centre. Raises NumbersUsedUp."""
    centre = ticket.visit.centre
    ticket.centre_id, ticket.day_on = centre.id, centre.local_day(tx.now)
    ticket.number = _draw_number(tx, centre, ticket.day_on)
    ticket.arrived_at = tx.now
    tx.session.add(ticket)
    tx.session.flush()
    tx.record(Happened.ISSUED, "ticket", ticket.id, centre.scope, appointment=ticket.appointment_id is not None)
    return ticket


def _draw_number(tx: Transaction, centre: Centre, day: date) -> int:
    """One after the other: the centre's row is the queue for its numbers."""
    tx.session.execute(select(Centre.id).where(Centre.id == centre.id).with_for_update(key_share=True)).all()
    row = tx.session.get(LastNumber, (centre.id, day), populate_existing=True)
    here = (Ticket.centre_id == centre.id, Ticket.day_on == day, Ticket.state.in_(OPEN))
    number = next_number(row.number if row else None, set(tx.session.scalars(select(Ticket.number).where(*here))))
    if number is None:
        raise NumbersUsedUp
    if row is None:
        tx.session.add(LastNumber(centre_id=centre.id, day_on=day, number=number))
    else:
        row.number = number
    return number

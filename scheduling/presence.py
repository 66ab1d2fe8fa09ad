"""Reads of open time: when a centre's doors are open, what it offers, who is on duty."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scheduling.interval import Interval
from scheduling.memory import current_setup
from scheduling.models import Centre, CentreHours, Closure, Counsellor, Hours, Service, skill
from scheduling.opening import Exceptions, days_window, open_time, whole_day
from scheduling.setup_rows import as_rule
from scheduling.wish import Wish


def centre_open(session: Session, centre: Centre, window: Interval) -> list[Interval]:
    """When a centre's doors are open in a window: hours less closures and holidays."""
    rules = [as_rule(r) for r in session.scalars(select(CentreHours).where(CentreHours.centre_id == centre.id))]
    closures = tuple(
        Interval(c.starts_at, c.ends_at) for c in session.scalars(select(Closure).where(Closure.centre_id == centre.id))
    )
    return open_time(rules, Exceptions(closures=closures).within(window), window, centre.zone)


def next_opening(session: Session, centre: Centre, now: datetime) -> datetime | None:
    """When a centre's doors open next within two weeks."""
    ahead = centre_open(session, centre, days_window(centre.zone, centre.local_day(now), 14))
    return next((stretch.start for stretch in ahead if stretch.start > now), None)


def offered_services(session: Session, centre: Centre) -> Sequence[Service]:
    """Services that somebody with hours at the centre advises on, in order of topic and code."""
    here = (
        select(skill.c.service_id)
        .join(Hours, Hours.resource_id == skill.c.counsellor_id)
        .where(Hours.centre_id == centre.id)
    )
    found = select(Service).where(Service.id.in_(here)).options(joinedload(Service.topic_group))
    services = session.scalars(found).unique().all()
    return sorted(services, key=lambda service: (service.topic_group.position, service.code))


def counsellors_at(session: Session, centre: Centre) -> Sequence[Counsellor]:
    """Who has hours at the centre, by name."""
    here = select(Hours.resource_id).where(Hours.centre_id == centre.id)
    return session.scalars(select(Counsellor).where(Counsellor.id.in_(here)).order_by(Counsellor.name)).all()


def on_duty(session: Session, wish: Wish, window: Interval) -> bool:
    """Whether somebody who can talk with the client about the service is there in a window, booked or walk-in."""
    setup, (centre_id,) = current_setup(session), wish.centres
    centre, spoken = setup.centres[centre_id], set(wish.languages)
    others_too = bool(centre.phone_languages & spoken or setup.interpreters(wish, centre_id))
    day = whole_day(window.start.astimezone(centre.zone).date(), centre.zone)
    return any(
        stretch.overlaps(window)
        for person in setup.counsellors(wish, centre_id)
        if others_too or person.languages & spoken
        for stretch in setup.timetable(person.id, centre_id).opened(day, centre.zone, walk_in=True)
    )

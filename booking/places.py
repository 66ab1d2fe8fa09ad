"""Reads of the set-up for booking pages: which centre, topic and service an address names."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from scheduling.models import Centre, Service, TopicGroup
from scheduling.search import Wish, offered_services


def centres(session: Session) -> list[Centre]:
    """All centres by place."""
    return list(session.scalars(select(Centre).order_by(Centre.id)))


def centre_by_code(session: Session, code: str) -> Centre:
    """Raises NotFound."""
    found = session.scalar(select(Centre).where(Centre.code == code))
    if found is None:
        raise NotFound
    return found


def service_by_code(session: Session, code: str) -> Service:
    """A bookable service; raises NotFound."""
    found = session.scalar(select(Service).where(Service.code == code, Service.bookable))
    if found is None:
        raise NotFound
    return found


def bookable_by_topic(session: Session, centre: Centre) -> dict[TopicGroup, list[Service]]:
    """What can be booked at a centre, topic by topic."""
    topics: dict[TopicGroup, list[Service]] = {}
    for service in offered_services(session, centre):
        if service.bookable:
            topics.setdefault(service.topic_group, []).append(service)
    return topics


def wish_for(session: Session, centre_code: str, service_code: str, language: str) -> Wish:
    """What an address and a language ask for; raises NotFound."""
    return Wish(centre_by_code(session, centre_code), service_by_code(session, service_code), language)

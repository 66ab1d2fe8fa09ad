"""Reads of the set-up for booking pages: which centre, topic and service an address names."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from scheduling.models import Centre, Service, TopicGroup
from scheduling.presence import offered_services
from scheduling.wish import Wish


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


@dataclass(frozen=True)
class Asked:
    """What an address and a language ask for: the rows that pages show, and the wish."""

    centre: Centre
    service: Service
    wish: Wish


def asked_for(session: Session, centre_code: str, service_code: str, language: str) -> Asked:
    """Raises NotFound."""
    centre, service = centre_by_code(session, centre_code), service_by_code(session, service_code)
    return Asked(centre, service, Wish((service.id,), (centre.id,), (language,)))

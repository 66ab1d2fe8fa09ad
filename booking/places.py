"""Reads of the set-up for booking pages: which centre, topic and service an address names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from doorway.binding import setup_now
from foundation.errors import NotFound
from scheduling.models import Centre, Counsellor, Service, TopicGroup
from scheduling.presence import offered_services
from scheduling.setup import Setup
from scheduling.wish import Wish

Named = TypeVar("Named", Centre, Service)


def centres() -> list[Centre]:
    """All centres by place."""
    return list(setup_now().shown_centres)


def centre_by_code(setup: Setup, code: str) -> Centre:
    """Raises NotFound."""
    return _only(centre for centre in setup.shown_centres if centre.code == code)


def service_by_code(setup: Setup, code: str) -> Service:
    """A bookable service; raises NotFound."""
    return _only(service for service in setup.shown_services if service.code == code and service.bookable)


def bookable_by_topic(session: Session, centre: Centre) -> dict[TopicGroup, list[Service]]:
    """What can be booked at a centre, topic by topic."""
    topics: dict[TopicGroup, list[Service]] = {}
    for service in offered_services(session, centre):
        if service.bookable:
            topics.setdefault(service.topic_group, []).append(service)
    return topics


@dataclass(frozen=True)
class Wishes:
    """What a client wants besides topic and time. Nothing has to be said, and nothing justified."""

    spoken: str
    wishes: frozenset[str] = frozenset()
    party: int = 1
    second: str = ""
    """The code of another service in the same visit, right after the first."""
    preferred: str = ""
    """The code of the counsellor whose link was followed; she comes first where others would do as well."""
    invited_to: tuple[str, str] = ("", "")
    """The service and the counsellor of a personal invitation; for that service only she will do."""


@dataclass(frozen=True)
class Asked:
    """What an address and the wishes ask for: the rows that pages show, and the wish."""

    centre: Centre
    services: list[Service]
    wish: Wish

    @property
    def service(self) -> Service:
        """The one the address names."""
        return self.services[0]

    @property
    def length(self) -> timedelta:
        """How long the whole visit takes."""
        return sum((service.length for service in self.services), timedelta())


def asked_for(session: Session, centre_code: str, service_code: str, wishes: Wishes) -> Asked:
    """Raises NotFound. A second topic that is not offered here any more is left out."""
    setup = setup_now()
    centre, services = centre_by_code(setup, centre_code), [service_by_code(setup, service_code)]
    if wishes.second:
        services += [other for other in second_topics(session, centre, services[0]) if other.code == wishes.second]
    party = min(wishes.party, *(service.party_max for service in services))
    ids = tuple(service.id for service in services)
    invited_to, only = wishes.invited_to
    wish = Wish(
        ids, (centre.id,), (wishes.spoken,), party, wishes.wishes, preferred=_counsellor(session, wishes.preferred),
        counsellor=_counsellor(session, only) if invited_to == service_code else None,
    )  # fmt: skip
    return Asked(centre, services, wish)


def second_topics(session: Session, centre: Centre, first: Service) -> list[Service]:
    """What can follow in the same visit: everything else that can be booked here."""
    return [service for service in offered_services(session, centre) if service.bookable and service.id != first.id]


def _only(found: Iterator[Named]) -> Named:
    one = next(found, None)
    if one is None:
        raise NotFound
    return one


def _counsellor(session: Session, code: str) -> int | None:
    return session.scalar(select(Counsellor.id).where(Counsellor.code == code)) if code else None

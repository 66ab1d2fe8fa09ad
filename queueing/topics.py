"""What somebody without appointment can ask for."""

from datetime import timedelta

from sqlalchemy.orm import Session

from scheduling.models import Centre, Service, TopicGroup
from scheduling.presence import offered_services


def walk_in_services(session: Session, centre: Centre, group: TopicGroup | None) -> list[Service]:
    """The services of a topic group that somebody without appointment can ask for at a centre.

    Whoever names no topic may need any of them but what is for women only.
    """
    offered = [service for service in offered_services(session, centre) if service.walk_in]
    return [s for s in offered if (s.topic_group_id == group.id if group else not s.women_only)]


def topics_for_walk_ins(session: Session, centre: Centre) -> list[TopicGroup]:
    """What somebody without appointment can ask about at a centre, in order."""
    offered = (service for service in offered_services(session, centre) if service.walk_in)
    return list(dict.fromkeys(service.topic_group for service in offered))


def usual_length(services: list[Service]) -> timedelta:
    """How long a walk-in is expected to take: the shortest of what it may turn out to be."""
    return min((service.length for service in services), default=timedelta(minutes=15))

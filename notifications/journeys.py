"""What happened to messages on their way, step by step, from the facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.facts import Fact
from notifications.happened import Happened
from notifications.models import Message

KNOWN = {kind.value: kind for kind in Happened}


@dataclass(frozen=True)
class Step:
    """One thing that happened to a message; `error` is the provider's code for why."""

    kind: Happened
    at: datetime
    error: str | None = None


def journeys(session: Session, messages: Sequence[Message]) -> dict[int, list[Step]]:
    """The steps of each message by its id, in order; one question for all of them."""
    steps: dict[int, list[Step]] = {message.id: [] for message in messages}
    found = select(Fact).where(Fact.subject_kind == "message", Fact.subject_id.in_(steps), Fact.kind.in_(KNOWN))
    for fact in session.scalars(found.order_by(Fact.id)):
        error = fact.details.get("error")
        steps[fact.subject_id].append(Step(KNOWN[fact.kind], fact.at, str(error) if error else None))
    return steps

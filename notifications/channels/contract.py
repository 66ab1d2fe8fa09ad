"""What every way out promises."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

LONGEST_TRY = timedelta(seconds=20)
"""A try that lasts longer has to be given up by the way out: unknown."""


class Outcome(StrEnum):
    """What handing a message over came to.

    `RETRY` only when the provider surely took nothing; whoever cannot be sure says `UNKNOWN`. `DELIVERED`: the way
    out knows at once that it arrived.
    """

    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETRY = "retry"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Receipt:
    """The provider's answer: `provider_id` names what it took, `error` is its own code for what went wrong."""

    outcome: Outcome
    provider_id: str | None = None
    error: str | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the provider surely has it."""
        return self.outcome in {Outcome.HANDED_OVER, Outcome.DELIVERED}


@dataclass(frozen=True)
class Sought:
    """A message that may have been handed over. `body` is without its last line, the link.

    `since` is our machine time, which may be hours wrong; `besides` are the provider's names of earlier tries and of
    other messages: none of them is this one.
    """

    recipient: str
    body: str
    reference: str
    since: datetime
    besides: frozenset[str] = frozenset()


class Answer(StrEnum):
    """What the provider's own list says of a message."""

    THERE = "there"
    NOT_THERE = "not_there"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True)
class Listed:
    """The answer of the provider's list, and how the message is named there."""

    answer: Answer
    provider_id: str | None = None


class Channel(Protocol):
    """A way out. No method raises for what a provider may answer; it says it in what it returns."""

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """Hand a text over to `recipient` (E.164); `reference` is ours, the same for every try of a message.

        Must have given up after `LONGEST_TRY`.
        """
        ...

    def look_up(self, sought: Sought) -> Listed:
        """Whether the provider's own list has the message. `NOT_THERE` only if the list was read to its end."""
        ...

    def forget(self, provider_id: str) -> bool:
        """Have the provider erase number and text of a message (D-04). True when it has nothing of it any more."""
        ...

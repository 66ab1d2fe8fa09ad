"""What every way out promises."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What handing a message over came to."""

    HANDED_OVER = "handed_over"
    FAILED = "failed"
    RETRY = "retry"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Receipt:
    """The provider's answer; `provider_id` names the message there when it was taken."""

    outcome: Outcome
    provider_id: str | None = None


class Channel(Protocol):
    """A way out. `send` never raises for what a provider may answer; it says it in the receipt."""

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """Hand a text over to `recipient` (E.164); `reference` is ours, the same for every try of a message."""
        ...

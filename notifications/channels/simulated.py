"""The simulated way out: nothing leaves the machine; the demo page shows what would have arrived (S-16)."""

from foundation.settings import Settings
from notifications.channels.contract import Answer, Listed, Outcome, Receipt, Sought

PERMANENTLY_WRONG = "+491729925904"
BUSY = "+491729968532"
LOST = "+491729973185"
SLOW = "+491729973186"

MAGIC = {
    PERMANENTLY_WRONG: Receipt(Outcome.FAILED, error="21614"),
    BUSY: Receipt(Outcome.RETRY, error="20429"),
    LOST: Receipt(Outcome.UNKNOWN),
}
"""What the magic numbers answer."""


class Simulated:
    """Delivers at once, but for four magic numbers: permanently wrong, busy, one whose answer is lost, and a slow one
    that is handed over and never reports more.
    """

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """As the contract says."""
        if recipient in MAGIC:
            return MAGIC[recipient]
        outcome = Outcome.HANDED_OVER if recipient == SLOW else Outcome.DELIVERED
        return Receipt(outcome, f"simulated-{reference}")

    def look_up(self, sought: Sought) -> Listed:
        """Nobody can say anything of the number whose answer is lost; the others leave no doubt."""
        return Listed(Answer.CANNOT_SAY if sought.recipient == LOST else Answer.NOT_THERE)

    def forget(self, provider_id: str) -> bool:
        """Nothing was ever kept."""
        return True


def make(_: Settings) -> Simulated:
    """Needs no settings."""
    return Simulated()

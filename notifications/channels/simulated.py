"""The simulated way out: nothing leaves the machine; the demo page shows what would have arrived (S-16)."""

from notifications.channels.contract import Outcome, Receipt

PERMANENTLY_WRONG = "+491729925904"
BUSY = "+491729968532"
LOST = "+491729973185"


class Simulated:
    """Delivers at once, but for three magic numbers: one permanently wrong, one busy, one whose answer is lost."""

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """As the contract says."""
        outcomes = {PERMANENTLY_WRONG: Outcome.FAILED, BUSY: Outcome.RETRY, LOST: Outcome.UNKNOWN}
        outcome = outcomes.get(recipient, Outcome.HANDED_OVER)
        return Receipt(outcome, f"simulated-{reference}" if outcome is Outcome.HANDED_OVER else None)

"""Whether a centre reminds its clients once more on the day (S-08): its lead chooses."""

from access.happened import Happened
from foundation.db import Transaction
from scheduling.models import Centre


def choose_reminders(tx: Transaction, centre: Centre, soon: bool) -> None:
    """From the next booking, move or change of number on; the same again is no change."""
    if centre.reminds_soon is not soon:
        centre.reminds_soon = soon
        tx.record(Happened.REMINDERS_CHOSEN, "centre", centre.id, centre.scope, soon=soon)

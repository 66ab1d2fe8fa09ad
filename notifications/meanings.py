"""What a provider's error codes mean for a message: one table, which a setting may correct (S-13)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from foundation.settings import SettingsError


class Meaning(StrEnum):
    """What follows from an error."""

    WRONG_NUMBER = "wrong_number"
    """Permanent: the desk has to call or to correct the number."""
    OPTED_OUT = "opted_out"
    """The number wants no messages: it gets none any more."""
    OUR_FAULT = "our_fault"
    """Permanent, and something is set up wrong: the desk calls, an administrator looks."""
    LATER = "later"
    """The provider took nothing; again after a pause."""
    ONCE_MORE = "once_more"
    """It was taken and did not arrive; worth one more try."""
    LOST = "lost"
    """It was taken and did not arrive, and will not."""


MEANINGS: Mapping[str, Meaning] = {
    "20003": Meaning.OUR_FAULT,  # credentials
    "20429": Meaning.LATER,
    "21211": Meaning.WRONG_NUMBER,
    "21212": Meaning.OUR_FAULT,  # sender
    "21408": Meaning.OUR_FAULT,  # country not enabled
    "21606": Meaning.OUR_FAULT,  # sender cannot send SMS
    "21610": Meaning.OPTED_OUT,
    "21612": Meaning.OUR_FAULT,  # no route from this sender
    "21614": Meaning.WRONG_NUMBER,
    "30003": Meaning.ONCE_MORE,  # handset unreachable
    "30005": Meaning.WRONG_NUMBER,
    "30006": Meaning.WRONG_NUMBER,
    "30007": Meaning.OUR_FAULT,  # filtered as unwanted
    "30008": Meaning.ONCE_MORE,  # unknown
    "30410": Meaning.LOST,  # a timeout further on, which the provider itself does not repeat
    "smtp_550": Meaning.WRONG_NUMBER,  # no such address
    "smtp_553": Meaning.WRONG_NUMBER,
    "smtp_554": Meaning.OUR_FAULT,  # taken for unwanted mail
}
"""By the provider's code; the setting `SMS_ERRORS` adds to it and corrects it."""


def meanings(corrections: Sequence[str]) -> dict[str, Meaning]:
    """The table with corrections such as `30008=lost`. Raises SettingsError naming what is none."""
    table = dict(MEANINGS)
    for correction in corrections:
        code, _, meaning = correction.partition("=")
        if not code.strip() or meaning.strip() not in {known.value for known in Meaning}:
            known_ones = ", ".join(Meaning)
            raise SettingsError(f"SMS_ERRORS: {correction} is not code=meaning, as 30008=lost; meanings: {known_ones}")
        table[code.strip()] = Meaning(meaning.strip())
    return table

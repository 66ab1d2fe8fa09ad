"""Ways out for messages: one file each, one line here, one shared contract test."""

from importlib import import_module
from typing import cast

from foundation.settings import Settings
from notifications.channels.contract import LONGEST_TRY, Answer, Channel, Listed, Outcome, Receipt, Sought

CHANNELS = {
    "simulated": "notifications.channels.simulated",
    "twilio": "notifications.channels.twilio",
}
"""By the name in `SMS_PROVIDER`: the module whose `make(settings)` builds the way out. Only that one is ever loaded."""

__all__ = ["CHANNELS", "LONGEST_TRY", "Answer", "Channel", "Listed", "Outcome", "Receipt", "Sought", "channel_for"]


def channel_for(settings: Settings) -> Channel:
    """The configured way out for SMS."""
    return cast(Channel, import_module(CHANNELS[settings.sms_provider]).make(settings))

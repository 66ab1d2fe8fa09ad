"""Ways out for messages: one file each, one line here, one shared contract test."""

from notifications.channels.contract import LONGEST_TRY, Answer, Channel, Listed, Outcome, Receipt, Sought
from notifications.channels.simulated import Simulated

CHANNELS: dict[str, type[Channel]] = {"simulated": Simulated}

__all__ = ["CHANNELS", "LONGEST_TRY", "Answer", "Channel", "Listed", "Outcome", "Receipt", "Sought"]

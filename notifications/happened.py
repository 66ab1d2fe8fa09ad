"""The kinds of facts this floor records."""

from enum import StrEnum


class Happened(StrEnum):
    """What can happen to a message that did not arrive. The subject is the message."""

    TOLD_BY_PHONE = "message.told_by_phone"
    NOT_TOLD = "message.not_told"

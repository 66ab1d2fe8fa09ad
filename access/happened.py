"""The kinds of facts this floor records."""

from enum import StrEnum


class Happened(StrEnum):
    """What can happen to accounts, devices and the sentences people vouch for."""

    SIGNED_IN = "account.signed_in"
    SIGN_IN_FAILED = "account.sign_in_failed"
    ACCESS_DENIED = "account.access_denied"
    FEED_MADE = "account.feed_made"
    FEED_ENDED = "account.feed_ended"
    DEVICE_MADE = "device.made"
    DEVICE_PAIRED = "device.paired"
    DEVICE_REVOKED = "device.revoked"
    DEVICE_CHANGED = "device.changed"
    MESSAGES_CHOSEN = "centre.messages_chosen"
    REMINDERS_CHOSEN = "centre.reminders_chosen"
    CALL_VOICE_CHOSEN = "centre.call_voice_chosen"
    SENTENCE_APPROVED = "sentence.approved"
    APPROVAL_WITHDRAWN = "sentence.approval_withdrawn"

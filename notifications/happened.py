"""The kinds of facts this floor records."""

from enum import StrEnum


class Happened(StrEnum):
    """What can happen to a message on its way. The subject is the message; `error` is the provider's code.

    And what comes back: the subject is the reply, or the note of a number that wants none. Of a change that a person
    has to say, since nobody can be written to, it is the visit.
    """

    HANDED_OVER = "message.handed_over"
    DELIVERED = "message.delivered"
    FAILED = "message.failed"
    PUT_OFF = "message.put_off"
    IN_DOUBT = "message.in_doubt"
    DENIED = "message.denied"
    UNKNOWN = "message.unknown"
    TOLD_BY_PHONE = "message.told_by_phone"
    NOT_TOLD = "message.not_told"
    REPLIED = "reply.came"
    DEALT_WITH = "reply.dealt_with"
    OPEN_AGAIN = "reply.open_again"
    OPTED_OUT = "number.opted_out"
    ALLOWED = "number.allowed"
    SENT_AGAIN = "message.sent_again"
    SAID = "visit.change_said"
    UNSAID = "visit.change_unsaid"

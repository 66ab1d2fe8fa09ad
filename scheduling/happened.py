"""The kinds of facts this floor records."""

from enum import StrEnum


class Happened(StrEnum):
    """What can happen to a visit's plan. The subject is always the visit."""

    HELD = "visit.held"
    BOOKED = "visit.booked"
    MOVED = "visit.moved"
    CANCELLED = "visit.cancelled"
    RELEASED = "visit.released"
    CONTACT_CHANGED = "visit.contact_changed"
    ERASED = "visit.erased"

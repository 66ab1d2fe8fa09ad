"""The kinds of facts this floor records."""

from enum import StrEnum


class Happened(StrEnum):
    """What can happen to the plan. The subject is the visit, the blocked time, who or what has changed hours,
    or the service nobody could give."""

    HELD = "visit.held"
    BOOKED = "visit.booked"
    MOVED = "visit.moved"
    MOVED_AWAY = "visit.moved_away"
    CANCELLED = "visit.cancelled"
    RELEASED = "visit.released"
    CONTACT_CHANGED = "visit.contact_changed"
    RUNNING_LATE = "visit.running_late"
    EARLIER_WISHED = "visit.earlier_wished"
    OFFERED = "visit.offered"
    OFFER_DECLINED = "visit.offer_declined"
    OFFER_LAPSED = "visit.offer_lapsed"
    ERASED = "visit.erased"
    INVITED = "invitation.made"
    INVITATION_USED = "invitation.used"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    INTERPRETER_REQUESTED = "interpreter.requested"
    INTERPRETER_ASSIGNED = "interpreter.assigned"
    INTERPRETER_CONFIRMED = "interpreter.confirmed"
    INTERPRETER_DECLINED = "interpreter.declined"
    INTERPRETER_GIVEN_UP = "interpreter.given_up"
    BLOCKED = "time.blocked"
    UNBLOCKED = "time.unblocked"
    ABSENT = "plan.absent"
    CLOSED = "plan.closed"
    HOURS_CHANGED = "plan.hours_changed"
    EXTRA_HOURS = "plan.extra_hours"
    UNDONE = "plan.undone"
    UNMET = "demand.unmet"

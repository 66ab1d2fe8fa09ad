"""Which messages a change brings, and when they are due. Pure (S-07, S-08)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from notifications.happened import Happened as OnTheWay
from notifications.texts import TO_INTERPRETER, Kind
from queueing.happened import Happened as InQueue
from scheduling.happened import Happened
from scheduling.opening import local_moment, working_days_from
from scheduling.sending_window import into_window, next_window

REMIND_WORKING_DAYS = 2
SOON_BEFORE = timedelta(hours=3)

ANSWERS: dict[str, Kind] = {
    Happened.BOOKED: Kind.CONFIRMATION,
    Happened.MOVED: Kind.MOVED,
    Happened.CANCELLED: Kind.CANCELLED,
    Happened.CONTACT_CHANGED: Kind.CONFIRMATION,
    Happened.OFFERED: Kind.OFFER,
    Happened.INTERPRETER_CONFIRMED: Kind.SETTLED,
    Happened.INTERPRETER_GIVEN_UP: Kind.QUESTION,
    Happened.DELAYED: Kind.DELAYED,
    InQueue.TURN_NEAR: Kind.TURN,
    Happened.INTERPRETER_ASKED: Kind.INTERPRETER_ASKED,
    Happened.INTERPRETER_OFF: Kind.INTERPRETER_OFF,
    Happened.ENROLLED: Kind.ENROLLED,
    Happened.SEAT_TAKEN: Kind.ENROLLED,
    Happened.WAITING: Kind.ON_LIST,
    Happened.SEAT_OFFERED: Kind.SEAT_OFFER,
    Happened.SEAT_LAPSED: Kind.SEAT_GONE,
    Happened.SEAT_FREED: Kind.SEAT_GONE,
    Happened.LEFT_COURSE: Kind.LEFT,
    Happened.ENROLMENT_ENDED: Kind.COURSE_OFF,
    Happened.SESSION_MOVED: Kind.SESSION_MOVED,
    Happened.SESSION_RESTORED: Kind.SESSION_MOVED,
    Happened.SESSION_CANCELLED: Kind.SESSION_OFF,
}
"""The changes that matter. Those that answer the client's own act are told at once (S-07)."""

MATTERS: dict[str, Kind | None] = {
    "time": Kind.MOVED, "centre": Kind.MOVED, "counsellor": Kind.CHANGED, "room": None,
}  # fmt: skip
"""What of a move the client has to know, the weightiest first. A room she is told when she is called, never before."""

OF_POOL = frozenset({Kind.SETTLED, Kind.QUESTION})
EVERYTHING = frozenset(Kind)
TAKES_BACK: dict[str, frozenset[Kind]] = {
    Happened.MOVED: EVERYTHING,
    Happened.CANCELLED: EVERYTHING,
    Happened.CONTACT_CHANGED: EVERYTHING,
    Happened.DELAYED: frozenset({Kind.DELAYED}),
    Happened.INTERPRETER_REQUESTED: OF_POOL,
    Happened.INTERPRETER_ASSIGNED: OF_POOL,
    Happened.INTERPRETER_CONFIRMED: OF_POOL,
    Happened.INTERPRETER_DECLINED: OF_POOL,
    Happened.INTERPRETER_GIVEN_UP: OF_POOL,
}
"""What is not on its way yet and will not be sent, because a change made it wrong."""

BESIDE = frozenset({Happened.OFFERED, Happened.INTERPRETER_CONFIRMED, Happened.INTERPRETER_GIVEN_UP, Happened.DELAYED})
"""Changes told beside the messages about the appointment, inside the sending window, and again if they come again."""

UNASKED = frozenset(
    {
        Kind.REMINDER, Kind.SOON, Kind.TURN, Kind.CHANGED, Kind.CALLED_OFF, *(ANSWERS[change] for change in BESIDE),
        *TO_INTERPRETER,
        Kind.SEAT_OFFER, Kind.SEAT_GONE, Kind.COURSE_SOON, Kind.SESSION_MOVED, Kind.SESSION_OFF, Kind.COURSE_OFF,
    }
)  # fmt: skip
"""Messages that answer nothing the client just did: only inside the sending window (S-07)."""

REMINDED = frozenset({Kind.CONFIRMATION, Kind.ASKED, Kind.MOVED, Kind.CHANGED, Kind.SERIES})
"""Messages after which the reminders are planned anew."""

SILENT = frozenset(
    {
        Happened.INTERPRETER_REQUESTED, Happened.INTERPRETER_ASSIGNED, Happened.INTERPRETER_DECLINED,
        Happened.EARLIER_WISHED, Happened.OFFER_DECLINED, Happened.OFFER_LAPSED,
        Happened.HELD, Happened.RELEASED, Happened.RUNNING_LATE, Happened.ERASED, Happened.MOVED_AWAY, Happened.COVERED,
        Happened.SAID_COMES, Happened.RUNS_LATE, Happened.BLOCKED,
        Happened.UNBLOCKED, Happened.ABSENT, Happened.CLOSED, Happened.HOURS_CHANGED,
        Happened.EXTRA_HOURS, Happened.UNDONE, Happened.UNMET, Happened.INVITED, Happened.INVITATION_USED,
        Happened.INVITATION_WITHDRAWN, Happened.LINK_REVOKED, "ticket.corrected",
        Happened.COURSE_MADE, Happened.COURSE_CHANGED, Happened.COURSE_OPENED, Happened.COURSE_CALLED_OFF,
        Happened.SESSION_ADDED, Happened.SESSION_COUNTED, Happened.ATTENDED,
        *(kind.value for kind in OnTheWay),
        "ticket.issued", "ticket.called", "ticket.recalled", "ticket.started", "ticket.finished", "ticket.no_show",
        "ticket.undone", "ticket.missed", "ticket.parked", "ticket.back", "ticket.handed_over", "ticket.sent_on",
        "ticket.noted", "ticket.joined", "ticket.turn_wished",
        "ticket.urgent", "ticket.left", "ticket.closed_over", "help.asked", "help.coming",
        "alarm.raised", "alarm.answered", "alarm.withdrawn", "alarm.closed",
        "account.signed_in", "account.sign_in_failed", "account.access_denied",
        "account.feed_made", "account.feed_ended",
        "device.made", "device.paired", "device.revoked", "device.changed", "centre.messages_chosen",
        "feedback.left", "feedback.dealt_with", "centre.call_voice_chosen", "centre.reminders_chosen",
        "sentence.approved", "sentence.approval_withdrawn",
        Happened.REGISTER_CHANGED, Happened.WHO_ASKS_CHOSEN, Happened.DUTY_NOTED,
    }
)  # fmt: skip
"""Facts nobody is told of by message."""


@dataclass(frozen=True)
class Planned:
    """A message to come: due then, useless after."""

    kind: Kind
    due_at: datetime
    useless_after: datetime


def kind_of(happened: str, details: Mapping[str, object], asked: bool = False) -> Kind | None:
    """As what a change is told; None where nothing has changed that the client knows of (P19).

    `asked` while an interpreter is still being looked for.
    """
    if happened == Happened.MOVED:
        changed = cast(Collection[str], details["changed"])
        return next((kind for what, kind in MATTERS.items() if what in changed), None)
    if happened == Happened.CANCELLED and "series" in details:
        return Kind.ALL_OFF if is_first(details) else None
    if happened == Happened.CANCELLED and details.get("by_centre"):
        return Kind.CALLED_OFF
    kind = ANSWERS.get(happened)
    if kind is not Kind.CONFIRMATION:
        return kind
    return Kind.SERIES if "series" in details else Kind.ASKED if asked else kind


def is_first(details: Mapping[str, object]) -> bool:
    """Whether a change stands alone or is the first of a series: one message tells of all of it."""
    return details.get("series", 1) == 1


def plan(
    kind: Kind, starts_at: datetime, now: datetime, zone: ZoneInfo, soon: bool = False, unasked: bool = False
) -> list[Planned]:
    """The message of a change made now, and the reminders it brings, with `soon` one more on the day.

    `unasked` is a change that nobody of the visit has asked for, whatever its kind.

    `starts_at` is when the appointment begins, or by when an offer is answered. What the sending window does not let
    through before that is due now, and so too late: a person has to call.
    """
    if kind is Kind.CANCELLED:
        return [Planned(kind, now, now + timedelta(days=1))]
    opens_at = next_window(now, zone) if unasked or kind in UNASKED else now
    told = Planned(kind, opens_at if opens_at < starts_at else now, starts_at)
    if kind not in REMINDED:
        return [told]
    useless_after = starts_at - timedelta(hours=1)
    moments = {
        Kind.REMINDER: reminder_time(starts_at, now, zone),
        Kind.SOON: soon_time(starts_at, zone) if soon else None,
    }
    return [told, *(Planned(of, at, useless_after) for of, at in moments.items() if at is not None and at > now)]


def soon_time(starts_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Three hours before, moved back into the sending window; None when that would be another day."""
    moment = into_window(starts_at - SOON_BEFORE, zone)
    return moment if moment.astimezone(zone).date() == starts_at.astimezone(zone).date() else None


def reminder_time(starts_at: datetime, booked_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Two working days before at the same wall time; if booked after that, on the day before, if booked before that.

    Moved back into the sending window. None when there is no good moment.
    """
    start = starts_at.astimezone(zone)
    first = into_window(local_moment(working_days_from(start.date(), -REMIND_WORKING_DAYS), start.time(), zone), zone)
    if booked_at <= first:
        return first
    second = into_window(local_moment(start.date() - timedelta(days=1), start.time(), zone), zone)
    return second if booked_at.astimezone(zone).date() < second.astimezone(zone).date() else None

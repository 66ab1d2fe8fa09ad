"""Which messages a change brings, and when they are due. Pure (S-07, S-08)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.texts import Kind
from scheduling.happened import Happened
from scheduling.opening import is_holiday, working_days_from

WINDOW_OPENS, WINDOW_CLOSES = time(8), time(20)
REMIND_WORKING_DAYS = 2

ANSWERS: dict[str, Kind] = {
    Happened.BOOKED: Kind.CONFIRMATION,
    Happened.MOVED: Kind.MOVED,
    Happened.CANCELLED: Kind.CANCELLED,
    Happened.CONTACT_CHANGED: Kind.CONFIRMATION,
}
"""The changes that matter: each is told at once, because it answers the client's own act (S-07)."""

SILENT = frozenset(
    {
        Happened.HELD, Happened.RELEASED, Happened.RUNNING_LATE, Happened.ERASED, Happened.MOVED_AWAY,
        Happened.BLOCKED, Happened.UNBLOCKED, Happened.ABSENT, Happened.CLOSED, Happened.HOURS_CHANGED,
        Happened.EXTRA_HOURS, Happened.UNDONE, Happened.UNMET, Happened.INVITED, Happened.INVITATION_USED,
        "ticket.issued", "ticket.called", "ticket.recalled", "ticket.started", "ticket.finished", "ticket.no_show",
        "ticket.undone", "ticket.urgent", "ticket.left", "ticket.closed_over", "help.asked", "help.coming",
        "account.signed_in", "account.sign_in_failed", "account.access_denied",
        "device.made", "device.paired", "device.revoked",
        "sentence.approved", "sentence.approval_withdrawn",
    }
)  # fmt: skip
"""Facts nobody is told of by message."""


@dataclass(frozen=True)
class Planned:
    """A message to come: due then, useless after."""

    kind: Kind
    due_at: datetime
    useless_after: datetime


def plan(happened: str, starts_at: datetime, booked_at: datetime, now: datetime, zone: ZoneInfo) -> list[Planned]:
    """The messages that replace all earlier unsent ones of the same appointment."""
    if happened not in ANSWERS:
        return []
    kind = ANSWERS[happened]
    if kind is Kind.CANCELLED:
        return [Planned(kind, now, now + timedelta(days=1))]
    messages = [Planned(kind, now, starts_at)]
    remind_at = reminder_time(starts_at, booked_at, zone)
    if remind_at is not None and remind_at > now:
        messages.append(Planned(Kind.REMINDER, remind_at, starts_at - timedelta(hours=1)))
    return messages


def reminder_time(starts_at: datetime, booked_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Two working days before at the same wall time; if booked after that, on the day before, if booked before that.

    Moved back into the sending window. None when there is no good moment.
    """
    start = starts_at.astimezone(zone)
    first = into_window(_at(working_days_from(start.date(), -REMIND_WORKING_DAYS), start.time(), zone), zone)
    if booked_at <= first:
        return first
    second = into_window(_at(start.date() - timedelta(days=1), start.time(), zone), zone)
    return second if booked_at.astimezone(zone).date() < second.astimezone(zone).date() else None


def into_window(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same moment, or the last one before it inside 08:00–20:00 on a day that is no Sunday or holiday (S-07)."""
    local = moment.astimezone(zone)
    while not _sending_day(local.date()) or local.time() < WINDOW_OPENS:
        local = _at(local.date() - timedelta(days=1), WINDOW_CLOSES, zone)
    if local.time() > WINDOW_CLOSES:
        local = _at(local.date(), WINDOW_CLOSES, zone)
    return local.astimezone(UTC)


def next_window(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same moment inside the sending window, else when it opens next: for what could not go in time."""
    local = moment.astimezone(zone)
    if _sending_day(local.date()) and WINDOW_OPENS <= local.time() <= WINDOW_CLOSES:
        return moment
    day = local.date() if local.time() < WINDOW_OPENS else local.date() + timedelta(days=1)
    while not _sending_day(day):
        day += timedelta(days=1)
    return _at(day, WINDOW_OPENS, zone).astimezone(UTC)


def _sending_day(day: date) -> bool:
    return day.weekday() != 6 and not is_holiday(day)


def _at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, tzinfo=zone)

"""When clients may be written to on somebody else's initiative: 08:00–20:00, no Sundays, no holidays. Pure (S-07)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.opening import is_holiday, local_moment

WINDOW_OPENS, WINDOW_CLOSES = time(8), time(20)


def into_window(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same moment, or the last one before it inside 08:00–20:00 on a day that is no Sunday or holiday (S-07)."""
    local = moment.astimezone(zone)
    while not _sending_day(local.date()) or local.time() < WINDOW_OPENS:
        local = local_moment(local.date() - timedelta(days=1), WINDOW_CLOSES, zone).astimezone(zone)
    if local.time() > WINDOW_CLOSES:
        local = local_moment(local.date(), WINDOW_CLOSES, zone).astimezone(zone)
    return local.astimezone(UTC)


def next_window(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same moment inside the sending window, else when it opens next: for what could not go in time."""
    local = moment.astimezone(zone)
    if _sending_day(local.date()) and WINDOW_OPENS <= local.time() <= WINDOW_CLOSES:
        return moment
    day = local.date() if local.time() < WINDOW_OPENS else local.date() + timedelta(days=1)
    while not _sending_day(day):
        day += timedelta(days=1)
    return local_moment(day, WINDOW_OPENS, zone)


def window_later(moment: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """So much later, counting only time inside the window: two hours from 19:00 are 09:00 of the next sending day."""
    start = next_window(moment, zone)
    closes = local_moment(start.astimezone(zone).date(), WINDOW_CLOSES, zone)
    if start + length <= closes:
        return start + length
    return window_later(closes + timedelta(microseconds=1), length - (closes - start), zone)


def _sending_day(day: date) -> bool:
    return day.weekday() != 6 and not is_holiday(day)

"""When a course usually is, read off its sessions: so many weekdays from then till then. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from scheduling.interval import Interval


@dataclass(frozen=True)
class Beat:
    """Weekdays with the same hours; `days` holds one date of each weekday, `example` one such session."""

    days: tuple[date, ...]
    example: Interval


def usual_times(sessions: Sequence[Interval], zone: ZoneInfo) -> list[Beat]:
    """What comes again, in order of weekday; a session that was moved does not change what is usual.

    Where nothing comes again, every session is a beat of its own.
    """
    found: dict[tuple[int, time, time], Interval] = {}
    counted: Counter[tuple[int, time, time]] = Counter()
    for session in sorted(sessions):
        start, end = session.start.astimezone(zone), session.end.astimezone(zone)
        beat = (start.weekday(), start.time(), end.time())
        found.setdefault(beat, session)
        counted[beat] += 1
    usual = [beat for beat in sorted(found) if counted[beat] > 1] or sorted(found)
    by_hours: dict[tuple[time, time], list[Interval]] = {}
    for beat in usual:
        by_hours.setdefault(beat[1:], []).append(found[beat])
    return [
        Beat(tuple(session.start.astimezone(zone).date() for session in same), same[0]) for same in by_hours.values()
    ]

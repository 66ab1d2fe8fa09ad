"""Where a counsellor has time left on a day, for what needs no client: a meeting, a home visit, an hour alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.diary import in_window
from scheduling.interval import Interval, subtract
from scheduling.memory import current_setup
from scheduling.models import Claim
from scheduling.opening import whole_day

STEP = timedelta(minutes=5)


def gaps_today(session: Session, counsellor_id: int, centre_id: int, now: datetime) -> list[Interval]:
    """What is left of her hours at a centre from now until the end of the local day, in order."""
    setup = current_setup(session)
    zone = setup.centres[centre_id].zone
    today = whole_day(now.astimezone(zone).date(), zone)
    left = in_window(Interval(now, today.end))
    claimed = select(Claim.starts_at, Claim.ends_at).where(Claim.resource_id == counsellor_id, *left)
    taken = [Interval(start, end) for start, end in session.execute(claimed)]
    opened = setup.timetable(counsellor_id, centre_id).opened(today, zone, walk_in=True)
    return subtract(opened, [*taken, Interval(today.start, now)])


def starts_for(gaps: Iterable[Interval], length: timedelta, count: int = 3) -> list[datetime]:
    """The first moment in each gap from which on `length` fits, in steps of five minutes; at most `count`."""
    rounded = [(gap.start + (-gap.start.timestamp() % 300) * timedelta(seconds=1), gap.end) for gap in gaps]
    return [start for start, end in rounded if start + length <= end][:count]

"""When a counsellor is busy, for a calendar elsewhere: a time and a room, and nothing that tells of a client."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.agenda import ON_THE_DAY
from scheduling.diary import appointments_between, blocked_time_of, in_window
from scheduling.interval import Interval
from scheduling.models import Appointment, Resource, Room


@dataclass(frozen=True)
class Busy:
    """A time that is taken: by an appointment in a room, or without one; `version` rises when it is moved."""

    kind: str
    id: int
    interval: Interval
    version: int = 1
    room: Room | None = None


def busy_times(session: Session, counsellor_id: int, window: Interval) -> list[Busy]:
    """Appointments that stand, and blocked time, in order of time. Two statements."""
    appointments = [
        Busy("appointment", a.id, Interval(a.starts_at, a.ends_at), a.version, a.room)
        for a in appointments_between(session, window, None, counsellor_id)
    ]
    blocked = [
        Busy("blocked", id_, Interval(start, end))
        for id_, _, start, end, _ in session.execute(blocked_time_of(counsellor_id).where(*in_window(window))).all()
    ]
    return sorted([*appointments, *blocked], key=lambda busy: busy.interval)


def busy_version(session: Session, counsellor_id: int, window: Interval) -> str:
    """Another word whenever her busy times have changed. One statement.

    Versions of appointments only rise, and every change of her claims draws a new version of the resource.
    """
    taken = select(Resource.taken_version).where(Resource.id == counsellor_id).scalar_subquery()
    found = select(taken, func.count(Appointment.id), func.coalesce(func.sum(Appointment.version), 0)).where(
        Appointment.counsellor_id == counsellor_id, Appointment.state.in_(ON_THE_DAY),
        Appointment.starts_at >= window.start, Appointment.starts_at < window.end,
    )  # fmt: skip
    return "-".join(str(value) for value in session.execute(found).one())

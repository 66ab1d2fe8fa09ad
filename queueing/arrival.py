"""What somebody who checks in is told first: early, late, already here, being called (W-07). Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from queueing.models import BUSY, Ticket

EARLY = timedelta(minutes=15)
VERY_LATE = timedelta(minutes=30)
JUST_NOW = timedelta(seconds=10)
"""A second tap on the same button is no second coming."""


class Greeting(StrEnum):
    """How a client finds things when she comes; each screen and page says the next step."""

    CALLED = "called"
    AGAIN = "again"
    VERY_LATE = "very_late"
    LATE = "late"
    EARLY = "early"
    WELCOME = "welcome"


def greeting_for(ticket: Ticket, now: datetime) -> Greeting:
    """The one thing that matters most to her now; nobody is blamed."""
    if ticket.state in BUSY:
        return Greeting.CALLED
    if now - ticket.arrived_at > JUST_NOW:
        return Greeting.AGAIN
    if ticket.appointment is None:
        return Greeting.WELCOME
    late_by = ticket.arrived_at - ticket.appointment.begins_at
    if ticket.late:
        return Greeting.VERY_LATE if late_by > VERY_LATE else Greeting.LATE
    return Greeting.EARLY if -late_by > EARLY else Greeting.WELCOME

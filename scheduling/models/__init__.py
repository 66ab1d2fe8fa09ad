"""The tables of the one scheduling model."""

from scheduling.models.people import Absence, Counsellor, Hours, Interpreter, Resource, Room, skill
from scheduling.models.places import Centre, CentreHours, Closure, Counter, ExtraHours, Service, TopicGroup
from scheduling.models.plan import Appointment, AppointmentState, BlockedTime, Claim, Visit

__all__ = [
    "Absence", "Appointment", "AppointmentState", "BlockedTime", "Centre", "CentreHours", "Claim", "Closure",
    "Counsellor", "Counter", "ExtraHours", "Hours", "Interpreter", "Resource", "Room", "Service", "TopicGroup",
    "Visit", "skill",
]  # fmt: skip

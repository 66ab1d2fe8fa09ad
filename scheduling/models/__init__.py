"""The tables of the one scheduling model."""

from scheduling.models.people import Absence, Counsellor, Hours, Interpreter, Resource, Room, room_part, skill
from scheduling.models.places import (
    CallVoice,
    Centre,
    CentreHours,
    Closure,
    Counter,
    ExtraHours,
    Service,
    TopicGroup,
    Travel,
)
from scheduling.models.plan import (
    Appointment,
    AppointmentState,
    BlockedKind,
    BlockedTime,
    Claim,
    FreedTime,
    Invitation,
    Visit,
)
from scheduling.models.pool import PoolRequest, RequestState

__all__ = [
    "Absence", "Appointment", "AppointmentState", "BlockedKind", "BlockedTime", "CallVoice", "Centre", "CentreHours",
    "Claim", "Closure", "Counsellor", "Counter", "ExtraHours", "FreedTime", "Hours", "Interpreter", "Invitation",
    "PoolRequest", "RequestState", "Resource", "Room", "Service", "TopicGroup", "Travel", "Visit", "room_part",
    "skill",
]  # fmt: skip

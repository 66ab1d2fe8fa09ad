"""What the queue rule is told of a centre's day: its tickets, and what its rooms are taken for. One statement each.

Whoever acts on tickets has them as objects, also in one statement.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Text, and_, bindparam, cast, or_, select
from sqlalchemy.orm import Session, joinedload

from foundation.as_stored import Kept, as_stored, kept_or_made, values_of
from foundation.model import UtcDateTime, table_of
from queueing.models import Ticket, TicketState, UrgentReason
from scheduling.interval import Interval
from scheduling.models import Appointment, AppointmentState, Claim, Room, Visit
from scheduling.models.pulse import SETUP_VERSION


class Entry(NamedTuple):
    """A ticket with what counts of its visit and appointment; it can be moved as it was read.

    Lists are as they are stored: hundreds of tickets say the same.
    """

    id: int
    number: int
    visit_id: int
    state: TicketState
    arrived_at: datetime
    called_at: datetime | None
    named_at: datetime | None
    missed_at: datetime | None
    urgent: UrgentReason | None
    stored_trail: str
    counsellor_id: int | None
    counter_id: int | None
    handed_to_id: int | None
    service_id: int | None
    follows: bool
    topic_group_id: int | None
    appointment_id: int | None
    calls: int
    spoken_langs: str
    wishes: str
    booked_with: int | None
    booked_for: int | None
    starts_at: datetime | None
    delayed_by: timedelta | None
    booked_counter: int | None
    setup_version: int | None

    @classmethod
    def of(cls, ticket: Ticket, setup_version: int) -> "Entry":
        """The same of a ticket that was read with its visit and appointment as of a version of the set-up."""
        visit, booked = ticket.visit, ticket.appointment
        return cls(
            **{name: getattr(ticket, name) for name in _OF_TICKET},
            stored_trail=json.dumps(ticket.trail),
            spoken_langs=json.dumps(visit.spoken_langs),
            wishes=json.dumps(visit.wishes),
            booked_with=booked.counsellor_id if booked else None,
            booked_for=booked.service_id if booked else None,
            starts_at=booked.starts_at if booked else None,
            delayed_by=booked.delayed_by if booked else None,
            booked_counter=booked.room.counter_id if booked else None,
            setup_version=setup_version,
        )

    @property
    def trail(self) -> list[dict[str, Any]]:
        """What its moves have changed."""
        trail: list[dict[str, Any]] = json.loads(self.stored_trail)
        return trail


_OF_TICKET = [name for name in Entry._fields if name in table_of(Ticket).columns]


class Stand(NamedTuple):
    """A claim of a room, and one part of the visit it is for; blocked time is for none."""

    claimed_from: datetime
    claimed_until: datetime
    counter_id: int
    id: int | None
    visit_id: int | None
    counsellor_id: int | None
    starts_at: datetime | None
    delayed_by: timedelta | None


_t, _v, _a = table_of(Ticket), table_of(Visit), table_of(Appointment)
_part = _a.alias("part")
"""Two counsellors at once share the room's claim, which belongs to the first part of their visit."""
_claim, _room = table_of(Claim), table_of(Room)

_COLUMNS = (
    _t.c.id, _t.c.number, _t.c.visit_id, _t.c.state, _t.c.arrived_at, _t.c.called_at, _t.c.named_at, _t.c.missed_at,
    _t.c.urgent, cast(_t.c.trail, Text), _t.c.counsellor_id, _t.c.counter_id, _t.c.handed_to_id, _t.c.service_id,
    _t.c.follows, _t.c.topic_group_id, _t.c.appointment_id, _t.c.calls,
    cast(_v.c.spoken_langs, Text), cast(_v.c.wishes, Text),
    _a.c.counsellor_id, _a.c.service_id, _a.c.starts_at, _a.c.delayed_by, _room.c.counter_id,
    SETUP_VERSION,
)  # fmt: skip
OF_DAY = (_t.c.centre_id == bindparam("centre"), _t.c.day_on == bindparam("day"))
"""Which tickets are of a centre's day."""

_ENTRIES = (
    select(*as_stored(_COLUMNS))
    .select_from(
        _t.join(_v, _v.c.id == _t.c.visit_id)
        .outerjoin(_a, _a.c.id == _t.c.appointment_id)
        .outerjoin(_room, _room.c.id == _a.c.room_id)
    )
    .where(*OF_DAY)
    .order_by(_t.c.number)
)
_WITH_ALL_OF_IT = (
    select(Ticket)
    .where(*OF_DAY)
    .order_by(Ticket.number)
    .options(
        joinedload(Ticket.visit), joinedload(Ticket.counter), joinedload(Ticket.counsellor),
        joinedload(Ticket.topic_group), joinedload(Ticket.handed_to), joinedload(Ticket.service),
        joinedload(Ticket.appointment).joinedload(Appointment.room),
    )
)  # fmt: skip

_STANDS = (
    select(
        _claim.c.starts_at, _claim.c.ends_at, _room.c.counter_id,
        _part.c.id, _part.c.visit_id, _part.c.counsellor_id, _part.c.starts_at, _part.c.delayed_by,
    )
    .select_from(
        _claim.join(_room, _room.c.id == _claim.c.resource_id)
        .outerjoin(_a, _a.c.id == _claim.c.appointment_id)
        .outerjoin(_part, and_(_part.c.visit_id == _a.c.visit_id, _part.c.starts_at == _a.c.starts_at))
    )
    .where(
        _room.c.centre_id == bindparam("centre"),
        _claim.c.starts_at < bindparam("until", type_=UtcDateTime),
        _claim.c.ends_at > bindparam("since", type_=UtcDateTime),
        or_(_part.c.state == AppointmentState.BOOKED, _claim.c.blocked_time_id.is_not(None)),
    )
    .order_by(_part.c.starts_at, _part.c.id)
)  # fmt: skip


_known: "WeakKeyDictionary[Engine, dict[int, Mapping[int, Kept[Entry]]]]" = WeakKeyDictionary()


def entries_of(session: Session, centre_id: int, day: date) -> Sequence[Entry]:
    """All tickets of a centre's day, in the order of their numbers; entries of before where nothing has changed."""
    connection = session.connection()
    rows = connection.execute(_ENTRIES, {"centre": centre_id, "day": day}).all()
    known = _known.setdefault(connection.engine, {})
    known[centre_id] = found = kept_or_made(
        rows, known.get(centre_id, {}), lambda row: Entry._make(values_of(_COLUMNS, row, connection.dialect))
    )
    return [kept.made for kept in found.values()]


def tickets_of(session: Session, centre_id: int, day: date) -> Sequence[Ticket]:
    """The same tickets as objects of the session, with all that lists show of them."""
    return session.scalars(_WITH_ALL_OF_IT, {"centre": centre_id, "day": day}).unique().all()


def stands_of(session: Session, centre_id: int, span: Interval) -> Sequence[Stand]:
    """What a centre's rooms are taken for then, in the order in which appointments begin."""
    about = {"centre": centre_id, "since": span.start, "until": span.end}
    return list(map(Stand._make, session.connection().execute(_STANDS, about).all()))

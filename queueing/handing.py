"""Handing somebody over: to a colleague, a service, a room, another centre. The number stays while the centre does."""

from foundation.db import Transaction
from foundation.errors import NotFound
from queueing.happened import Happened
from queueing.models import BUSY, Ticket, TicketState
from queueing.moves import NOT_CALLED, change, move, record, settle_where_it_may
from queueing.refusals import TicketMoved
from queueing.tickets import issue
from scheduling.coding import give_code
from scheduling.memory import current_setup
from scheduling.models import AppointmentState, Centre


def hand_to(tx: Transaction, ticket: Ticket, counsellor_id: int) -> None:
    """She waits for this counsellor now and for nobody else, in the place she had. Raises NotFound, TicketMoved."""
    setup = current_setup(tx.session)
    person = setup.people.get(counsellor_id)
    if person is None or not person.counsellor or (counsellor_id, ticket.centre_id) not in setup.timetables:
        raise NotFound
    _to_queue(tx, ticket, handed_to_id=counsellor_id, follows=False)
    record(tx, ticket, Happened.HANDED_OVER, to="counsellor")


def hand_to_service(tx: Transaction, ticket: Ticket, service_id: int) -> None:
    """She waits for whoever advises on this service; a talk that had begun counts as held. Raises NotFound."""
    if service_id not in current_setup(tx.session).advised(ticket.centre_id):
        raise NotFound
    if ticket.state is TicketState.SERVING:
        _was_seen(tx, ticket)
    _to_queue(tx, ticket, service_id=service_id, handed_to_id=None, follows=False)
    record(tx, ticket, Happened.HANDED_OVER, to="service")


def change_room(tx: Transaction, ticket: Ticket, counter_id: int) -> None:
    """Whoever was called is called to this room instead; a talk goes on there. Raises NotFound, RoomTaken."""
    if ticket.state not in BUSY:
        raise TicketMoved(number=ticket.number)
    if counter_id not in current_setup(tx.session).counters(ticket.centre_id):
        raise NotFound
    called = {"called_at": tx.now, "named_at": tx.now, "calls": 1} if ticket.state is TicketState.CALLED else {}
    change(tx, ticket, counter_id=counter_id, **called)
    record(tx, ticket, Happened.HANDED_OVER, to="room")


def send_on(tx: Transaction, ticket: Ticket, centre: Centre) -> Ticket:
    """Ends here; the visit goes on at another centre, where its ticket is parked until she arrives. Raises NotFound."""
    if centre.id == ticket.centre_id:
        raise NotFound
    _was_seen(tx, ticket)
    if not move(tx, ticket, TicketState.SENT_ON, ended_at=tx.now):
        raise TicketMoved(number=ticket.number)
    record(tx, ticket, Happened.SENT_ON)
    visit = ticket.visit
    if visit.code:
        give_code(tx, visit, centre.id, visit.day_on)
    visit.centre_id = centre.id
    tx.session.flush()
    tx.session.expire(visit, ["centre"])
    return issue(tx, Ticket(visit=visit, topic_group_id=ticket.topic_group_id, state=TicketState.PARKED))


def _to_queue(tx: Transaction, ticket: Ticket, **values: object) -> None:
    if ticket.state in {TicketState.WAITING, TicketState.PARKED}:
        change(tx, ticket, **values)
    elif not move(tx, ticket, TicketState.WAITING, **NOT_CALLED, **values):
        raise TicketMoved(number=ticket.number)


def _was_seen(tx: Transaction, ticket: Ticket) -> None:
    """She has come for her appointment; what follows now is another talk."""
    if ticket.appointment:
        settle_where_it_may(tx, ticket.appointment, AppointmentState.SEEN)

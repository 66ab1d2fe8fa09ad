"""A ticket that waits is put right: its topic, the languages spoken, how many came."""

from dataclasses import dataclass

from sqlalchemy import update

from foundation.db import Transaction
from queueing.happened import Happened
from queueing.models import Ticket, TicketState
from queueing.refusals import TicketMoved
from scheduling.models import TopicGroup, Visit


@dataclass(frozen=True)
class Correction:
    """What is right. The topic of an appointment is its service's and stays."""

    topic_group: TopicGroup | None
    spoken_langs: tuple[str, ...]
    party: int


def correct(tx: Transaction, visit: Visit, ticket: Ticket, to: Correction) -> None:
    """Write what is right for the ticket of a visit (its row locked); nothing new is no fact.

    Raises TicketMoved when it does not wait any more: then a counsellor knows better.
    """
    topic = ticket.topic_group_id if ticket.appointment_id else to.topic_group.id if to.topic_group else None
    changed = {
        "topic": topic != ticket.topic_group_id,
        "languages": list(to.spoken_langs) != visit.spoken_langs,
        "party": to.party != visit.party,
    }
    waits = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == TicketState.WAITING)
    if not tx.session.execute(waits.values(topic_group_id=topic).returning(Ticket.id)).first():
        raise TicketMoved(number=ticket.number)
    tx.session.expire(ticket, ["topic_group", "topic_group_id"])
    visit.spoken_langs, visit.party = list(to.spoken_langs), to.party
    if any(changed.values()):
        what = [name for name, done in changed.items() if done]
        tx.record(Happened.CORRECTED, "ticket", ticket.id, visit.centre.scope, number=ticket.number, what=what)

"""When an act comes too late: what has happened to the ticket meanwhile, when, and by whom."""

from sqlalchemy import select

from access.models import Account
from doorway.binding import reading, request_now
from doorway.gates import current_centre
from foundation.errors import desk_sentence
from foundation.facts import Fact
from foundation.formats import clock_time
from queueing.happened import Happened
from queueing.models import Ticket
from queueing.refusals import TicketMoved

SAID: dict[str, str] = {
    Happened.CALLED: desk_sentence("{who} hat Nummer {number} um {time} gerufen. Die Liste ist jetzt neu."),
    Happened.RECALLED: desk_sentence("{who} hat Nummer {number} um {time} noch einmal gerufen."),
    Happened.STARTED: desk_sentence("{who} hat um {time} mit Nummer {number} begonnen. Die Liste ist jetzt neu."),
    Happened.FINISHED: desk_sentence("{who} ist seit {time} mit Nummer {number} fertig. Die Liste ist jetzt neu."),
    Happened.MISSED: desk_sentence("Nummer {number} war um {time} nicht da ({who}). Die Liste ist jetzt neu."),
    Happened.NO_SHOW: desk_sentence("Nummer {number} ist um {time} nicht gekommen ({who}). Die Liste ist jetzt neu."),
    Happened.PARKED: desk_sentence("{who} hat Nummer {number} um {time} geparkt. Die Liste ist jetzt neu."),
    Happened.BACK: desk_sentence("Nummer {number} wartet seit {time} wieder ({who}). Die Liste ist jetzt neu."),
    Happened.HANDED_OVER: desk_sentence("{who} hat Nummer {number} um {time} weitergegeben. Die Liste ist jetzt neu."),
    Happened.SENT_ON: desk_sentence("{who} hat Nummer {number} um {time} an ein anderes Zentrum gegeben."),
    Happened.LEFT: desk_sentence("Nummer {number} ist um {time} gegangen ({who}). Die Liste ist jetzt neu."),
    Happened.URGENT: desk_sentence("{who} hat Nummer {number} um {time} vorgezogen. Die Liste ist jetzt neu."),
    Happened.UNDONE: desk_sentence("{who} hat um {time} bei Nummer {number} etwas zurückgenommen."),
}


class Meanwhile(TicketMoved):
    """The ticket has moved on, and this is how."""

    def __init__(self, said: str, number: int, who: str, time: str) -> None:
        """`said` is one of the sentences above."""
        super().__init__(number=number, who=who, time=time)
        self.text = said


def what_happened(number: int) -> TicketMoved:
    """The refusal for a ticket of today that stands elsewhere by now; the plain one where nobody of staff did it."""
    centre, now = current_centre(), request_now()
    session = reading()
    ticket = select(Ticket.id).where(
        Ticket.centre_id == centre.id, Ticket.day_on == centre.local_day(now), Ticket.number == number
    )
    last = session.scalar(
        select(Fact)
        .where(Fact.subject_kind == "ticket", Fact.subject_id.in_(ticket), Fact.kind.in_(SAID))
        .order_by(Fact.id.desc())
        .limit(1)
    )
    who = session.get(Account, last.actor_id or 0) if last and last.actor_kind == "staff" else None
    if last is None or who is None:
        return TicketMoved(number=number)
    return Meanwhile(SAID[last.kind], number=number, who=who.name, time=clock_time(last.at, centre.zone))

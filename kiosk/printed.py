"""The ticket that a client takes along: on the screen, on paper, and as a link on her own phone."""

from doorway.binding import reading, request_now, tag_now, the_house
from doorway.gates import current_device
from doorway.pages import field
from doorway.speech import LONGEST_TAG, speak
from foundation.db import Transaction
from kiosk.steps import screen
from queueing.arrival import Greeting, greeting_for
from queueing.following import give_link, ticket_token
from queueing.models import Ticket
from queueing.today import wait_of


def keep_link(tx: Transaction, ticket: Ticket) -> int:
    """Give it the link that its QR code holds; its id."""
    give_link(tx, ticket, the_house().settings.secret_keys)
    return ticket.id


def ticket_screen(ticket_id: int, greeting: Greeting | None = None) -> str:
    """Number, sign, where to wait and how long; printed where the device prints."""
    ticket, now = reading().get_one(Ticket, ticket_id), request_now()
    tongue = speak(field("lang", LONGEST_TAG))
    return screen(
        "kiosk/ticket.html", ticket=ticket, greeting=greeting or greeting_for(ticket, now), link=_link(ticket),
        wait=wait_of(reading(), ticket, now, tag_now(ticket.centre.scope)), prints=current_device().prints,
        tongue=tongue,
    )  # fmt: skip


def _link(ticket: Ticket) -> str:
    """Its live place in the queue, on the client's own phone, in the language of this screen."""
    settings = the_house().settings
    return f"{settings.public_url}/n/{ticket_token(settings.secret_keys, ticket)}"

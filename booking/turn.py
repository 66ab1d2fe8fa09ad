"""The client's number on her own phone: live, without a countdown; an SMS before her turn if she wishes it (W-04)."""

from flask import Response, g, session
from werkzeug.wrappers import Response as BaseResponse

from booking.visit import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.forms import CONTACT_REFUSED, TURN_CONSENT_WORDING, mobile_number
from doorway.gates import follower, open_to_all
from doorway.pages import field, see_other
from doorway.waiting import turn_page
from foundation.db import Transaction
from queueing.following import ticket_by_token
from queueing.models import Ticket
from queueing.refusals import AlreadyCalled
from queueing.tickets import open_ticket
from queueing.turns import wish_no_more, wish_to_be_told


@blueprint.get("/n/<token>")
@open_to_all
def follow(token: str) -> BaseResponse:
    """From the link on the ticket to a session of this browser, in the language of the kiosk; changes nothing else."""
    ticket = ticket_by_token(reading(), token, request_now())
    session["ticket"] = ticket.id
    session.setdefault("lang", ticket.visit.ui_lang)
    return see_other(".turn")


@blueprint.get("/turn")
@follower
def turn() -> Response:
    """Number, sign, where to wait, how long; the room once she is called. Asked again with the tag that is shown."""
    return turn_page(_shown())


@blueprint.post("/turn/sms")
@follower
def turn_sms() -> Response | BaseResponse:
    """An SMS before her turn, or no more; the number only with consent."""
    typed = field("phone", 40)
    try:
        with transaction() as tx:
            ticket = tx.session.get_one(Ticket, _shown().id, with_for_update={"of": Ticket})
            _act(tx, ticket, typed)
    except (*CONTACT_REFUSED, AlreadyCalled) as refusal:
        return turn_page(_shown(), refusal, typed)
    return see_other(".turn")


def _act(tx: Transaction, ticket: Ticket, typed: str) -> None:
    if field("wanted", 3) != "yes":
        wish_no_more(tx, ticket)
        return
    phone = None if ticket.visit.phone and not typed else mobile_number(typed)
    wish_to_be_told(tx, ticket, phone, TURN_CONSENT_WORDING)


def _shown() -> Ticket:
    """The number of this browser; of whoever was sent to another centre, the one there."""
    ticket: Ticket = g.ticket
    return open_ticket(reading(), ticket.visit) or ticket

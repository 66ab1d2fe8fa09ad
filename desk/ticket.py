"""Everything that can be done with one ticket, in a drawer beside the day or on a page of its own."""

from collections.abc import Callable

from flask import Response, request
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from access.rights import Right
from desk.day import counsellor_id, do
from desk.session import blueprint
from doorway.binding import reading, request_now
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, page_or_fragment
from foundation.db import Transaction
from foundation.errors import Forbidden, NotFound
from queueing import calls, handing
from queueing.models import ALLOWED_MOVES, BUSY, Note, Ticket
from queueing.tickets import ticket_by_number
from scheduling.models import Centre, Counsellor, Counter, Room, Service
from scheduling.models.people import A_TALK
from scheduling.presence import counsellors_at, offered_services


@blueprint.get("/tickets/<int(max=899):number>")
@staff(Right.RECEIVE)
def ticket(number: int) -> Response:
    """What is known of a ticket of today, and every act that its state allows."""
    centre, now = current_centre(), request_now()
    found = ticket_by_number(reading(), centre, centre.local_day(now), number)
    return page_or_fragment(
        "desk/ticket.html", "desk/_ticket.html",
        account=current_account(), centre=centre, now=now, ticket=found,
        allowed={state.value for state in ALLOWED_MOVES[found.state]}, busy=found.state in BUSY,
        colleagues=[c for c in counsellors_at(reading(), centre) if c.id not in _has(found)],
        services=offered_services(reading(), centre), rooms=_rooms(centre), centres=_others(centre),
    )  # fmt: skip


@blueprint.post("/tickets/<int(max=899):number>/hand-over")
@staff(Right.RECEIVE)
def hand_over(number: int) -> Response | BaseResponse:
    """To a colleague, a service, a room or another centre, named by its code."""
    kind, _, code = field("to", 120).partition(":")
    if kind not in _HAND:
        raise NotFound
    return do(lambda tx, found: _HAND[kind](tx, found, code), number)


@blueprint.post("/tickets/<int(max=899):number>/notes")
@staff(Right.CALL)
def notes(number: int) -> Response | BaseResponse:
    """What is ticked about the talk; only by who is in it."""
    ticked = [Note(code) for code in request.form.getlist("note") if code in set(Note)]

    def act(tx: Transaction, found: Ticket) -> None:
        if not calls.is_with(tx, found, counsellor_id()):
            raise Forbidden
        calls.note(tx, found, ticked)

    return do(act, number)


def _has(found: Ticket) -> set[int | None]:
    """Whom it need not be handed to."""
    return {found.handed_to_id, found.counsellor_id}


def _to_centre(tx: Transaction, found: Ticket, code: str) -> None:
    centre = tx.session.scalar(select(Centre).where(Centre.code == code))
    if centre is None:
        raise NotFound
    handing.send_on(tx, found, centre)


def _id(tx: Transaction, model: type[Counsellor] | type[Service] | type[Counter], code: str) -> int:
    """Of the row with a code; 0, which is nobody's, where there is none."""
    return tx.session.scalar(select(model.id).where(model.code == code)) or 0


_HAND: dict[str, Callable[[Transaction, Ticket, str], object]] = {
    "counsellor": lambda tx, found, code: handing.hand_to(tx, found, _id(tx, Counsellor, code)),
    "service": lambda tx, found, code: handing.hand_to_service(tx, found, _id(tx, Service, code)),
    "room": lambda tx, found, code: handing.change_room(tx, found, _id(tx, Counter, code)),
    "centre": _to_centre,
}


def _rooms(centre: Centre) -> list[Counter]:
    """Counters of rooms in use."""
    used = select(Room.counter_id).where(Room.centre_id == centre.id, Room.active, Room.seats >= A_TALK)
    return list(reading().scalars(select(Counter).where(Counter.id.in_(used)).order_by(Counter.label)))


def _others(centre: Centre) -> list[Centre]:
    return list(reading().scalars(select(Centre).where(Centre.id != centre.id).order_by(Centre.place)))

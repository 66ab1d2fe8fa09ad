"""The next date before the client leaves: three to choose from, booked with one press."""

from datetime import datetime
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from access.rights import Right
from desk.case import case_shown, remember
from desk.session import blueprint
from doorway.binding import reading, request_now, the_house, transaction
from doorway.form_keys import once
from doorway.forms import MomentBroken, chosen_moment
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, page_or_fragment, see_other
from foundation.db import Transaction
from foundation.errors import NotFound
from queueing.models import Ticket
from queueing.tickets import ticket_by_number
from scheduling.following_up import FollowUps, book_follow_up, follow_ups, kept
from scheduling.models import Counsellor, Service, Visit
from scheduling.wish import Wish

WEEKS = (1, 2, 4)
USUAL = 2


@blueprint.get("/tickets/<int(max=899):number>/follow-up")
@staff(Right.CALL)
def follow_up(number: int) -> Response:
    """Three dates from one, two or four weeks on; `?weeks=` chooses."""
    shown = dates_after(number, request.args.get("weeks", USUAL, int))
    if shown is None:
        raise NotFound
    return page_or_fragment("desk/follow_up.html", "desk/_follow_up.html", **shown)


@blueprint.post("/tickets/<int(max=899):number>/follow-up")
@staff(Right.CALL)
def book_next(number: int) -> Response | BaseResponse:
    """Book it once, however often it is pressed; an SMS only if she has just agreed to one."""
    with transaction() as tx:
        visit_id = once(tx, lambda: _book(tx, number).id)
    remember(reading().get_one(Visit, visit_id))
    return see_other(".followed_up", number=number)


@blueprint.get("/tickets/<int(max=899):number>/followed-up")
@staff(Right.CALL)
def followed_up(number: int) -> Response:
    """What was booked: day, time, code, and the slip to print. It is this browser's case now."""
    booked = case_shown()
    if not booked.appointments or booked.code is None:  # another case was opened meanwhile
        raise NotFound
    return page_or_fragment(
        "desk/follow_up.html", "desk/_follow_up.html",
        account=current_account(), centre=current_centre(), number=number, booked=booked,
    )  # fmt: skip


def dates_after(number: int, weeks: int = USUAL) -> dict[str, Any] | None:
    """What the drawer shows after a talk; None where the counsellor advises on nothing that could follow."""
    centre, now = current_centre(), request_now()
    ticket = ticket_by_number(reading(), centre, centre.local_day(now), number)
    wish = _wish(ticket)
    if wish is None or weeks not in WEEKS:
        return None
    return {
        "account": current_account(), "centre": centre, "number": number, "ticket": ticket, "weeks": weeks,
        "choices": WEEKS, "found": _dates(ticket, wish, weeks, now), "booked": None,
    }  # fmt: skip


def _dates(ticket: Ticket, wish: Wish, weeks: int, now: datetime) -> FollowUps:
    at = ticket.appointment.starts_at if ticket.appointment else ticket.called_at or now
    return follow_ups(reading(), wish, ticket.appointment, weeks, at, now)


def _wish(ticket: Ticket) -> Wish | None:
    """The same service with the counsellor who asks."""
    counsellor = reading().get(Counsellor, current_account().counsellor_id or 0)
    service = _service(ticket, counsellor) if counsellor else None
    if counsellor is None or service is None:
        return None
    visit = ticket.visit
    return Wish(
        (service.id,), (ticket.centre_id,), tuple(visit.spoken_langs) or ("de",), min(visit.party, service.party_max),
        frozenset(visit.wishes), counsellor=counsellor.id,
    )  # fmt: skip


def _service(ticket: Ticket, counsellor: Counsellor) -> Service | None:
    """What the talk was about, if the counsellor advises on it and it can be booked."""
    about = ticket.service or (ticket.appointment.service if ticket.appointment else None)
    advised = [service for service in counsellor.services if service.bookable]
    of_topic = [s for s in advised if ticket.topic_group_id in {None, s.topic_group_id}]
    return about if about in advised else next(iter(sorted(of_topic, key=lambda s: s.code)), None)


def _book(tx: Transaction, number: int) -> Visit:
    centre, now = current_centre(), tx.now
    ticket = ticket_by_number(reading(), centre, centre.local_day(now), number)
    wish = _wish(ticket)
    if wish is None:
        raise NotFound
    try:
        starts_at = chosen_moment()
    except MomentBroken as fault:
        raise NotFound from fault
    room, interpreter = (field(name, 9) == "same" for name in ("room", "interpreter"))
    wish = kept(wish, ticket.appointment, room=room, interpreter=interpreter)
    before = tx.session.get_one(Visit, ticket.visit_id)
    told = field("sms", 3) == "yes" and before.wants_messages
    return book_follow_up(tx, before, wish, starts_at, the_house().settings.secret_keys, told)

"""One visit at the desk: what may be seen of it, and what can be done for the client (D-02, X-10)."""

from collections.abc import Callable

from flask import render_template, session
from werkzeug.wrappers import Response

from access.models import Account
from access.rights import Right
from desk.duties import duty_in_case
from desk.interpreters import STANDS
from desk.post import error_words
from desk.session import blueprint
from desk.somebody import Somebody
from desk.words import KINDS, REASONS, STATES, STEPS
from doorway.binding import reading, request_now, the_house, transaction
from doorway.form_keys import once
from doorway.forms import ContactForm, readable
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, number_field, see_other
from foundation.db import Transaction
from foundation.errors import Forbidden, Moved, NotFound, Refusal, desk_sentence
from notifications.calling import messages_of
from notifications.journeys import journeys
from notifications.resending import send_again, sendable
from queueing import calls
from queueing.finding import Query, find, newest_tickets
from queueing.models import Ticket
from queueing.replanning import cancel_here
from queueing.tickets import check_in
from queueing.topics import topics_for_walk_ins
from scheduling.interpreters import request_for
from scheduling.models import Visit
from scheduling.repeating import series_to_change
from scheduling.revoking import revoke_link
from scheduling.visits import visit_to_change
from scheduling.wish import Route


class NothingOpen(Refusal):
    """No case was opened in this browser, or it is gone."""

    text = desk_sentence("Hier ist kein Termin offen. Bitte suchen Sie ihn noch einmal.")
    status = 404


@blueprint.post("/case")
@staff(Right.RECEIVE)
def open_case() -> Response:
    """Open the visit of a day's code, or of a ticket number of today; which, stands in the session only."""
    centre, code, number = current_centre(), field("code", 6), field("number", 3)
    query = Query(code=code, number=int(number) if number.isdecimal() and not code else None)
    meant = [
        one.visit for one in find(reading(), centre, request_now(), query)
        if not code or one.visit.day_on.isoformat() == field("day", 10)
    ]  # fmt: skip
    if not meant:
        raise NothingOpen
    remember(min(meant, key=lambda visit: visit.ended_at is not None))
    return see_other(".case")


@blueprint.get("/case")
@staff(Right.RECEIVE)
def case() -> str:
    """Everything about it that this account may see."""
    return case_page()


@blueprint.post("/case/arrived")
@staff(Right.RECEIVE)
def case_arrived() -> Response:
    """The client is here."""
    with transaction() as tx:
        check_in(tx, case_to_change(tx))
    return see_other(".case")


@blueprint.post("/case/left")
@staff(Right.RECEIVE)
def case_left() -> Response:
    """The client does not wait any longer, or was checked in by mistake."""
    return _with_ticket(calls.leave)


@blueprint.post("/case/back")
@staff(Right.RECEIVE)
def case_back() -> Response:
    """She is in the queue again."""
    return _with_ticket(calls.undo)


@blueprint.post("/case/cancel")
@staff(Right.RECEIVE)
def case_cancel() -> Response:
    """Call it off, because she has said so or the centre has to; the client is told accordingly."""
    with transaction() as tx:
        cancel_here(tx, case_to_change(tx), by_centre=field("who", 6) == "centre")
    return see_other(".case")


@blueprint.post("/case/link")
@staff(Right.RECEIVE)
def case_link() -> Response:
    """The link is in wrong hands: it leads nowhere now, a new slip has a new one. So do those it leads to."""
    with transaction() as tx:
        series = series_to_change(tx, case_shown())
        case_to_change(tx)
        for visit in series:
            revoke_link(tx, visit, the_house().settings.secret_keys)
    return see_other(".case", done="link")


@blueprint.post("/case/message")
@staff(Right.RECEIVE)
def case_message_again() -> Response:
    """Send a message of this case once more. Raises Forbidden for who may not reach the client."""
    if not may_reach(current_account(), case_shown()):
        raise Forbidden
    message_id = number_field("message")
    with transaction() as tx:
        visit = case_to_change(tx)
        once(tx, lambda: send_again(tx, visit, message_id).id)
    return see_other(".case", done="again")


def case_page(typed: ContactForm | None = None, refusal: Refusal | None = None) -> str:
    """The page of the open case, with what was typed about reaching the client if that was refused."""
    account, visit = current_account(), case_shown()
    ticket, messages = ticket_shown(visit), messages_of(reading(), visit)
    came, duty = duty_in_case(visit)
    return render_template(
        "desk/case.html", account=account, centre=visit.centre, visit=visit, ticket=ticket, now=request_now(),
        today=visit.centre.local_day(request_now()), which=_mark(visit, ticket), reach=may_reach(account, visit),
        recipient=readable(visit.recipient), typed=typed or ContactForm.of(visit), refusal=refusal,
        pool={part.id: request_for(reading(), part) for part in visit.appointments if part.route == Route.POOL},
        messages=messages, kinds=KINDS, states=STATES, stands=STANDS, reasons=REASONS, steps=STEPS,
        journeys=journeys(reading(), messages), error_words=error_words, sendable=sendable(messages, request_now()),
        somebody=Somebody.of(visit), topics=topics_for_walk_ins(reading(), visit.centre),
        came=came, duty=duty,
    )  # fmt: skip


def remember(visit: Visit) -> None:
    """From now on this browser's case is this one."""
    session["case"] = visit.id


def case_shown() -> Visit:
    """The open case, to read. Raises NothingOpen; another centre's is none."""
    visit = reading().get(Visit, session.get("case", 0))
    if visit is None or visit.erased_at or visit.centre_id != current_centre().id:
        raise NothingOpen
    return visit


def case_to_change(tx: Transaction) -> Visit:
    """The open case, if the form was made for it: another window may have opened another one meanwhile."""
    visit = visit_to_change(tx, case_shown().id)
    if field("visit", 12) != _mark(visit, ticket_of(tx, visit)):
        raise Moved
    return visit


def ticket_of(tx: Transaction, visit: Visit) -> Ticket | None:
    """The visit's newest ticket of today, to change."""
    return newest_tickets(tx.session, visit.centre.local_day(tx.now), [visit]).get(visit.id)


def ticket_shown(visit: Visit) -> Ticket | None:
    """The visit's newest ticket of today, to read."""
    return newest_tickets(reading(), visit.centre.local_day(request_now()), [visit]).get(visit.id)


def may_reach(account: Account, visit: Visit) -> bool:
    """Whether the account sees the client's number: its own clients', or everybody's with the right to (X-10)."""
    own = {part.counsellor_id for part in visit.appointments}
    return account.may(Right.REACH) or account.counsellor_id in own


def _mark(visit: Visit, ticket: Ticket | None) -> str:
    return visit.code or (str(ticket.number) if ticket else "")


def _with_ticket(act: Callable[[Transaction, Ticket], None]) -> Response:
    with transaction() as tx:
        ticket = ticket_of(tx, case_to_change(tx))
        if ticket is None:
            raise NotFound
        if field("was", 20) != ticket.state.value:
            raise Moved
        act(tx, ticket)
    return see_other(".case")

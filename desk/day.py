"""A counsellor's day: now, next and why, the list; calling, and everything else that happens to a ticket."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from math import inf

from flask import Response, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from access.rights import Right
from desk.alarm import alarms_are_news, with_alarms
from desk.followed_up import dates_after
from desk.meanwhile import what_happened
from desk.session import blueprint
from desk.words import BLOCKED, NOTES
from doorway.binding import reading, request_now, tag_now, transaction
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, htmx, page_or_fragment, see_other, unchanged
from doorway.speech import drawn_once, language
from foundation.db import Transaction
from foundation.errors import Forbidden, NotFound
from queueing import calls, helping, joining
from queueing.board import Board
from queueing.forecast import Forecast
from queueing.models import BUSY, Ticket, UrgentReason
from queueing.numbers import Numbers
from queueing.order import Choice
from queueing.refusals import TicketMoved
from queueing.running_late import run_late
from queueing.tickets import check_in, come_back, ticket_by_number
from queueing.today import today_of
from queueing.undoing import last_of
from scheduling.course_board import sessions_of_blocks
from scheduling.models import BlockedKind, Visit
from scheduling.visits import visit_to_change

Act = Callable[[Transaction, Ticket], object]
TOLD_LATE = (0, 10, 15, 30)
"""Minutes a counsellor can say with one press; nothing takes it back."""


def _start(tx: Transaction, ticket: Ticket) -> None:
    calls.start(tx, ticket, current_account().counsellor_id)


CALLING: dict[str, Act] = {"recall": calls.recall, "start": _start, "miss": calls.miss}
RECEIVING: dict[str, Act] = {
    "no-show": calls.no_show, "back": calls.back_to_queue, "park": calls.park, "return": come_back,
    "leave": calls.leave, "undo": calls.undo, "join": joining.join, "part": joining.part,
}  # fmt: skip
"""What one press does to a ticket: by who calls, and by whoever receives."""


@blueprint.get("/")
@staff(Right.SEE_DAY)
def day() -> Response:
    """The day of the account's centre; the live part asks every two seconds with the tags its page shows."""
    return _day()


@blueprint.post("/call-next")
@staff(Right.CALL)
def call_next() -> Response | BaseResponse:
    """Call whom the queue rule names."""
    calls.call_next_anew(transaction, current_centre().id, counsellor_id())
    return after()


@blueprint.post("/tickets/<int(max=899):number>/call")
@staff(Right.CALL)
def call_this(number: int) -> Response | BaseResponse:
    """Call this one, out of turn."""
    try:
        with transaction() as tx:
            calls.call_this(tx, current_centre().id, number, counsellor_id())
    except TicketMoved as moved:
        raise what_happened(number) from moved
    return after()


@blueprint.post("/tickets/<int(max=899):number>/<any(recall, start, miss):call>")
@staff(Right.CALL)
def calling(number: int, call: str) -> Response | BaseResponse:
    """Name it again, the client has come in, or is not there."""
    return do(_hers(CALLING[call]), number)


@blueprint.post("/tickets/<int(max=899):number>/finish")
@staff(Right.CALL)
def finish(number: int) -> Response | BaseResponse:
    """The consultation is over; the next dates are offered beside the new list."""
    answer = do(_hers(calls.finish), number)
    if not htmx:
        return answer
    shown = dates_after(number)
    if shown:
        answer.set_data(answer.get_data() + Markup(render_template("desk/_drawer.html", **shown)).encode())
    return answer


@blueprint.post("/tickets/<int(max=899):number>/<any('no-show', back, park, return, leave, undo, join, part):move>")
@staff(Right.RECEIVE)
def receiving(number: int, move: str) -> Response | BaseResponse:
    """Did not come, waits again, fetches something, is back, has gone; the last move is taken back; hers is the
    appointment she seems to mean, or not.
    """
    return do(RECEIVING[move], number)


@blueprint.post("/tickets/<int(max=899):number>/urgent/<reason>")
@staff(Right.RECEIVE)
def urgent(number: int, reason: str) -> Response | BaseResponse:
    """Let somebody go first, for a reason."""
    if reason not in set(UrgentReason):
        raise NotFound
    return do(lambda tx, ticket: calls.flag_urgent(tx, ticket, UrgentReason(reason)), number)


@blueprint.post("/arrived")
@staff(Right.RECEIVE)
def arrived() -> Response | BaseResponse:
    """Somebody with an appointment came straight to a person: check her in by her code."""
    with transaction() as tx:
        check_in(tx, _expected(tx))
    return after()


@blueprint.post("/at-the-door")
@staff(Right.CALL)
def at_the_door() -> Response | BaseResponse:
    """Somebody with an appointment went straight to the counsellor's door: the talk begins."""
    with transaction() as tx:
        calls.start(tx, check_in(tx, _expected(tx)), counsellor_id())
    return after()


@blueprint.post("/late")
@staff(Right.CALL)
def late() -> Response | BaseResponse:
    """«I run late»: told to those who wait and those still at home."""
    minutes = field("minutes", 3)
    if minutes not in {str(known) for known in TOLD_LATE}:
        raise NotFound
    with transaction() as tx:
        run_late(tx, current_centre().id, counsellor_id(), timedelta(minutes=int(minutes)))
    return after()


@blueprint.post("/help-coming")
@staff(Right.SEE_DAY)
def help_coming() -> Response | BaseResponse:
    """Somebody goes to the kiosk."""
    with transaction() as tx:
        helping.come_to_help(tx, centre_in(tx))
    return after()


def do(act: Act, number: int) -> Response | BaseResponse:
    """One act on a ticket of today, unless it has moved on since the page was drawn; then what happened is said."""
    try:
        with transaction() as tx:
            centre = centre_in(tx)
            ticket = ticket_by_number(tx.session, centre, centre.local_day(tx.now), number, to_change=True)
            if field("was", 20) not in {"", ticket.state.value}:
                raise TicketMoved(number=number)
            act(tx, ticket)
    except TicketMoved as moved:
        raise what_happened(number) from moved
    return after()


def after() -> Response | BaseResponse:
    """The new list, or the way to it."""
    return _day() if htmx else see_other(".day")


def counsellor_id() -> int:
    """Whose day it is; raises Forbidden for accounts that advise nobody."""
    found = current_account().counsellor_id
    if found is None:
        raise Forbidden
    return found


def _hers(act: Act) -> Act:
    """An act on a talk is for who is in it: a page may be older than a colleague's call."""

    def acted(tx: Transaction, ticket: Ticket) -> object:
        if ticket.state in BUSY and not calls.is_with(tx, ticket, counsellor_id()):
            raise TicketMoved(number=ticket.number)
        return act(tx, ticket)

    return acted


def _day() -> Response:
    account, centre = current_account(), current_centre()
    version, now = tag_now(centre.scope), request_now()
    tag, alarmed = f"{version}-{now:%H%M}", alarms_are_news(account)
    if unchanged(tag) and not alarmed:
        return Response(status=204)
    counsellor = account.counsellor
    whole = counsellor is None or "all=1" in (request.query_string.decode() or htmx.current_url or "")
    today = today_of(reading(), centre, now, version)
    board, told = today.board, today.told
    choice, current = (board.choice_for(counsellor), board.current_of(counsellor)) if counsellor else (None, None)
    calls = account.may(Right.CALL) and counsellor is not None and current is None
    mine = board.callable_by(counsellor) if counsellor and not whole else board.waiting
    blocked = today.blocked_for(reading(), counsellor, now) if counsellor else []
    look = (language().tag, calls, account.may(Right.RECEIVE))
    taught = [one.id for one in blocked if one.kind == BlockedKind.COURSE]
    answer = page_or_fragment(
        "desk/day.html", "desk/_day.html",
        account=account, centre=centre, counsellor=counsellor, board=board, whole=whole, tag=tag, now=now,
        today=centre.local_day(now), help=today.help,
        current=current, calls=calls, row=partial(drawn_once, look, today.drawn),
        choice=choice, listed=_in_order(mine, choice, told),
        delays=board.delays_of(counsellor) if counsellor else [],
        blocked=blocked, taught=sessions_of_blocks(reading(), taught) if taught else {},
        pool=today.pool, undoable=last_of(board, counsellor) if counsellor else None, told_late=TOLD_LATE,
        numbers=Numbers.of(board), told=told, note_words=NOTES, blocked_words=BLOCKED,
    )  # fmt: skip
    return with_alarms(answer, account) if alarmed else answer


def _in_order(tickets: list[Ticket], choice: Choice | None, told: Forecast) -> list[Ticket]:
    """In the order in which they will probably be called; whom the rule names now first."""

    def place(ticket: Ticket) -> tuple[bool, float, datetime]:
        wait = told.range_of(ticket.number)
        return choice is None or ticket.number != choice.number, wait.middle if wait else inf, ticket.arrived_at

    return sorted(tickets, key=place)


def _expected(tx: Transaction) -> Visit:
    """The visit of today with the code, whose client has not checked in yet; raises NotFound."""
    code = field("code", 12)
    board = Board.of(tx.session, centre_in(tx), tx.now)
    found = next((a.visit for a in board.not_arrived if a.visit.code == code), None)
    if found is None:
        raise NotFound
    return visit_to_change(tx, found.id)

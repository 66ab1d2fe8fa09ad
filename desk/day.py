"""A counsellor's day: now, next and why, the list; and what can be done with each ticket."""

from collections.abc import Callable

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from access.models import Account
from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, htmx, page_or_fragment, see_other, unchanged
from foundation.db import Transaction, change_tag
from foundation.errors import Forbidden, NotFound
from queueing import calls, helping
from queueing.board import Board, open_help
from queueing.models import Ticket, UrgentReason
from queueing.refusals import TicketMoved
from queueing.tickets import check_in, ticket_by_number
from scheduling.models import Centre, Counsellor
from scheduling.visits import visit_to_change


@blueprint.get("/")
@staff(Right.SEE_DAY)
def day() -> Response:
    """The day of the account's centre; the live part asks every two seconds with the tag it shows."""
    return _day()


@blueprint.post("/call-next")
@staff(Right.CALL)
def call_next() -> Response | BaseResponse:
    """Call whom the queue rule names."""
    with transaction() as tx:
        calls.call_next(tx, current_centre().id, _who_calls())
    return _after()


@blueprint.post("/tickets/<int(max=899):number>/call")
@staff(Right.CALL)
def call_this(number: int) -> Response | BaseResponse:
    """Call this one, out of turn."""
    with transaction() as tx:
        calls.call_this(tx, current_centre().id, number, _who_calls())
    return _after()


@blueprint.post("/tickets/<int(max=899):number>/recall")
@staff(Right.CALL)
def recall(number: int) -> Response | BaseResponse:
    """Name it again."""
    return _do(calls.recall, number)


@blueprint.post("/tickets/<int(max=899):number>/start")
@staff(Right.CALL)
def start(number: int) -> Response | BaseResponse:
    """The client has come in."""
    return _do(calls.start, number)


@blueprint.post("/tickets/<int(max=899):number>/finish")
@staff(Right.CALL)
def finish(number: int) -> Response | BaseResponse:
    """The consultation is over."""
    return _do(calls.finish, number)


@blueprint.post("/tickets/<int(max=899):number>/no-show")
@staff(Right.CALL)
def no_show(number: int) -> Response | BaseResponse:
    """Called and not come."""
    return _do(calls.no_show, number)


@blueprint.post("/tickets/<int(max=899):number>/undo")
@staff(Right.CALL)
def undo(number: int) -> Response | BaseResponse:
    """Take the last move back."""
    return _do(calls.undo, number)


@blueprint.post("/tickets/<int(max=899):number>/urgent/<reason>")
@staff(Right.RECEIVE)
def urgent(number: int, reason: str) -> Response | BaseResponse:
    """Let somebody go first, for a reason."""
    if reason not in set(UrgentReason):
        raise NotFound
    return _do(lambda tx, ticket: calls.flag_urgent(tx, ticket, UrgentReason(reason)), number)


@blueprint.post("/arrived")
@staff(Right.RECEIVE)
def arrived() -> Response | BaseResponse:
    """Somebody with an appointment came straight to a person: check her in by her code."""
    code = field("code", 12)
    with transaction() as tx:
        centre = _centre(tx)
        found = next(
            (a.visit for a in Board.of(tx.session, centre, tx.now).not_arrived() if a.visit.code == code), None
        )
        if found is None:
            raise NotFound
        check_in(tx, visit_to_change(tx, found.id))
    return _after()


@blueprint.post("/help-coming")
@staff(Right.SEE_DAY)
def help_coming() -> Response | BaseResponse:
    """Somebody goes to the kiosk."""
    with transaction() as tx:
        helping.come_to_help(tx, _centre(tx))
    return _after()


def _day() -> Response:
    account, now = current_account(), request_now()
    centre = _own_centre(account)
    whole = request.args.get("all") == "1" or account.counsellor is None
    tag = f"{change_tag(reading(), centre.scope)}-{now:%H%M}"
    if unchanged(tag):
        return Response(status=204)
    board, counsellor = Board.of(reading(), centre, now), account.counsellor
    return page_or_fragment(
        "desk/day.html", "desk/_day.html",
        account=account, centre=centre, counsellor=counsellor, board=board, whole=whole, tag=tag, now=now,
        today=centre.local_day(now), help=open_help(reading(), centre, now),
        current=board.current_of(counsellor) if counsellor else None,
        choice=board.choice_for(counsellor) if counsellor else None,
        undoable=_undoable(board, counsellor),
    )  # fmt: skip


def _undoable(board: Board, counsellor: Counsellor | None) -> Ticket | None:
    if counsellor is None:
        return None
    mine = [t for t in board.done() if t.counsellor_id == counsellor.id]
    return board.current_of(counsellor) or (mine[0] if mine else None)


def _do(act: Callable[[Transaction, Ticket], None], number: int) -> Response | BaseResponse:
    with transaction() as tx:
        centre = _centre(tx)
        ticket = ticket_by_number(tx.session, centre, centre.local_day(tx.now), number)
        if field("was", 20) not in {"", ticket.state.value}:
            raise TicketMoved(number=number)
        act(tx, ticket)
    return _after()


def _after() -> Response | BaseResponse:
    return _day() if htmx else see_other(".day")


def _own_centre(account: Account) -> Centre:
    if account.centre is None:
        raise Forbidden
    return account.centre


def _centre(tx: Transaction) -> Centre:
    centre_id = current_account().centre_id
    if centre_id is None:
        raise Forbidden
    return tx.session.get_one(Centre, centre_id)


def _who_calls() -> int:
    counsellor_id = current_account().counsellor_id
    if counsellor_id is None:
        raise Forbidden
    return counsellor_id

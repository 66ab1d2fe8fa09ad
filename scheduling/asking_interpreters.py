"""Interpreters of the register are asked, one after the other, and answer by their link (C-02)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from foundation.tokens import token_hash
from scheduling.askings import asking_token, live_asking, settle
from scheduling.candidates import next_of, think_until, who_could_come
from scheduling.happened import Happened
from scheduling.interpreters import answer_by, step, to_call_off
from scheduling.models import (
    LIVE,
    Appointment,
    Asking,
    AskingState,
    Centre,
    PoolInterpreter,
    PoolRequest,
    RequestState,
    Visit,
)
from scheduling.refusals import AskingOver

WAY_TO_ASK = {
    RequestState.REQUESTED: (RequestState.ASSIGNED,),
    RequestState.ASSIGNED: (RequestState.DECLINED, RequestState.REQUESTED, RequestState.ASSIGNED),
    RequestState.DECLINED: (RequestState.REQUESTED, RequestState.ASSIGNED),
    RequestState.GIVEN_UP: (RequestState.REQUESTED, RequestState.ASSIGNED),
}
"""The moves of a request until somebody else is asked; of one with a yes there are none."""


def ask_by_hand(
    tx: Transaction, centre: Centre, request_id: int, code: str, keys: Sequence[str], by_phone: bool = False
) -> None:
    """The desk chooses whom to ask; whoever was asked before and has not answered need not any more. Twice is once.

    Raises NotFound for a request or person of another centre or who could not come, Moved when it is not open any more.
    """
    request = _locked(tx, request_id)
    if request is None or request.appointment.visit.centre_id != centre.id:
        raise NotFound
    one = next((one for one in who_could_come(tx.session, request) if one.code == code), None)
    if one is None:
        raise NotFound
    if request.starts_at <= tx.now or to_call_off(request):
        raise Moved
    before = live_asking(tx.session, request)
    if before and before.interpreter_id == one.id and before.by_phone is by_phone:
        return
    if request.answer_by <= tx.now:
        request.answer_by = answer_by(tx.now, centre.zone)
        tx.session.flush()
    _ask(tx, request, one, think_until(request, tx.now) or request.starts_at, keys, by_phone)


def answer(tx: Transaction, asking_id: int, was: AskingState, comes: bool) -> None:
    """What the interpreter pressed on her page; until the appointment she can call off what she has promised.

    Twice is once. Raises AskingOver when she is not asked any more, Moved when her page showed something else.
    """
    request = _locked(tx, tx.session.get_one(Asking, asking_id).request_id)
    asking = tx.session.get_one(Asking, asking_id, populate_existing=True)
    to = AskingState.ACCEPTED if comes else AskingState.REFUSED
    if asking.state is to:
        return
    if request is None or asking.state not in LIVE or request.starts_at <= tx.now or to_call_off(request):
        raise AskingOver
    if asking.state is not was:
        raise Moved
    settle(tx, asking, to)
    late = {} if was is AskingState.OPEN else {"answer_by": answer_by(tx.now, asking.interpreter.centre.zone)}
    step(tx, request, RequestState.CONFIRMED if comes else RequestState.DECLINED, **late)


def to_pass_on(session: Session, now: datetime) -> list[int]:
    """Requests for which something is to be done: nobody needed any more, no answer in time, or the next to ask."""
    asked = (Asking.request_id == PoolRequest.id, Asking.state.in_(LIVE))
    needed = and_(Centre.asks_interpreters, PoolRequest.state.in_([RequestState.REQUESTED, RequestState.DECLINED]))
    found = (
        select(PoolRequest, Asking)
        .outerjoin(Asking, and_(*asked))
        .join(Appointment, Appointment.id == PoolRequest.appointment_id)
        .join(Visit, Visit.id == Appointment.visit_id)
        .join(Centre, Centre.id == Visit.centre_id)
        .where(PoolRequest.starts_at > now, or_(Asking.id.is_not(None), needed))
        .order_by(PoolRequest.starts_at, PoolRequest.id)
    )
    return [request.id for request, asking in session.execute(found) if _is_due(session, request, asking, now)]


def pass_on(tx: Transaction, request_id: int, keys: Sequence[str]) -> None:
    """One request goes on: who is not needed is told, silence ends, and the next is asked where the system asks."""
    request = _locked(tx, request_id, wait=False)
    if request is None or request.starts_at <= tx.now:
        return
    asking = live_asking(tx.session, request)
    if asking and to_call_off(request):
        settle(tx, asking, AskingState.OFF)
        step(tx, request, RequestState.DECLINED)
    elif asking and _is_silent(asking, tx.now):
        settle(tx, asking, AskingState.PASSED_ON)
        step(tx, request, RequestState.DECLINED)
        asking = None
    if asking is None:
        one, until = next_of(tx.session, request, tx.now), think_until(request, tx.now)
        if one and until:
            _ask(tx, request, one, until, keys)


def _ask(
    tx: Transaction, request: PoolRequest, one: PoolInterpreter, until: datetime, keys: Sequence[str],
    by_phone: bool = False,
) -> None:  # fmt: skip
    before = live_asking(tx.session, request)
    if request.state not in WAY_TO_ASK:
        raise Moved
    if before:
        settle(tx, before, AskingState.PASSED_ON)
    for to in WAY_TO_ASK[request.state]:
        step(tx, request, to)
    asking = Asking(
        request_id=request.id, interpreter_id=one.id, by_phone=by_phone, asked_at=tx.now, answer_by=until,
        state=AskingState.OPEN,
    )  # fmt: skip
    tx.session.add(asking)
    tx.session.flush()
    asking.token_hash = token_hash(asking_token(keys, asking))
    tx.record(Happened.INTERPRETER_ASKED, "asking", asking.id, one.centre.scope)


def _locked(tx: Transaction, request_id: int, wait: bool = True) -> PoolRequest | None:
    """Whoever asks, answers or calls off locks the request first; a pass leaves what another has in hand."""
    mine = select(PoolRequest).where(PoolRequest.id == request_id)
    locked = mine.with_for_update(of=PoolRequest, skip_locked=not wait)
    return tx.session.scalar(locked.execution_options(populate_existing=True))


def _is_due(session: Session, request: PoolRequest, asking: Asking | None, now: datetime) -> bool:
    if asking:
        return to_call_off(request) or _is_silent(asking, now)
    return next_of(session, request, now) is not None


def _is_silent(asking: Asking, now: datetime) -> bool:
    return asking.state is AskingState.OPEN and asking.answer_by <= now

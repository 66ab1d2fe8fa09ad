"""What became of asking an interpreter for a request: read, and moved by compare-and-set."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from foundation.model import table_of
from foundation.tokens import token_hash, token_of_ring
from scheduling.happened import Happened
from scheduling.models import LIVE, Asking, AskingState, PoolRequest, RequestState
from scheduling.models.register import ASKING_MOVES

SAID = {
    RequestState.CONFIRMED: AskingState.ACCEPTED,
    RequestState.DECLINED: AskingState.REFUSED,
    RequestState.GIVEN_UP: AskingState.OFF,
}
"""What it means for whoever was asked when the desk writes down an answer."""


def asking_token(keys: Sequence[str], asking: Asking) -> str:
    """The secret of the interpreter's link, made again whenever a message needs it (X-04)."""
    return token_of_ring(keys, "asking", asking.id, 0, asking.token_hash)


def asking_by_token(session: Session, token: str) -> Asking:
    """Raises NotFound for a link that leads nowhere, or whose appointment is long over."""
    found = session.scalar(select(Asking).where(Asking.token_hash == token_hash(token)))
    if found is None:
        raise NotFound
    return found


def live_asking(session: Session, request: PoolRequest) -> Asking | None:
    """Whoever is asked for a request now, or has said yes."""
    return session.scalar(select(Asking).where(Asking.request_id == request.id, Asking.state.in_(LIVE)))


def live_askings(session: Session, requests: Sequence[PoolRequest]) -> dict[int, Asking]:
    """The same for many, by request."""
    ids = [request.id for request in requests]
    found = session.scalars(select(Asking).where(Asking.request_id.in_(ids), Asking.state.in_(LIVE)))
    return {asking.request_id: asking for asking in found}


def settle(tx: Transaction, asking: Asking, to: AskingState) -> None:
    """One move along `ASKING_MOVES`; who is not needed any more is told. Raises Moved when another was faster."""
    if to not in ASKING_MOVES[asking.state]:
        raise Moved
    table = table_of(Asking)
    moved = update(table).where(table.c.id == asking.id, table.c.state == asking.state).values(state=to)
    if tx.session.connection().execute(moved).rowcount != 1:
        raise Moved
    promised = asking.state is AskingState.ACCEPTED
    tx.session.expire(asking, ["state"])
    if to is AskingState.OFF:
        scope = asking.interpreter.centre.scope
        tx.record(Happened.INTERPRETER_OFF, "asking", asking.id, scope, promised=promised)


def follow(tx: Transaction, request: PoolRequest, said: RequestState, over: bool) -> None:
    """The desk has written down what came of a request; whoever was asked for it follows. `over`: not needed."""
    asking, to = live_asking(tx.session, request), AskingState.OFF if over else SAID.get(said)
    if asking is not None and to is not None and to is not asking.state:
        settle(tx, asking, to)

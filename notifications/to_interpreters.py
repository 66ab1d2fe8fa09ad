"""Messages to interpreters of the pool: asked, or not needed any more; and whom a person has to call instead (C-02)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session, joinedload

from foundation.db import Transaction
from foundation.errors import Moved
from foundation.facts import News
from notifications.happened import Happened
from notifications.models import NOT_ARRIVED, Message, MessageState
from notifications.planner import ANSWERS
from notifications.texts import Kind
from scheduling.models import Asking, AskingState, Centre, PoolInterpreter, PoolRequest
from scheduling.sending_window import next_window

TOLD_IN = {Kind.INTERPRETER_ASKED: AskingState.OPEN, Kind.INTERPRETER_OFF: AskingState.OFF}
"""What the asking must be when a message about it goes out."""

NOT_READ = (*NOT_ARRIVED, MessageState.WITHDRAWN)
"""States of what she has not seen; taken back was, as long as it is true, only what nobody may send her."""


def tell_interpreter(tx: Transaction, fact: News) -> None:
    """One message of a fact about an asking, inside the sending window; what is due for it otherwise is taken back.

    Whoever has not heard yet that she is asked does not hear that she is not.
    """
    asking = tx.session.get_one(Asking, fact.subject_id)
    due = (Message.asking_id == asking.id, Message.state == MessageState.DUE)
    tx.session.execute(update(Message).where(*due).values(state=MessageState.WITHDRAWN))
    if ANSWERS[fact.kind] is Kind.INTERPRETER_OFF and not (fact.details["promised"] or _heard(tx, asking)):
        return
    until = asking.answer_by if asking.state is AskingState.OPEN else asking.request.starts_at
    opens_at = next_window(tx.now, asking.interpreter.centre.zone)
    tx.session.add(
        Message(
            visit_id=asking.request.appointment.visit_id, asking_id=asking.id, subject=f"asking:{asking.id}",
            kind=ANSWERS[fact.kind], version=1, recipient=asking.interpreter.recipient,
            due_at=opens_at if opens_at < until else tx.now, useless_after=until,
        )
    )  # fmt: skip


def to_be_called(session: Session, centre: Centre, now: datetime) -> Sequence[Message]:
    """What did not reach an interpreter, is still true, and was not told her by phone; the next appointment first."""
    open_ = _not_read(centre, now).where(Message.called_at.is_(None))
    found = session.scalars(open_.options(joinedload(Message.asking)).order_by(PoolRequest.starts_at, Message.id))
    return [message for message in found if message.asking and message.asking.state is TOLD_IN[message.kind]]


def note_interpreter_called(tx: Transaction, centre: Centre, message_id: int) -> None:
    """A person has told her by phone. Raises Moved for what is not on the list any more."""
    mine = _not_read(centre, tx.now).where(Message.id == message_id).with_only_columns(Message.id)
    told = update(Message).where(Message.id == tx.session.scalar(mine), Message.called_at.is_(None))
    if tx.session.scalar(told.values(called_at=tx.now).returning(Message.id)) is None:
        raise Moved
    tx.record(Happened.TOLD_BY_PHONE, "message", message_id, centre.scope)


def forget_interpreters(tx: Transaction) -> None:
    """What was written to them goes a week after the appointment, and with whoever leaves the register (D-04)."""
    over = or_(PoolRequest.starts_at < tx.now - timedelta(days=7), ~PoolInterpreter.active)
    askings = select(Asking.id).join(PoolRequest, PoolRequest.id == Asking.request_id)
    theirs = askings.join(PoolInterpreter, PoolInterpreter.id == Asking.interpreter_id).where(over)
    on_its_way = (MessageState.DUE, MessageState.CLAIMED, MessageState.IN_DOUBT)
    sent = (Message.asking_id.in_(theirs), Message.recipient.is_not(None), Message.state.not_in(on_its_way))
    tx.session.execute(update(Message).where(*sent).values(recipient=None, body=None))


def _heard(tx: Transaction, asking: Asking) -> bool:
    """Whether a message has told her that she is asked, or may have, or a person has."""
    asked = (Message.asking_id == asking.id, Message.kind == Kind.INTERPRETER_ASKED)
    not_read = (MessageState.WITHDRAWN, MessageState.FAILED, MessageState.USELESS)
    told = or_(Message.state.not_in(not_read), Message.called_at.is_not(None))
    return tx.session.scalar(select(Message.id).where(*asked, told).limit(1)) is not None


def _not_read(centre: Centre, now: datetime) -> Select[Message]:
    return (
        select(Message)
        .join(Asking, Asking.id == Message.asking_id)
        .join(PoolInterpreter, PoolInterpreter.id == Asking.interpreter_id)
        .join(PoolRequest, PoolRequest.id == Asking.request_id)
        .where(PoolInterpreter.centre_id == centre.id, PoolRequest.starts_at > now, Message.state.in_(NOT_READ))
    )

"""Seeded bugs of sending. A checker that does not catch each of them proves nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from foundation.db import Database, Transaction
from foundation.facts import SYSTEM
from notifications import delivery, settling
from notifications.channels import Outcome, Receipt, Sought
from notifications.delivery import Claimed, Post
from notifications.meanings import Meaning
from notifications.models import Message, MessageState
from notifications.wording import body_of

Machine = Callable[[], datetime]


def marks_before_it_sends() -> None:
    """A message is handed over in the books before the provider was asked."""

    def marked(database: Database, post: Post, claimed: Claimed, now: datetime, _machine: Machine) -> bool:
        with database.transaction(SYSTEM, now) as tx:
            message = tx.session.get_one(Message, claimed.message_id, with_for_update=True)
            settling._handed_over(tx, message, None, MessageState.HANDED_OVER)
        delivery._hand_over(post.channel, claimed)
        return True

    delivery._send = marked


def sends_before_it_claims() -> None:
    """Whoever reads that something is due sends it, and writes it down afterwards."""

    def take(database: Database, post: Post, now: datetime, machine: Machine) -> timedelta | None:
        with database.reading() as session:
            message_id = session.scalar(delivery._due(now))
            if message_id is None:
                return None
            message = session.get_one(Message, message_id)
            body = body_of(message, post.languages, post.public_url, post.keys)
            claimed = Claimed(message_id, message.tries + 1, message.recipient or "", body, machine())
        receipt = delivery._hand_over(post.channel, claimed)
        with database.transaction(SYSTEM, now) as tx:
            message = tx.session.get_one(Message, message_id, with_for_update=True)
            if message.state is MessageState.DUE:
                message.state, message.tries, message.body = MessageState.CLAIMED, claimed.tries, body
                message.claimed_at = machine()
                settling.settle(tx, message, receipt, post.meanings, machine())
        return timedelta()

    delivery._take_next = take  # type: ignore[assignment]


def sends_the_unknown_again() -> None:
    """Where nobody knows whether it was taken, it is sent again after a pause."""
    honest = settling.settle

    def settle(
        tx: Transaction, message: Message, receipt: Receipt, table: Mapping[str, Meaning], machine: datetime
    ) -> None:
        unknown = receipt.outcome is Outcome.UNKNOWN
        honest(tx, message, Receipt(Outcome.RETRY, None, receipt.error) if unknown else receipt, table, machine)

    delivery.settle = settle  # type: ignore[attr-defined]


def believes_the_first_denial() -> None:
    """The list need not be complete: what it does not show at the first look is sent again."""
    settling.LIST_IS_WHOLE = 1


def takes_a_lost_lease_for_unsent() -> None:
    """What a killed worker had claimed is due again."""
    honest = settling._next_doubt

    def next_doubt(tx: Transaction, machine: datetime) -> tuple[int, int, Sought] | None:
        message = tx.session.scalar(settling._to_look_at(machine).limit(1).with_for_update(skip_locked=True))
        if message is not None and message.state is MessageState.CLAIMED:
            message.state = MessageState.DUE
            return None
        return honest(tx, machine)

    settling._next_doubt = next_doubt


MUTANTS: dict[str, Callable[[], None]] = {
    "marks before it sends": marks_before_it_sends,
    "sends before it claims": sends_before_it_claims,
    "sends the unknown again": sends_the_unknown_again,
    "believes the first denial": believes_the_first_denial,
    "takes a lost lease for unsent": takes_a_lost_lease_for_unsent,
}
"""By name; each changes the code of the process it is called in."""

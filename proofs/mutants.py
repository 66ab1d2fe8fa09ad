"""Seeded bugs. A checker that does not catch each of them proves nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from foundation.db import Transaction
from proofs.client import Client
from scheduling import choosing, claims, looking, placing, visits
from scheduling.choosing import Placement
from scheduling.models.net import POSTGRESQL_NET, SQLITE_NET

EARLY = timedelta(minutes=1)


def drop_net(connection: Connection) -> None:
    """The database no longer refuses overlapping claims; our own code still does."""
    if connection.dialect.name == "sqlite":
        for name in SQLITE_NET:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        for name in POSTGRESQL_NET:
            connection.exec_driver_sql(f"ALTER TABLE claim DROP CONSTRAINT {name}")


def holds_end_early() -> None:
    """A hold is taken for dead a minute before it has run out."""
    honest = looking.look

    def early(tx: Transaction, asked: looking.Question) -> looking.Seen:
        seen = honest(tx, asked)
        return replace(seen, stands=claims.sorted_out([*seen.stands.live, *seen.stands.dead], tx.now + EARLY))

    placing.look = early


def move_frees_first() -> None:
    """A move gives the old time back in a transaction of its own before it takes the new."""
    honest = Client.moved

    def in_two(self: Client, tx: Transaction, visit_id: int, wish: Any, start: Any) -> dict[str, Any]:
        visit = visits.visit_to_change(tx, visit_id)
        claims.lock_claimed(tx.session, [appointment.id for appointment in visit.appointments])
        claims.release(tx, [appointment.id for appointment in visit.appointments])
        tx.session.commit()
        tx.session.connection(execution_options={"write": True})
        return honest(self, tx, visit_id, wish, start)

    Client.moved = in_two  # type: ignore[method-assign]


def nobody_waits() -> None:
    """What is free is read without waiting for others who want the same."""
    placing.lock = lambda _session, ids: set(ids)


def no_buffer() -> None:
    """Claims end with the consultation."""
    honest = choosing.Choice.placement

    def bare(self: Any, starts_at: Any) -> Placement:
        made = honest(self, starts_at)
        kept = []
        for taken, number in made.claims:
            end = min(taken.interval.end, made.parts[number].ends_at)
            kept.append((claims.Taken(taken.resource_id, taken.interval._replace(end=end)), number))
        return Placement(made.centre, made.route, made.parts, tuple(kept))

    choosing.Choice.placement = bare  # type: ignore[method-assign]


def half_a_booking() -> None:
    """The room is forgotten."""
    honest = visits.claim

    def half(tx: Transaction, wanted: Any, held_until: Any = None, blocked_time_id: Any = None) -> None:
        honest(tx, list(wanted)[:1], held_until, blocked_time_id)

    visits.claim = half


MUTANTS: dict[str, Callable[[], None]] = {
    "the net is dropped": lambda: None,
    "holds end early": holds_end_early,
    "a move frees first": move_frees_first,
    "an unlocked re-read": nobody_waits,
    "a claim without buffer": no_buffer,
    "half a booking": half_a_booking,
}
"""By name; the net is dropped in the database itself, the others in every process of a run."""

NEEDS_POSTGRESQL = frozenset({"an unlocked re-read"})
"""On SQLite there is no lock to forget: the write transaction itself is the queue."""

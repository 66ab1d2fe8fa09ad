"""Objects that are kept for as long as the rows they were made of are stored as they were."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import JSON, Column, ColumnElement, Table, Text, cast, type_coerce
from sqlalchemy.types import NullType

Stored = tuple[object, ...]


class Made(Protocol):
    """What was made of a row, and the row, which begins with an id."""

    @property
    def row(self) -> Stored: ...  # noqa: D102


SomeMade = TypeVar("SomeMade", bound=Made)


def as_stored(*tables: Table) -> list[ColumnElement[Any]]:
    """All columns as the driver gives them: cheap to read, and alike as long as nothing has changed."""
    return [_stored(column).label(f"stored_{column.table.name}_{column.name}") for t in tables for column in t.columns]


def kept_or_made(
    rows: Iterable[Sequence[object]], before: Iterable[SomeMade], make: Callable[[list[Any]], Iterable[SomeMade]]
) -> list[SomeMade]:
    """In the order of `rows`: what was made `before` of a row that is stored as it was, else what `make` makes.

    `make` is given the ids of the others and reads again; what has vanished meanwhile is left out.
    """
    stored = [tuple(row) for row in rows]
    known = {one.row: one for one in before}
    others = [row[0] for row in stored if row not in known]
    made = {one.row[0]: one for one in make(others)} if others else {}
    found = (known.get(row) or made.get(row[0]) for row in stored)
    return [one for one in found if one]


def _stored(column: Column[Any]) -> ColumnElement[Any]:
    return cast(column, Text) if isinstance(column.type, JSON) else type_coerce(column, NullType())

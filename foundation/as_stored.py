"""Rows read as they are stored, so that they can be compared, and made into objects only where they are new."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, ColumnElement, Dialect, Text, cast, type_coerce
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import NullType

from foundation.model import Base, table_of

Stored = tuple[object, ...]
"""What the driver gives for one row; lists and the like as text."""

Columns = tuple[ColumnElement[Any], ...]
Model = TypeVar("Model", bound=Base)
Made = TypeVar("Made")


def columns_of(*models: type[Base]) -> Columns:
    """All columns of some models."""
    return tuple(column for model in models for column in table_of(model).columns)


def as_stored(columns: Columns) -> list[ColumnElement[Any]]:
    """The same, to be read past their types: cheap, and alike as long as nothing has changed."""
    return [
        cast(column, Text) if isinstance(column.type, JSON) else type_coerce(column, NullType()) for column in columns
    ]


def values_of(columns: Columns, stored: Sequence[Any], dialect: Dialect) -> list[Any]:
    """What `stored` holds of these columns, in their types."""
    return [read(value) if read else value for read, value in zip(_readers(columns, dialect), stored, strict=True)]


def made_of(model: type[Model], stored: Sequence[Any], dialect: Dialect) -> Model:
    """The object whose columns `stored` holds. It belongs to no session, and has no relations but those of `refer`."""
    made, columns = model(), _own(model)
    vars(made).update(zip(columns, values_of(tuple(columns.values()), stored, dialect), strict=True))
    make_transient_to_detached(made)
    return made


def refer(made: Base, **to: Base | None) -> None:
    """Give an object that belongs to no session the relations it is shown with, by name."""
    for name, other in to.items():
        set_committed_value(made, name, other)


@dataclass(frozen=True)
class Kept(Generic[Made]):
    """A row as it was stored, and what was made of it."""

    row: Stored
    made: Made


def kept_or_made(
    rows: Iterable[Sequence[Any]], before: Mapping[int, Kept[Made]], make: Callable[[Stored], Made]
) -> dict[int, Kept[Made]]:
    """By the id each row begins with, in the order of `rows`: what was kept `before` where it is stored as it was then,
    else what `make` makes of it.
    """
    found = {}
    for row in map(tuple, rows):
        kept = before.get(row[0])
        found[row[0]] = kept if kept and kept.row == row else Kept(row, make(row))
    return found


@cache
def _own(model: type[Base]) -> Mapping[str, ColumnElement[Any]]:
    return {column.key: column for column in table_of(model).columns}


@cache
def _readers(columns: Columns, dialect: Dialect) -> Sequence[Callable[[Any], Any] | None]:
    return [_reader(column, dialect) for column in columns]


def _reader(column: ColumnElement[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(column.type, JSON):
        return lambda text: None if text is None else json.loads(text)
    return column.type.dialect_impl(dialect).result_processor(dialect, None)

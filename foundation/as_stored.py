"""Rows read as they are stored, so that they can be compared, and made into objects only where they are new."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import JSON, Column, ColumnElement, Dialect, Text, cast, type_coerce
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.types import NullType

from foundation.model import Base, table_of

Stored = tuple[object, ...]
"""What the driver gives for one row; lists and the like as text."""

Model = TypeVar("Model", bound=Base)
Made = TypeVar("Made")


def as_stored(*models: type[Base]) -> list[ColumnElement[Any]]:
    """All columns of some models, to be read past their types: cheap, and alike as long as nothing has changed."""
    return [_plain(column) for model in models for column in table_of(model).columns]


def made_of(model: type[Model], stored: Sequence[Any], dialect: Dialect) -> Model:
    """The object whose columns `stored` holds. It belongs to no session, and has no relations but those it is given."""
    made = model()
    vars(made).update({name: read(value) for (name, read), value in zip(_readers(model, dialect), stored, strict=True)})
    make_transient_to_detached(made)
    return made


def kept_or_made(
    rows: Iterable[Sequence[object]], before: Mapping[Stored, Made], make: Callable[[Stored], Made]
) -> dict[Stored, Made]:
    """In the order of `rows`: what was made `before` of one that is stored as it was, else what `make` makes of it."""
    return {row: before.get(row) or make(row) for row in map(tuple, rows)}


def _plain(column: Column[Any]) -> ColumnElement[Any]:
    plain = cast(column, Text) if isinstance(column.type, JSON) else type_coerce(column, NullType())
    return plain.label(f"{column.table.name}_{column.name}")


@cache
def _readers(model: type[Base], dialect: Dialect) -> Sequence[tuple[str, Callable[[Any], Any]]]:
    return [(column.key, _reader(column, dialect)) for column in table_of(model).columns]


def _reader(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    if isinstance(column.type, JSON):
        return lambda text: None if text is None else json.loads(text)
    return column.type.dialect_impl(dialect).result_processor(dialect, None) or (lambda value: value)

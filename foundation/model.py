"""What every table shares: the declarative base, aware moments, and columns that say why they are personal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import DateTime, Dialect, Enum, Integer, MetaData, Table, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column


class Base(DeclarativeBase):
    """The one declarative base; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own form
        str: Text,
        StrEnum: Enum(StrEnum, native_enum=False, length=20, values_callable=lambda kind: [m.value for m in kind]),
    }


def table_of(model: type[Base]) -> Table:
    """A model's table, for statements that go past the objects."""
    return cast(Table, model.__table__)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware in Python. On SQLite fixed-width text, so that comparing works. Refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Naive values are a fault of the caller: ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Always aware, UTC. One call a value: the list of a day has hundreds."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _from_text(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(f"{stored}+00:00")


def _in_utc(stored: datetime | None) -> datetime | None:
    return None if stored is None else stored.astimezone(UTC)


@dataclass(frozen=True)
class Personal:
    """Why a column about a person exists, on what legal basis, and when it is erased (D-03, D-04)."""

    purpose: str
    basis: str
    term: str


def personal(purpose: str, basis: str, term: str, *args: Any, **kwargs: Any) -> MappedColumn[Any]:
    """A mapped column that carries its entry in the data register."""
    return mapped_column(*args, info={"personal": Personal(purpose, basis, term)}, **kwargs)


def data_register(base: type[DeclarativeBase] = Base) -> list[tuple[str, str, Personal]]:
    """All personal columns as (table, column, entry), in table order: the source of the privacy page."""
    return [
        (table.name, column.name, column.info["personal"])
        for table in base.metadata.sorted_tables
        for column in table.columns
        if "personal" in column.info
    ]


class Minutes(TypeDecorator[timedelta]):
    """A length in whole minutes; `timedelta` in Python."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """Whole minutes."""
        return None if value is None else round(value.total_seconds() / 60)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        """A timedelta."""
        return None if value is None else timedelta(minutes=value)

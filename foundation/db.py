"""Engine manners and the one write transaction. The only module that commits."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Any

import pysqlite3.dbapi2
from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from foundation.facts import Actor, ChangeTag, Fact, News
from foundation.model import table_of

FIRST_SAFE_SQLITE = (3, 51, 3)
"""Older versions can corrupt a database in WAL mode when several connections reset the log."""

SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON")


def sqlite_module() -> ModuleType:
    """Python's own sqlite3 where it is recent enough, else the bundled one."""
    return sqlite3 if sqlite3.sqlite_version_info >= FIRST_SAFE_SQLITE else pysqlite3.dbapi2


def engine_options(url: str | URL) -> dict[str, Any]:
    """Options for create_engine that every engine of the house gets."""
    if make_url(url).get_backend_name() == "sqlite":
        return {
            "module": sqlite_module(), "connect_args": {"check_same_thread": False}, "hide_parameters": True,
        }  # fmt: skip
    return {"hide_parameters": True, "pool_pre_ping": True, "connect_args": {"options": "-c timezone=UTC"}}


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: the driver's own comes too late for a write
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def teach_manners(engine: Engine) -> Engine:
    """Give an engine the pragmas and the explicit BEGIN of the house; returns it."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_engine(url: str) -> Engine:
    """An engine with the manners of the house."""
    return teach_manners(create_engine(url, **engine_options(url)))


@dataclass
class Transaction:
    """One change in the making: its own session, who makes it, and the moment it counts for."""

    session: Session
    by: Actor
    now: datetime
    facts: list[News] = field(default_factory=list)
    kept: list[object] = field(default_factory=list)
    """Rows that live as long as the change, so that whoever is told of it need not read them again."""

    def record(self, kind: str, subject_kind: str, subject_id: int, scope: str, /, **details: object) -> None:
        """Add a fact of this change, written at its end. `details` holds codes and numbers only."""
        self.facts.append(News(kind, subject_kind, subject_id, scope, self.now, self.by.kind, self.by.id, details))


class _Peeks(threading.local):
    """A thread's own connection that never begins a transaction, kept as long as those of the engine are."""

    line: PoolProxiedConnection | None = None
    era: object = None


Subscriber = Callable[[Transaction, Sequence[News]], None]


class Database:
    """An engine, its writers' queue, and who is told of new facts before they are committed."""

    def __init__(self, engine: Engine) -> None:
        """`engine` has been taught the manners of the house."""
        self.engine = engine
        self.subscribers: list[Subscriber] = []
        path = engine.url.database if engine.dialect.name == "sqlite" else None
        self._turn = _WritersTurn(path) if path else nullcontext()
        options = engine_options(engine.url) | {
            "pool_pre_ping": False,
            "pool_reset_on_return": None,
            "poolclass": NullPool,
        }
        self._peeking = teach_manners(create_engine(engine.url, isolation_level="AUTOCOMMIT", **options))
        self._peeks, self._era = _Peeks(), object()
        event.listen(engine, "engine_disposed", self._begin_anew)

    @contextmanager
    def transaction(self, by: Actor, now: datetime) -> Iterator[Transaction]:
        """Open one write: commits at the end with its facts told and change tags raised, or rolls back whole."""
        with self._turn, Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"write": True})
            tx = Transaction(session, by, now)
            yield tx
            session.flush()
            self._tell(tx)
            session.flush()
            _write_facts(session, tx.facts)
            _raise_tags(session, {fact.scope for fact in tx.facts})
            session.commit()

    def peek(self, statement: str) -> list[Any]:
        """The rows of a statement without parameters, by the driver itself: no session, no snapshot, no objects.

        For what every request asks first and often alone: whether anything is new.
        """
        line = self._own_line()
        with closing(line.cursor()) as cursor:
            try:
                cursor.execute(statement)
                return list(cursor.fetchall())
            except self.engine.dialect.loaded_dbapi.OperationalError as fault:
                if not self.engine.dialect.is_disconnect(fault, line.dbapi_connection, cursor):
                    raise
        self._begin_anew()  # the server was started anew: no connection of before lives
        return self.peek(statement)

    def _own_line(self) -> PoolProxiedConnection:
        peeks, era = self._peeks, self._era
        if peeks.line is None or peeks.era is not era:
            if peeks.line is not None:
                peeks.line.close()
            peeks.line, peeks.era = self._peeking.raw_connection(), era
        return peeks.line

    def _begin_anew(self, _engine: Engine | None = None) -> None:
        """Every thread opens another connection when it peeks next."""
        self._era = object()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, for passes and commands; requests have their own."""
        with Session(self.engine) as session:
            yield session

    def _tell(self, tx: Transaction) -> None:
        told = 0
        while told < len(tx.facts):  # a subscriber may record facts of its own
            news, told = tx.facts[told:], len(tx.facts)
            for subscriber in self.subscribers:
                subscriber(tx, news)


_INSERT_FACT = insert(table_of(Fact))
_RAISE_TAG = text(
    "INSERT INTO change_tag (scope, version) VALUES (:which, 1) "
    "ON CONFLICT (scope) DO UPDATE SET version = change_tag.version + 1"
)


def _write_facts(session: Session, facts: Sequence[News]) -> None:
    """All in one statement."""
    if facts:
        session.connection().execute(_INSERT_FACT, [fact._asdict() for fact in facts])


def _raise_tags(session: Session, scopes: set[str]) -> None:
    for scope in sorted(scopes):
        session.connection().execute(_RAISE_TAG, {"which": scope})


def change_tag(session: Session, scope: str) -> int:
    """The version of everything live pages show of a scope; 0 before the first fact."""
    return session.scalar(select(ChangeTag.version).where(ChangeTag.scope == scope)) or 0


class _WritersTurn:
    """One writer at a time over threads and processes: SQLite's own waiting is unfair and starves writers."""

    def __init__(self, database_path: str) -> None:
        self._threads = threading.Lock()
        self._path = f"{database_path}.turn"
        self._file: int | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            os.close(self._file)  # closing gives the lock back
            self._file = None
        self._threads.release()

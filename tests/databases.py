"""A worker's one database of each kind: its address and engine stay, its content is put back for every test.

An engine that stays has compiled every statement already; a copy of what was built once need not be built again.
"""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, create_engine, make_url, text

from demo.seed import seed
from foundation.db import Database, make_engine
from notifications.outbox import told_of_facts
from tests.build import KEYS, MORNING, build_world

FLOORS = {"foundation", "scheduling", "queueing", "access", "notifications", "doorway", "kiosk", "booking", "desk"}
CONTENTS: dict[str, Callable[[Database], object]] = {
    "world": build_world,
    "site": lambda database: seed(database, MORNING, KEYS),
}
"""What a test finds in its database, by the fixture that asks for it."""


def telling(engine: Engine) -> Database:
    """A database whose facts are turned into messages, as in the roof."""
    database = Database(engine)
    database.subscribers += told_of_facts(KEYS)
    return database


def forget() -> None:
    """What the house has read by an engine it does not know any more: the database is another one."""
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] in FLOORS]
    for memory in (value for module in ours for value in vars(module).values()):
        if isinstance(memory, WeakKeyDictionary):
            memory.clear()


class SqliteStore:
    """A file, and copies of it by name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "test.sqlite3"
        self.url = f"sqlite:///{self.path}"
        self.engine = make_engine(self.url)

    def start(self) -> None:
        """Nothing is there yet; the first connection makes the file."""

    def keep(self, name: str) -> None:
        """Remember the content under a name; nobody may be connected."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()
        shutil.copy(self.path, self.folder / name)

    def put_back(self, name: str) -> None:
        """The content is what it was under that name."""
        for file in self.folder.glob(f"{self.path.name}*"):
            file.unlink()
        shutil.copy(self.folder / name, self.path)

    def drop(self) -> None:
        """Files go with their folder."""


class PostgresStore:
    """A database on a server, and templates of it by name."""

    def __init__(self, server: str) -> None:
        self._server = create_engine(server, isolation_level="AUTOCOMMIT")
        self._name, self._kept = f"empfang_test_{os.getpid()}", list[str]()
        self.url = make_url(server).set(database=self._name).render_as_string(hide_password=False)
        self.engine = make_engine(self.url)

    def start(self) -> None:
        """An empty database."""
        self._admin(f"CREATE DATABASE {self._name}")

    def keep(self, name: str) -> None:
        """Remember the content under a name; nobody may be connected."""
        self.engine.dispose()
        self._copy(self._name, f"{self._name}_{name}")
        self._kept.append(f"{self._name}_{name}")

    def put_back(self, name: str) -> None:
        """The content is what it was under that name."""
        self._admin(f"DROP DATABASE {self._name} WITH (FORCE)")
        self._copy(f"{self._name}_{name}", self._name)

    def drop(self) -> None:
        """Leave a server that is not ours as it was."""
        for name in (self._name, *self._kept):
            self._admin(f"DROP DATABASE {name} WITH (FORCE)")
        self._server.dispose()

    def _copy(self, old: str, new: str) -> None:
        """File by file, as servers before 15 always do: newer ones write it all into their log."""
        with self._server.connect() as connection:
            by_file = " STRATEGY FILE_COPY" if connection.dialect.server_version_info >= (15,) else ""
            connection.execute(text(f"CREATE DATABASE {new} TEMPLATE {old}{by_file}"))

    def _admin(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))


class Store:
    """Contents that are made once, and there again for every test that asks."""

    def __init__(self, kind: SqliteStore | PostgresStore, migrate: Callable[[str], object]) -> None:
        self._kind, self.url, self.engine = kind, kind.url, kind.engine
        self.made: dict[str, object] = {"empty": None}
        kind.start()
        migrate(kind.url)
        kind.keep("empty")

    def put(self, content: str) -> None:
        """The database holds this content and nothing else; `made` has what its builder returned."""
        forget()
        if content not in self.made:
            self._kind.put_back("empty")
            self.made[content] = CONTENTS[content](telling(self.engine))
            self._kind.keep(content)
        else:
            self._kind.put_back(content)

    def close(self) -> None:
        self.engine.dispose()
        self._kind.drop()

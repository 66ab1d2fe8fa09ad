"""Fresh databases of both kinds for benchmarks and proofs, durable as in production."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from tests.conftest import migrated
from tests.postgres import PostgresServer


class Databases:
    """Makes, copies and drops databases; `kind` is sqlite or postgresql."""

    def __init__(self, kind: str, folder: Path, server: str | None) -> None:
        self.kind, self.folder, self.server, self.count = kind, folder, server, 0

    def fresh(self) -> str:
        """The URL of a new, migrated database."""
        return migrated(self._empty())

    def copy(self, url: str) -> str:
        """A database with the same content; nobody may be connected to the first."""
        if self.kind == "sqlite":
            new = self._empty()
            shutil.copy(make_url(url).database or "", make_url(new).database or "")
            return new
        self.count += 1
        name = f"copy{self.count}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}")
        return self._named(name)

    def drop(self, url: str) -> None:
        """Give the space back."""
        if self.kind == "sqlite":
            for path in self.folder.glob(f"{Path(make_url(url).database or '').name}*"):
                path.unlink()
        else:
            self._admin(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _empty(self) -> str:
        self.count += 1
        if self.kind == "sqlite":
            return f"sqlite:///{self.folder}/bench{self.count}.sqlite3"
        name = f"bench{self.count}"
        self._admin(f"CREATE DATABASE {name}")
        return self._named(name)

    def _named(self, name: str) -> str:
        return make_url(self.server or "").set(database=name).render_as_string(hide_password=False)

    def _admin(self, statement: str) -> None:
        engine = create_engine(self.server or "", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def databases(kind: str, durable: bool = True) -> Iterator[Databases]:
    """A place to make databases in; a PostgreSQL server of its own, gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="empfang-bench-")))
        server = stack.enter_context(PostgresServer(durable=durable)) if kind == "postgresql" else None
        yield Databases(kind, folder, server)

"""Databases, apps and browsers for the tests. Every database test runs on SQLite and on PostgreSQL."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_migrate import upgrade
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import create_engine, make_url, text

from foundation.db import Database, make_engine
from foundation.settings import Settings as HouseSettings
from notifications.outbox import write_messages
from tests.build import World, build_world
from tests.postgres import PostgresServer
from wsgi import create_app

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=set(Phase) - {Phase.explain}
)
settings.register_profile("prove", settings.get_profile("default"), max_examples=5000)
settings.load_profile("default")
KEYS = ("test-key-test-key-test-key-test-key",)
PUBLIC_URL = "http://127.0.0.1:8000"


def settings_for(url: str, **changes: object) -> HouseSettings:
    """Settings of a test app."""
    return HouseSettings(
        **{"database_url": url, "secret_keys": KEYS, "public_url": PUBLIC_URL, "demo": True, **changes}
    )


def migrated(url: str) -> str:
    """Bring a database to the newest schema by the real migrations."""
    app = create_app(settings_for(url))
    with app.app_context():
        upgrade()
        from doorway.binding import db

        db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    migrated(f"sqlite:///{path}")
    engine = make_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server on which test databases may be made: TEST_DATABASE_URL, else our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with PostgresServer() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    name = f"empfang_template_{os.getpid()}"
    _admin(postgres_server, f"CREATE DATABASE {name}")
    migrated(_named(postgres_server, name))
    yield name
    _admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    name = f"empfang_test_{os.getpid()}"
    _admin(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(server, name)
    _admin(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database whose facts are turned into messages, as in the roof."""
    found = Database(make_engine(database_url))
    found.subscribers.append(write_messages)
    yield found
    found.engine.dispose()


@pytest.fixture
def world(database: Database) -> World:
    """One centre with two rooms, three counsellors and an interpreter; see tests/build.py."""
    return build_world(database)


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _admin(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()

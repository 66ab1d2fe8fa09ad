"""Databases, apps and browsers for the tests. Every database test runs on SQLite and on PostgreSQL."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck, Phase, settings

from foundation.db import Database
from foundation.settings import Settings as HouseSettings
from tests.build import World
from tests.databases import CONTENTS, PostgresStore, SqliteStore, Store, telling
from tests.postgres import PostgresServer, in_memory
from wsgi import create_app

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=set(Phase) - {Phase.explain}
)
settings.register_profile("prove", settings.get_profile("default"), max_examples=5000)
settings.load_profile("default")
KEYS = ("test-key-test-key-test-key-test-key",)
PUBLIC_URL = "http://127.0.0.1:8000"
LONG = (
    "test_no_order_of_forms_breaks_a_page_or_the_plan",
    "test_whatever_is_sent_to_any_form_is_answered",
    "test_the_checker_catches_seeded_bugs",
    "test_nobody_was_told_anything_that_is_not_so",
    "test_every_free_slot_is_found_and_no_other",
    "test_booking_pages",
    "test_a_client_books_is_reminded_checks_in_and_is_called",
    "test_three_plausible_weeks_are_loaded_kept_within_the_week_and_loaded_anew_after_it",
)
"""These begin, so that no worker is left with one of them while the others have nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, the others in their order."""
    items.sort(key=lambda item: getattr(item, "originalname", "") not in LONG)


def settings_for(url: str, **changes: object) -> HouseSettings:
    """Settings of a test app."""
    return HouseSettings(
        **{"database_url": url, "secret_keys": KEYS, "public_url": PUBLIC_URL, "demo": True, **changes}
    )


def forget_visitors(app: Flask) -> None:
    """What an app counts of every address begins anew."""
    choices, _ = app.extensions["effort"]
    for counts in (choices, app.extensions["requests"]):
        counts.storage.reset()


def migrated(url: str) -> str:
    """Bring a database to the newest schema by the real migrations."""
    app = create_app(settings_for(url))
    with app.app_context():
        upgrade()
        from doorway.binding import db

        db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def stores() -> dict[str, Store]:
    """The databases of this worker by their addresses."""
    return {}


@pytest.fixture(scope="session")
def sqlite_store(stores: dict[str, Store]) -> Iterator[Store]:
    """In memory where the machine has a folder for it: SQLite waits for the disk at every commit."""
    with TemporaryDirectory(prefix="empfang-", dir=in_memory()) as folder:
        yield from _opened(SqliteStore(Path(folder)), stores)


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
def postgresql_store(postgres_server: str, stores: dict[str, Store]) -> Iterator[Store]:
    yield from _opened(PostgresStore(postgres_server), stores)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of each kind, with what the test's other fixtures want to find in it."""
    store: Store = request.getfixturevalue(f"{request.param}_store")
    store.put(next((content for content in CONTENTS if content in request.fixturenames), "empty"))
    return store.url


@pytest.fixture
def database(database_url: str, stores: dict[str, Store]) -> Iterator[Database]:
    """A database whose facts are turned into messages, as in the roof."""
    engine = stores[database_url].engine
    yield telling(engine)
    engine.dispose()


@pytest.fixture
def world(database: Database, database_url: str, stores: dict[str, Store]) -> World:
    """One centre with two rooms, three counsellors and an interpreter; see tests/build.py."""
    return replace(stores[database_url].made["world"], database=database)


def _opened(kind: SqliteStore | PostgresStore, stores: dict[str, Store]) -> Iterator[Store]:
    store = stores[kind.url] = Store(kind, migrated)
    yield store
    store.close()

"""Apps over a built world, with the domain clock at Monday 09:00."""

from collections.abc import Callable, Iterator
from math import ceil

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from access.devices import make_device, pair
from foundation.clock import DomainClock, machine_now
from foundation.facts import SYSTEM
from scheduling.models import Centre
from tests.build import NOW, PASSWORD, World
from tests.conftest import settings_for
from tests.doors.client import LookingClient
from wsgi import create_app


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Every test has an app of its own; what Jinja has compiled for one, all may load."""
    return str(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def app(world: World, database_url: str, compiled_templates: str) -> Iterator[Flask]:
    """The real app in demo mode; domain time is set by the same row that the demo moves."""
    built = create_app(settings_for(database_url))
    built.jinja_env.bytecode_cache = FileSystemBytecodeCache(compiled_templates)
    built.test_client_class = LookingClient
    set_clock(world, NOW)
    yield built
    built.extensions["empfang"].database.engine.dispose()


def set_clock(world: World, now) -> None:
    """Domain time is `now`, to the second, from this moment on."""
    with world.database.transaction(SYSTEM, now) as tx:
        ahead = ceil((now - machine_now()).total_seconds())
        tx.session.merge(DomainClock(id=1, ahead_seconds=ahead))


@pytest.fixture
def client(app: Flask) -> LookingClient:
    """A browser with German."""
    return app.test_client()


@pytest.fixture
def staff(app: Flask) -> Callable[[str], LookingClient]:
    """Browsers that are signed in: staff("ahorn")."""

    def sign_in(login: str) -> LookingClient:
        browser = app.test_client()
        browser.get("/desk/sign-in")
        answer = browser.send("/desk/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 303
        return browser

    return sign_in


@pytest.fixture
def device(app: Flask, world: World) -> Callable[..., LookingClient]:
    """Browsers that are paired: device("kiosk")."""

    def paired(kind: str, centre: int | None = None) -> LookingClient:
        with world.database.transaction(SYSTEM, machine_now()) as tx:
            _, code = make_device(tx, kind, tx.session.get_one(Centre, centre or world.centre), f"{kind} 1")
            _, secret = pair(tx, code)
        browser = app.test_client()
        browser.set_cookie(kind, secret)
        return browser

    return paired

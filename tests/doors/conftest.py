"""Apps over a built world, with the domain clock at Monday 09:00."""

from collections.abc import Callable, Iterator
from math import ceil

import pytest
from flask import Flask

from access.devices import make_device, pair
from foundation.clock import DomainClock, machine_now
from foundation.facts import SYSTEM
from scheduling.models import Centre
from tests.build import NOW, PASSWORD, World
from tests.conftest import forget_visitors, settings_for
from tests.doors.client import LookingClient
from wsgi import create_app


@pytest.fixture(scope="session")
def apps() -> dict[str, Flask]:
    """The app of each database; it stays, as its engine and templates do in a house that runs."""
    return {}


@pytest.fixture
def app(world: World, database_url: str, apps: dict[str, Flask]) -> Iterator[Flask]:
    """The real app in demo mode, which has seen nobody; domain time is set by the same row that the demo moves."""
    if database_url not in apps:
        apps[database_url] = create_app(settings_for(database_url))
        apps[database_url].test_client_class = LookingClient
    app = apps[database_url]
    forget_visitors(app)
    set_clock(world, NOW)
    yield app
    app.extensions["empfang"].database.engine.dispose()


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

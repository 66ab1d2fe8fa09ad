"""A real server and a real Chromium. Domain time stands at Monday 09:40 in the demo's own data."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from foundation.clock import DomainClock, machine_now
from foundation.db import Database
from foundation.facts import SYSTEM
from foundation.languages import Languages
from notifications.channels.simulated import Simulated
from notifications.delivery import Post, send_due
from tests.build import MORNING
from tests.conftest import KEYS, forget_visitors, settings_for
from wsgi import create_app

ROOT = Path(__file__).parents[2]
INSTALL = "apt-get install chromium fonts-noto-core"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
]  # fmt: skip


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(str(item.fspath)).parent == Path(__file__).parent]
    for item in here:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.xdist_group("browser"))
        if chromium() is None and os.environ.get("CI") != "true":
            item.add_marker(pytest.mark.skip(reason=f"no Chromium: {INSTALL}"))


@dataclass
class Site:
    """A running Empfang with demo data, its clock and its post."""

    url: str
    database: Database
    app: Flask

    def set_clock(self, now) -> None:
        """Domain time is `now`."""
        with self.database.transaction(SYSTEM, now) as tx:
            tx.session.merge(DomainClock(id=1, ahead_seconds=round((now - machine_now()).total_seconds())))

    def post_once(self, now) -> int:
        """One pass of the worker at a moment; returns how many messages went out."""
        post = Post(Simulated(), Languages.load(ROOT / "translations"), self.url, KEYS)
        return send_due(self.database, post, now, machine_now)


@pytest.fixture(scope="session")
def apps() -> dict[str, tuple[Flask, socket.socket]]:
    """The app of each database and where it listens; both stay."""
    return {}


@pytest.fixture
def site(database: Database, database_url: str, apps: dict[str, tuple[Flask, socket.socket]]) -> Iterator[Site]:
    """The real app over HTTP on this machine."""
    if database_url not in apps:
        door = socket.create_server(("127.0.0.1", 0))
        public_url = f"http://127.0.0.1:{door.getsockname()[1]}"
        apps[database_url] = create_app(settings_for(database_url, public_url=public_url)), door
    app, door = apps[database_url]
    forget_visitors(app)
    house = app.extensions["empfang"]
    running = Site(house.settings.public_url, database, app)
    running.set_clock(MORNING)
    server = make_server(*door.getsockname(), app, threaded=True, fd=door.fileno())
    server.daemon_threads, server.block_on_close = False, True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()  # whoever is still answered is answered from this database
    house.database.engine.dispose()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """One Chromium for the session."""
    path = chromium()
    assert path, f"no Chromium: {INSTALL}"
    subprocess.run([sys.executable, "-m", "tools.assets"], cwd=ROOT, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=60_000)
        yield browser
        browser.close()


@pytest.fixture
def window(chrome: Browser) -> Iterator[Callable[..., Page]]:
    """Windows of their own (cookies too): window(390, 844). Errors in any console fail the test."""
    complaints: list[str] = []
    contexts = []

    def open_window(width: int, height: int, **more: object) -> Page:
        context = chrome.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    expected = ("status of 409", "status of 422", "status of 404", "status of 429", "503")
    assert not [text for text in complaints if not any(part in text for part in expected)], complaints

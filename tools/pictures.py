"""`python -m tools.pictures`: one good picture of each door for the README, from the demo as it is."""

import logging
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from demo.seed import seed
from doorway.binding import the_house
from foundation.clock import DomainClock, machine_now
from foundation.facts import SYSTEM
from foundation.settings import Settings
from wsgi import create_app

OUT = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MORNING = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Needs a Chromium; writes docs/pictures/*.png."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise SystemExit("No Chromium. On Debian: apt-get install chromium fonts-noto-core")
    OUT.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with demo_site() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=60_000)
        for name, size, scenery in (
            ("booking", (390, 844), _booking),
            ("booking-ar", (390, 844), _booking_arabic),
            ("kiosk", (1080, 1920), _kiosk),
            ("desk", (1440, 900), _desk),
            ("display", (1920, 1080), _display),
            ("courses", (390, 844), _courses),
            ("desk-courses", (1440, 900), _desk_courses),
        ):
            _take(browser, url, name, size, scenery)
        browser.close()


@contextmanager
def demo_site() -> Iterator[str]:
    """The demo on a free port of this machine, standing at Monday 09:40, in a folder that vanishes."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        url = f"http://127.0.0.1:{port}"
        app = create_app(
            Settings(
                database_url=f"sqlite:///{folder}/demo.sqlite3", secret_keys=("p" * 32,), public_url=url, demo=True
            )
        )
        with app.app_context():
            upgrade()
            database = the_house().database
        seed(database, MORNING)
        with database.transaction(SYSTEM, MORNING) as tx:
            tx.session.merge(DomainClock(id=1, ahead_seconds=round((MORNING - machine_now()).total_seconds())))
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield url
        server.shutdown()
        thread.join()


def _take(browser: Browser, url: str, name: str, size: tuple[int, int], scenery: Callable[[Page, str], None]) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="de-DE")
    page = context.new_page()
    scenery(page, url)
    page.wait_for_load_state("load")
    page.screenshot(path=OUT / f"{name}.png")
    context.close()
    print(f"docs/pictures/{name}.png")


def _booking(page: Page, url: str) -> None:
    page.goto(f"{url}/book/pfullingen/letters/B03?day=2026-11-24")


def _booking_arabic(page: Page, url: str) -> None:
    page.goto(f"{url}/?lang=ar")
    page.goto(f"{url}/book/pfullingen/letters/B03?day=2026-11-24")
    page.locator("button.slot").nth(1).click()
    page.locator(".p-do button").click()
    page.locator("form[action$=confirm] button").click()


def _kiosk(page: Page, url: str) -> None:
    _demo(page, url, "pair/kiosk/pfullingen")
    page.locator("button[lang=de]").click()
    page.locator(".tile__go").nth(1).click()


def _desk(page: Page, url: str) -> None:
    _demo(page, url, "sign-in/ahorn")
    page.wait_for_load_state("load")
    page.keyboard.press("Space")
    page.locator(".nowcard").wait_for()


def _display(page: Page, url: str) -> None:
    _demo(page, url, "pair/display/pfullingen")


def _courses(page: Page, url: str) -> None:
    page.goto(f"{url}/courses?centre=pfullingen")


def _desk_courses(page: Page, url: str) -> None:
    _demo(page, url, "sign-in/leitung-pfullingen")
    page.wait_for_load_state("load")
    page.goto(f"{url}/desk/courses/V06")


def _demo(page: Page, url: str, press: str) -> None:
    page.goto(f"{url}/demo/")
    page.locator(f"form[action$='{press}'] button").click()


if __name__ == "__main__":
    main()

"""Rows H1 to H3 over HTTP, on both databases, beside floors: the week alone, the page of times, whole bookings.

Every booking has a browser of its own (cookie, CSRF token, form key), made before the clock runs.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from benchmarks.crowd import ANYTHING, Line, Load, crowd, get, look
from benchmarks.databases import databases
from benchmarks.generate import MONDAY, STANDARD, load
from benchmarks.messages import pile_up, sent
from benchmarks.race import ROOT, environment, gunicorn, serving
from benchmarks.setup import free_port
from foundation.clock import machine_now
from foundation.db import Database, make_engine
from scheduling.opening import days_window
from scheduling.search import slots
from scheduling.wish import Wish
from tests.build import ZONE

CLIENTS, ROUNDS, BOOKINGS, DUE = 16, 1600, 320, 10_000
PAGE = "/book/c{}/other/B02"
FLOOR = """import flask, sqlite3, threading
app = flask.Flask(__name__)
rows = [("2026-11-30T09:00Z", "09:00 <Uhr>", n) for n in range(190)]
page = "<!doctype html><title>x</title>{% for at, text, n in rows %}<form method=post>"
page += "<button name=start value={{ at }}><span>{{ text }}</span> {{ n }}</button></form>{% endfor %}"
app.get("/")(lambda: flask.render_template_string(page, rows=rows))
mine = threading.local()
def fifty():
    if not hasattr(mine, "db"):
        mine.db = sqlite3.connect(":memory:")
        mine.db.execute("CREATE TABLE claim (id INTEGER PRIMARY KEY, who INTEGER, at TEXT)")
        mine.db.executemany("INSERT INTO claim (who, at) VALUES (?, ?)", [(n % 40, str(n)) for n in range(9000)])
        mine.db.execute("CREATE INDEX who ON claim (who, at)")
    return flask.jsonify(mine.db.execute("SELECT id, at FROM claim WHERE who = 7 ORDER BY at LIMIT 50").fetchall())
app.get("/rows")(fifty)
"""
ALONE = "HX-Request: true"
"""How htmx asks for the week alone."""


@dataclass
class Browser:
    """One client who has the page of times before them."""

    port: int
    path: str
    start: datetime
    phone: str
    cookies: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)

    def open(self, line: Line) -> None:
        """The page of times: where cookie, token and form key come from."""
        page = self._keep(line.ask(get(self.path, self.port)))
        self.fields = dict(re.findall(r'<input type="hidden" name="(csrf_token|form_key)" value="([^"]*)"', page))

    def book(self, line: Line) -> list[int]:
        """Hold, say a number, confirm: the statuses, 303 each."""
        return [
            self._post(line, self.path, start=f"{self.start:%Y-%m-%dT%H:%MZ}"),
            self._post(line, "/book/contact", sms="yes", phone=self.phone),
            self._post(line, "/book/confirm", visit=self.start.isoformat()),
        ]

    def _post(self, line: Line, path: str, **fields: str) -> int:
        body = urlencode({**self.fields, **fields})
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {cookies}\r\n"
            f"Origin: http://127.0.0.1:{self.port}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        answer = line.ask((head + body).encode())
        self._keep(answer)
        return answer[0]

    def _keep(self, answer: tuple[int, bytes, bytes]) -> str:
        self.cookies.update(re.findall(r"[Ss]et-[Cc]ookie: (\w+)=([^;]*)", answer[1].decode()))
        return answer[2].decode()


@contextmanager
def serving_floor(app: str = FLOOR) -> Iterator[int]:
    """A page from the same gunicorn by Flask and Jinja alone, of the same size unless `app` says another."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "floor.py").write_text(app)
        port = free_port()
        with gunicorn("floor:app", Path(folder), port, "/"):
            yield port


@contextmanager
def sending(url: str, port: int) -> Iterator[None]:
    """The worker, beside the web."""
    worker = subprocess.Popen([sys.executable, "worker.py"], cwd=ROOT, env=environment(url, port))
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def free_starts(database: Database) -> list[tuple[int, datetime]]:
    """Centre and start of what is free, each start once, day after day: no day meets its share of holds."""
    now = machine_now()
    with database.reading() as session:
        found = [
            (centre, slot.starts_at)
            for centre in range(1, STANDARD.centres + 1)
            for slot in slots(session, Wish((1,), (centre,), ("de",)), days_window(ZONE, MONDAY, 40), now)
        ]
    return sorted(found, key=lambda place: (place[1].hour, place[1].minute, place[1]))


def measure_pages(port: int, floor_port: int, row: str, floor_path: str, header: str) -> list[str]:
    """H1 or H2: one client, then sixteen, in turns with the floor."""
    cells = []
    for path, door in ((PAGE.format(1), port), (floor_path, floor_port)):
        _, _, body = Line(door).ask(get(path, door, header))
        crowd(door, [look(path, door, header)] * 200, CLIENTS)
        alone = crowd(door, [look(path, door, header)] * 300, 1)
        many = crowd(door, [look(path, door, header)] * ROUNDS, CLIENTS)
        cells.append((len(body) / 1000, median(alone.took), many.rate, many.p99))
    (size, alone_ms, rate, p99), (floor_size, floor_ms, floor_rate, floor_p99) = cells
    return [
        row, f"{size:.0f} kB", f"{alone_ms:.1f} ms", f"{rate:.0f}", f"{p99:.0f} ms",
        f"{floor_size:.0f} kB, {floor_ms:.1f} ms, {floor_rate:.0f}, {floor_p99:.0f} ms", f"{rate / floor_rate:.0%}",
    ]  # fmt: skip


def measure_bookings(port: int, starts: list[tuple[int, datetime]], first: int) -> tuple[Load, int]:
    """H3: so many whole bookings by sixteen clients, and how many steps were not answered 303."""
    browsers = [
        Browser(port, PAGE.format(centre), start, f"0152{first + n:08d}") for n, (centre, start) in enumerate(starts)
    ]
    crowd(port, [browser.open for browser in browsers], CLIENTS)
    statuses: list[int] = []
    load_of = crowd(port, [lambda line, b=b: statuses.extend(b.book(line)) for b in browsers], CLIENTS)
    return load_of, sum(status != 303 for status in statuses)


def run() -> str:
    """The part of the report."""
    pages, bookings = [], []
    for kind in ("sqlite", "postgresql"):
        with databases(kind) as place:
            url = place.fresh()
            database = Database(make_engine(url))
            load(database.engine, STANDARD)
            starts = free_starts(database)
            with serving(url) as port:
                with serving_floor() as floor_port:
                    for row, floor_path, header in (("H1", "/rows", ALONE), ("H2", "/", ANYTHING)):
                        pages.append([kind, *measure_pages(port, floor_port, row, floor_path, header)])
                        print(pages[-1], flush=True)
                alone = measure_bookings(port, starts[:BOOKINGS], 0)
                print(alone[0].rate, alone[0].p99, alone[1], flush=True)
                pile_up(database, DUE)
                with sending(url, port):
                    while not sent(database):
                        time.sleep(0.1)
                    beside = measure_bookings(port, starts[BOOKINGS : 2 * BOOKINGS], BOOKINGS)
            for what, (found, others) in (("alone", alone), ("while the worker sends", beside)):
                bookings.append(
                    f"| {kind} | {what} | {found.rate:.0f} | {median(found.took):.0f} ms | "
                    f"{found.p99:.0f} ms | {others} |"
                )
                print(bookings[-1], flush=True)
            database.engine.dispose()
    return "\n".join(
        [
            "Row H1 is a search answered with the week alone: wanted are ≤ 4 ms for one client, ≥ 600 a second for",
            f"{CLIENTS}, p99 ≤ 60 ms, and half of what Flask reaches that reads fifty rows of an index from SQLite in",
            f"memory. Row H2 is the page of times: ≤ 25 KB, ≤ 8 ms, ≥ 350 a second for {CLIENTS}, and half of a page",
            "of 21 kB by Flask and Jinja alone. Both floors stand on the same gunicorn.",
            "",
            "| database | row | size | 1 client | a second, 16 clients | p99 | floor: the same four | share |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *(f"| {' | '.join(row)} |" for row in pages),
            "",
            f"Row H3 wants ≥ 150 bookings a second by {CLIENTS} clients and p99 ≤ 150 ms, also while the worker",
            f"empties {DUE:,} due rows. A booking is three forms sent one after the other by a browser of its own:",
            "hold, number, confirm; with CSRF token, form key, facts and messages. The time is that of all three.",
            "",
            "| database | | bookings a second | p50 | p99 | steps not answered 303 |",
            "| --- | --- | --- | --- | --- | --- |",
            *bookings,
        ]
    )

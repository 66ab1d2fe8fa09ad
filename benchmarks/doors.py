"""Rows H2 and H3: the page of times, and whole bookings, over HTTP, on both databases, beside a floor of the same run.

The clients are threads with bare sockets that keep their connection: they cost less than the server they press on,
but run on the same cores. Every booking has a browser of its own (cookie, CSRF token, form key), made before the
clock runs.
"""

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from sqlalchemy import func, insert, select, update

from benchmarks.databases import databases
from benchmarks.generate import MONDAY, STANDARD, load
from benchmarks.race import ROOT, environment, serving
from benchmarks.setup import free_port, wait_for
from foundation.clock import machine_now
from foundation.db import Database, make_engine
from notifications.outbox import Message, MessageState
from notifications.texts import Kind
from scheduling.models import Visit
from scheduling.opening import days_window
from scheduling.search import slots
from scheduling.wish import Wish
from tests.build import ZONE

CLIENTS, ROUNDS, BOOKINGS, DUE = 16, 1600, 320, 10_000
A_NUMBER = "+4915228817386"
PAGE = "/book/c{}/other/B02"
FLOOR = """import flask
app = flask.Flask(__name__)
rows = [("2026-11-30T09:00Z", "09:00 <Uhr>", n) for n in range(190)]
page = "<!doctype html><title>x</title>{% for at, text, n in rows %}<form method=post>"
page += "<button name=start value={{ at }}><span>{{ text }}</span> {{ n }}</button></form>{% endfor %}"
app.get("/")(lambda: flask.render_template_string(page, rows=rows))
"""


class Line:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self.port, self.socket = port, None

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, head, body; once more on a new connection if the server had closed the old one before reading."""
        for _ in range(2):
            try:
                return self._ask(request)
            except ConnectionError:
                self.socket = None
        raise ConnectionError

    def _ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, body = answer.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"content-length: (\d+)", head, re.I).group(1))
        while len(body) < length:
            body += self._more()
        if b"connection: close" in head.lower():
            self.socket = None
        return int(head[9:12]), head, body

    def _more(self) -> bytes:
        received = self.socket.recv(65_536)
        if not received:
            raise ConnectionError
        return received


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


def get(path: str, port: int) -> bytes:
    """A request for a page."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


@dataclass
class Load:
    """What a crowd came to: how many a second, and the milliseconds of each, in order."""

    rate: float
    took: list[float]

    @property
    def p99(self) -> float:
        """One in a hundred took longer."""
        return self.took[int(len(self.took) * 0.99)]


def crowd(port: int, acts: list[Callable[[Line], object]], clients: int) -> Load:
    """Every act once, by so many clients, each with a line of its own."""
    left, took = iter(acts), []
    lock = threading.Lock()

    def one() -> None:
        line = Line(port)
        while True:
            with lock:
                act = next(left, None)
            if act is None:
                return
            began = time.perf_counter()
            act(line)
            took.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=one) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(len(acts) / (time.perf_counter() - began), sorted(took))


def look(path: str, port: int) -> Callable[[Line], object]:
    """An act: fetch a page, which must come."""

    def act(line: Line) -> None:
        status, _, _ = line.ask(get(path, port))
        if status != 200:
            raise SystemExit(f"{path} answered {status}")

    return act


@contextmanager
def serving_floor(kind: str, app: str = FLOOR) -> Iterator[int]:
    """A page from the same gunicorn by Flask and Jinja alone, of the same size unless `app` says another."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "floor.py").write_text(app)
        port = free_port()
        workers = ["--workers", "1" if kind == "sqlite" else "2", "--threads", "8", "--log-level", "error"]
        command = [sys.executable, "-m", "gunicorn", "floor:app", *workers, "--bind", f"127.0.0.1:{port}"]
        process = subprocess.Popen(command, cwd=folder)
        try:
            wait_for(f"http://127.0.0.1:{port}/", 30)
            yield port
        finally:
            process.terminate()
            process.wait(20)


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


def pile_up(database: Database, many: int) -> None:
    """So many rows of the outbox are due and still wanted: two an appointment, of kinds that may go at any hour."""
    now = machine_now()
    with database.engine.connect().execution_options(write=True) as connection:
        connection.execute(update(Visit).where(Visit.id <= many // 2).values(phone=A_NUMBER))
        rows = [
            {
                "visit_id": id_, "appointment_id": id_, "kind": kind, "version": 1, "recipient": A_NUMBER,
                "due_at": now, "useless_after": now + timedelta(days=1), "state": MessageState.DUE, "tries": 0,
            }
            for id_ in range(1, many // 2 + 1) for kind in (Kind.CONFIRMATION, Kind.MOVED)
        ]  # fmt: skip
        connection.execute(insert(Message), rows)
        connection.commit()


def sent(database: Database) -> int:
    """How many rows were handed over."""
    with database.reading() as session:
        return session.scalar(select(func.count(Message.id)).where(Message.state == MessageState.HANDED_OVER)) or 0


def measure_pages(port: int, floor_port: int) -> list[str]:
    """H2: one client, then sixteen, in turns with the floor."""
    cells = []
    for path, door in ((PAGE.format(1), port), ("/", floor_port)):
        _, _, body = Line(door).ask(get(path, door))
        crowd(door, [look(path, door)] * 200, CLIENTS)
        alone = crowd(door, [look(path, door)] * 300, 1)
        many = crowd(door, [look(path, door)] * ROUNDS, CLIENTS)
        cells.append((len(body) / 1000, median(alone.took), many.rate, many.p99))
    (size, alone_ms, rate, p99), (floor_size, floor_ms, floor_rate, floor_p99) = cells
    return [
        f"{size:.0f} kB", f"{alone_ms:.1f} ms", f"{rate:.0f}", f"{p99:.0f} ms",
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
            with serving(url, kind) as port:
                with serving_floor(kind) as floor_port:
                    pages.append([kind, *measure_pages(port, floor_port)])
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
            "Row H2 wants the page of times in ≤ 25 KB, a median of ≤ 8 ms for one client, ≥ 350 a second for",
            f"{CLIENTS}, and half of what a page of Flask and Jinja alone of this size reaches on the same gunicorn.",
            "",
            "| database | size | 1 client | a second, 16 clients | p99 | floor: the same four | share |",
            "| --- | --- | --- | --- | --- | --- | --- |",
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

"""Row H4: 64 clients press the same slot at the same moment, 100 rounds, over HTTP, on both databases."""

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from benchmarks.databases import databases
from benchmarks.generate import Size, load
from benchmarks.setup import free_port, wait_for
from foundation.clock import machine_now
from foundation.db import make_engine
from scheduling.opening import is_holiday, local_moment
from tests.build import KEYS, ZONE

ROOT = Path(__file__).resolve().parent.parent
CLIENTS, ROUNDS = 64, 100
PAGE = "/book/c1/other/B02"
A_DAY = 3
"""Rounds on one day: more would meet the share of a day that online holds may take."""


@dataclass
class Result:
    """What the rounds came to."""

    winners: list[int] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    without_three: int = 0
    other: list[int] = field(default_factory=list)


class Runner:
    """One client: a browser with one connection, who reads the page and then presses when all are ready."""

    def __init__(self, port: int) -> None:
        self.port, self.connection = port, http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def prepare(self) -> None:
        """A new visitor opens the page of times."""
        self.connection.request("GET", PAGE)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        self.cookie = "; ".join(c.split(";")[0] for c in answer.headers.get_all("Set-Cookie") or [])
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        self.fields = {name: fields[name] for name in ("csrf_token", "form_key") if name in fields}

    def press(self, start: datetime) -> tuple[int, float, int]:
        """Status, milliseconds, and how many nearest times the page of a loser offers."""
        body = urlencode({**self.fields, "start": f"{start:%Y-%m-%dT%H:%MZ}"})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie,
            "Sec-Fetch-Site": "same-origin", "Origin": f"http://127.0.0.1:{self.port}",
        }  # fmt: skip
        began = time.perf_counter()
        self.connection.request("POST", PAGE, body, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        took = (time.perf_counter() - began) * 1000
        return answer.status, took, len(re.findall(r'class="row" name="start"', page))

    def knock(self) -> float:
        """Milliseconds to a word by Flask alone: the floor of a crowd on these cores."""
        began = time.perf_counter()
        self.connection.request("GET", "/")
        self.connection.getresponse().read()
        return (time.perf_counter() - began) * 1000


def environment(url: str, port: int) -> dict[str, str]:
    """What web and worker are told."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "SECRET_KEYS": KEYS[0],
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DEMO": "1",
    }


@contextmanager
def gunicorn(app: str, folder: Path, port: int, ready: str, env: dict[str, str] | None = None):  # noqa: ANN201
    """As a house with many visitors is deployed: a process for each of two cores; until `ready` answers."""
    workers = ["--workers", "2", "--threads", "4", "--log-level", "error"]
    command = [sys.executable, "-m", "gunicorn", app, *workers, "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, cwd=folder, env=env)
    try:
        wait_for(f"http://127.0.0.1:{port}{ready}", 30)
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def serving(url: str):  # noqa: ANN201 - the port
    """The app."""
    port = free_port()
    with gunicorn("wsgi:create_app()", ROOT, port, "/health", environment(url, port)):
        yield port


def starts() -> list[datetime]:
    """A hundred future starts, three a day."""
    day = (machine_now() + timedelta(days=3)).astimezone(ZONE).date()
    found: list[datetime] = []
    while len(found) < ROUNDS:
        if day.weekday() < 5 and not is_holiday(day):
            at = datetime(2000, 1, 1, 9).time()  # noqa: DTZ001 - wall time
            first = local_moment(day, at, ZONE)
            found += [first + n * timedelta(minutes=30) for n in range(A_DAY)]
        day += timedelta(days=1)
    return found[:ROUNDS]


def race(port: int) -> Result:
    """All rounds."""
    result, runners = Result(), [Runner(port) for _ in range(CLIENTS)]
    for start in starts():
        together(runners, lambda runner: runner.prepare())
        answers = together(runners, lambda runner, start=start: runner.press(start))
        result.winners.append(sum(status == 303 for status, _, _ in answers))
        result.milliseconds += [took for _, took, _ in answers]
        result.without_three += sum(status == 409 and nearest != 3 for status, _, nearest in answers)
        result.other += [status for status, _, _ in answers if status not in (303, 409)]
    return result


def floor(port: int) -> list[float]:
    """The same crowd before an app that says one word, as many rounds."""
    runners = [Runner(port) for _ in range(CLIENTS)]
    return [took for _ in range(ROUNDS) for took in together(runners, lambda runner: runner.knock())]


def together(runners: list[Runner], act):  # noqa: ANN001, ANN201 - what each came to
    """All at once, from a barrier."""
    barrier, answers = threading.Barrier(len(runners)), []

    def one(runner: Runner) -> None:
        barrier.wait()
        answers.append(act(runner))

    threads = [threading.Thread(target=one, args=(runner,)) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def run() -> str:
    """The part of the report."""
    rows = [
        "| database | rounds | winners a round | p50 | p99 | losers without three | other answers | floor p50 | p99 |"
    ]
    rows.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind in ("sqlite", "postgresql"):
        with databases(kind) as place:
            url = place.fresh()
            engine = make_engine(url)
            load(engine, Size(centres=1, counsellors=1, rooms=1, weeks=1, fill=0))
            engine.dispose()
            floor_port = free_port()
            with gunicorn("benchmarks.desk_floor:app", ROOT, floor_port, "/", environment(url, floor_port)):
                least = sorted(floor(floor_port))
            with serving(url) as port:
                result = race(port)
        ordered = sorted(result.milliseconds)
        won = "1 in every round" if set(result.winners) == {1} else f"**{sorted(set(result.winners))}**"
        rows.append(
            f"| {kind} | {len(result.winners)} × {CLIENTS} | {won} | {median(ordered):.0f} ms | "
            f"{_p99(ordered):.0f} ms | {result.without_three} | {len(result.other)} | {median(least):.0f} ms | "
            f"{_p99(least):.0f} ms |"
        )
        print(rows[-1], flush=True)
    return (
        "Row H4 wants exactly one winner a round, the three nearest slots for the losers, and p99 ≤ 150 ms. The\n"
        "clients are threads of one process on the same cores as the server: their own work is in the figures. The\n"
        "floor is the same crowd before Flask alone, on the same gunicorn, that answers one word.\n\n" + "\n".join(rows)
    )


def _p99(ordered: list[float]) -> float:
    return ordered[int(len(ordered) * 0.99)]

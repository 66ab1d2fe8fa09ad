"""Rows H5 and H6: sixteen desks call at once; the page of the day, its polls, and a call until the new list."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from os import getpid
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, select, update

from benchmarks.browser_of_staff import Desk
from benchmarks.crowd import Line
from benchmarks.databases import databases
from benchmarks.full_day import NOON, OPENS, fill_day, writing
from benchmarks.generate import MONDAY, Size, load
from benchmarks.race import ROOT, environment, gunicorn, serving
from benchmarks.setup import children_of, command, free_port
from benchmarks.waiting_room import PASSWORD, open_accounts, queue_up, set_clock
from foundation.db import Database, make_engine
from foundation.facts import SYSTEM, Fact
from queueing.happened import Happened
from queueing.models import Ticket, TicketState
from queueing.moves import NOT_CALLED
from scheduling.models.places import scope_of
from tests.conftest import settings_for
from tests.domain.counting import statements
from wsgi import create_app

DESKS, CENTRES, A_CENTRE, SAMPLES = 16, 4, 100, 3
POLLING, EVERY, A_MINUTE = 30, 2, 60
H5 = f"""Row H5: {DESKS} counsellors of {CENTRES} centres press *call next* at the same moment, round after round, until
nobody of {CENTRES * A_CENTRE} waits; only the calls are timed. Wanted are ≥ 250 a second, p99 ≤ 100 ms, ≤ 5 statements
of the change, every ticket called once. The floor reads and writes the same rows with as many statements by
Flask and SQLAlchemy Core alone. Medians of {SAMPLES} samples.

| database | a second | p50 | p99 | statements | not called once | other answers | floor: /s, p99 | share |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""
H6 = f"""
Row H6: the whole centre's day with 60 entries, as one client reads it (≤ 20 ms, ≤ 8 statements), for the first time
after a change and again; its poll when nothing has changed (204, ≤ 1.5 ms); {POLLING} desks that ask every {EVERY} s
for the day with its alarms, through a whole minute (≤ 5 % of a core); and from *call next* to the new list
(p95 ≤ 300 ms). The floor is one word by Flask alone on the same gunicorn, asked as the poll is.

| database | page after a change, statements | page again, statements | poll | floor | 30 desks | action → list | p95 |
| --- | --- | --- | --- | --- | --- | --- | --- |"""
HTMX = "HX-Request: true\r\nHX-Target: day"


@dataclass
class Calls:
    """What the calls of a sample came to."""

    took: list[float]
    wall: float
    other: int = 0
    wrong: int = 0

    @property
    def rate(self) -> float:
        """A second, while all press."""
        return len(self.took) / self.wall

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return sorted(self.took)[int(len(self.took) * 0.99)]


def call_at_once(presses: list[Callable[[], int]], rounds: int, between: Callable[[], object]) -> Calls:
    """All press together, round after round; what is between is not timed."""
    found, barrier = Calls([], 0), threading.Barrier(len(presses))

    def one(press: Callable[[], int]) -> tuple[float, float, int]:
        barrier.wait()
        began = time.perf_counter()
        status = press()
        return began, time.perf_counter(), status

    with ThreadPoolExecutor(len(presses)) as pool:
        for _ in range(rounds):
            answers = list(pool.map(one, presses))
            found.wall += max(end for _, end, _ in answers) - min(began for began, _, _ in answers)
            found.took += [(end - began) * 1000 for began, end, _ in answers]
            found.other += sum(status not in (200, 303) for _, _, status in answers)
            between()
    return found


def let_go(engine: Engine) -> None:
    """Whoever was called has been seen."""
    with writing(engine) as connection:
        seen = update(Ticket).where(Ticket.state == TicketState.CALLED)
        connection.execute(seen.values(state=TicketState.DONE, started_at=NOON, ended_at=NOON))


def queue_anew(engine: Engine) -> None:
    """Everybody waits again."""
    with writing(engine) as connection:
        again = {**NOT_CALLED, "state": TicketState.WAITING, "ended_at": None, "trail": [], "calls": 0}
        connection.execute(update(Ticket).values(again))


def wrongly_called(engine: Engine, times: int) -> int:
    """Tickets that were not called once in each sample, or still wait."""
    with engine.connect() as connection:
        called = Counter(connection.scalars(select(Fact.subject_id).where(Fact.kind == Happened.CALLED)).all())
        tickets = connection.execute(select(Ticket.id, Ticket.state)).all()
    return sum(called[id_] != times or state is not TicketState.DONE for id_, state in tickets)


def measure_calls(url: str, kind: str) -> list[str]:
    """H5, in turns with its floor."""
    engine = make_engine(url)
    load(engine, Size(centres=CENTRES, counsellors=DESKS, rooms=DESKS, weeks=1, fill=0))
    with writing(engine) as connection:
        set_clock(connection, NOON)
        for centre in range(1, CENTRES + 1):
            queue_up(connection, centre, MONDAY, OPENS, A_CENTRE)
        names = open_accounts(connection, [(n + 1, n // (DESKS // CENTRES) + 1) for n in range(DESKS)])
    asked, floor_port, rounds = count_statements(url, names[0], engine), free_port(), CENTRES * A_CENTRE // DESKS
    queue_anew(engine)
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM fact")
    ours, floors = [], []
    with (
        serving(url) as port,
        gunicorn("benchmarks.desk_floor:app", ROOT, floor_port, "/", environment(url, floor_port)),
    ):
        lines = [Line(port) for _ in names]
        desks = [Desk(port, name).sign_in(line) for name, line in zip(names, lines, strict=True)]
        presses = [lambda d=d, w=w: d.post(w, "/desk/call-next")[0] for d, w in zip(desks, lines, strict=True)]
        on_floor = [Line(floor_port) for _ in names]
        request = "POST /{}/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"
        least = [
            lambda n=n, w=w: w.ask(request.format(n % CENTRES + 1, n + 1).encode())[0] for n, w in enumerate(on_floor)
        ]
        for sample in range(1, SAMPLES + 1):
            ours.append(call_at_once(presses, rounds, lambda: let_go(engine)))
            ours[-1].wrong = wrongly_called(engine, sample)
            queue_anew(engine)
            floors.append(call_at_once(least, rounds, lambda: None))
            print(kind, ours[-1].rate, ours[-1].p99, floors[-1].rate, floors[-1].p99, flush=True)
    engine.dispose()
    middle, floor_rate = median(c.rate for c in ours), median(c.rate for c in floors)
    return [
        kind, f"{middle:.0f}", f"{median(median(c.took) for c in ours):.0f} ms",
        f"{median(c.p99 for c in ours):.0f} ms", str(asked), str(sum(c.wrong for c in ours)),
        str(sum(c.other for c in ours)), f"{floor_rate:.0f}, {median(c.p99 for c in floors):.0f} ms",
        f"{middle / floor_rate:.0%}",
    ]  # fmt: skip


def count_statements(url: str, login: str, engine: Engine) -> int:
    """Of the change itself, once the process has read the set-up."""
    from_browser = in_process(url, login)
    from_browser("POST", "/desk/call-next")
    let_go(engine)
    return sum("account" not in s and "domain_clock" not in s for s in from_browser("POST", "/desk/call-next"))


def in_process(url: str, login: str) -> Callable[[str, str], list[str]]:
    """A signed-in browser of an app in this process; its answer are the statements of a request."""
    app = create_app(settings_for(url))
    browser, token = app.test_client(), ""
    for path in ("/desk/sign-in", ""):
        if path:
            token = re.search(r'csrf_token" value="([^"]*)"', browser.get(path).text).group(1)
        browser.post("/desk/sign-in", data={"csrf_token": token, "login": login, "password": PASSWORD})
    engine = app.extensions["empfang"].database.engine

    def ask(method: str, path: str) -> list[str]:
        data = {}
        if method == "POST":
            found = re.search(r'csrf_token" value="([^"]*)"', browser.get("/desk/").text)
            data = {"csrf_token": found.group(1) if found else ""}
        with statements(engine) as seen:
            browser.open(path, method=method, data=data)
        engine.dispose()
        return seen

    return ask


def timed(act: Callable[[], tuple[int, str]], wanted: int, times: int) -> list[float]:
    """Milliseconds, in order."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        status, _ = act()
        took.append((time.perf_counter() - began) * 1000)
        if status != wanted:
            raise SystemExit(f"{status} instead of {wanted}")
    return sorted(took)


def seconds_of(pids: list[int]) -> float:
    """What the processes have computed so far."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in pids]
    return sum(int(f[11]) + int(f[12]) for f in fields) / 100


def poll_of(page: str) -> str:
    """What the day of a page asks next: with the change tag it shows, and the alarms beside it."""
    day = re.search(r'id="day" hx-get="(.*?)"', page).group(1)
    alarms = re.search(r'name="alarms" value="(.*?)"', page).group(1)
    return f"{unescape(day)}&alarms={alarms}"


def poll_for_a_minute(desks: list[Desk], port: int) -> float:
    """As many desks as in a large centre ask as their pages do; the share of a core the web needs for it."""
    web = [pid for pid in children_of(getpid()) if "wsgi:create_app" in command(pid)]

    def one(n: int) -> None:
        desk, line = desks[n % len(desks)], Line(port)
        _, page = desk.get(line, "/desk/?all=1")
        time.sleep(EVERY * n / POLLING)
        for _ in range(A_MINUTE // EVERY):
            began = time.perf_counter()
            status, fresh = desk.get(line, poll_of(page), HTMX)
            page = fresh + page if status == 200 else page  # newest first
            time.sleep(max(0, EVERY - (time.perf_counter() - began)))

    with ThreadPoolExecutor(POLLING) as pool:
        work = [pool.submit(one, n) for n in range(POLLING)]
        time.sleep(EVERY)
        before, began = seconds_of(web), time.perf_counter()
        for done in work:
            done.result()
        return (seconds_of(web) - before) / (time.perf_counter() - began)


def touch(engine: Engine) -> None:
    """Something has happened to somebody who waits at the centre."""
    longest = select(Ticket.id).where(Ticket.state == TicketState.WAITING).order_by(Ticket.arrived_at, Ticket.id)
    with Database(engine).transaction(SYSTEM, NOON) as tx:
        who = tx.session.scalars(longest.limit(1)).one()
        tx.session.execute(update(Ticket).where(Ticket.id == who).values(calls=Ticket.calls + 1))
        tx.record(Happened.CALLED, "ticket", who, scope_of(1))


def measure_day(url: str, kind: str) -> list[str]:
    """H6, and a call until the new list is there."""
    engine = make_engine(url)
    names, _ = fill_day(engine)
    ask = in_process(url, names[0])
    ask("GET", "/desk/?all=1")  # so that the process knows the set-up
    touch(engine)
    first, again = (len(ask("GET", "/desk/?all=1")) for _ in range(2))
    with serving(url) as port:
        line = Line(port)
        desks = [Desk(port, name).sign_in(line) for name in names]
        desk = desks[0]
        fresh: list[float] = []
        for _ in range(40):
            touch(engine)
            fresh += timed(lambda: desk.get(line, "/desk/?all=1"), 200, 1)
        page = timed(lambda: desk.get(line, "/desk/?all=1"), 200, 100)
        asks = poll_of(desk.get(line, "/desk/?all=1")[1])
        poll = timed(lambda: desk.get(line, asks, HTMX), 204, 200)

        calls = []
        for _ in range(40):
            calls += timed(lambda: desk.post(line, "/desk/call-next", HTMX), 200, 1)
            with writing(engine) as connection:
                mine = update(Ticket).where(Ticket.state == TicketState.CALLED)
                connection.execute(mine.values(state=TicketState.WAITING, **NOT_CALLED))
        share = poll_for_a_minute(desks, port)
    floor_port = free_port()
    with gunicorn("benchmarks.desk_floor:app", ROOT, floor_port, "/", environment(url, floor_port)):
        line = Line(floor_port)
        least = timed(lambda: desk.get(line, "/", HTMX), 200, 200)
    engine.dispose()
    calls.sort()
    row = [
        kind, f"{median(fresh):.1f} ms, {first}", f"{median(page):.1f} ms, {again}", f"{median(poll):.2f} ms",
        f"{median(least):.2f} ms", f"{share:.1%}", f"{median(calls):.0f} ms", f"{calls[int(len(calls) * 0.95)]:.0f} ms",
    ]  # fmt: skip
    print(row, flush=True)
    return row


def run() -> str:
    """The part of the report."""
    called, days = [], []
    for kind in ("sqlite", "postgresql"):
        with databases(kind) as place:
            called.append(measure_calls(place.fresh(), kind))
            days.append(measure_day(place.fresh(), kind))
    rows = [[f"| {' | '.join(row)} |" for row in table] for table in (called, days)]
    return "\n".join((H5, *rows[0], H6, *rows[1]))

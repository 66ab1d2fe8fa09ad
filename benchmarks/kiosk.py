"""Row H7: four kiosks and two displays at each of three centres on one small server, while three desks call.

Kiosks that nobody touches tell that they live; at one of each centre somebody always takes a number. Displays ask
every second; a call counts as shown when the page that names it has come.
"""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape

from sqlalchemy import Engine, func, select

from access.devices import make_device, pair
from benchmarks.browser_of_staff import Desk
from benchmarks.crowd import Line
from benchmarks.databases import databases
from benchmarks.full_day import NOON, OPENS, writing
from benchmarks.generate import MONDAY, Size, load
from benchmarks.race import serving
from benchmarks.waiting_room import open_accounts, queue_up, set_clock
from foundation.clock import machine_now
from foundation.db import Database, make_engine
from foundation.facts import SYSTEM
from queueing.models import Ticket
from scheduling.models import Centre

CENTRES, KIOSKS, DISPLAYS, AT_ONCE = 3, 4, 2, 50
SECONDS, DISPLAY_ASKS, KIOSK_BEATS, CALLS_EVERY, THINKS = 60, 1.0, 3.0, 4.0, 1.0
HTMX = "HX-Request: true"
HEAD = f"""Row H7: {KIOSKS} kiosks and {DISPLAYS} displays × {CENTRES} centres, {SECONDS} s. Wanted: from a tap at the
kiosk to its next screen p95 ≤ 300 ms; from *call next* until both displays show the number p95 ≤ 2 s; of {AT_ONCE}
kiosks pressed at once everybody has a number of her own. The floor is `/health`, the smallest answer of the house,
asked before every tap. Times are p50, p95.

| database | taps | tap → screen | floor | calls | call → display | not shown | {AT_ONCE} at once | other |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""


@dataclass
class Seen:
    """What a minute came to: seconds of each tap and of the smallest answer before it, when each number was called,
    when each display showed it.
    """

    taps: list[float] = field(default_factory=list)
    knocks: list[float] = field(default_factory=list)
    called: dict[tuple[int, str], float] = field(default_factory=dict)
    shown: dict[tuple[int, int, str], float] = field(default_factory=dict)
    other: int = 0

    @property
    def waits(self) -> list[float]:
        """From each call until the slower display of its centre showed it."""
        found = []
        for (centre, number), began in self.called.items():
            both = [self.shown.get((centre, d, number)) for d in range(DISPLAYS)]
            found += [max(b for b in both if b) - began] if all(both) else []
        return found


@dataclass
class Device(Desk):
    """A paired browser: it has a cookie of its own and signs in nowhere."""

    def tap(self, line: Line, path: str, **fields: str) -> tuple[int, str]:
        """One press; the form key of the screen before goes with it."""
        return self.post(line, path, lang="de", **fields)


def pair_all(url: str, centre_id: int, kind: str, many: int) -> list[str]:
    """Their secrets."""
    database = Database(make_engine(url))
    with database.transaction(SYSTEM, machine_now()) as tx:
        centre = tx.session.get_one(Centre, centre_id)
        secrets = [pair(tx, make_device(tx, kind, centre, f"{kind} {n}")[1])[1] for n in range(many)]
    database.engine.dispose()
    return secrets


def paired(port: int, kind: str, secret: str) -> Device:
    """A browser with that secret."""
    return Device(port, "", {kind: secret})


def show_calls(display: Device, place: tuple[int, int], seen: Seen, until: float) -> None:
    """What a display's page does, and when which number stood on it."""
    line, address = Line(display.port), "/display/"
    while time.perf_counter() < until:
        began = time.perf_counter()
        status, page = display.get(line, address, HTMX)
        if status == 200:
            address = unescape(re.search(r'id="calls" hx-get="([^"]*)"', page).group(1))
            for number in re.findall(r'class="(?:now|call)__no"[^>]*>(\d+)<', page):
                seen.shown.setdefault((*place, number), time.perf_counter())
        seen.other += status not in (200, 204)
        time.sleep(max(0, DISPLAY_ASKS - (time.perf_counter() - began)))


def stay_alive(kiosk: Device, seen: Seen, until: float) -> None:
    """A kiosk nobody touches."""
    line = Line(kiosk.port)
    _, page = kiosk.get(line, "/kiosk/")
    tag = re.search(r'data-tag="([^"]*)"', page).group(1)
    while time.perf_counter() < until:
        status, _ = kiosk.post(line, "/kiosk/alive", v=tag)
        seen.other += status != 204
        time.sleep(KIOSK_BEATS)


def take_numbers(kiosk: Device, seen: Seen, until: float) -> None:
    """One client after the other: language, no appointment, no topic, the ticket."""
    line = Line(kiosk.port)
    while time.perf_counter() < until:
        kiosk.get(line, "/kiosk/")
        for path in ("/kiosk/welcome", "/kiosk/topics", "/kiosk/number"):
            began = time.perf_counter()
            kiosk.get(line, "/health")
            seen.knocks.append(time.perf_counter() - began)
            began = time.perf_counter()
            status, _ = kiosk.tap(line, path)
            seen.taps.append(time.perf_counter() - began)
            seen.other += status not in (200, 409)  # 409: the day is full, said with a next step
            time.sleep(THINKS)


def call_people(desk: Desk, centre: int, seen: Seen, until: float) -> None:
    """Call, begin, finish."""
    line = Line(desk.port)
    desk.sign_in(line)
    while time.perf_counter() < until - 4:
        began = time.perf_counter()
        status, page = desk.post(line, "/desk/call-next", f"{HTMX}\r\nHX-Target: day")
        found = re.search(r'nowcard.*?class="tick__no"[^>]*>(?:<bdi[^>]*>)?(\d+)', page, re.DOTALL)
        seen.other += status != 200
        if found:
            number = found.group(1)
            seen.called[centre, number] = began
            for move in ("start", "finish"):
                desk.post(line, f"/desk/tickets/{number}/{move}")
        time.sleep(CALLS_EVERY)


def watch(url: str, port: int, names: list[str], seconds: float) -> Seen:
    """The whole waiting room for a while."""
    seen, until, work = Seen(), time.perf_counter() + seconds, []
    for centre in range(1, CENTRES + 1):
        kiosks = [paired(port, "kiosk", secret) for secret in pair_all(url, centre, "kiosk", KIOSKS)]
        displays = [paired(port, "display", secret) for secret in pair_all(url, centre, "display", DISPLAYS)]
        work += [(show_calls, d, (centre, n), seen, until) for n, d in enumerate(displays)]
        work += [(stay_alive, kiosk, seen, until) for kiosk in kiosks[1:]]
        work += [
            (take_numbers, kiosks[0], seen, until),
            (call_people, Desk(port, names[centre - 1]), centre, seen, until),
        ]
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(*one) for one in work]:
            done.result()
    return seen


def press_at_once(url: str, port: int, engine: Engine, seen: Seen) -> int:
    """Fifty kiosks of one centre at the same moment; how many different numbers they have given."""
    kiosks = [(paired(port, "kiosk", secret), Line(port)) for secret in pair_all(url, 1, "kiosk", AT_ONCE)]
    for kiosk, line in kiosks:
        kiosk.get(line, "/kiosk/")
    barrier = threading.Barrier(AT_ONCE)

    def press(kiosk: Device, line: Line) -> None:
        barrier.wait()
        status, _ = kiosk.tap(line, "/kiosk/number")
        seen.other += status != 200

    before = given(engine)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(press, *one) for one in kiosks]:
            done.result()
    return given(engine) - before


def given(engine: Engine) -> int:
    """Different numbers at the first centre."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count(func.distinct(Ticket.number))).where(Ticket.centre_id == 1))


def measure(url: str, kind: str, seconds: float = SECONDS) -> list[str]:
    """H7."""
    engine = make_engine(url)
    load(engine, Size(centres=CENTRES, counsellors=39, rooms=39, weeks=1, fill=0))
    with writing(engine) as connection:
        set_clock(connection, NOON)
        for centre in range(1, CENTRES + 1):
            queue_up(connection, centre, MONDAY, OPENS, 20)
        names = open_accounts(connection, [(n, n) for n in range(1, CENTRES + 1)])
    with serving(url) as port:
        seen = watch(url, port, names, seconds)
        unique = press_at_once(url, port, engine, seen)
    engine.dispose()
    taps, knocks, waits = sorted(seen.taps), sorted(seen.knocks), sorted(seen.waits)
    row = [
        kind, str(len(taps)), _told(taps, 1000, "{:.0f} ms"), _told(knocks, 1000, "{:.0f} ms"), str(len(seen.called)),
        _told(waits, 1, "{:.2f} s"), str(len(seen.called) - len(waits)), str(unique), str(seen.other),
    ]  # fmt: skip
    print(row, flush=True)
    return row


def _told(took: list[float], times: float, form: str) -> str:
    return ", ".join(form.format(took[int(len(took) * part)] * times) if took else "–" for part in (0.5, 0.95))


def run() -> str:
    """The part of the report."""
    rows = []
    for kind in ("sqlite", "postgresql"):
        with databases(kind) as place:
            rows.append(f"| {' | '.join(measure(place.fresh(), kind))} |")
    return "\n".join((HEAD, *rows))

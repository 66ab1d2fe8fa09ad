"""Rows E1 to E4: search, growth, hold and confirm, memory, on both databases, beside the floors of the same run."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, Executable, event, select

from benchmarks.databases import Databases, databases
from benchmarks.generate import MONDAY, NOW, STANDARD, Size, load
from foundation.db import Database, make_engine
from foundation.facts import CLIENT
from notifications.outbox import write_messages
from scheduling import memory, reaching, visits
from scheduling.models import Claim
from scheduling.opening import days_window
from scheduling.search import slots
from scheduling.visits import Contact
from scheduling.wish import Wish
from tests.build import KEYS, ZONE

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("sqlite", "postgresql")
ONE_CENTRE = Wish((1,), (1,), ("de",))
EVERYWHERE = Wish((1,), (), ("de",))
SAMPLES = 3
ROUNDS = 200
WRITES, WARM_UP = 140, 20
GROWTH = (
    ("1 k", Size(centres=3, counsellors=40, rooms=20, weeks=1, fill=0.6)),
    ("10 k", Size(centres=3, counsellors=40, rooms=20, weeks=10, fill=0.6, weeks_before=4)),
    ("100 k", Size(centres=15, counsellors=200, rooms=100, weeks=21, fill=0.6, weeks_before=13)),
    ("1 M", Size(centres=60, counsellors=800, rooms=420, weeks=50, fill=0.6, weeks_before=30)),
)


@dataclass
class Report:
    """What was measured, row by row, by kind of database."""

    search: dict[str, dict[str, float]] = field(default_factory=dict)
    growth: dict[str, list[tuple[str, int, float]]] = field(default_factory=dict)
    writes: dict[str, dict[str, float]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


Script = list[tuple[Executable, Any]]
"""One transaction: its statements as Core has them, and their parameters."""


@contextmanager
def counting(engine: Engine) -> Iterator[Script]:
    """Every statement that is sent; BEGIN, COMMIT and the like are none."""
    seen: Script = []

    def note(_c: object, statement: Executable, many: Any, one: Any, _options: object) -> None:
        seen.append((statement, many or one or None))

    event.listen(engine, "before_execute", note)
    yield seen
    event.remove(engine, "before_execute", note)


def forget(database: Database) -> None:
    """As a process that has just started, but for the set-up."""
    known = memory.memory_of_engine(database.engine)
    known.taken.clear()
    known.joined.clear()


def milliseconds(act: Callable[[], object], rounds: int) -> float:
    """The median of single calls."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def measure_search(database: Database, found: dict[str, float]) -> None:
    """E1, in a new session each time: warm, with one booking since, and cold."""
    window = days_window(ZONE, MONDAY, 28)

    def look(wish: Wish) -> int:
        with database.reading() as session:
            return len(slots(session, wish, window, NOW))

    def floor() -> int:
        """One indexed range read of the same claims, as plain rows."""
        with database.reading() as session:
            mine = Claim.resource_id.in_(range(1, 4))
            rows = select(Claim.resource_id, Claim.starts_at, Claim.ends_at).where(
                mine, Claim.starts_at < window.end, Claim.starts_at > window.start
            )
            return len(session.connection().execute(rows).all())

    def cold() -> int:
        forget(database)
        return look(ONE_CENTRE)

    starts = look(ONE_CENTRE), look(EVERYWHERE)
    with counting(database.engine) as statements:
        look(ONE_CENTRE)
    found["statements"] = len(statements)
    found["slots"], found["slots everywhere"] = starts
    with counting(database.engine) as statements:
        cold()
    found["statements cold"] = len(statements)
    samples: dict[str, list[float]] = {"one": [], "three": [], "floor": [], "changed": [], "cold": []}
    for _ in range(SAMPLES):
        samples["one"].append(milliseconds(lambda: look(ONE_CENTRE), ROUNDS))
        samples["floor"].append(milliseconds(floor, ROUNDS))
        samples["three"].append(milliseconds(lambda: look(EVERYWHERE), ROUNDS))
        samples["changed"].append(after_a_booking(database, look))
        samples["cold"].append(milliseconds(cold, 20))
    found.update({name: median(values) for name, values in samples.items()})


def after_a_booking(database: Database, look: Callable[[Wish], int]) -> float:
    """The first search after somebody has booked at the same centre: two resources are read anew."""
    took = []
    with database.reading() as session:
        free = slots(session, ONE_CENTRE, days_window(ZONE, MONDAY, 28), NOW)
    for slot in free[5:45:2]:
        with database.transaction(CLIENT, NOW) as tx:
            visit_id = visits.hold(tx, ONE_CENTRE, slot.starts_at, "de")
        began = time.perf_counter()
        look(ONE_CENTRE)
        took.append((time.perf_counter() - began) * 1000)
        with database.transaction(CLIENT, NOW) as tx:
            tx.session.delete(visits.visit_to_change(tx, visit_id))
    return median(took)


def measure_writes(place: Databases, url: str, found: dict[str, float]) -> None:
    """E3: holds and confirms a second, and the same statements replayed by Core alone on a copy of the database."""
    rates: dict[str, list[float]] = {}
    for _ in range(SAMPLES):
        real, copy = place.copy(url), place.copy(url)
        scripts: dict[str, list[Script]] = {"hold": [], "confirm": []}
        act_and_note(real, scripts, rates)
        replay(copy, scripts, rates)
        for name, noted in scripts.items():
            found[f"{name} statements"] = max(len(script) for script in noted)
            share = rates[name][-1] / rates[f"{name} floor"][-1]
            rates.setdefault(f"{name} share", []).append(share)
        place.drop(real)
        place.drop(copy)
    found.update({name: median(values) for name, values in rates.items()})


def act_and_note(url: str, scripts: dict[str, list[Script]], rates: dict[str, list[float]]) -> None:
    """Hold and confirm for real, one after the other; the first dozen only warm up what compiles statements."""
    database = Database(make_engine(url))
    database.subscribers.append(write_messages)
    with database.reading() as session:
        free = slots(session, ONE_CENTRE, days_window(ZONE, MONDAY, 28), NOW)
    held: list[int] = []

    def hold(start: datetime) -> None:
        with database.transaction(CLIENT, NOW) as tx:
            held.append(visits.hold(tx, ONE_CENTRE, start, "de"))

    def confirm(visit_id: int) -> None:
        with database.transaction(CLIENT, NOW) as tx:
            visits.confirm(tx, visits.visit_to_change(tx, visit_id), KEYS)

    def timed(name: str, acts: list[Callable[[], None]]) -> None:
        took = 0.0
        for number, act in enumerate(acts):
            with counting(database.engine) as script:
                began = time.perf_counter()
                act()
                took += (time.perf_counter() - began) if number >= WARM_UP else 0
            scripts[name].append(list(script))
        rates.setdefault(name, []).append((len(acts) - WARM_UP) / took)

    timed("hold", [partial(hold, slot.starts_at) for slot in free[:WRITES]])
    for number, visit_id in enumerate(held):
        with database.transaction(CLIENT, NOW) as tx:  # so that confirming plans its messages too
            reaching.note_contact(
                tx, visits.visit_to_change(tx, visit_id), Contact(None, f"+49152{number:08d}", "bench")
            )
    timed("confirm", [partial(confirm, visit_id) for visit_id in held])
    database.engine.dispose()


def replay(url: str, scripts: dict[str, list[Script]], rates: dict[str, list[float]]) -> None:
    """The floor: the same transactions by Core alone, with their commits; the ids come out the same."""
    engine = make_engine(url)
    for name, noted in scripts.items():
        took = 0.0
        for number, script in enumerate(noted):
            began = time.perf_counter()
            with engine.connect().execution_options(write=True) as connection:
                for statement, parameters in script:
                    result = connection.execute(statement, parameters)
                    if result.returns_rows:
                        result.all()
                connection.commit()
            took += (time.perf_counter() - began) if number >= WARM_UP else 0
        rates.setdefault(f"{name} floor", []).append((len(noted) - WARM_UP) / took)
    engine.dispose()


def measure_memory(url: str) -> float:
    """E4: MiB that a cold search over 12 weeks and 400 counsellors adds, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.search_memory", url], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def run() -> Report:
    """Everything, bounded."""
    report = Report()
    for kind in KINDS:
        with databases(kind) as place:
            report.search[kind], report.writes[kind], report.growth[kind] = {}, {}, []
            url = place.fresh()
            engine = make_engine(url)
            report.search[kind]["appointments"] = load(engine, STANDARD)
            measure_search(Database(engine), report.search[kind])
            engine.dispose()
            measure_writes(place, url, report.writes[kind])
            place.drop(url)
            for name, size in GROWTH:
                url = place.fresh()
                engine = make_engine(url)
                count = load(engine, size)
                found: dict[str, float] = {}
                measure_growth(Database(engine), found)
                report.growth[kind].append((name, count, found["one"]))
                engine.dispose()
                place.drop(url)
                print(kind, name, count, f"{found['one']:.2f} ms, cold {found['cold']:.1f} ms", flush=True)
            url = place.fresh()
            engine = make_engine(url)
            load(engine, Size(centres=3, counsellors=400, rooms=200, weeks=12, fill=0.6))
            engine.dispose()
            report.memory[kind] = measure_memory(url)
        print(kind, report.search[kind], report.writes[kind], report.memory[kind], flush=True)
    return report


def measure_growth(database: Database, found: dict[str, float]) -> None:
    """E2: the same search, one centre, with ever more appointments in other weeks and at other centres."""
    window = days_window(ZONE, MONDAY, 28)

    def look() -> int:
        with database.reading() as session:
            return len(slots(session, ONE_CENTRE, window, NOW))

    def cold() -> int:
        forget(database)
        return look()

    look()
    found["one"] = median(milliseconds(look, ROUNDS) for _ in range(SAMPLES))
    found["cold"] = median(milliseconds(cold, 10) for _ in range(SAMPLES))

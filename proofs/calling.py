"""Many callers at one queue (W-10): each ticket is called once, nobody twice at a time, no room twice at a time.

More windows than counsellors, so that some press in two at once; fewer rooms than counsellors, so that they are fought
over. `python -m proofs.calling` is one process of a run.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Engine, select

from benchmarks.generate import MONDAY, Size, load
from benchmarks.waiting_room import queue_up
from foundation.db import Database, make_engine
from foundation.facts import Actor, Fact
from queueing import calls
from queueing.happened import Happened
from queueing.models import Ticket, TicketState
from queueing.refusals import NobodyWaits, NoRoomFree, RoomTaken, StillServing, TicketMoved
from scheduling.opening import local_moment
from tests.build import ZONE

ROOT = Path(__file__).resolve().parent.parent
CENTRE, A_DAY = 1, 100
AGAIN, LONGEST = 100, 900
"""Times a finish is pressed; seconds after which a window gives up calling in vain, so that a fault cannot hang."""
OPENS, CALLS = wall_time(9), wall_time(10)


@dataclass(frozen=True)
class Plan:
    """How many of everything; `entries` are spread over days of a hundred numbers."""

    processes: int
    threads: int
    entries: int
    counsellors: int = 16
    rooms: int = 12

    @property
    def days(self) -> list[date]:
        """One after the other; the queue rule knows no day of rest."""
        return [MONDAY + timedelta(days=n) for n in range(self.entries // A_DAY)]


@dataclass(frozen=True)
class Call:
    """What a window was told: this ticket, hers and in this room for certain from `since` until `until`."""

    ticket: int
    day: str
    counsellor: int
    counter: int
    since: int
    until: int


def build(engine: Engine, plan: Plan) -> None:
    """A centre, and who waits there on each day."""
    load(engine, Size(centres=1, counsellors=plan.counsellors, rooms=plan.rooms, weeks=1, fill=0))
    with engine.connect().execution_options(write=True) as connection:
        for day in plan.days:
            queue_up(connection, CENTRE, day, local_moment(day, OPENS, ZONE), A_DAY)
        connection.commit()


def serve(database: Database, counsellor_id: int, days: Sequence[date], dice: random.Random) -> Iterator[Call]:
    """One window: calls, talks for a moment and finishes, day after day, until nobody waits."""
    until_when = time.monotonic() + LONGEST
    for day in days:
        now, by = local_moment(day, CALLS, ZONE), Actor("staff", counsellor_id)
        while True:
            try:
                with database.transaction(by, now) as tx:
                    number = calls.call_next(tx, CENTRE, counsellor_id).number
                    called = select(Ticket.id, Ticket.counter_id).where(
                        Ticket.centre_id == CENTRE, Ticket.day_on == day, Ticket.number == number
                    )
                    ticket_id, counter_id = tx.session.execute(called).one()
            except NobodyWaits:
                break
            except (StillServing, NoRoomFree, RoomTaken):
                time.sleep(dice.random() / 100)
                if time.monotonic() > until_when:
                    return
                continue
            since = time.monotonic_ns()
            time.sleep(dice.random() / 100)
            until = time.monotonic_ns()
            _finish(database, by, now, ticket_id)
            yield Call(ticket_id, day.isoformat(), counsellor_id, counter_id or 0, since, until)


def _finish(database: Database, by: Actor, now: datetime, ticket_id: int) -> None:
    """Pressed again when a slower caller still holds the row she tried for."""
    for _ in range(AGAIN):
        with suppress(TicketMoved), database.transaction(by, now) as tx:
            calls.finish(tx, tx.session.get_one(Ticket, ticket_id))
            return
        time.sleep(0.01)
    raise TicketMoved(number=0)


def serve_all(database: Database, windows: Sequence[int], days: Sequence[date]) -> list[Call]:
    """These windows at once, each named by its counsellor."""
    with ThreadPoolExecutor(len(windows)) as pool:
        found = pool.map(lambda n, w: list(serve(database, w, days, random.Random(n))), range(len(windows)), windows)
        return [call for done in found for call in done]


def check(database: Database, told: Sequence[Call]) -> tuple[int, list[str]]:
    """How many at most went before somebody who had come earlier, and what is wrong."""
    with database.reading() as session:
        tickets = session.execute(select(Ticket.id, Ticket.day_on, Ticket.number, Ticket.state)).all()
        called = session.scalars(select(Fact.subject_id).where(Fact.kind == Happened.CALLED).order_by(Fact.id)).all()
    faults = [f"ticket {t.id} was left {t.state}" for t in tickets if t.state is not TicketState.DONE]
    for what, times in (("facts", Counter(called)), ("windows", Counter(call.ticket for call in told))):
        faults += [f"{what} tell of {times[t.id]} calls of ticket {t.id}" for t in tickets if times[t.id] != 1]
    for what in ("counsellor", "counter"):
        stretches = defaultdict(list)
        for call in told:
            stretches[call.day, getattr(call, what)].append((call.since, call.until, call.ticket))
        for (_, whose), found in stretches.items():
            met = [(a[2], b[2]) for a, b in pairwise(sorted(found)) if b[0] < a[1]]
            faults += [f"{what} {whose} had tickets {a} and {b} at a time" for a, b in met]
    return overtaken({t.id: (t.day_on, t.number) for t in tickets}, called), faults


def overtaken(places: dict[int, tuple[date, int]], called: Sequence[int]) -> int:
    """The most who had come later and were called before somebody."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for ticket_id in called:
        day, number = places[ticket_id]
        by_day[day].append(number)
    return max(
        sum(other > number for other in numbers[:place])
        for numbers in by_day.values() for place, number in enumerate(numbers)
    )  # fmt: skip


def run(url: str, plan: Plan) -> tuple[list[Call], int, list[str]]:
    """Build, call in several processes, check."""
    database = Database(make_engine(url))
    build(database.engine, plan)
    database.engine.dispose()
    windows = [n % plan.counsellors + 1 for n in range(plan.processes * plan.threads)]
    with tempfile.TemporaryDirectory(prefix="empfang-proof-") as folder:
        jobs = [
            {"url": url, "entries": plan.entries, "windows": windows[n :: plan.processes], "log": f"{folder}/{n}.log"}
            for n in range(plan.processes)
        ]
        running = [
            subprocess.Popen([sys.executable, "-m", "proofs.calling", json.dumps(job)], cwd=ROOT) for job in jobs
        ]
        broken = [f"a process ended with {process.returncode}" for process in running if process.wait()]
        logs = [Path(str(job["log"])) for job in jobs]
        told = [Call(**row) for log in logs if log.exists() for row in json.loads(log.read_text())]
    most, faults = check(database, told)
    database.engine.dispose()
    return told, most, broken + faults


def main() -> None:
    """One process: its windows, until nobody waits on any day."""
    job = json.loads(sys.argv[1])
    database = Database(make_engine(job["url"]))
    told = serve_all(database, job["windows"], Plan(1, 1, job["entries"]).days)
    Path(job["log"]).write_text(json.dumps([asdict(call) for call in told]))


if __name__ == "__main__":
    main()

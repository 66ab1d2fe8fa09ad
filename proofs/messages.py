"""Many messages, a provider on a bad day, workers that are killed, a clock that is set wrong: was the promise kept?

`rehearse` does it in one process that does not wait, `Run` with real processes and `kill -9`.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from benchmarks.databases import Databases
from benchmarks.setup import free_port
from foundation.db import Database, make_engine
from notifications.channels import LONGEST_TRY, Listed, Receipt, Sought
from notifications.delivery import send_due
from notifications.settling import settle_doubts
from proofs.clock import JumpingClock, StepClock
from proofs.post_checker import PostVerdict, check
from proofs.post_office import Office, read_ledger
from proofs.post_worker import act, listed, post, receipt, take_in
from proofs.post_world import fill, planned, read_left, still_open

ROOT = Path(__file__).resolve().parent.parent
JUMPS = ((0.0, 0), (900.0, 120), (1800.0, 0), (2700.0, -120), (3600.0, 0))
"""The clock is two hours ahead for a quarter of an hour, and later two hours behind."""


@dataclass(frozen=True)
class PostPlan:
    """How much of everything. `a_second` is how many become due a second of the machine; `seconds` bounds the run."""

    messages: int
    senders: int
    a_second: int
    seconds: int
    speed: int = 60
    kills: int = 0
    acts: int = 0
    ills: float = 0.07
    jumps: Sequence[tuple[float, int]] = ()
    seed: int = 1
    mutant: str = ""


class Killed(BaseException):
    """What `kill -9` is to a process."""


@dataclass
class Counter:
    """The way to a provider in the same process; one in `kills` requests kills who makes it, before or after."""

    office: Office
    kills: float
    dice: random.Random

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """As the contract says."""
        dies = self.dice.choice(["before", "after"]) if self.dice.random() < self.kills else ""
        if dies == "before":
            raise Killed
        answer, late = self.office.send(reference, recipient, body, self.office.clock.steady())
        if dies:
            raise Killed
        return receipt(None if late > LONGEST_TRY.total_seconds() else answer)

    def look_up(self, sought: Sought) -> Listed:
        """As the contract says."""
        return listed(self.office.look(sought.reference, sought.recipient, sought.body, sorted(sought.besides)))


def rehearse(database: Database, plan: PostPlan) -> PostVerdict:
    """In this process, as fast as it goes: two senders at once, then reports and changes, then half a minute on."""
    dice, clock = random.Random(plan.seed), StepClock(plan.jumps)
    fill(database.engine, plan.messages, timedelta(seconds=plan.messages / plan.a_second), dice)
    due = planned(database)
    office = Office(clock, plan.seed, plan.ills)
    out = post(Counter(office, plan.kills / plan.messages, dice), clock)

    def work(_: int) -> None:
        with suppress(Killed):
            send_due(database, out, clock.now(), clock.now)
        settle_doubts(database, out.channel, clock.now(), clock.now)

    acts = plan.acts
    with ThreadPoolExecutor(plan.senders) as workers:
        while (acts or office.waiting or still_open(database, clock.now())) and clock.seconds < plan.seconds:
            list(workers.map(work, range(plan.senders)))
            reports = office.reports()["due"]
            for report in reports:
                take_in(database, clock, report)
            office.noted([report["key"] for report in reports])
            if acts:
                act(database, clock, dice)
                acts -= 1
            clock.sleep(30)
    return check(office.events, read_left(database, due), plan.jumps, clock.seconds, slack=60)


class Nursery:
    """Gives birth to processes, and ends those that are left."""

    def __enter__(self) -> Self:
        """Opens it."""
        command = [sys.executable, "-m", "proofs.post_worker"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.alive: list[tuple[str, int]] = []
        return self

    def start(self, duty: str, job: dict[str, Any]) -> None:
        """One more."""
        line = json.dumps({**job, "duty": duty}).encode() + b"\n"
        born, told = self._process.stdin, self._process.stdout
        if born is None or told is None:
            raise AssertionError
        born.write(line)
        born.flush()
        self.alive.append((duty, int(told.readline())))

    def kill(self, one: tuple[str, int]) -> None:
        """As the machine would: no time to say goodbye."""
        os.kill(one[1], signal.SIGKILL)
        self.alive.remove(one)

    def busy(self, duties: Collection[str]) -> bool:
        """Whether somebody still has one of these duties."""
        return any(Path(f"/proc/{pid}").exists() for duty, pid in self.alive if duty in duties)

    def __exit__(self, *_: object) -> None:
        """Nobody is left."""
        for _duty, pid in self.alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()


@dataclass
class Run:
    """One run with real processes and what came of it: `a_second` were accepted while most of them were due."""

    place: Databases
    plan: PostPlan
    killed: int = 0
    a_second: float = 0.0

    def go(self) -> PostVerdict:
        """Fill, send, kill, stop, check. Ends what it started."""
        url = self.place.fresh()
        database = Database(make_engine(url))
        span = timedelta(seconds=self.plan.messages / self.plan.a_second * self.plan.speed)
        fill(database.engine, self.plan.messages, span, random.Random(self.plan.seed))
        due = planned(database)
        with tempfile.TemporaryDirectory(prefix="empfang-proof-") as name, Nursery() as nursery:
            folder = Path(name)
            clock = self._run(nursery, database, folder, url)
            events = read_ledger(folder / "ledger")
            slack = BUSY * self.plan.speed
            verdict = check(events, read_left(database, due), self.plan.jumps, clock.steady(), slack)
            if (folder / "faults").exists():
                verdict.faults += (folder / "faults").read_text().splitlines()
        self.a_second = _rate([event["at"] / self.plan.speed for event in events if event["what"] == "accepted"])
        database.engine.dispose()
        self.place.drop(url)
        return verdict

    def _run(self, nursery: Nursery, database: Database, folder: Path, url: str) -> JumpingClock:
        plan, dice, ledger = self.plan, random.Random(self.plan.seed), folder / "ledger"
        clock = JumpingClock(time.monotonic_ns(), plan.speed, plan.jumps)
        job = {
            "url": url, "folder": str(folder), "began": clock.began, "speed": plan.speed, "jumps": list(plan.jumps),
            "seed": plan.seed, "ills": plan.ills, "port": free_port(), "acts": plan.acts, "mutant": plan.mutant,
            "acts_a_second": plan.acts * plan.a_second / plan.messages,
        }  # fmt: skip
        for duty in ("office", *["send"] * plan.senders, "reports", "desk"):
            nursery.start(duty, job)
        until, quiet = time.monotonic() + plan.seconds, 0
        while time.monotonic() < until and quiet < QUIET:
            time.sleep(0.1)
            done = ledger.stat().st_size / BYTES_A_MESSAGE / plan.messages if ledger.exists() else 0
            if self.killed < plan.kills and done >= 0.8 * (self.killed + 1) / (plan.kills + 1):
                one = dice.choice([one for one in nursery.alive if one[0] in MORTAL])
                time.sleep(dice.random() / 10)
                nursery.kill(one)
                nursery.start(one[0], job)
                self.killed += 1
            elif done >= 0.8 and not nursery.busy(["desk"]):
                quiet = quiet + 1 if not still_open(database, clock.now()) else 0
        (folder / "stop").touch()
        while nursery.busy(MORTAL) and time.monotonic() < until + 60:
            time.sleep(0.05)
        return clock


def _rate(accepted: list[float]) -> float:
    """A second, leaving out the first and the last tenth."""
    middle = accepted[len(accepted) // 10 : len(accepted) * 9 // 10]
    return len(middle) / max(middle[-1] - middle[0], 0.1) if middle else 0.0


MORTAL = ("send", "reports")
"""Who is killed and replaced."""
QUIET = 3
"""So often nothing may be left to send before a run ends."""
BUSY = 5.0
"""For so many seconds a busy machine may hold a process up."""
BYTES_A_MESSAGE = 120
"""Of the ledger, at least."""

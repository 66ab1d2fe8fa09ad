"""Runs many clients in several processes against one database, kills processes at random, and checks what is left."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.databases import Databases
from foundation.db import Database, make_engine
from proofs.checker import Verdict, check
from proofs.client import placed
from proofs.clock import FastClock
from proofs.history import read
from proofs.mutants import drop_net
from proofs.world import build
from scheduling.invariants import examine
from scheduling.models import Visit
from scheduling.setup_rows import read_setup

ROOT = Path(__file__).resolve().parent.parent
NANO = 1_000_000_000
WORKERS = 2
"""Two do what the worker does to the plan, so that they meet over one offer."""
CLIENT_BLOCK = 1000
"""Client numbers of one process are this far from the next one's."""


@dataclass(frozen=True)
class Plan:
    """How much of everything. `operations` ends a run; `seconds` bounds it."""

    processes: int
    threads: int
    operations: int
    seconds: int
    kills: int = 0
    seed: int = 1
    mutant: str = ""


@dataclass
class Run:
    """One run and what came of it."""

    place: Databases
    plan: Plan
    alive: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    started: int = 0
    killed: int = 0

    def go(self) -> Verdict:
        """Build, run, kill, stop, check. Ends what it started."""
        url = self.place.fresh()
        database = Database(make_engine(url))
        build(database)
        if self.plan.mutant == "the net is dropped":
            with database.engine.connect().execution_options(write=True) as connection:
                drop_net(connection)
                connection.commit()
        with tempfile.TemporaryDirectory(prefix="empfang-proof-") as name:
            folder = Path(name)
            clock = FastClock(time.monotonic_ns())
            try:
                self._run(url, folder, clock)
            finally:
                for process in self.alive.values():
                    process.kill()
                    process.wait()
            verdict = self._check(database, folder, clock)
        database.engine.dispose()
        self.place.drop(url)
        return verdict

    def _run(self, url: str, folder: Path, clock: FastClock) -> None:
        dice = random.Random(self.plan.seed)
        until = clock.began + self.plan.seconds * NANO
        for number in range(self.plan.processes + WORKERS):
            self._start(url, folder, clock, until, worker=number >= self.plan.processes)
        every = max(1, self.plan.operations // (self.plan.kills + 1)) if self.plan.kills else 0
        while time.monotonic_ns() < until:
            time.sleep(0.05)
            done = _lines(folder)
            if done >= self.plan.operations and self.killed >= self.plan.kills:
                break
            if self.killed < self.plan.kills and done >= every * (self.killed + 1):
                time.sleep(dice.random() * 0.05)
                self._kill_one(dice, url, folder, clock, until)
        (folder / "stop").touch()
        for process in self.alive.values():
            process.wait(60)

    def _kill_one(self, dice: random.Random, url: str, folder: Path, clock: FastClock, until: int) -> None:
        """As the machine would: no time to say goodbye. Another one takes its place."""
        pid = dice.choice(sorted(self.alive))
        process = self.alive.pop(pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.killed += 1
        self._start(url, folder, clock, until, worker=getattr(process, "is_worker", False))

    def _start(self, url: str, folder: Path, clock: FastClock, until: int, worker: bool) -> None:
        self.started += 1
        job = {
            "url": url, "folder": str(folder), "began": clock.began, "until": until, "worker": worker,
            "first": self.plan.seed * 10_000_000 + self.started * CLIENT_BLOCK, "threads": self.plan.threads,
            "mutant": self.plan.mutant,
        }  # fmt: skip
        process = subprocess.Popen([sys.executable, "-m", "proofs.process", json.dumps(job)], cwd=ROOT)
        process.is_worker = worker  # type: ignore[attr-defined]
        self.alive[self.started] = process

    def _check(self, database: Database, folder: Path, clock: FastClock) -> Verdict:
        left: dict[int, dict[str, Any]] = {}
        with database.reading() as session:
            for id_ in session.scalars(select(Visit.id)).all():
                left[id_] = placed(session, id_)
            findings = examine(session, clock.now())
            centre_of = dict(read_setup(session).timetables.keys())
        verdict = check(read(folder), left, clock, centre_of)
        verdict.faults += [f"{f.name}: {f.broken} rows do not" for f in findings if f.broken]
        crashed = [p.returncode for p in self.alive.values() if p.returncode not in (0, -signal.SIGKILL)]
        verdict.faults += [f"a process ended with {code}" for code in crashed]
        return verdict


def _lines(folder: Path) -> int:
    """Operations so far, from the sizes of the logs: cheap enough to ask often."""
    return sum(path.stat().st_size for path in folder.glob("*.log")) // BYTES_AN_OPERATION


BYTES_AN_OPERATION = 180

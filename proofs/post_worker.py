"""The processes of a run of messages, born in a nursery: `python -m proofs.post_worker`. A duty is to send, to take the
provider's reports in, to be the provider, or the desk where appointments are called off and numbers change.
"""

import json
import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from foundation.db import Database, make_engine
from foundation.errors import Refusal
from foundation.facts import CLIENT, SYSTEM
from foundation.faults import told_without_values
from foundation.languages import Languages
from notifications.channels import LONGEST_TRY, Answer, Channel, Listed, Outcome, Receipt, Sought
from notifications.delivery import Post, send_due
from notifications.meanings import MEANINGS
from notifications.outbox import write_messages
from notifications.settling import Report, Said, note_report, settle_doubts
from proofs import post_office
from proofs.clock import JumpingClock, StepClock
from proofs.post_mutants import MUTANTS
from proofs.post_world import NUMBERS
from scheduling import reaching, visits
from scheduling.models import Visit
from scheduling.visits import Contact
from tests.build import KEYS

ROOT = Path(__file__).resolve().parent.parent
SENDERS = 8
AnyClock = JumpingClock | StepClock


class Line:
    """The way to the provider: a connection for each thread, cut after the longest try."""

    def __init__(self, port: int, clock: JumpingClock) -> None:
        """Not open yet."""
        self.port, self.clock, self._mine = port, clock, threading.local()

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """As the contract says."""
        return receipt(self.ask(op="send", ref=reference, to=recipient, body=body, sent=self.clock.steady()))

    def look_up(self, sought: Sought) -> Listed:
        """As the contract says."""
        return listed(self.ask(op="look", ref=sought.reference, to=sought.recipient, body=sought.body,
                               besides=sorted(sought.besides)))  # fmt: skip

    def ask(self, **asked: object) -> dict[str, Any] | None:
        """Its answer; None when there is none in time."""
        patience = LONGEST_TRY.total_seconds() / self.clock.speed
        try:
            if not hasattr(self._mine, "file"):
                line = socket.create_connection(("127.0.0.1", self.port), patience)
                self._mine.file = line.makefile("rwb")
            self._mine.file.write(json.dumps(asked).encode() + b"\n")
            self._mine.file.flush()
            answer = self._mine.file.readline()
        except OSError:
            answer = b""
        if not answer:
            with suppress(AttributeError, OSError):
                self._mine.file.close()
            self._mine.__dict__.pop("file", None)
        return json.loads(answer) if answer else None


def receipt(answer: dict[str, Any] | None) -> Receipt:
    """What an answer means; no answer, nobody knows."""
    return Receipt(Outcome(answer["outcome"]), answer["id"], answer["error"]) if answer else Receipt(Outcome.UNKNOWN)


def listed(answer: dict[str, Any] | None) -> Listed:
    """What the list says; no answer, nothing."""
    return Listed(Answer(answer["answer"]), answer["id"]) if answer else Listed(Answer.CANNOT_SAY)


@cache
def languages() -> Languages:
    """Read once."""
    return Languages.load(ROOT / "translations")


def post(channel: Channel, clock: AnyClock) -> Post:
    """All that sending needs."""
    return Post(channel, languages(), "https://termin.example.org", KEYS, senders=SENDERS, wait=clock.sleep)


def take_in(database: Database, clock: AnyClock, report: dict[str, Any]) -> None:
    """One report of the provider."""
    said = Report(report["ref"], report["id"], Said(report["said"]), report["error"])
    with database.transaction(SYSTEM, clock.now()) as tx:
        note_report(tx, said, MEANINGS)


def act(database: Database, clock: AnyClock, dice: random.Random) -> None:
    """A client calls off, changes her number, or wants no more SMS."""
    with suppress(Refusal), database.transaction(CLIENT, clock.now()) as tx:
        last = tx.session.scalar(select(func.max(Visit.id))) or 1
        visit = visits.visit_to_change(tx, dice.randint(1, last))
        what = dice.randrange(3)
        if what == 0:
            visits.cancel(tx, visit)
        elif visit.phone and not visit.ended_at:
            other = NUMBERS[(visit.id + 50) % len(NUMBERS)] if what == 1 else None
            reaching.note_contact(tx, visit, Contact(None, other, "proof"), unlimited=True)


class Process:
    """What one process does until the stop file is there, or somebody kills it."""

    def __init__(self, job: dict[str, Any]) -> None:
        """As the job says."""
        self.job, self.folder = job, Path(job["folder"])
        self.clock = JumpingClock(job["began"], job["speed"], job["jumps"])
        self.database = Database(make_engine(job["url"]))
        self.database.subscribers.append(write_messages)
        self.line = Line(job["port"], self.clock)

    def send(self) -> None:
        """As worker.py: send every second, ask for doubts every ten."""
        out, now = post(self.line, self.clock), self.clock.now
        doubts = threading.Thread(
            target=self._again, args=(10, lambda: settle_doubts(self.database, self.line, now(), now))
        )
        doubts.start()
        self._again(1, lambda: send_due(self.database, out, now(), now))
        doubts.join()

    def reports(self) -> None:
        """What the provider calls back to tell."""
        self._again(1, self._take_in)

    def desk(self) -> None:
        """So many changes, as fast as asked for."""
        dice = random.Random(self.job["seed"])
        for _ in range(self.job["acts"]):
            act(self.database, self.clock, dice)
            time.sleep(dice.expovariate(self.job["acts_a_second"]))

    def _take_in(self) -> None:
        due = (self.line.ask(op="reports") or {"due": []})["due"]
        for report in due:
            take_in(self.database, self.clock, report)
        if due:
            self.line.ask(op="noted", keys=[report["key"] for report in due])

    def _again(self, seconds: float, work: Callable[[], object]) -> None:
        while not (self.folder / "stop").exists():
            try:
                work()
            except Exception as fault:
                with (self.folder / "faults").open("a") as file:
                    file.write(f"{self.job['duty']} broke: {told_without_values(fault)}\n")
            time.sleep(max(seconds / self.clock.speed, 0.02))


def work(job: dict[str, Any]) -> None:
    """One duty, until the stop file is there."""
    if job["mutant"]:
        MUTANTS[job["mutant"]]()
    try:
        if job["duty"] == "office":
            post_office.open_for(job)
        else:
            getattr(Process(job), job["duty"])()
    except BaseException as fault:
        with (Path(job["folder"]) / "faults").open("a") as file:
            file.write(f"{job['duty']} ended: {told_without_values(fault)}\n")
        raise


def main() -> None:
    """A nursery: each line is a job, for which a process is born that need not read everything anew; its id is told."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    languages()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(json.loads(line))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()

"""A provider of SMS as it may be on a bad day, with a ledger that outlives every worker, served on 127.0.0.1.

It loses answers, refuses, is busy or ill before and after it has taken a message, answers late, and denies for good.
Its list is complete, late by up to `LATEST`, down, or, seldom, it denies what it took. Its reports come twice, late, in
the wrong order, and before its answer. What happens to a message follows from the seed.
"""

import asyncio
import json
import os
import random
import threading
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from notifications.channels import LONGEST_TRY
from proofs.clock import JumpingClock

LATEST = 150.0
"""After so many seconds whatever it took is in its list, if it ever is: before the house counts the list as complete.

That is after ten looks, half a minute from each other but for those that a jump of the clock brings forward.
"""
UNREACHED, LANDLINE, WRONG, BUSY = "30003", "30006", "21614", "20429"
FINALS = (("delivered", None), ("not_delivered", UNREACHED), ("not_delivered", LANDLINE))
FATES = ("lost", "refused", "busy", "ill", "broke", "slow", "wrong")
"""What may go wrong with a request, each as often as the others."""
TAKES = frozenset({"good", "lost", "broke", "slow"})
"""With these the message has been taken."""
Reply = dict[str, Any]
MOST_REPORTS = 50


class Clock(Protocol):
    """What tells the time here."""

    def steady(self) -> float:
        """Seconds since the start."""
        ...


@dataclass(frozen=True)
class Taken:
    """One message that was accepted, and from when on the list shows it; `None` is never."""

    name: str
    shown_at: float | None


@dataclass
class Office:
    """`ills` is which share of requests goes wrong; `ledger` is a file to append to, else all stays in `events`."""

    clock: Clock
    seed: int
    ills: float
    ledger: Path | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    taken: dict[tuple[str, int], list[Taken]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    waiting: list[tuple[float, Reply]] = field(default_factory=list)
    turn: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """Opens the ledger."""
        self._file = os.open(self.ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if self.ledger else None

    def send(self, ref: str, to: str, body: str, sent: float) -> tuple[Reply | None, float]:
        """Its answer, or None when the line breaks, and after how many seconds it comes."""
        with self.turn:
            self.asked[ref] += 1
            dice = random.Random(f"{self.seed}:{ref}:{self.asked[ref]}")
            fate = dice.choice(FATES) if dice.random() < self.ills else "good"
            if self.clock.steady() - sent > LONGEST_TRY.total_seconds():
                fate = "refused"  # nobody is waiting for it any more
            name = f"p{ref}.{self.asked[ref]}"
            if fate not in TAKES:
                self._write("refused", ref=ref, fate=fate)
                errors = {"busy": ("retry", BUSY), "wrong": ("failed", WRONG), "ill": ("unknown", "503")}
                return _answer(*errors[fate]) if fate in errors else None, 0
            self._take(dice, ref, to, body, name)
            late = dice.uniform(0.3, 1.5) * LONGEST_TRY.total_seconds() if fate == "slow" else 0
            return {"lost": None, "broke": _answer("unknown", "500")}.get(
                fate, _answer("handed_over", None, name)
            ), late

    def look(self, ref: str, to: str, body: str, besides: list[str]) -> Reply:
        """What its list says of a text without its last line."""
        with self.turn:
            now, dice = self.clock.steady(), random.Random(f"{self.seed}:{ref}:list")
            down = dice.random() < 0.05 or random.random() < 0.1
            seen = [t for t in self.taken[to, _sum(body)] if t.shown_at is not None and t.shown_at <= now]
            found = next((t.name for t in seen if t.name not in besides), None)
            answer = "cannot_say" if down else "there" if found else "not_there"
            self._write("listed", ref=ref, answer=answer)
            return {"answer": answer, "id": found if answer == "there" else None}

    def reports(self) -> Reply:
        """What it wants to report now, and how much is still to come."""
        with self.turn:
            now = self.clock.steady()
            due = [report for at, report in self.waiting if at <= now][:MOST_REPORTS]
            for report in due:
                self._write("told", **report)
            return {"due": due, "to_come": len(self.waiting)}

    def noted(self, keys: list[int]) -> Reply:
        """These were taken in; they are not told again."""
        with self.turn:
            self.waiting = [(at, report) for at, report in self.waiting if report["key"] not in keys]
            return {}

    def _take(self, dice: random.Random, ref: str, to: str, body: str, name: str) -> None:
        now = self.clock.steady()
        self._write("accepted", ref=ref, to=to, text=_sum(body), id=name)
        odds = dice.random()
        shown = None if odds < 0.03 else now if odds < 0.6 else now + dice.uniform(0, LATEST)
        self.taken[to, _sum(body.rpartition("\n")[0])].append(Taken(name, shown))
        if dice.random() < 0.25:
            final, error = dice.choices(FINALS, [8, 1, 1])[0]
            times = [0.0 if dice.random() < 0.2 else dice.expovariate(1 / 60) for _ in range(3)]
            said = [("on_its_way", None), (final, error), (final, error)][: dice.choice([2, 3])]
            for at, (what, why) in zip(times, said, strict=False):
                report = {"key": len(self.waiting) + random.getrandbits(40), "ref": ref, "id": name, "said": what}
                self.waiting.append((now + at, {**report, "error": why}))

    def _write(self, what: str, **more: object) -> None:
        event = {"what": what, "at": self.clock.steady(), **more}
        if self._file is None:
            self.events.append(event)
        else:
            os.write(self._file, json.dumps(event).encode() + b"\n")


def read_ledger(path: Path) -> list[dict[str, Any]]:
    """Everything that was written, in order."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def _answer(outcome: str, error: str | None, name: str | None = None) -> Reply:
    return {"outcome": outcome, "error": error, "id": name}


def _sum(text: str) -> int:
    return zlib.crc32(text.encode())


async def serve(office: Office, port: int, speed: int) -> None:
    """One JSON line in, one out, or the line is cut."""

    async def heard(reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readline()
        except ConnectionError:  # who asked was killed
            return b""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await heard(reader):
            asked = json.loads(line)
            answer, late = getattr(office, asked.pop("op"))(**asked), 0.0
            if isinstance(answer, tuple):
                answer, late = answer
            if late:
                await asyncio.sleep(late / speed)
            if answer is None:
                break
            writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", port) as server:
        await server.serve_forever()


def open_for(job: dict[str, Any]) -> None:
    """Until it is ended."""
    clock = JumpingClock(job["began"], job["speed"], job["jumps"])
    office = Office(clock, job["seed"], job["ills"], Path(job["folder"]) / "ledger")
    asyncio.run(serve(office, job["port"], job["speed"]))

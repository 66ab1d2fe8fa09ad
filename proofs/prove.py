"""`make prove`: the long forms of the proofs. `python -m proofs.prove [PART …]` runs only some; writes docs/proof.md.

Parts: `mutants` (the checker catches every seeded bug), `history` (a million operations on PostgreSQL, 200,000 on
SQLite, processes killed at random), `properties` (Hypothesis at length), `waits` (ranges told in made-up months),
`calls` (twenty callers at one queue), `post-mutants` (seeded bugs of sending), `messages` (100,000 on PostgreSQL,
20,000 on SQLite, a provider on a bad day), `seats` (crowds at a course, and its seeded bugs).
`EMPFANG_PROOF_SHARE=0.1` makes it a tenth of the messages.
"""

import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from benchmarks.databases import databases
from foundation.db import make_engine
from proofs.calling import Plan as Calling
from proofs.calling import run as call_in_a_crowd
from proofs.checker import Verdict
from proofs.messages import JUMPS, PostPlan
from proofs.messages import Run as PostRun
from proofs.mutants import MUTANTS, NEEDS_POSTGRESQL
from proofs.post_mutants import MUTANTS as POST_MUTANTS
from proofs.prove_seats import READ as SEATS_READ
from proofs.prove_seats import SEEDED, bugs, crowds
from proofs.run import Plan, Run
from proofs.waits import report
from tools.report import write_part

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "proof.md"
KINDS = ("postgresql", "sqlite")
LONG = {
    "postgresql": Plan(processes=6, threads=12, operations=1_000_000, seconds=5400, kills=200, seed=1),
    "sqlite": Plan(processes=1, threads=64, operations=200_000, seconds=2400, kills=20, seed=2),
}
SHORT = {
    "postgresql": {"processes": 6, "threads": 12, "operations": 8000, "seconds": 120},
    "sqlite": {"processes": 1, "threads": 64, "operations": 30_000, "seconds": 120},
}
CALLS = {"postgresql": Calling(5, 4, 10_000), "sqlite": Calling(1, 20, 10_000)}
MESSAGES = {
    "postgresql": PostPlan(100_000, 3, 100, 3000, speed=20, kills=60, acts=3000, jumps=JUMPS, seed=1),
    "sqlite": PostPlan(20_000, 1, 60, 1800, speed=20, kills=15, acts=600, jumps=JUMPS, seed=2),
}
POST_SHORT = {
    "messages": 400, "senders": 3, "a_second": 100, "seconds": 120, "speed": 60, "kills": 40, "acts": 10, "ills": 0.4,
}  # fmt: skip
HEAD = """# Proof

What `make prove` found, part by part; every part names its seeds. The short forms run in `make test`.
"""


def main() -> None:
    """All parts, or those that are named; fails when one finds a fault."""
    parts = {
        "mutants": prove_mutants, "history": prove_history, "properties": prove_properties, "waits": prove_waits,
        "calls": prove_calls, "post-mutants": prove_post_mutants, "messages": prove_messages,
        "seats": prove_seats,
    }  # fmt: skip
    sound = [parts[name]() for name in sys.argv[1:] or parts]
    if not all(sound):
        raise SystemExit(1)


def prove_history() -> bool:
    """Many clients, several processes, kills, and a checker of what the clients were told."""
    rows, sound = [], True
    for kind, plan in LONG.items():
        with databases(kind, durable=False) as place:
            version = server_version(place.fresh(), kind)
            began = time.monotonic()
            run = Run(place, plan)
            verdict = run.go()
            minutes = (time.monotonic() - began) / 60
        sound = sound and not verdict.faults
        rows.append(
            f"| {kind} {version} | {plan.processes} × {plan.threads} + worker | {plan.seed} | {verdict.operations:,} | "
            f"{verdict.acknowledged:,} | {run.killed} | {len(verdict.faults)} | {minutes:.0f} min |"
        )
        print(rows[-1], *verdict.faults[:20], sep="\n  ", flush=True)
        write_part(REPORT, HEAD, "History", HISTORY + "\n".join(rows))
    return sound


HISTORY = """Clients hold, extend, confirm, move, cancel, block time and record absences at random, where everybody
wants the same starts; domain time runs 300 times as fast, so that holds run out. Processes are killed (`kill -9`)
at random points and replaced. Checked: every acknowledged booking is there, with all its claims and the buffer
after, until an acknowledged cancellation; no two claims that stood for certain at the same time overlap; no daily
cap is exceeded; whoever an absence hits is in its list; and every invariant of `flask doctor` holds in what is left.
The database server does not wait for the disk in these runs, since it is the clients that are killed, not the
machine.

| database | processes × clients | seed | operations | acknowledged | killed | faults | took |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def prove_mutants() -> bool:
    """A checker that lets a seeded bug pass proves nothing."""
    rows, sound = [], True
    for name in MUTANTS:
        for kind in KINDS:
            if kind == "sqlite" and name in NEEDS_POSTGRESQL:
                rows.append(f"| {name} | {kind} | – | the write transaction itself is the queue: nothing to forget |")
                continue
            with databases(kind, durable=False) as place:
                verdict = Run(place, Plan(**SHORT[kind], seed=3, mutant=name)).go()
            sound = sound and bool(verdict.faults)
            rows.append(f"| {name} | {kind} | {'yes' if verdict.faults else '**no**'} | {telling(verdict)} |")
            print(rows[-1], flush=True)
    write_part(
        REPORT,
        HEAD,
        "Seeded bugs",
        "| bug | database | caught | for example |\n| --- | --- | --- | --- |\n" + "\n".join(rows),
    )
    return sound


def telling(verdict: Verdict) -> str:
    """The first fault that is more than a broken statement."""
    faults = sorted(verdict.faults, key=lambda fault: "database broke" in fault)
    return re.sub(r"\s+", " ", faults[0])[:140] if faults else "–"


def prove_properties() -> bool:
    """The search against its oracle and the stateful machine, at length."""
    tests = ["tests/unit/test_availability.py", "tests/domain/test_machine.py"]
    seed = 20261125
    command = [
        sys.executable, "-m", "pytest", "-q", *tests, "--hypothesis-profile=prove", f"--hypothesis-seed={seed}",
        "--hypothesis-show-statistics",
    ]  # fmt: skip
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=False)
    minutes = (time.monotonic() - began) / 60
    examples = re.findall(r"(tests/\S+::\S+):\n(?:.*\n)*?.*?- (\d+) passing", done.stdout)
    rows = [f"| `{test}` | {passing} |" for test, passing in examples]
    outcome = "all passed" if done.returncode == 0 else f"**failed**\n\n```\n{done.stdout[-2000:]}\n```"
    write_part(
        REPORT,
        HEAD,
        "Properties",
        f"Hypothesis, seed {seed}, {minutes:.0f} min, {outcome}.\n\n| test | examples |\n| --- | --- |\n"
        + "\n".join(rows),
    )
    print(done.stdout[-1500:], flush=True)
    return done.returncode == 0


def prove_waits() -> bool:
    """What waiting clients are told, against what happens (W-05)."""
    body, good = report()
    print(body, flush=True)
    write_part(REPORT, HEAD, "Waits", body)
    return good


def prove_calls() -> bool:
    """Twenty windows press *call next* ten thousand times: each ticket once."""
    rows, sound = [], True
    for kind, plan in CALLS.items():
        with databases(kind, durable=False) as place:
            version, began = server_version(place.fresh(), kind), time.monotonic()
            told, most, faults = call_in_a_crowd(place.fresh(), plan)
            took = time.monotonic() - began
        sound = sound and not faults and len(told) == plan.entries
        rows.append(
            f"| {kind} {version} | {plan.processes} × {plan.threads} | {plan.counsellors} | {plan.rooms} | "
            f"{plan.entries:,} | {len(told):,} | {most} | {len(faults)} | {took:.0f} s |"
        )
        print(rows[-1], *faults[:20], sep="\n  ", flush=True)
        write_part(REPORT, HEAD, "Calls", CALLS_READ + "\n".join(rows))
    return sound


CALLS_READ = """Twenty windows of sixteen counsellors at one centre with twelve rooms call and finish, day after day
of a hundred numbers, until nobody waits: four counsellors press in two windows at once, and rooms are fought over.
Checked: every ticket was called exactly once, by the facts and by what the windows were told, and none is left; nobody
had two tickets, and no room two talks, at a time. *Overtaken*: the most who had come later and were called before
somebody, in the order of the facts; at most as many as windows press at once.

| database | processes × windows | counsellors | rooms | tickets | called | overtaken | faults | took |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


def prove_post_mutants() -> bool:
    """Every seeded bug of sending is caught, with real workers that are really killed."""
    rows = []
    for name in POST_MUTANTS:
        with databases("postgresql", durable=False) as place:
            verdict = PostRun(place, PostPlan(**POST_SHORT, mutant=name)).go()
        told = [fault for fault in verdict.faults if "is still" not in fault]
        rows.append(f"| {name} | {'yes' if told else '**no**'} | {telling(Verdict(0, 0, told))} |")
        print(rows[-1], flush=True)
    head = ["On PostgreSQL, each alone:", "", "| bug | caught | for example |", "| --- | --- | --- |"]
    write_part(REPORT, HEAD, "Messages, seeded bugs", "\n".join([*head, *rows]))
    return not any("**no**" in row for row in rows)


def prove_messages() -> bool:
    """Nothing twice, nothing lost, message by message."""
    share = float(os.environ.get("EMPFANG_PROOF_SHARE", "1"))
    rows, sound = [], True
    for kind, whole in MESSAGES.items():
        many, jumps = int(whole.messages * share), [(since * max(share, 0.25), off) for since, off in whole.jumps]
        plan = replace(
            whole, messages=many, kills=min(whole.kills, many // 100), acts=int(whole.acts * share), jumps=jumps
        )
        with databases(kind, durable=False) as place:
            version, run = server_version(place.fresh(), kind), PostRun(place, plan)
            found = run.go()
        sound = sound and not found.faults
        states = ", ".join(f"{number:,} {state}" for state, number in found.states.most_common())
        rows.append(
            f"| {kind} {version} | {plan.senders} × 8 | {plan.seed} | {found.messages:,} | {found.accepted:,} | "
            f"{found.twice} | {states} | {run.killed} | {len(found.faults)} | {run.a_second:.0f} | {found.p99:.0f} s |"
        )
        print(rows[-1], *found.faults[:20], sep="\n  ", flush=True)
        write_part(REPORT, HEAD, "Messages", "\n".join([MESSAGES_READ, *rows]))
    return sound


def prove_seats() -> bool:
    """No seat is sold twice, nobody is lost, every offer goes by rank."""
    (rows, sound), (caught, sharp) = crowds(KINDS), bugs(KINDS)
    write_part(REPORT, HEAD, "Seats", SEATS_READ + "\n".join(rows) + SEEDED + "\n".join(caught))
    return sound and sharp


MESSAGES_READ = """Workers hand messages over to a provider on a bad day, are killed (`kill -9`) at random and replaced,
while appointments are called off, numbers change and clients opt out. The machine's clock runs fast and is set two
hours forward, back, back once more and right again. Of the provider's answers 7 % go wrong: lost, cut off, busy (429),
ill before or after it has taken the message (5xx), slow, permanently wrong. Its list is whole, up to 150 s late, down,
or, of three in a hundred, denies for good what it took; its reports come twice, late, in the wrong order and before its
answer. Checked message by message, from its ledger and the outbox: none was accepted twice unless the provider had
denied the first (*twice* counts these); what is handed over or delivered was accepted; what failed, failed there; what
was withdrawn or useless never went out, or was denied; nobody is left waiting; nothing went out before it was due,
after its use, or to two numbers. *P99* is from due to accepted, of the machine's fast seconds, what waited for workers
to be born again with it. The database server does not wait for the disk.

| database | workers × senders | seed | messages | accepted | twice | in the end | killed | faults | a second | P99 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"""


def server_version(url: str, kind: str) -> str:
    """What is being proved against."""
    engine = make_engine(url)
    question = "SELECT sqlite_version()" if kind == "sqlite" else "SHOW server_version"
    with engine.connect() as connection:
        version = str(connection.scalar(text(question)))
    engine.dispose()
    return version


if __name__ == "__main__":
    main()

"""Crowds at courses, at length, and the seeded bugs their checker must catch (C-04)."""

import time
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from benchmarks.databases import Databases, databases
from foundation.db import Database, make_engine
from foundation.facts import Fact
from proofs.seat_checker import check
from proofs.seat_mutants import MUTANTS, NEEDS_POSTGRESQL, broken
from proofs.seats import Plan, build
from scheduling.happened import Happened

RUNS, STEPS = 10, 12
TOLD = (Happened.ENROLLED, Happened.SEAT_OFFERED, Happened.SEAT_TAKEN, Happened.SEAT_LAPSED, Happened.LEFT_COURSE)


def one_run(place: Databases, plan: Plan, bug: str = "") -> tuple[list[str], Counter[str]]:
    """What is wrong after a crowd, and how often everything happened."""
    url = place.fresh()
    database = Database(make_engine(url))
    crowd = build(database, plan)
    try:
        with broken(bug):
            crowd.go()
        faults = check(crowd)
    except Exception as fault:
        faults = [f"the database broke: {type(fault).__name__}"]
    with database.reading() as session:
        happened = Counter(session.scalars(select(Fact.kind)))
    database.engine.dispose()
    place.drop(url)
    return faults, happened


def crowds(kinds: Sequence[str]) -> tuple[list[str], bool]:
    """A row for each database, and whether all is well."""
    rows, sound = [], True
    for kind in kinds:
        faults, happened, began = list[str](), Counter[str](), time.monotonic()
        with databases(kind, durable=False) as place:
            for seed in range(RUNS):
                found, counted = one_run(place, Plan(steps=STEPS, seed=seed))
                faults, happened = faults + found, happened + counted
        sound = sound and not faults
        counts = " | ".join(f"{happened[what]:,}" for what in TOLD)
        rows.append(f"| {kind} | {RUNS} × 64 | {counts} | {len(faults)} | {time.monotonic() - began:.0f} s |")
        print(rows[-1], *faults[:20], sep="\n  ", flush=True)
    return rows, sound


def bugs(kinds: Sequence[str]) -> tuple[list[str], bool]:
    """A row for each seeded bug, and whether all were caught."""
    rows, sound = [], True
    for name in MUTANTS:
        for kind in kinds:
            if kind == "sqlite" and name in NEEDS_POSTGRESQL:
                continue
            with databases(kind, durable=False) as place:
                faults, _ = one_run(place, Plan(steps=STEPS, seed=1), name)
            sound = sound and bool(faults)
            rows.append(f"| {name} | {kind} | {'yes' if faults else '**no**'} | {faults[0] if faults else '–'} |")
            print(rows[-1], flush=True)
    return rows, sound


READ = """At each run 64 clients, some from two devices at once, enrol in or wait for a course of 50 seats and 8 places
in childcare, alone or as a party, leave, take what they are offered and come back; staff change the number of seats and
move, cancel and restore sessions of two courses that want the same rooms and teachers; workers pass on what nobody
took. Checked: the facts, played again in the order they were written, obey the rule: seats only while there are some,
every offer to the first in rank for whom there is enough, a day for every answer; what the database says is what the
facts say; nobody who was told that she has a seat, or has left, finds it otherwise; no number is in a course twice;
nobody waits for whom there is a seat; and every invariant of `flask doctor` holds.

| database | runs × clients | enrolled | offered | taken | lapsed | left | faults | took |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
SEEDED = "\n\nSeeded bugs:\n\n| bug | database | caught | for example |\n| --- | --- | --- | --- |\n"

"""Two counsellors are away on a full day: how long the proposals take, and how many keep their time."""

import time
from datetime import timedelta
from statistics import median
from unittest import mock

from benchmarks.databases import databases
from benchmarks.generate import MONDAY, NOW, Size, load
from foundation.db import Database, make_engine
from foundation.facts import Actor
from scheduling import rebooking
from scheduling.absences import Away, recorded, still_hit
from scheduling.changing import save
from scheduling.covering import keep_times
from scheduling.models import Centre
from scheduling.opening import days_window
from tests.build import ZONE

ROUNDS = 9
SIZE = Size(centres=1, counsellors=12, rooms=12, weeks=4, fill=0.8)
AWAY = (1, 2)
NO_LIMIT = 10**6


def run() -> str:
    """The table of both databases."""
    rows = []
    for kind in ("sqlite", "postgresql"):
        with databases(kind) as place:
            rows.append(f"| {kind} | {_measure(Database(make_engine(place.fresh())))} |")
    head = ["| | visits hit | proposals, median (wanted ≤ 1 s) | keep their time | could at best |", "| --- " * 5 + "|"]
    return f"{SIZE}; {len(AWAY)} counsellors away for a day.\n\n" + "\n".join(head + rows)


def _measure(database: Database) -> str:
    load(database.engine, SIZE)
    for who in AWAY:
        with database.transaction(Actor("staff", 1), NOW) as tx:
            save(tx, Away(who, days_window(ZONE, MONDAY, 1)))
    took: list[float] = []
    for _ in range(ROUNDS):
        with database.reading() as session:
            begun = time.perf_counter()
            hits = still_hit(session, recorded(session, session.get_one(Centre, 1), NOW), NOW)
            found = rebooking.proposals(session, hits, NOW)
            took.append(time.perf_counter() - begun)
    with (
        database.reading() as session,
        mock.patch.object(rebooking, "keep_times", lambda visits: keep_times(visits, NO_LIMIT)),
    ):
        best = rebooking.proposals(session, hits, NOW)
    database.engine.dispose()
    kept, possible = (sum(one.keeps is not None for one in some) for some in (found, best))
    return f"{len(found)} | {timedelta(seconds=median(took)) / timedelta(milliseconds=1):.0f} ms | {kept} | {possible}"

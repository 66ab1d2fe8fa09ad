"""One process of a run: `python -m proofs.process` with a job as JSON. Many clients as threads, or the worker."""

import json
import sys
import threading
import time
from pathlib import Path

from foundation.db import Database, make_engine
from foundation.facts import SYSTEM
from notifications.outbox import write_messages
from proofs.client import Client
from proofs.clock import FastClock
from proofs.history import Log
from proofs.mutants import MUTANTS
from proofs.world import resources
from scheduling.tidying import release_forgotten
from worker import pass_offers_on


def main() -> None:
    """Work until the stop file is there, the time is over, or somebody kills it."""
    job = json.loads(sys.argv[1])
    if job["mutant"]:
        MUTANTS[job["mutant"]]()
    database = Database(make_engine(job["url"]))
    database.subscribers.append(write_messages)
    clock, folder = FastClock(job["began"]), Path(job["folder"])
    if job["worker"]:
        tidy(database, clock, folder, job["until"])
        return
    log = Log(folder / f"{job['first']}.log")
    known = resources(database)
    clients = [Client(job["first"] + n, database, clock, log, known) for n in range(job["threads"])]
    threads = [threading.Thread(target=work, args=(client, folder, job["until"]), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def work(client: Client, folder: Path, until: int) -> None:
    """Until the end."""
    stop = folder / "stop"
    while time.monotonic_ns() < until:
        for _ in range(20):
            client.act()
        if stop.exists():
            return


def tidy(database: Database, clock: FastClock, folder: Path, until: int) -> None:
    """What worker.py does to the plan, as often as domain time asks for."""
    while time.monotonic_ns() < until and not (folder / "stop").exists():
        with database.transaction(SYSTEM, clock.now()) as tx:
            release_forgotten(tx)
        pass_offers_on(database, clock.now())
        time.sleep(0.1)


if __name__ == "__main__":
    main()

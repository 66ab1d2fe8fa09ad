"""The short form of the proof of calling: more windows than counsellors, fewer rooms, each ticket once."""

from foundation.db import Database, make_engine
from proofs.calling import Plan, build, check, serve_all


def test_callers_in_a_crowd_skip_nobody_and_never_meet_in_a_room(database_url: str):
    plan = Plan(processes=1, threads=8, entries=100, counsellors=6, rooms=4)
    database = Database(make_engine(database_url))
    build(database.engine, plan)
    told = serve_all(database, [n % plan.counsellors + 1 for n in range(plan.threads)], plan.days)
    overtaken, faults = check(database, told)
    database.engine.dispose()
    assert len(told) == plan.entries
    assert not faults
    if database.engine.dialect.name == "sqlite":  # PostgreSQL's desks do not wait for one that is slow to call
        assert overtaken == 0

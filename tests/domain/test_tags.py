"""The change tags of live pages: the very first facts of a centre may come from two people at once."""

import threading

from foundation.db import Database, change_tag, make_engine
from foundation.facts import SYSTEM
from tests.build import NOW


def test_the_first_facts_of_a_scope_come_from_many_at_once(database: Database, database_url: str):
    barrier, broken = threading.Barrier(6), []

    def act() -> None:
        own = Database(make_engine(database_url))
        barrier.wait()
        try:
            with own.transaction(SYSTEM, NOW) as tx:
                tx.record("visit.held", "visit", 1, "centre:77")
        except Exception as fault:
            broken.append(fault)
        own.engine.dispose()

    threads = [threading.Thread(target=act) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    with database.reading() as session:
        assert change_tag(session, "centre:77") == 6

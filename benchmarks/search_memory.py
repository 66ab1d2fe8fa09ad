"""Row E4, in a process of its own: MiB that a cold search over 12 weeks and 400 counsellors adds to an idle process."""

import resource
import sys

from sqlalchemy import text

from benchmarks.generate import MONDAY, NOW
from foundation.db import Database, make_engine
from scheduling.opening import days_window
from scheduling.search import slots
from scheduling.wish import Wish
from tests.build import ZONE


def main() -> None:
    """Peak after the search less peak before it, the database connected."""
    database = Database(make_engine(sys.argv[1]))
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = slots(session, Wish((1,), (), ("de",)), days_window(ZONE, MONDAY, 84), NOW)
        if not found:
            raise SystemExit("nothing found")
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024)


if __name__ == "__main__":
    main()

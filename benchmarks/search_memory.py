"""Row E4, in a process of its own: MiB that a cold search over 12 weeks and 400 counsellors adds to an idle process."""

import re
import sys
from pathlib import Path

from sqlalchemy import text

from benchmarks.generate import MONDAY, NOW
from foundation.db import Database, make_engine
from scheduling.opening import days_window
from scheduling.search import slots
from scheduling.wish import Wish
from tests.build import ZONE


def main() -> None:
    """The peak during the search less what was used before it, the database connected."""
    database = Database(make_engine(sys.argv[1]))
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        idle = mebibytes("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
        found = slots(session, Wish((1,), (), ("de",)), days_window(ZONE, MONDAY, 84), NOW)
        if not found:
            raise SystemExit("nothing found")
    print(mebibytes("VmHWM") - idle)


def mebibytes(what: str) -> float:
    """A line of the process's status."""
    return int(re.search(rf"{what}:\s+(\d+)", Path("/proc/self/status").read_text()).group(1)) / 1024


if __name__ == "__main__":
    main()

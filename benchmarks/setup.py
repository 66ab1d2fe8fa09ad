"""Rows S1 and S2 (S3 with the tests): in a fresh copy, beside a floor."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from benchmarks.reporting import HEAD, REPORT
from tools.report import write_part

ROOT = Path(__file__).resolve().parent.parent
HELLO = "import flask\napp = flask.Flask(__name__)\napp.get('/')(lambda: 'hello')\n"
SAMPLES = 3
OF_MAKE = {"VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "PYTHONPATH", "HOST", "PORT", "PUBLIC_URL", "CERT", "KEY"}


def run(tests: bool) -> None:
    """Everything on this machine, bounded; ends what it started. With `tests` also `make test` (row S3)."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "empfang"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True)
        nothing = first_page_of_make_run(copy)
        schema, starts, memory = [], [], []
        for _ in range(SAMPLES):
            shutil.rmtree(copy / "instance")
            started = first_page_of_make_run(copy)
            schema.append(started["schema"])
        for _ in range(SAMPLES):
            again = first_page_of_make_run(copy)
            starts.append(again["start"])
            memory.append(again["memory"])
        floor = [hello(copy, Path(folder)) for _ in range(SAMPLES)]
        seconds = seconds_of_tests(copy) if tests else None
    write(nothing["all"], median(schema), median(starts), median(memory), floor, seconds)


def first_page_of_make_run(copy: Path) -> dict[str, float]:
    """Seconds until /health answers 200, the seconds of schema and data, of the start, and MiB of web and worker."""
    port = free_port()
    began = time.perf_counter()
    log = copy.parent / "run.log"
    with log.open("w") as out:
        make = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=copy, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            env={name: value for name, value in os.environ.items() if name not in OF_MAKE},
        )  # fmt: skip
        wait_for(f"http://127.0.0.1:{port}/", 120)
        everything = time.perf_counter() - began
        time.sleep(3)
        text = log.read_text()
        memory = sum(
            pss(pid) for pid in children_of(make.pid) if "gunicorn" in command(pid) or "worker.py" in command(pid)
        )
        os.killpg(make.pid, signal.SIGINT)
        make.wait(20)
    schema = float(re.search(r"\(([\d.]+) s\)", text).group(1))
    start = float(re.search(r"First page after ([\d.]+) s", text).group(1))
    return {"all": everything, "schema": schema, "start": start, "memory": memory}


def hello(copy: Path, folder: Path) -> tuple[float, float]:
    """The floor: the same gunicorn with an app that says hello. Seconds to the first page, MiB."""
    (folder / "hello.py").write_text(HELLO)
    port = free_port()
    python = copy / ".venv" / "bin" / "python"
    began = time.perf_counter()
    web = subprocess.Popen(
        [
            python,
            "-m",
            "gunicorn",
            "hello:app",
            "--bind",
            f"127.0.0.1:{port}",
            "--threads",
            "4",
            "--log-level",
            "error",
        ],
        cwd=folder,
    )
    wait_for(f"http://127.0.0.1:{port}/", 30)
    seconds = time.perf_counter() - began
    memory = pss(web.pid) + sum(pss(pid) for pid in children_of(web.pid))
    web.terminate()
    web.wait(10)
    return seconds, memory


def seconds_of_tests(copy: Path) -> float:
    """How long `make test` takes in the copy."""
    began = time.perf_counter()
    subprocess.run(["make", "test"], cwd=copy, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(address: str, seconds: float) -> None:
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        try:
            urllib.request.urlopen(address, timeout=1)
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit(f"{address} did not answer within {seconds} s")


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout.split("\n")[1:]
    parents = {int(line.split()[0]): int(line.split()[1]) for line in found if line.strip()}

    def below(root: int) -> list[int]:
        return [x for child, parent in parents.items() if parent == root for x in (child, *below(child))]

    return below(pid)


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def pss(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1)) / 1024


def write(nothing: float, schema: float, start: float, memory: float, floor: list, tests: float | None) -> None:
    """The report, with what was reached beside what is wanted."""
    floor_start, floor_memory = median(f[0] for f in floor), median(f[1] for f in floor)
    s3 = f"{tests / 60:.1f} min" if tests else "run with `make bench TESTS=1`"
    write_part(
        REPORT,
        HEAD,
        "Set-up, start, memory",
        f"""Medians of {SAMPLES} samples in a fresh clone; the first line needs the package registries, one sample.

| row | what | wanted | reached | floor: hello Flask on the same gunicorn |
| --- | --- | --- | --- | --- |
| S1 | nothing → first page of `make run` | ≤ 30 s | {nothing:.1f} s | – |
| S1 | schema and demo data | ≤ 5 s | {schema:.1f} s | – |
| S1 | start of web and worker → first page | ≤ 1.5 s | {start:.2f} s | {floor_start:.2f} s |
| S2 | memory of web and worker, SQLite, PSS | ≤ 220 MiB | {memory:.0f} MiB | {floor_memory:.0f} MiB (no worker) |
| S3 | `make test` | ≤ 12 min | {s3} | – |
""",
    )

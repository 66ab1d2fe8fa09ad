"""`make bench`: all parts or those named (`setup` and those of `PARTS`)."""

import argparse

from benchmarks import absence, courses, desk, doors, engine, kiosk, languages, messages, race, setup, wire
from benchmarks.reporting import HEAD, REPORT, engine_part
from tools.report import write_part

PARTS = {
    "engine": lambda: engine_part(engine.run()), "doors": doors.run, "race": race.run, "desk": desk.run,
    "languages": languages.run, "wire": wire.run, "kiosk": kiosk.run, "absence": absence.run,
    "messages": messages.run, "courses": courses.run,
}  # fmt: skip


def main() -> None:
    """Everything on this machine, bounded."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("parts", nargs="*", choices=["setup", *PARTS, []])
    arguments.add_argument("--tests", action="store_true", help="run `make test` too (row S3)")
    chosen = arguments.parse_args()
    if not chosen.parts or "setup" in chosen.parts:
        setup.run(chosen.tests)
    for name, measure in PARTS.items():
        if not chosen.parts or name in chosen.parts:
            write_part(REPORT, HEAD, name.capitalize(), measure())
    print(REPORT.read_text())


if __name__ == "__main__":
    main()

"""`make bench`: all parts or those named (`setup`, `engine`, `doors`, `race`, `desk`, `languages`, `wire`)."""

import argparse

from benchmarks import desk, doors, engine, languages, race, setup, wire
from benchmarks.reporting import HEAD, REPORT, engine_part
from tools.report import write_part

PARTS = ("setup", "engine", "doors", "race", "desk", "languages", "wire")


def main() -> None:
    """Everything on this machine, bounded."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("parts", nargs="*", choices=[*PARTS, []])
    arguments.add_argument("--tests", action="store_true", help="run `make test` too (row S3)")
    chosen = arguments.parse_args()
    parts = chosen.parts or PARTS
    if "setup" in parts:
        setup.run(chosen.tests)
    if "engine" in parts:
        write_part(REPORT, HEAD, "Engine", engine_part(engine.run()))
    if "doors" in parts:
        write_part(REPORT, HEAD, "Doors", doors.run())
    if "race" in parts:
        write_part(REPORT, HEAD, "Race", race.run())
    if "desk" in parts:
        write_part(REPORT, HEAD, "Desk", desk.run())
    if "languages" in parts:
        write_part(REPORT, HEAD, "Languages", languages.run())
    if "wire" in parts:
        write_part(REPORT, HEAD, "Wire", wire.run())
    print(REPORT.read_text())


if __name__ == "__main__":
    main()

"""What clients were told: one line when an operation begins, one when it ends, on disk before the next begins."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Operation:
    """One operation of one client. `ended` is None where nobody knows how it ended: the client was killed."""

    client: int
    number: int
    kind: str
    began: int
    now: str
    visit: int | None = None
    ended: int | None = None
    outcome: str = "unknown"
    told: dict[str, Any] = field(default_factory=dict)


class Log:
    """Appends to a file of its own; what was written survives the death of the process."""

    def __init__(self, path: Path) -> None:
        """`path` is new."""
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def began(self, operation: Operation) -> None:
        """Before the first statement."""
        self._write(
            [operation.client, operation.number, operation.kind, operation.began, operation.now, operation.visit]
        )

    def ended(self, operation: Operation) -> None:
        """After the last one, as the client knows it."""
        self._write([operation.client, operation.number, operation.ended, operation.outcome, operation.told])

    def _write(self, line: list[object]) -> None:
        os.write(self._file, json.dumps(line, separators=(",", ":")).encode() + b"\n")


def read(folder: Path) -> list[Operation]:
    """All operations of a run, each client's in its order."""
    found: dict[tuple[int, int], Operation] = {}
    for path in sorted(folder.glob("*.log")):
        for line in _lines(path):
            key = (line[0], line[1])
            if key in found:
                operation = found[key]
                operation.ended, operation.outcome, operation.told = line[2], line[3], line[4]
            else:
                found[key] = Operation(*line)
    return [found[key] for key in sorted(found)]


def _lines(path: Path) -> Iterator[list[Any]]:
    for line in path.read_bytes().split(b"\n"):
        if line:
            yield json.loads(line)

"""The short form of the proof: many clients in several processes, kills, and a checker of what they were told."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from benchmarks.databases import Databases
from proofs.checker import Standing as Stood
from proofs.checker import check, overlaps, within
from proofs.clock import FastClock
from proofs.history import Operation
from proofs.run import Plan, Run

PLANS = {
    "sqlite": Plan(processes=1, threads=16, operations=1500, seconds=150, kills=1, seed=7),
    "postgresql": Plan(processes=2, threads=8, operations=1500, seconds=150, kills=2, seed=8),
}


class Given(Databases):
    """The database of the test, already fresh and migrated."""

    def __init__(self, url: str) -> None:
        super().__init__(make_url(url).get_backend_name(), Path(), None)
        self.url = url

    def fresh(self) -> str:
        return self.url

    def drop(self, url: str) -> None:
        """The fixture does it."""


def test_nobody_was_told_anything_that_is_not_so(database_url: str):
    place = Given(database_url)
    run = Run(place, PLANS[place.kind])
    verdict = run.go()
    assert verdict.operations >= 500
    assert run.killed
    assert not verdict.faults, within(verdict)


@pytest.mark.parametrize("mutant", ["a move frees first", "half a booking", "a claim without buffer"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_checker_catches_seeded_bugs(database_url: str, mutant: str):
    plan = Plan(processes=1, threads=16, operations=3000, seconds=150, seed=9, mutant=mutant)
    assert Run(Given(database_url), plan).go().faults


CLOCK = FastClock(0)
CLAIM = [4, "2026-11-30T08:00:00+00:00", "2026-11-30T08:35:00+00:00"]
ROOM = [9, "2026-11-30T08:00:00+00:00", "2026-11-30T08:35:00+00:00"]
TOLD = {
    "visit": 1, "state": ["held"], "parts": [[1, "2026-11-30T08:00:00+00:00", "2026-11-30T08:30:00+00:00"]],
    "claims": [CLAIM, ROOM], "until": CLOCK.at(2_000_000_000).isoformat(),
}  # fmt: skip


def op(number: int, kind: str, told: dict, began: int, outcome: str = "ok", visit: int | None = 1) -> Operation:
    now = CLOCK.at(began).isoformat()
    return Operation(1, number, kind, began, now, visit, began + 10, outcome, told)


HELD = op(1, "hold", TOLD, 100, visit=None)
BOOKED = op(2, "confirm", {**TOLD, "state": ["booked"], "until": None}, 200)
LEFT = {**TOLD, "state": ["booked"], "until": None}


def faults(history: list[Operation], left: dict) -> list[str]:
    return check(history, {1: left}, CLOCK, {4: 1, 9: 1}).faults


def test_an_honest_history_has_no_faults():
    assert faults([HELD, BOOKED], LEFT) == []
    cancelled = op(3, "cancel", {"id": 1}, 300)
    assert faults([HELD, BOOKED, cancelled], {**LEFT, "state": ["cancelled"], "claims": []}) == []


def test_a_booking_that_vanished_or_lost_its_room_is_a_fault():
    assert faults([HELD, BOOKED], {"state": ["cancelled"], "claims": [], "parts": []})
    assert faults([HELD, BOOKED], {**LEFT, "claims": [CLAIM]})


def test_a_hold_that_was_refused_before_its_end_is_a_fault():
    refused = op(2, "confirm", {"why": "HoldOver"}, 200, "refused")
    assert faults([HELD, refused], {**TOLD, "state": ["released"]})
    late = op(2, "confirm", {"why": "HoldOver"}, 3_000_000_000, "refused")
    assert faults([HELD, late], {**TOLD, "state": ["released"]}) == []


def test_what_nobody_knows_the_end_of_may_have_happened_or_not_but_never_half():
    unknown = op(2, "confirm", {}, 200, "unknown")
    assert faults([HELD, unknown], LEFT) == []
    assert faults([HELD, unknown], TOLD) == []
    assert faults([HELD, unknown], {**LEFT, "claims": [CLAIM]})


def test_two_that_stood_at_the_same_time_on_the_same_minutes_are_a_fault():
    def stood(visit: int, since: int, until: int) -> Stood:
        return Stood(visit, since, since, until, (), (tuple(CLAIM),))

    assert list(overlaps([stood(1, 0, 50), stood(2, 40, 90)]))
    assert not list(overlaps([stood(1, 0, 40), stood(2, 40, 90)]))

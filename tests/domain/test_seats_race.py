"""The short form of the proof of seats: 64 clients at a course, while seats and sessions change (C-04)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.db import Database, make_engine
from foundation.facts import Fact
from proofs.seat_checker import Rule, check
from proofs.seat_mutants import broken
from proofs.seats import Plan, build
from scheduling.happened import Happened
from scheduling.places_left import Wants
from tests.build import NOW

HAPPENS = {
    Happened.ENROLLED, Happened.WAITING, Happened.SEAT_OFFERED, Happened.LEFT_COURSE, Happened.COURSE_CHANGED,
    Happened.SESSION_MOVED, Happened.SESSION_CANCELLED, Happened.SESSION_RESTORED,
}  # fmt: skip
"""Without all these the crowd would prove little."""


def test_no_seat_is_sold_twice_and_nobody_is_lost_in_a_crowd(database_url: str):
    database = Database(make_engine(database_url))
    crowd = build(database, Plan())
    crowd.go()
    assert not check(crowd)
    with database.reading() as session:
        assert set(session.scalars(select(Fact.kind))) >= HAPPENS
    database.engine.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_checker_catches_seats_that_are_not_given_back(database_url: str):
    database = Database(make_engine(database_url))
    crowd = build(database, Plan(clients=24, steps=8, seats=12))
    with broken("seats are not given back"):
        crowd.go()
    assert check(crowd)
    database.engine.dispose()


ANNA, BELA, CORA = 1, 2, 3
COMES, WAITS, OFFERED = Happened.ENROLLED, Happened.WAITING, Happened.SEAT_OFFERED
TAKES, LAPSES, LEAVES = Happened.SEAT_TAKEN, Happened.SEAT_LAPSED, Happened.LEFT_COURSE
ANNA_HAS_ONE_OF_TWO = [(COMES, ANNA, 0), (WAITS, BELA, 1), (COMES, CORA, 2)]


def faults(*told: tuple[Happened, int, int]) -> list[str]:
    """A course with two seats; Bela comes with two people. Each thing happens so many hours after nine."""
    rule = Rule({ANNA: Wants(1), BELA: Wants(2), CORA: Wants(1)}, Wants(2))
    for kind, id_, hours in told:
        rule.hear(Fact(kind=kind, subject_id=id_, at=NOW + timedelta(hours=hours), details={}))
    return rule.faults


def test_what_happened_in_order_is_no_fault():
    assert not faults(*ANNA_HAS_ONE_OF_TWO, (LEAVES, ANNA, 3), (LEAVES, CORA, 4), (OFFERED, BELA, 4), (TAKES, BELA, 5))
    assert not faults((COMES, BELA, 0), (WAITS, ANNA, 1), (LEAVES, BELA, 2), (OFFERED, ANNA, 2), (LAPSES, ANNA, 26))


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ([(COMES, ANNA, 0), (COMES, BELA, 1)], "2 was wrongly seated"),
        ([(COMES, BELA, 0), (COMES, BELA, 1)], "2 came in twice"),
        ([(WAITS, ANNA, 0)], "1 was wrongly put off"),
        ([*ANNA_HAS_ONE_OF_TWO, (LEAVES, ANNA, 3), (OFFERED, BELA, 3)], "2 was offered a seat out of turn"),
        ([*ANNA_HAS_ONE_OF_TWO, (TAKES, BELA, 3)], "2 took a seat she was not offered"),
        ([(COMES, ANNA, 0), (LEAVES, ANNA, 1), (LEAVES, ANNA, 2)], "1 left twice"),
        (
            [(COMES, BELA, 0), (WAITS, ANNA, 1), (LEAVES, BELA, 2), (OFFERED, ANNA, 2), (LAPSES, ANNA, 9)],
            "1 was given too little time to answer",
        ),
    ],
)
def test_what_happened_out_of_order_is_a_fault(told: list[tuple[Happened, int, int]], fault: str):
    assert fault in faults(*told)

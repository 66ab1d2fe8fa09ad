"""The short form of the proof of messages: faults, kills, a clock that is set wrong, and a checker of the promise."""

from datetime import timedelta

import pytest

from foundation.db import Database
from notifications import delivery, settling
from notifications.models import MessageState
from proofs.clock import OPENS
from proofs.messages import JUMPS, PostPlan, Run, rehearse
from proofs.post_checker import Left, check
from proofs.post_mutants import MUTANTS
from proofs.post_office import LATEST
from tests.domain.test_history import Given

PLANS = {
    "sqlite": PostPlan(messages=150, senders=1, a_second=100, seconds=120, speed=100, kills=2, acts=8, seed=11),
    "postgresql": PostPlan(messages=150, senders=2, a_second=100, seconds=120, speed=100, kills=3, acts=8, seed=12),
}


def test_workers_that_are_killed_hand_every_message_over_once(database_url: str):
    place = Given(database_url)
    run = Run(place, PLANS[place.kind])
    verdict = run.go()
    assert run.killed
    assert verdict.accepted >= 100
    assert not verdict.faults


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_clock_that_is_set_two_hours_wrong_sends_nothing_twice_and_drops_nothing(database: Database):
    plan = PostPlan(messages=60, senders=2, a_second=1, seconds=20_000, kills=3, acts=5, ills=0.3, jumps=JUMPS, seed=3)
    verdict = rehearse(database, plan)
    assert verdict.accepted >= 50
    assert not verdict.faults


@pytest.mark.parametrize("mutant", MUTANTS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_checker_catches_every_seeded_bug(database: Database, monkeypatch: pytest.MonkeyPatch, mutant: str):
    for module, name in (
        (delivery, "_send"), (delivery, "_take_next"), (delivery, "settle"), (settling, "LIST_IS_WHOLE"),
        (settling, "_next_doubt"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, getattr(module, name))
    MUTANTS[mutant]()
    plan = PostPlan(messages=30, senders=2, a_second=2, seconds=1200, kills=15, ills=0.5)
    faults = rehearse(database, plan).faults
    assert [fault for fault in faults if "is still" not in fault]  # what has not ended by then proves nothing


def left(state: MessageState, **more: object) -> dict[str, Left]:
    wanted = {"provider_id": "p1", "error": None, "wanted": True, **more}
    return {"7": Left(state, "x", OPENS, OPENS, OPENS + timedelta(days=1), **wanted)}


def accepted(name: str, at: float, to: str = "x") -> dict:
    return {"what": "accepted", "ref": "7", "id": name, "at": at, "to": to}


def faults(state: MessageState, *events: dict, **more: object) -> list[str]:
    return check(events, left(state, **more), (), 9000).faults


DENIED = {"what": "listed", "ref": "7", "answer": "not_there", "at": LATEST + 10}
UNREACHED = {"what": "told", "ref": "7", "id": "p1", "said": "not_delivered", "error": "30003", "at": 9}


def test_what_was_accepted_once_and_is_in_the_books_has_no_fault():
    assert not faults(MessageState.HANDED_OVER, accepted("p1", 5))


@pytest.mark.parametrize("excuse", [DENIED, UNREACHED])
def test_twice_is_a_fault_unless_the_provider_denied_the_first(excuse: dict):
    assert faults(MessageState.HANDED_OVER, accepted("p1", 5), accepted("p2", 300))
    assert not faults(MessageState.HANDED_OVER, accepted("p1", 5), excuse, accepted("p2", 300))
    early = {**excuse, "at": 4}
    assert faults(MessageState.HANDED_OVER, early, accepted("p1", 5), accepted("p2", 300))


def test_books_that_say_more_or_less_than_the_provider_are_a_fault():
    assert faults(MessageState.HANDED_OVER)
    assert faults(MessageState.DELIVERED, accepted("p1", 5))
    assert faults(MessageState.WITHDRAWN, accepted("p1", 5), wanted=False)
    assert faults(MessageState.WITHDRAWN)
    assert faults(MessageState.CLAIMED)
    assert faults(MessageState.DUE)
    assert faults(MessageState.FAILED)
    assert faults(MessageState.USELESS)


def test_too_early_too_late_and_to_somebody_else_are_faults():
    assert faults(MessageState.HANDED_OVER, accepted("p1", -500))
    assert faults(MessageState.HANDED_OVER, accepted("p1", 90_000))
    assert faults(MessageState.HANDED_OVER, accepted("p1", 5, "y"), DENIED, accepted("p1", 300))

"""The rule is put to the first of those who are alike, and names whom it would have named of all."""

from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from queueing.entries import Entry
from queueing.models import TicketState, UrgentReason
from queueing.order import choose
from queueing.situation import Situation

NOON, MINUTE = datetime(2026, 11, 30, 11, tzinfo=UTC), timedelta(minutes=1)
SERVICES = {
    n: SimpleNamespace(id=n, topic_group_id=n % 2 + 1, women_only=n == 3, length=n * 10 * MINUTE) for n in (1, 2, 3)
}
PEOPLE = {
    n: SimpleNamespace(
        services=frozenset({1, n}), languages=frozenset({"de", "ar"}), woman=n == 2, counter_id=n, counsellor=True
    )
    for n in (1, 2)
}
SETUP = SimpleNamespace(
    centres={1: SimpleNamespace(queue_settings={})}, people=PEOPLE, services=SERVICES,
    walk_in_services=lambda _: list(SERVICES.values()), translated=lambda _: frozenset({"fa"}),
)  # fmt: skip


def someone(dice: Random, number: int) -> Entry:
    booked, missed = dice.random() < 0.2, dice.random() < 0.1
    handed = dice.choice([1, 2]) if dice.random() < 0.1 else None
    starts_at = NOON + dice.randrange(-30, 30) * MINUTE
    arrived_at = NOON - dice.randrange(60) * MINUTE
    return Entry(
        id=number, number=number, visit_id=number, state=TicketState.MISSED if missed else TicketState.WAITING,
        arrived_at=arrived_at, called_at=NOON - 6 * MINUTE if missed else None, named_at=None,
        missed_at=NOON - 5 * MINUTE if missed else None, urgent=UrgentReason.HEALTH if dice.random() < 0.05 else None,
        stored_trail="[]", counsellor_id=None, counter_id=None, handed_to_id=handed,
        service_id=dice.choice([1, 2, 3]) if dice.random() < 0.1 else None, follows=dice.random() < 0.05,
        topic_group_id=dice.choice([None, 1, 2]), appointment_id=number if booked else None, calls=0,
        spoken_langs=dice.choice(['["de"]', '["ar"]', '["fa"]', '["tr"]']),
        wishes=dice.choice(["[]", '["female_counsellor"]']), booked_with=dice.choice([1, 2]) if booked else None,
        booked_for=dice.choice([1, 2]) if booked else None, starts_at=starts_at if booked else None, delayed_by=None,
        booked_counter=None, setup_version=1,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(200))
def test_of_those_who_are_alike_only_the_first_can_be_named(seed: int):
    dice = Random(seed)
    entries = [someone(dice, 100 + n) for n in range(dice.randrange(1, 40))]
    situation = Situation(SETUP, 1, NOON, entries, [])  # type: ignore[arg-type]
    but = set[int]()
    for counsellor in (1, 2) * 20:
        left = [ticket for number, ticket in situation.waiting.items() if number not in but]
        named = choose(left, situation.caller(counsellor), NOON, situation.limits)
        assert situation.choice_for(counsellor, but) == named
        but |= {named.number} if named.number else set()

"""The page of times says when another centre is sooner, and when the doors are open where nothing is free."""

from datetime import timedelta

import pytest

from foundation.facts import SYSTEM
from scheduling.models import Absence
from tests.build import NOW, World
from tests.doors.client import LookingClient

TIMES = "/book/pfullingen/other/B02"


def away(world: World, days: int) -> None:
    """Nobody advises at the first centre for so many days."""
    with world.database.transaction(SYSTEM, NOW) as tx:
        for resource_id in (world.ahorn, world.buche):
            tx.session.add(Absence(resource_id=resource_id, starts_at=NOW, ends_at=NOW + timedelta(days=days)))


@pytest.mark.parametrize(("days", "said"), [(0, False), (2, True)])
def test_another_centre_is_named_when_it_is_a_day_sooner(client: LookingClient, world: World, days: int, said: bool):
    if days:
        away(world, days)
    client.get(TIMES)
    assert ("Früher in Dettingen" in client.page.text) is said
    assert ("/book/dettingen/other/B02" in {a.get("href") for a in client.page.all("a")}) is said


def test_where_nothing_is_free_the_page_says_when_the_doors_are_open(client: LookingClient, world: World):
    away(world, 60)
    client.get(TIMES)
    assert "Wann das Zentrum offen ist" in client.page.text
    assert "09:00" in client.page.text

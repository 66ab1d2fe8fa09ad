"""The step of wishes: nothing has to be said, what is said is looked for, and nothing is asked twice."""

import pytest
from sqlalchemy import select

from foundation.facts import SYSTEM, Fact
from scheduling.models import Service, Visit
from tests.build import MONDAY, NOW, World
from tests.doors.client import LookingClient

TIMES = "/book/pfullingen/other/B02"


def wish(client: LookingClient, **wished: object) -> int:
    client.get(f"{TIMES}/wishes")
    return client.send(f"{TIMES}/wishes", {"spoken": "de", **wished}).status_code


def held(client: LookingClient, world: World) -> Visit:
    client.get(f"{TIMES}?day={MONDAY}")
    client.send(TIMES, {"start": client.page.slots[0]})
    with world.database.reading() as session:
        visit = session.scalars(select(Visit)).one()
        assert all(part.counsellor.code and part.service.code for part in visit.appointments)  # read while open
        return visit


def test_who_wishes_nothing_goes_on_with_one_press(client: LookingClient, world: World):
    assert wish(client) == 303
    visit = held(client, world)
    assert (visit.wishes, visit.party, visit.spoken_langs) == ([], 1, ["de"])


def test_a_woman_who_wants_a_woman_gets_one_at_any_time_shown(client: LookingClient, world: World):
    assert wish(client, wish="female_counsellor") == 303
    visit = held(client, world)
    assert visit.wishes == ["female_counsellor"]
    assert [part.counsellor.code for part in visit.appointments] == ["ahorn"]


def test_a_family_comes_as_a_family_and_nothing_is_asked_twice(client: LookingClient, world: World):
    assert wish(client, party="3", wish="step_free") == 303
    assert held(client, world).party == 3
    client.get("/book/check")
    assert "Personen" in client.page.text
    client.get(f"{TIMES}/wishes")
    ticked = {field["value"] for field in client.page.all("input") if "checked" in field}
    assert ticked == {"step_free", "3"}


def test_two_topics_are_two_consultations_in_one_visit(client: LookingClient, world: World):
    assert wish(client, second="B03") == 303
    client.get(f"{TIMES}?day={MONDAY}")
    assert "45 Minuten" in client.page.text
    visit = held(client, world)
    assert [part.service.code for part in visit.appointments] == ["B02", "B03"]
    client.get("/book/check")
    assert "Dienst B02" in client.page.text
    assert "Dienst B03" in client.page.text
    client.send("/book/confirm")
    client.get("/visit")
    assert "Termin gebucht" in client.page.text
    client.get("/visit/move")
    assert client.page.slots


@pytest.mark.parametrize(
    ("wished", "status", "kept"),
    [
        ({"party": "99"}, 422, None), ({"party": "x"}, 303, 1), ({"party": "-1"}, 303, 1), ({"party": "٢"}, 303, 2),
        ({"second": "B99"}, 303, 1), ({"second": "B02"}, 303, 1), ({"wish": "a free lunch"}, 303, 1),
    ],
)  # fmt: skip
def test_odd_wishes_are_refused_or_left_out(
    client: LookingClient, world: World, wished: dict[str, str], status: int, kept: int | None
):
    assert wish(client, **wished) == status
    if kept:
        visit = held(client, world)
        assert (visit.party, visit.wishes, len(visit.appointments)) == (kept, [], 1)


def test_who_finds_nothing_is_counted_without_a_person_and_once(client: LookingClient, world: World):
    wish(client, spoken="ti")
    client.get(f"{TIMES}?day={MONDAY}")
    form_key = client.page.all("input")[-1]["value"]
    for _ in range(2):
        assert client.send(f"{TIMES}/nothing-fits", {"form_key": form_key}).status_code == 303
    client.get(f"{TIMES}?noted=yes")
    assert "Wir zählen, was fehlt" in client.page.text
    with world.database.reading() as session:
        fact = session.scalars(select(Fact).where(Fact.kind == "demand.unmet")).one()
        assert (fact.subject_id, fact.actor_id) == (world.talk, None)
        assert fact.details == {"centre": "pfullingen", "service": "B02", "language": "ti"}


def test_a_family_is_told_when_the_second_topic_is_for_fewer(client: LookingClient, world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Service, world.letters).party_max = 1
    client.get("/book/pfullingen/other/B02/wishes")
    family = {"spoken": "de", "party": "3", "second": "B03", "wish": "child_corner"}
    answer = client.send("/book/pfullingen/other/B02/wishes", family)
    assert answer.status_code == 422
    assert "so viele Personen kommen: 1" in client.page.text
    kept = {
        said["value"]
        for said in client.page.all("input") + client.page.all("option")
        if {"checked", "selected"} & set(said)
    }
    assert {"3", "B03", "child_corner", "de"} <= kept
    assert client.send("/book/pfullingen/other/B02/wishes", {**family, "second": ""}).status_code == 303

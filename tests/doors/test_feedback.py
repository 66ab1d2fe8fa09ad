"""Whoever finds something hard on these pages can say so on the spot, and somebody reads it."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from doorway.feedback import Feedback, forget_old_feedback
from foundation.facts import SYSTEM, Fact
from tests.build import NOW, World
from tests.doors.client import LookingClient


def count(world: World) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Feedback)) or 0


def test_what_is_hard_is_read_at_the_desk_and_then_gone(
    client: LookingClient, staff: Callable[[str], LookingClient], world: World
):
    client.get("/accessibility?lang=ar")
    answer = client.send("/accessibility", {"said": "النص صغير\r\nجدًا"})
    assert answer.location == "/accessibility?told=yes"
    assert "شكرًا" in client.get(answer.location).text
    desk = staff("desk")
    assert "النص صغير جدًا" in desk.get("/desk/feedback").text
    number = desk.page.field("feedback")
    assert desk.send("/desk/feedback", {"feedback": number}).status_code == 303
    assert "liegt nichts vor" in desk.get("/desk/feedback").text
    assert desk.send("/desk/feedback", {"feedback": number}).status_code == 404
    assert count(world) == 0


def test_pressing_twice_says_it_once_and_the_facts_do_not_repeat_it(client: LookingClient, world: World):
    client.get("/accessibility")
    form = {"said": "Zu klein", "form_key": client.page.field("form_key")}
    assert client.send("/accessibility", form).status_code == 303
    assert client.send("/accessibility", form).status_code == 303
    assert count(world) == 1
    with world.database.reading() as session:
        assert not any("klein" in str(fact.details) for fact in session.scalars(select(Fact)))


def test_nothing_said_and_programs_are_refused_with_what_was_typed(client: LookingClient, world: World):
    client.get("/accessibility")
    empty = client.send("/accessibility", {"said": " \n "})
    assert empty.status_code == 422
    assert "Bitte schreiben Sie" in empty.text
    program = client.send("/accessibility", {"said": "Hilfe", "website": "x"})
    assert program.status_code == 422
    assert ">Hilfe</textarea>" in program.text
    assert count(world) == 0


def test_what_nobody_dealt_with_goes_after_thirty_days(client: LookingClient, world: World):
    client.get("/accessibility")
    client.send("/accessibility", {"said": "Zu klein"})
    for days, left in ((29, 1), (31, 0)):
        with world.database.transaction(SYSTEM, NOW + timedelta(days=days)) as tx:
            forget_old_feedback(tx)
        assert count(world) == left

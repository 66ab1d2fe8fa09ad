"""The call list and people in courses: who has no number, what to say, until when, and one press that can be undone."""

from collections.abc import Callable

import pytest
from flask import Flask

from foundation.facts import CLIENT, SYSTEM
from notifications.channels import Outcome
from scheduling.courses import call_off
from scheduling.enrolling import Enrolling, course_to_change, wait
from scheduling.places_left import Wants
from scheduling.sessions import cancel_session
from scheduling.visits import Contact
from scheduling.waitlist import leave
from tests.build import KEYS, NOW, PHONE, World, join, teach
from tests.domain.test_course_messages import LATER, change, move
from tests.domain.test_courses import act
from tests.domain.test_messages import Notebook, send
from tests.doors.client import LookingClient
from tests.doors.test_messages_at_desk import said

Staff = Callable[[str], LookingClient]
PATH = "/desk/call-list"


def test_a_move_is_read_with_time_course_and_number_and_is_done_by_one_press(staff: Staff, world: World):
    course_id = teach(world)
    join(world, course_id, PHONE)
    send(world, Notebook())
    move(world, course_id, LATER)
    send(world, Notebook(Outcome.FAILED))
    desk = staff("desk")
    text = said(desk, PATH)
    assert "14:00" in text
    assert "Deutsch A1" in text
    assert "01522 8817386" in text
    assert "Der Kurs ist einmal zu einer anderen Zeit" in text
    message = desk.page.field("message")
    assert desk.send(PATH, {"message": message, "act": "done"}).location == PATH
    assert "8817386" not in said(desk, PATH)
    assert desk.send(PATH, {"message": message, "act": "back"}).status_code == 303
    assert "8817386" in said(desk, PATH)
    lead = staff("lead2")
    assert "Deutsch" not in said(lead, PATH)
    assert lead.send(PATH, {"message": message, "act": "done"}).status_code == 404


@pytest.mark.parametrize(("name", "shown"), [("Lila", "Lila"), (None, "ohne Namen")])
def test_who_left_no_number_stands_there_by_her_call_name(staff: Staff, world: World, name: str | None, shown: str):
    course_id = teach(world, seats=1, late_sessions=2)
    seated = join(world, course_id)
    with world.database.transaction(CLIENT, NOW) as tx:
        wish = Enrolling(Wants(1), "de", ("ar",), Contact(name, None, None))
        wait(tx, course_to_change(tx, course_id), wish, KEYS)
    act(world, leave, seated)
    text = said(staff("desk"), PATH)
    assert f"bis 09:00 Dienstag, 24.11. (morgen) Deutsch A1 – {shown} Arabisch Im Kurs ist Platz frei" in text
    assert "ohne Nummer" in text


def test_a_course_called_off_and_a_session_called_off_say_what_they_are(staff: Staff, world: World, app: Flask):
    course_id = teach(world)
    join(world, course_id)
    change(world, cancel_session, course_id)
    assert "Der Kurs fällt an diesem Tag aus" in said(staff("desk"), PATH)
    with world.database.transaction(SYSTEM, NOW) as tx:
        call_off(tx, course_to_change(tx, course_id))
    assert "Der Kurs findet nicht statt" in said(staff("desk"), PATH)


def test_the_simulated_phones_show_messages_about_courses(client: LookingClient, world: World):
    join(world, teach(world), PHONE)
    send(world, Notebook())
    assert "Kurs ab Dienstag, 24.11. 14:00 Uhr" in client.get("/demo/").text

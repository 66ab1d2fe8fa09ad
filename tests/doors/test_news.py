"""What a request takes for new: never newer than what it reads, or it would be remembered for too long."""

from flask import Flask
from sqlalchemy import select

from doorway.binding import reading, tag_now, versions_now
from scheduling.models import Centre
from scheduling.models.places import scope_of
from scheduling.opening import days_window
from scheduling.search import slots
from tests.build import MONDAY, NOW, ZONE, World, at


def begin_to_read() -> None:
    reading().scalars(select(Centre)).all()


def free(world: World) -> set:
    found = slots(reading(), world.wish(), days_window(ZONE, MONDAY, 1), NOW, seen=versions_now())
    return {slot.starts_at for slot in found}


def test_what_is_booked_while_a_page_is_made_is_seen_by_the_next(app: Flask, world: World):
    with app.test_request_context():
        begin_to_read()
        world.book(at("09:35"))
        world.book(at("09:35"))
        free(world)
    with app.test_request_context():
        assert at("09:35") not in free(world)


def test_the_change_tag_is_older_than_what_is_read(app: Flask, world: World):
    with app.test_request_context():
        before = tag_now(scope_of(world.centre))
    with app.test_request_context():
        begin_to_read()
        world.book(at("09:35"))
        assert tag_now(scope_of(world.centre)) == before
    with app.test_request_context():
        assert tag_now(scope_of(world.centre)) > before

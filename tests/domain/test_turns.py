"""«It is nearly your turn»: told once, only who wishes it, and never too late."""

import pytest
from sqlalchemy import select

from foundation.errors import NotFound
from notifications.models import Message, MessageState
from notifications.texts import Kind
from queueing import calls
from queueing.following import give_link, ticket_by_token, ticket_token
from queueing.models import Ticket
from queueing.turns import centres_with_wishes, tell_turns, wish_no_more, wish_to_be_told
from scheduling.models import Centre
from scheduling.tidying import erase_ended
from tests.build import KEYS, NOW, PHONE, World, at
from tests.domain.test_day import STAFF, act, call_next, walk_in
from tests.domain.test_messages import Notebook, send


def wish(world: World, number: int, now=NOW) -> None:
    act(world, number, lambda tx, ticket: give_link(tx, ticket, KEYS), now)
    act(world, number, lambda tx, ticket: wish_to_be_told(tx, ticket, PHONE, "test"), now)


def tell(world: World, now) -> int:
    with world.database.transaction(STAFF, now) as tx:
        return tell_turns(tx, tx.session.get_one(Centre, world.centre))


def messages(world: World) -> list[Message]:
    with world.database.reading() as session:
        return list(session.scalars(select(Message)))


def line_of(world: World, count: int) -> list[int]:
    return [walk_in(world, at("09:00"), "ar") for _ in range(count)]


def test_who_is_third_is_told_once_when_she_is_second(world: World):
    numbers = line_of(world, 3)  # only one counsellor speaks the language
    wish(world, numbers[2])
    assert tell(world, at("09:01")) == 0
    call_next(world, world.ahorn, at("09:02"))
    assert [tell(world, at("09:03")), tell(world, at("09:04"))] == [1, 0]
    (told,) = messages(world)
    assert (told.kind, told.recipient, told.due_at) == (Kind.TURN, PHONE, at("09:03"))


def test_nobody_is_told_who_has_not_wished_it(world: World):
    line_of(world, 2)
    assert tell(world, at("09:01")) == 0
    with world.database.reading() as session:
        assert not centres_with_wishes(session)


def test_the_message_leads_to_the_number_and_not_to_a_visit(world: World):
    (number,) = line_of(world, 1)
    wish(world, number)
    tell(world, at("09:01"))
    assert send(world, Notebook(), at("09:02")) == 1
    with world.database.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        token = ticket_token(KEYS, ticket)
        assert ticket_by_token(session, token, at("09:02")).number == number
        with pytest.raises(NotFound):
            ticket_by_token(session, token, at("09:02", at("09:02").date().replace(day=24)))
    (sent,) = messages(world)
    assert "/n/…" in (sent.body or "")
    assert token not in (sent.body or "")


def test_after_the_call_it_is_not_sent_any_more(world: World):
    (number,) = line_of(world, 1)
    wish(world, number)
    tell(world, at("09:01"))
    call_next(world, world.ahorn, at("09:02"))
    assert send(world, Notebook(), at("09:02")) == 0
    assert messages(world)[0].state is MessageState.WITHDRAWN


def test_a_quarter_of_an_hour_later_it_is_of_no_use(world: World):
    (number,) = line_of(world, 1)
    wish(world, number)
    tell(world, at("09:01"))
    send(world, Notebook(), at("09:17"))
    assert messages(world)[0].state is MessageState.USELESS


def test_whoever_wants_no_sms_after_all_leaves_no_number(world: World):
    (number,) = line_of(world, 1)
    wish(world, number)
    act(world, number, wish_no_more, at("09:01"))
    assert tell(world, at("09:02")) == 0
    with world.database.reading() as session:
        assert session.scalars(select(Ticket)).one().visit.phone is None


def test_the_number_of_a_walk_in_goes_after_a_week(world: World):
    (number,) = line_of(world, 1)
    wish(world, number)
    act(world, number, calls.leave, at("09:01"))
    with world.database.transaction(STAFF, at("09:00", at("09:00").date().replace(month=12, day=2))) as tx:
        erase_ended(tx)
        assert tx.session.scalars(select(Ticket)).one().visit.phone is None

"""The quiet alarm: from where she is, once for each, answered by one, taken back not without a trace."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from access.models import Account
from foundation.db import Database, change_tag, make_engine
from foundation.facts import SYSTEM, Actor, Fact
from queueing.alarms import Alarm, answer, close, forget_old_alarms, open_alarms, raise_alarm, withdraw
from queueing.calls import call_this
from queueing.models import Ticket
from queueing.tickets import WalkIn, take_number
from scheduling.models import Centre, Counsellor
from tests.build import MONDAY, NOW, World, at
from tests.domain.test_day import run_together


@pytest.fixture
def staff(world: World) -> dict[str, int]:
    """Account ids by login."""
    with world.database.reading() as session:
        return {account.login: account.id for account in session.scalars(select(Account))}


def press(world: World, who: int, now=NOW, counsellor: int | None = None, centre: int | None = None) -> int:
    with world.database.transaction(Actor("staff", who), now) as tx:
        found = tx.session.get(Counsellor, counsellor or 0)
        return raise_alarm(tx, tx.session.get_one(Centre, centre or world.centre), who, found)


def act(world: World, what, *args: int, now=NOW, centre: int | None = None) -> None:
    with world.database.transaction(Actor("staff", args[-1]), now) as tx:
        what(tx, tx.session.get_one(Centre, centre or world.centre), *args)


def shown(world: World, now=NOW, centre: int | None = None) -> list[Alarm]:
    with world.database.reading() as session:
        asked = session.get_one(Centre, centre or world.centre)
        return open_alarms(session, asked, now, change_tag(session, asked.scope))


def happened(world: World) -> list[tuple[str, int | None]]:
    with world.database.reading() as session:
        facts = session.scalars(select(Fact).where(Fact.subject_kind == "alarm").order_by(Fact.id))
        return [(fact.kind, fact.actor_id) for fact in facts]


def test_it_tells_the_room_of_the_talk_else_her_own_room_else_nothing(world: World, staff: dict[str, int]):
    press(world, staff["ahorn"], counsellor=world.ahorn)
    press(world, staff["desk"])
    assert [a.counter.label if a.counter else None for a in shown(world)] == ["1", None]
    with world.database.transaction(SYSTEM, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        number = take_number(tx, WalkIn(centre, None, "de", ("de",))).number
        tx.session.get_one(Counsellor, world.ahorn).counter_id = None
        call_this(tx, world.centre, number, world.buche)
    press(world, staff["buche"], counsellor=world.buche)
    assert shown(world)[-1].counter.label == "2"


def test_it_tells_the_room_she_was_called_to_even_if_it_is_not_her_own(world: World, staff: dict[str, int]):
    with world.database.transaction(SYSTEM, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        number = take_number(tx, WalkIn(centre, None, "de", ("de",))).number
        call_this(tx, world.centre, number, world.buche)
        ticket = tx.session.scalars(select(Ticket).where(Ticket.number == number)).one()
        tx.session.refresh(ticket)
        ticket.counter_id = tx.session.get_one(Counsellor, world.ahorn).counter_id
    press(world, staff["buche"], counsellor=world.buche)
    assert [a.counter.label for a in shown(world)] == ["1"]


def test_at_another_centre_than_her_rooms_no_wrong_room_is_told(world: World, staff: dict[str, int]):
    press(world, staff["ahorn"], counsellor=world.ahorn, centre=world.other_centre)
    (alarm,) = shown(world, centre=world.other_centre)
    assert alarm.counter is None
    assert shown(world) == []


def test_pressing_twice_is_one_alarm(world: World, staff: dict[str, int]):
    first = press(world, staff["ahorn"], NOW)
    assert press(world, staff["ahorn"], NOW + timedelta(seconds=5)) == first
    assert [a.raised_at for a in shown(world)] == [NOW]
    assert happened(world) == [("alarm.raised", staff["ahorn"])]


def test_pressing_at_once_in_many_windows_is_one_alarm(world: World, database_url: str, staff: dict[str, int]):
    own = [Database(make_engine(database_url)) for _ in range(3)]
    start = threading.Barrier(9)

    def window(n: int) -> None:
        start.wait()
        with own[n % 3].transaction(Actor("staff", staff["ahorn"]), NOW) as tx:
            raise_alarm(tx, tx.session.get_one(Centre, world.centre), staff["ahorn"], None)

    run_together(window, 9)
    for database in own:
        database.engine.dispose()
    assert len(shown(world)) == 1
    assert len(happened(world)) == 1


def test_pressing_again_later_or_after_an_answer_calls_anew_from_where_she_is_now(world: World, staff: dict[str, int]):
    alarm = press(world, staff["ahorn"], at("09:00"))
    assert press(world, staff["ahorn"], at("09:02"), world.ahorn) == alarm
    assert [(a.raised_at, a.counter.label) for a in shown(world)] == [(at("09:02"), "1")]
    act(world, answer, alarm, staff["buche"], now=at("09:02"))
    assert press(world, staff["ahorn"], at("09:02")) == alarm
    assert [a.answered_by for a in shown(world)] == [None], "an old answer keeps nobody from coming"


def test_an_alarm_nobody_closed_does_not_hide_the_one_of_the_next_day(world: World, staff: dict[str, int]):
    press(world, staff["ahorn"], at("16:00"))
    tomorrow = at("09:00", MONDAY + timedelta(days=1))
    assert shown(world, tomorrow) == []
    press(world, staff["ahorn"], tomorrow)
    assert [a.raised_at for a in shown(world, tomorrow)] == [tomorrow]


def test_the_first_who_goes_is_named_and_she_herself_can_not_answer_or_close(world: World, staff: dict[str, int]):
    alarm = press(world, staff["ahorn"])
    act(world, answer, alarm, staff["ahorn"])
    act(world, close, alarm, staff["ahorn"])
    for who in ("buche", "desk"):
        act(world, answer, alarm, staff[who])
    assert [a.answered_by for a in shown(world)] == [staff["buche"]]
    act(world, close, alarm, staff["desk"])
    assert shown(world) == []
    assert [kind for kind, _ in happened(world)] == ["alarm.raised", "alarm.answered", "alarm.closed"]


def test_taken_back_it_is_seen_ten_minutes_more_and_can_be_raised_anew(world: World, staff: dict[str, int]):
    first = press(world, staff["ahorn"], at("09:00"))
    act(world, withdraw, staff["ahorn"], now=at("09:01"))
    assert [a.withdrawn_at for a in shown(world, at("09:10"))] == [at("09:01")]
    assert shown(world, at("09:11")) == []
    assert press(world, staff["ahorn"], at("09:02")) != first
    act(world, close, first, staff["buche"], now=at("09:03"))
    assert [a.raised_at for a in shown(world, at("09:03"))] == [at("09:02")]


def test_another_centre_neither_sees_nor_closes_it(world: World, staff: dict[str, int]):
    alarm = press(world, staff["ahorn"])
    for what in (answer, close):
        act(world, what, alarm, staff["eiche"], centre=world.other_centre)
    assert shown(world, centre=world.other_centre) == []
    assert [a.answered_by for a in shown(world)] == [None]


def test_whoever_now_works_elsewhere_and_calls_anew_is_shown_there_and_no_longer_here(
    world: World, staff: dict[str, int]
):
    press(world, staff["ahorn"])
    assert len(shown(world)) == 1
    press(world, staff["ahorn"], at("09:10"), centre=world.other_centre)
    assert shown(world, at("09:10")) == []
    assert len(shown(world, at("09:10"), world.other_centre)) == 1


def test_after_a_year_it_is_forgotten(world: World, staff: dict[str, int]):
    press(world, staff["ahorn"])
    for days, left in ((365, 1), (366, 0)):
        with world.database.transaction(SYSTEM, NOW + timedelta(days=days)) as tx:
            forget_old_alarms(tx)
        with world.database.reading() as session:
            assert len(session.scalars(select(Alarm)).all()) == left

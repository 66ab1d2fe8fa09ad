"""Somebody comes every two weeks: her dates are booked together, told once, and each or all of them called off."""

import threading
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from foundation.facts import CLIENT, Actor
from notifications.models import Message, MessageState
from notifications.texts import Kind
from queueing.replanning import cancel_here
from scheduling import visits
from scheduling.absences import Away, Shut
from scheduling.changing import save
from scheduling.interval import Interval
from scheduling.invariants import examine
from scheduling.models import Service, Visit
from scheduling.moving import move, wish_of
from scheduling.reaching import note_contact
from scheduling.refusals import TooManyBookings
from scheduling.repeating import (
    DatesTaken,
    Occurrence,
    book_series,
    numbered,
    occurrences,
    of_series,
    reach_all,
    series_to_change,
    to_come,
)
from scheduling.rhythm import Obstacle, Rhythm, series_starts
from scheduling.tidying import erase
from scheduling.visits import Contact
from tests.build import KEYS, MONDAY, NOW, OTHER_PHONE, PHONE, ZONE, World, at
from tests.domain.test_rebooking import with_ahorn

DESK = Actor("staff", 2)
NOBODY = Contact(None, None, None)
REACHED = Contact("Sara", PHONE, "test")


def monday(weeks: int) -> date:
    return MONDAY + timedelta(weeks=weeks)


def looked(world: World, first: int, rhythm: Rhythm, now: datetime = NOW) -> list[Occurrence]:
    with world.database.reading() as session:
        return occurrences(session, session.get_one(Visit, first), rhythm, now)


def repeat(
    world: World, first: int, rhythm: Rhythm, every: bool = True, contact: Contact = NOBODY, **instead
) -> list[int]:
    """The desk books a series after a visit; the ids of the new ones, in order."""
    with world.database.transaction(DESK, NOW) as tx:
        visit = visits.visit_to_change(tx, first)
        starts = instead.get("starts") or series_starts(visit.first.starts_at, ZONE, rhythm)[1:]
        return [one.id for one in book_series(tx, visit, starts, KEYS, contact, every).visits]


def starts_of(world: World, ids: list[int]) -> list[datetime]:
    with world.database.reading() as session:
        return [session.get_one(Visit, id_).first.starts_at for id_ in ids]


def told(world: World, ids: list[int]) -> list[tuple[Kind, MessageState]]:
    with world.database.reading() as session:
        rows = session.scalars(select(Message).where(Message.visit_id.in_(ids)).order_by(Message.id)).all()
        return [(row.kind, row.state) for row in rows if row.kind not in {Kind.REMINDER, Kind.SOON}]


def reminded(world: World, ids: list[int]) -> list[int]:
    with world.database.reading() as session:
        due = (Message.kind == Kind.REMINDER, Message.state == MessageState.DUE)
        return sorted(session.scalars(select(Message.visit_id).where(Message.visit_id.in_(ids), *due)))


def absent(world: World, day: date, wall: str = "00:00", until: str = "23:55") -> None:
    with world.database.transaction(DESK, NOW) as tx:
        save(tx, Away(world.ahorn, Interval(at(wall, day), at(until, day))))


def test_all_dates_are_booked_with_the_same_counsellor_room_and_wishes_each_with_its_code(world: World):
    first = with_ahorn(world, at("09:35"), wishes=frozenset({"step_free"}))
    assert all(one.fits for one in looked(world, first, Rhythm(1, 4)))
    new = repeat(world, first, Rhythm(1, 4))
    assert starts_of(world, new) == [at("09:35", monday(weeks)) for weeks in (1, 2, 3)]
    with world.database.reading() as session:
        every = [session.get_one(Visit, id_) for id_ in (first, *new)]
        assert len({visit.series for visit in every}) == 1
        assert every[0].series
        assert len({visit.token_hash for visit in every}) == 4
        assert all(visit.code for visit in every)
        assert len({(one.first.counsellor_id, one.first.room_id, tuple(one.wishes)) for one in every}) == 1
        assert [visit.id for visit in of_series(session, every[0])] == new
        assert not any(finding.broken for finding in examine(session, NOW))


def test_a_series_goes_beyond_the_horizon_and_over_the_change_of_the_clocks(world: World):
    first = with_ahorn(world, at("09:35"))
    new = repeat(world, first, Rhythm(3, 8), every=False)
    easter = [one.starts_at for one in looked(world, first, Rhythm(3, 8)) if one.obstacle is Obstacle.HOLIDAY]
    assert easter == [at("09:35", date(2027, 3, 29))]
    assert len(new) == 6
    assert starts_of(world, new)[-1] == at("09:35", date(2027, 4, 19))
    assert {start.astimezone(ZONE).time() for start in starts_of(world, new)} == {time(9, 35)}


def test_every_reason_is_said_with_the_nearest_free_time_of_that_day(world: World):
    first = with_ahorn(world, at("09:35"))
    absent(world, monday(1), "09:00", "10:00")
    with_ahorn(world, at("09:35", monday(2)))
    with world.database.transaction(DESK, NOW) as tx:
        save(tx, Shut(world.centre, Interval(at("00:00", monday(3)), at("00:00", monday(3) + timedelta(days=1)))))
    away, taken, shut = looked(world, first, Rhythm(1, 4))
    assert (away.obstacle, away.nearest) == (Obstacle.AWAY, at("10:00", monday(1)))
    assert (taken.obstacle, taken.nearest) == (Obstacle.TAKEN, at("09:00", monday(2)))
    assert (shut.obstacle, shut.nearest) == (Obstacle.SHUT, None)


def test_the_daily_cap_is_a_reason_too(world: World):
    first = with_ahorn(world, at("09:35"))
    with world.database.transaction(DESK, NOW) as tx:
        tx.session.get_one(Service, world.talk).daily_cap = 1
    assert [one.obstacle for one in looked(world, first, Rhythm(1, 2))] == [None]
    world.book(at("13:00", monday(1)))
    (full,) = looked(world, first, Rhythm(1, 2))
    assert (full.obstacle, full.nearest) == (Obstacle.FULL, None)
    with pytest.raises(DatesTaken):
        repeat(world, first, Rhythm(1, 2))


def test_outside_the_hours_of_that_week_is_said_so(world: World):
    first = with_ahorn(world, at("13:00"))
    with world.database.reading() as session:
        visit = session.get_one(Visit, first)
        visit.first.starts_at = at("12:05")  # as if somebody had let her come at noon
        (noon,) = occurrences(session, visit, Rhythm(1, 2), NOW)
        assert (noon.obstacle, noon.nearest) == (Obstacle.HOURS, at("11:20", monday(1)))


def test_all_or_none_books_none_and_names_all_that_collide_at_once(world: World):
    first = with_ahorn(world, at("09:35"))
    for weeks in (1, 3):
        with_ahorn(world, at("09:35", monday(weeks)))
    with pytest.raises(DatesTaken) as refusal:
        repeat(world, first, Rhythm(1, 5))
    assert refusal.value.starts == (at("09:35", monday(1)), at("09:35", monday(3)))
    with world.database.reading() as session:
        assert session.get_one(Visit, first).series is None
        assert len(session.scalars(select(Visit)).all()) == 3
        assert not any(finding.broken for finding in examine(session, NOW))


def test_all_that_fit_are_booked_and_the_others_are_listed(world: World):
    first = with_ahorn(world, at("09:35"))
    absent(world, monday(2))
    new = repeat(world, first, Rhythm(1, 4), every=False)
    assert starts_of(world, new) == [at("09:35", monday(1)), at("09:35", monday(3))]
    rows = looked(world, first, Rhythm(1, 4))
    assert [one.booked.id if one.booked else one.obstacle for one in rows] == [new[0], Obstacle.AWAY, new[1]]


def test_a_date_is_taken_at_the_nearest_time_of_its_day(world: World):
    first = with_ahorn(world, at("09:35"))
    with_ahorn(world, at("09:35", monday(1)))
    (taken,) = looked(world, first, Rhythm(1, 2))
    assert starts_of(world, repeat(world, first, Rhythm(1, 2), starts=[taken.nearest])) == [taken.nearest]


def test_nothing_that_fits_is_a_refusal_and_not_an_empty_series(world: World):
    first = with_ahorn(world, at("09:35"))
    absent(world, monday(1))
    with pytest.raises(DatesTaken):
        repeat(world, first, Rhythm(1, 2), every=False)


def test_where_the_room_is_taken_another_one_does(world: World):
    first = with_ahorn(world, at("09:35"))
    with world.database.transaction(DESK, NOW) as tx:
        room = tx.session.get_one(Visit, first).first.room_id
        save(tx, Away(room, Interval(at("00:00", monday(1)), at("23:55", monday(1)))))
    (shown,) = looked(world, first, Rhythm(1, 2))
    assert shown.fits
    (only,) = repeat(world, first, Rhythm(1, 2))
    with world.database.reading() as session:
        assert session.get_one(Visit, only).first.room_id != room


def test_one_message_tells_of_the_series_and_a_reminder_comes_before_each(world: World):
    with world.database.transaction(DESK, NOW) as tx:
        first = visits.hold(tx, world.wish(counsellor=world.ahorn), at("09:35", monday(1)), "de")
        visit = visits.visit_to_change(tx, first)
        note_contact(tx, visit, REACHED)
        starts = series_starts(visit.first.starts_at, ZONE, Rhythm(1, 4))[1:]
        new = [one.id for one in book_series(tx, visit, starts, KEYS, REACHED, every=True).visits]
    assert told(world, [first]) == [(Kind.SERIES, MessageState.DUE)]
    assert told(world, new) == []
    assert reminded(world, [first, *new]) == sorted([first, *new])


def test_more_dates_after_a_booked_visit_are_told_once_too(world: World):
    first = world.book(at("09:35"), phone=PHONE)
    new = repeat(world, first, Rhythm(1, 4), contact=REACHED)
    assert told(world, [first]) == [(Kind.CONFIRMATION, MessageState.DUE)]
    assert told(world, new) == [(Kind.SERIES, MessageState.DUE)]
    assert told(world, new[:1]) == told(world, new)
    alone = repeat(world, first, Rhythm(4, 2), contact=REACHED)
    assert told(world, alone) == [(Kind.CONFIRMATION, MessageState.DUE)]


def note(world: World, visit_id: int, contact: Contact, by: Actor = DESK) -> None:
    with world.database.transaction(by, NOW) as tx:
        series = series_to_change(tx, tx.session.get_one(Visit, visit_id))
        reach_all(tx, visits.visit_to_change(tx, visit_id), series, contact)


def series_told(world: World, phone: str) -> list[MessageState]:
    with world.database.reading() as session:
        rows = session.scalars(select(Message).where(Message.kind == Kind.SERIES, Message.recipient == phone)).all()
        return [row.state for row in rows if row.state is not MessageState.WITHDRAWN]


@pytest.mark.parametrize("by", [DESK, CLIENT], ids=["desk", "client"])
def test_another_number_counts_for_all_of_the_series_and_is_told_once(world: World, by: Actor):
    first = world.book(at("09:35"), phone=PHONE)
    new = repeat(world, first, Rhythm(1, 4), contact=REACHED)
    note(world, new[1], Contact("Mina", OTHER_PHONE, "test"), by)
    with world.database.reading() as session:
        numbers = session.scalars(select(Visit.phone)).all()
        assert numbers == [OTHER_PHONE] * 4
        due = select(Message.recipient).where(Message.kind == Kind.REMINDER, Message.state == MessageState.DUE)
        assert set(session.scalars(due)) == {OTHER_PHONE}
    assert series_told(world, PHONE) == []
    assert series_told(world, OTHER_PHONE) == [MessageState.DUE]


def test_another_name_brings_no_second_message(world: World):
    first = world.book(at("09:35"), phone=PHONE)
    new = repeat(world, first, Rhythm(1, 4), contact=REACHED)
    note(world, new[1], Contact("Mina", PHONE, "test"))
    assert series_told(world, PHONE) == [MessageState.DUE]
    with world.database.transaction(DESK, NOW) as tx:
        for message in tx.session.scalars(select(Message).where(Message.state == MessageState.DUE)):
            message.state = MessageState.HANDED_OVER if message.kind is Kind.SERIES else message.state
    note(world, new[2], Contact("Sina", PHONE, "test"))
    assert series_told(world, PHONE) == [MessageState.HANDED_OVER]
    assert len(reminded(world, [first, *new])) == len(new)


def test_who_wants_no_messages_any_more_gets_none_of_the_series(world: World):
    first = world.book(at("09:35"), phone=PHONE)
    new = repeat(world, first, Rhythm(1, 4), contact=REACHED)
    note(world, new[1], NOBODY)
    assert reminded(world, [first, *new]) == []


def test_one_of_them_is_moved_or_cancelled_and_the_others_stay(world: World):
    first = with_ahorn(world, at("09:35"))
    new = repeat(world, first, Rhythm(1, 4))
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, new[0])
        move(tx, visit, wish_of(visit, visit.appointments), at("10:10", monday(1)))
        visits.cancel(tx, visits.visit_to_change(tx, new[1]))
    with world.database.reading() as session:
        rest = of_series(session, session.get_one(Visit, first))
        assert [(one.id, one.first.starts_at) for one in rest] == [
            (new[0], at("10:10", monday(1))), (new[2], at("09:35", monday(3))),
        ]  # fmt: skip


@pytest.mark.parametrize("by_centre", [False, True], ids=["client", "centre"])
def test_the_rest_is_called_off_together_and_one_message_tells_of_it(world: World, by_centre: bool):
    first = world.book(at("09:35"), phone=PHONE)
    new = repeat(world, first, Rhythm(1, 4), contact=REACHED)
    later = at("12:00")  # the first is over by now
    with world.database.transaction(DESK, later) as tx:
        series = series_to_change(tx, tx.session.get_one(Visit, new[2]))
        for visit, place in numbered(to_come(series, tx.now)):
            cancel_here(tx, visit, by_centre, **place)
    assert [kind for kind, state in told(world, new) if state is MessageState.DUE] == [Kind.ALL_OFF]
    assert told(world, new[:1])[-1][0] is Kind.ALL_OFF
    assert reminded(world, new) == []
    with world.database.reading() as session:
        assert [visit.id for visit in session.scalars(select(Visit).where(Visit.ended_at.is_(None)))] == [first]


def test_a_series_counts_as_one_where_a_number_may_have_two(world: World):
    first = world.book(at("09:35"), phone=PHONE)
    repeat(world, first, Rhythm(1, 6), contact=REACHED)
    other = world.hold(at("11:20"), service=world.letters)
    with world.database.transaction(CLIENT, NOW) as tx:
        note_contact(tx, visits.visit_to_change(tx, other), REACHED)
        visits.confirm(tx, visits.visit_to_change(tx, other), KEYS)
    third = world.hold(at("13:50"), service=world.women)
    with pytest.raises(TooManyBookings), world.database.transaction(CLIENT, NOW) as tx:
        note_contact(tx, visits.visit_to_change(tx, third), REACHED)


def test_an_erased_visit_is_of_no_series_any_more(world: World):
    first = with_ahorn(world, at("09:35"))
    new = repeat(world, first, Rhythm(1, 3))
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, new[0])
        visits.cancel(tx, visit)
        erase(tx, visit)
        assert visit.series is None
        assert [one.id for one in series_to_change(tx, tx.session.get_one(Visit, first))] == [first, new[1]]


def test_of_two_desks_that_want_the_same_dates_at_once_one_gets_all_of_them(world: World):
    firsts = [with_ahorn(world, at("09:35")), with_ahorn(world, at("09:35", monday(1)))]
    outcomes: list[object] = []

    def book(first: int) -> None:
        try:
            start = [at("09:35", monday(weeks)) for weeks in range(2, 8)]
            outcomes.append(len(repeat(world, first, Rhythm(1, 7), starts=start)))
        except DatesTaken as refusal:
            outcomes.append(len(refusal.starts))

    threads = [threading.Thread(target=book, args=(first,)) for first in firsts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [6, 6]
    with world.database.reading() as session:
        assert len(session.scalars(select(Visit)).all()) == 8
        assert not any(finding.broken for finding in examine(session, NOW))

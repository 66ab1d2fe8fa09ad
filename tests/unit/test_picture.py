"""Intervals as places in a picture: everything is drawn, nothing on each other, ten stands at ten."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.picture import DAY, SHORTEST, Ruler, Span, draw, minute_on, places, ruler_for, ruler_of, span_on
from desk.rooms import Standing, standing_at
from scheduling.diary import Diary, Entry, Kind
from scheduling.interval import Interval
from scheduling.opening import whole_day
from tests.build import MONDAY, ZONE, at

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
spans = st.lists(
    st.tuples(st.integers(0, DAY - SHORTEST), st.integers(SHORTEST, 300)).map(
        lambda drawn: Span(drawn[0], min(drawn[0] + drawn[1], DAY))
    ),
    max_size=12,
)


@given(spans)
def test_no_two_things_are_drawn_on_each_other_and_none_leaves_the_picture(drawn: list[Span]):
    found = places(drawn, ruler_for(drawn))
    assert len(found) == len(drawn)
    for number, one in enumerate(found):
        assert one.length > 0
        assert one.top >= 0
        assert one.top + one.length <= 100.01
        assert one.start + one.breadth <= 100.01
        for other in found[:number]:
            beside = one.start + one.breadth <= other.start + 0.01 or other.start + other.breadth <= one.start + 0.01
            above = one.top + one.length <= other.top + 0.01 or other.top + other.length <= one.top + 0.01
            assert beside or above


@given(spans)
def test_what_stands_alone_has_the_whole_width(drawn: list[Span]):
    for span, place in zip(drawn, places(drawn, ruler_for(drawn)), strict=True):
        alone = sum(span.start < other.end and other.start < span.end for other in drawn) == 1
        assert not alone or place.breadth == 100


@given(st.sampled_from([MONDAY, SPRING, AUTUMN]), st.integers(-30, 54), st.integers(1, 2000))
def test_every_stretch_has_a_span_inside_its_day_whatever_the_clocks_do(day: date, hour: int, minutes: int):
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)
    span = span_on(day, Interval(start, start + timedelta(minutes=minutes)), ZONE)
    assert 0 <= span.start <= span.end - SHORTEST
    assert span.end <= DAY


@pytest.mark.parametrize("day", [MONDAY, SPRING, AUTUMN])
def test_ten_stands_at_ten_when_the_clocks_change_too(day: date):
    assert minute_on(day, at("10:00", day), ZONE) == 600
    assert span_on(day, Interval(at("10:00", day), at("10:45", day)), ZONE) == Span(600, 645)
    assert span_on(day, whole_day(day, ZONE), ZONE) == Span(0, DAY)


def test_the_hour_that_comes_twice_is_drawn_once():
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert span_on(AUTUMN, Interval(start, start + timedelta(minutes=45)), ZONE) == Span(150, 160)


def test_two_parts_of_a_visit_at_once_stand_side_by_side():
    first, second, later = places([Span(600, 630), Span(600, 645), Span(660, 690)], Ruler(8, 18))
    assert (first.start, first.breadth) == (0, 50)
    assert (second.start, second.breadth) == (50, 50)
    assert (later.start, later.breadth) == (0, 100)
    assert first.top == 20


def test_the_usual_hours_are_drawn_and_those_in_which_something_is():
    assert ruler_for([]) == Ruler(8, 17)
    assert ruler_for([Span(440, 500), Span(1100, 1101)]) == Ruler(7, 19)
    away = Diary([Entry(Kind.HOLIDAY, whole_day(MONDAY, ZONE))])
    assert ruler_of([(MONDAY, away)], ZONE) == Ruler(8, 17)


def test_who_is_away_lies_behind_and_the_line_of_now_is_on_today_only():
    diary = Diary(
        [Entry(Kind.ABSENCE, whole_day(MONDAY, ZONE)), Entry(Kind.MEETING, Interval(at("10:00"), at("11:00")))],
        [Interval(at("09:00"), at("12:00"))],
    )
    today = draw(diary, MONDAY, ZONE, Ruler(8, 18), at("13:00"))
    (away,), (meeting,) = today.away, today.blocks
    assert (away.whole_day, away.place.top, away.place.length) == (True, 0, 100)
    assert (meeting.whole_day, meeting.place.breadth) == (False, 100)
    assert today.now == 50
    assert [block.entry.kind for block in today.listed] == [Kind.ABSENCE, Kind.MEETING]
    assert draw(diary, MONDAY + timedelta(days=1), ZONE, Ruler(8, 18), at("13:00")).now is None


def test_a_room_is_free_until_somebody_comes_and_taken_until_she_goes():
    opened = [Interval(at("09:00"), at("17:00"))]
    diary = Diary([Entry(Kind.MEETING, Interval(at("10:00"), at("11:00")))], opened)
    assert standing_at(diary, at("09:30")) == Standing(False, at("10:00"))
    assert standing_at(diary, at("10:00")) == Standing(True, at("11:00"))
    assert standing_at(diary, at("11:00")) == Standing(False, None)
    assert standing_at(diary, at("18:00")) is None
    walk_in = Entry(Kind.WALK_IN, Interval(at("11:00"), at("11:31")))
    assert standing_at(Diary([walk_in], opened), at("11:30")) == Standing(True, None)

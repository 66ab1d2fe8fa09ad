"""How long: ranges are ordered, rounded outwards, the same for the same board, and fair."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.tokens import dice
from proofs.waits import play_month
from queueing.lengths import ENOUGH, Kind, Observed
from queueing.order import Caller, Thresholds, Waiting
from queueing.rehearsal import OnDuty, Scene, Talk
from queueing.waiting import Range, ends, told, waits, with_newcomer
from scheduling.interval import Interval
from tests.build import NOW, at

LETTERS = 10
QUARTER = timedelta(minutes=15)
DAY = Interval(at("09:00"), at("17:00"))


def counsellor(id_: int = 1, works: Interval = DAY, talk: Talk | None = None, **more: object) -> OnDuty:
    about = {"services": frozenset({LETTERS}), "languages": frozenset({"de"}), **more}
    return OnDuty(Caller(id_, **about), [works], talk)


def line(*minutes: int, language: str = "de") -> list[Waiting]:
    """People who have waited so many minutes."""
    return [
        Waiting(100 + n, NOW - timedelta(minutes=ago), QUARTER, frozenset({LETTERS}), frozenset({language}))
        for n, ago in enumerate(minutes)
    ]


def appointment(start: str, number: int = -1) -> Waiting:
    return Waiting(number, at(start), 2 * QUARTER, frozenset({LETTERS}), counsellor=1, starts_at=at(start))


def scene(waiting: list[Waiting], *on_duty: OnDuty, coming: tuple[Waiting, ...] = (), lengths=(QUARTER,)) -> Scene:
    numbers = [ticket.number for ticket in (*waiting, *coming)]
    return Scene(NOW, Thresholds(), on_duty, waiting, coming, dict.fromkeys(numbers, lengths))


def test_the_first_in_line_is_told_soon_and_the_third_two_talks_later():
    ranges = waits(scene(line(30, 20, 10), counsellor()), dice("x"))
    assert ranges[100].soon
    assert ranges[102] == Range(30, 35)  # two talks of 15 minutes and the way in and out


def test_who_waits_behind_a_talk_waits_for_what_is_left_of_it():
    talk = Talk([QUARTER, 2 * QUARTER], timedelta(minutes=20))
    assert waits(scene(line(5), counsellor(talk=talk)), dice("x"))[100] == Range(10, 15)


def test_a_talk_longer_than_all_before_ends_some_time():
    talk = Talk([QUARTER], timedelta(minutes=100))
    assert waits(scene(line(5), counsellor(talk=talk)), dice("x"))[100] == Range(10, 15)


def test_appointments_that_may_come_make_the_wait_longer():
    alone = waits(scene(line(10, 5), counsellor()), dice("x"))
    booked = counsellor(booked=[(at("09:10"), False)])
    crossed = waits(scene(line(10, 5), booked, coming=(appointment("09:10"),)), dice("x"))
    assert crossed[101].high > alone[101].high


def test_nobody_is_told_a_wait_for_somebody_who_is_not_there():
    assert waits(scene(line(10, language="uk"), counsellor()), dice("x")) == {}


def test_a_long_line_is_told_more_than_an_hour():
    ranges = waits(scene(line(*range(40, 20, -1)), counsellor()), dice("x"))
    assert ranges[119].long
    assert ranges[119].holds(200)
    assert not ranges[119].holds(50)


def test_who_may_wait_longer_than_was_rehearsed_is_told_no_minutes():
    found = told([10] * 7 + [100] * 3)
    assert found.open
    assert not found.long
    assert found.holds(200)
    assert not found.holds(5)


def test_before_opening_the_wait_counts_until_the_doors_open():
    assert waits(scene(line(5), counsellor(works=Interval(at("09:30"), at("17:00")))), dice("x"))[100] == Range(30, 35)


def test_the_end_of_work_is_when_the_last_one_has_gone():
    found = ends(scene(line(30, 20), counsellor()), dice("x"))
    assert found.of_work == NOW + timedelta(minutes=34)
    assert found.by_number[100] == NOW + timedelta(minutes=17)
    assert ends(scene([], counsellor()), dice("x")).of_work is None


def test_one_more_is_seen_after_those_who_wait():
    more = with_newcomer(scene(line(30), counsellor()), line(0)[0], (QUARTER,))
    assert len(more.waiting) == 2


def test_few_observed_talks_are_mixed_with_planned_ones_and_slips_left_out():
    few = Observed.among([(Kind(topic=1), timedelta(seconds=5)), (Kind(topic=1), QUARTER)])
    assert few.by_kind == {Kind(topic=1): [QUARTER]}
    assert max(few.of(Kind(topic=1), QUARTER)) > QUARTER
    many = Observed.among([(Kind(topic=1), QUARTER)] * ENOUGH)
    assert set(many.of(Kind(topic=1), 2 * QUARTER)) == {QUARTER}


@given(st.lists(st.floats(0, 300), min_size=1, max_size=40))
def test_a_range_is_ordered_rounded_outwards_and_never_empty(minutes: list[float]):
    found = told(minutes)
    assert 0 <= found.low < found.high
    assert found.low % 5 == found.high % 5 == 0
    assert found.low <= max(minutes)
    assert found.high >= min(*minutes, 90)


people = st.lists(st.integers(0, 120), min_size=1, max_size=8)
lengths = st.lists(st.integers(3, 60).map(lambda n: timedelta(minutes=n)), min_size=1, max_size=9).map(sorted)
desks = st.integers(1, 3)


@settings(max_examples=40)
@given(people, lengths, desks)
def test_the_same_board_is_told_the_same(ago: list[int], drawn: list[timedelta], desks_open: int):
    found = [
        waits(scene(line(*ago), *map(counsellor, range(desks_open)), lengths=drawn), dice("y"), 8) for _ in range(2)
    ]
    assert found[0] == found[1]


@settings(max_examples=40)
@given(people, lengths, desks)
def test_of_those_who_are_alike_nobody_is_told_less_than_who_came_before(
    ago: list[int], drawn: list[timedelta], desks_open: int
):
    waiting = line(*ago)
    ranges = waits(scene(waiting, *map(counsellor, range(desks_open)), lengths=drawn), dice("y"), 8)
    in_order = [ranges[t.number] for t in sorted(waiting, key=lambda t: (t.arrived_at, t.number))]
    assert [r.low for r in in_order] == sorted(r.low for r in in_order)
    assert [r.high for r in in_order] == sorted(r.high for r in in_order)


@settings(max_examples=40)
@given(people, st.integers(5, 40), desks)
def test_one_more_ahead_never_shortens_the_wait_where_all_talks_are_alike(
    ago: list[int], minutes: int, desks_open: int
):
    alike = (timedelta(minutes=minutes),)
    staff = [*map(counsellor, range(desks_open))]
    waiting, first = line(*ago), Waiting(99, NOW - timedelta(hours=3), QUARTER, frozenset({LETTERS}), frozenset({"de"}))
    before = waits(scene(waiting, *staff, lengths=alike), dice("y"), 4)
    after = waits(scene([first, *waiting], *staff, lengths=alike), dice("y"), 4)
    assert all(after[number].high >= before[number].high for number in before)


def test_what_is_told_holds_in_a_made_up_week():
    told_in_week = play_month(seed=31, staff=4, days=7).figures()
    assert told_in_week.told > 100
    assert told_in_week.good, told_in_week

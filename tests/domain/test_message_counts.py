"""How many messages arrived, what a month costs, and what is wrong with the post just now."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from foundation.facts import SYSTEM
from notifications.counts import ENDED, SMALL, Counts, Month, by_day, by_language, month_at, month_begins, rate
from notifications.happened import Happened
from notifications.meanings import MEANINGS, meanings
from notifications.models import Message, MessageState, MonthSent
from notifications.texts import Kind
from notifications.watching import PostTrouble, last_fault, post_trouble
from scheduling.models import Centre
from tests.build import MONDAY, NOW, PHONE, World, at

ONE_DAY = timedelta(days=1)
CALM = Month(NOW, ONE_DAY, 0, 1000, 80)


def message(world: World, visit_id: int, n: int, due_at: datetime, state: MessageState, language: str | None) -> None:
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add(
            Message(
                visit_id=visit_id, subject=f"ticket:{n}", kind=Kind.TURN, version=1, recipient=PHONE, due_at=due_at,
                useless_after=due_at, state=state, language=language,
            )
        )  # fmt: skip


def test_a_centre_counts_its_own_messages_by_its_own_days(world: World):
    visit_id = world.book(at("10:10"))
    days = [MONDAY - ONE_DAY, MONDAY]
    for n, (due_at, state) in enumerate(
        [
            (at("00:00"), MessageState.DELIVERED), (at("23:59"), MessageState.FAILED),
            (at("00:00") - timedelta(minutes=1), MessageState.UNKNOWN), (at("12:00"), MessageState.WITHDRAWN),
            (at("00:00", MONDAY + ONE_DAY), MessageState.DELIVERED), (at("12:00"), MessageState.DUE),
        ]
    ):  # fmt: skip
        message(world, visit_id, n, due_at, state, "de")
    with world.database.reading() as session:
        counted = by_day(session, session.get_one(Centre, world.centre), days)
        assert counted[MONDAY] == {MessageState.DELIVERED: 1, MessageState.FAILED: 1}
        assert counted[MONDAY - ONE_DAY] == {MessageState.UNKNOWN: 1}
        assert not any(by_day(session, session.get_one(Centre, world.other_centre), days).values())


def test_languages_are_counted_over_all_centres_since_the_month_began(world: World):
    visit_id = world.book(at("10:10"))
    for n, language in enumerate(["ar", "ar", "de", None]):
        message(world, visit_id, n, NOW, MessageState.DELIVERED, language)
    message(world, visit_id, 9, month_begins(NOW) - timedelta(seconds=1), MessageState.DELIVERED, "uk")
    with world.database.reading() as session:
        counted = by_language(session, month_begins(NOW))
    assert counted == {"ar": {MessageState.DELIVERED: 2}, "de": {MessageState.DELIVERED: 1}}


@given(st.dictionaries(st.sampled_from(ENDED), st.integers(0, 12)))
def test_a_rate_is_never_told_where_a_small_number_stands_behind_it(counts: dict[MessageState, int]):
    told = rate(Counts(counts), SMALL)
    if any(0 < n < SMALL for n in counts.values()):
        assert told is None
    if told is not None:
        assert 0 <= told <= 100


def test_what_is_not_heard_of_yet_counts_for_neither():
    counts = Counts({MessageState.DELIVERED: 9, MessageState.HANDED_OVER: 50, MessageState.FAILED: 1})
    assert rate(counts) == 90
    assert rate(Counts({MessageState.HANDED_OVER: 3})) is None


def test_a_month_that_goes_on_like_this_costs_what_it_costs(world: World):
    tenth = datetime(2026, 11, 11, tzinfo=UTC)
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add(MonthSent(month="2026-11", segments=800))
    with world.database.reading() as session:
        month = month_at(session, tenth, 1000, 80)
        assert (month.cost, month.expected, month.share, month.alert) == (64_000, 2400, 80, True)
        assert month_at(session, tenth, 1001, 80).alert is False
        assert month_at(session, tenth, 0, 80).share is None
        assert month_at(session, datetime(2026, 12, 1, 1, tzinfo=UTC), 1000, 80).expected == 0


def test_the_first_hour_of_a_month_is_not_multiplied():
    assert Month(datetime(2026, 11, 1, tzinfo=UTC), timedelta(hours=1), 10, 1000, 80).expected == 300


def test_the_desk_is_told_when_the_oldest_message_is_more_than_ten_minutes_late(world: World):
    world.book(at("10:10", MONDAY + ONE_DAY), phone=PHONE)  # confirmed at once, if somebody sends
    for minutes, late in ((10, None), (11, timedelta(minutes=11))):
        now = NOW + timedelta(minutes=minutes)
        with world.database.reading() as session:
            assert post_trouble(session, now, CALM, MEANINGS) == PostTrouble(late, None, None)


def test_the_desk_is_told_for_an_hour_that_something_is_set_up_wrong(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        for error in ("21612", "21614"):
            tx.record(Happened.FAILED, "message", 1, "messages:1", error=error)
        tx.record(Happened.PUT_OFF, "message", 1, "messages:1", error="20003")
    with world.database.reading() as session:
        assert last_fault(session, NOW + timedelta(minutes=59), MEANINGS) == "21612"
        assert last_fault(session, NOW + timedelta(minutes=61), MEANINGS) is None
        assert last_fault(session, NOW, meanings(["21612=lost"])) is None


def test_the_limit_is_told_from_eighty_per_cent_on(world: World):
    with world.database.reading() as session:
        for segments, told in ((799, None), (800, 80), (1000, 100)):
            month = Month(NOW, ONE_DAY, segments, 1000, 80)
            assert post_trouble(session, NOW, month, MEANINGS).share == told

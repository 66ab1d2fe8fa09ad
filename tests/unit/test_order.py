"""The queue rule: the worked examples, and its properties."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from queueing.order import Caller, Choice, Reason, Thresholds, Waiting, choose
from tests.build import NOW, at

LIMITS = Thresholds()
C, COLLEAGUE = 1, 2
LETTERS, TALK, WOMEN = 10, 11, 12
TEN = at("10:00")


def walk_in(number: int, since: str, minutes: int = 15, **more: object) -> Waiting:
    about = {"services": frozenset({LETTERS}), "languages": frozenset({"de"}), **more}
    return Waiting(number, at(since), timedelta(minutes=minutes), **about)


def appointment(number: int, start: str, arrived: str, counsellor: int = C, **more: object) -> Waiting:
    about = {"services": frozenset({TALK}), "languages": frozenset({"de"}), **more}
    return Waiting(number, at(arrived), timedelta(minutes=30), counsellor=counsellor, starts_at=at(start), **about)


def caller(*booked: tuple[str, bool], calls: tuple[bool, ...] = (), **more: object) -> Caller:
    about = {"services": frozenset({LETTERS, TALK, WOMEN}), "languages": frozenset({"de"}), **more}
    return Caller(C, booked=[(at(start), arrived) for start, arrived in booked], calls=calls, **about)


def test_1_a_due_appointment_goes_before_a_walk_in():
    tickets = [appointment(101, "10:00", "09:55"), walk_in(102, "09:50")]
    assert choose(tickets, caller(("10:00", True)), TEN, LIMITS) == Choice(101, Reason.DUE)


def test_2_the_gap_is_free_ten_minutes_after_nobody_came():
    tickets = [walk_in(102, "09:50", 15)]
    her = caller(("10:00", False), ("10:30", False))
    assert choose(tickets, her, at("10:05"), LIMITS) == Choice(None, Reason.NOBODY, at("10:00"))
    assert choose(tickets, her, at("10:10"), LIMITS).number is None
    assert choose(tickets, her, at("10:11"), LIMITS) == Choice(102, Reason.FITS)


def test_3_a_walk_in_that_ends_when_the_next_appointment_begins_fits():
    tickets = [walk_in(102, "09:20", 30)]
    assert choose(tickets, caller(("10:30", False)), TEN, LIMITS) == Choice(102, Reason.FITS)


def test_4_the_older_walk_in_waits_when_only_the_younger_fits():
    tickets = [walk_in(102, "09:40", 30), walk_in(103, "09:55", 15)]
    assert choose(tickets, caller(("10:20", False)), TEN, LIMITS) == Choice(103, Reason.FITS)


def test_5_after_two_appointments_who_waited_over_45_minutes_goes_first():
    tickets = [walk_in(102, "09:10", 30), walk_in(103, "09:55", 15)]
    her = caller(("10:20", False), calls=(True, True, False))
    assert choose(tickets, her, TEN, LIMITS) == Choice(102, Reason.AGED)
    assert choose(tickets, caller(("10:20", False), calls=(True, False)), TEN, LIMITS).number == 103


def test_6_her_own_early_client_comes_when_nobody_else_waits():
    tickets = [appointment(101, "10:15", "09:55")]
    assert choose(tickets, caller(("10:15", True)), TEN, LIMITS) == Choice(101, Reason.EARLY)


def test_7_fifteen_minutes_late_waits_with_the_walk_ins_from_then_on():
    tickets = [appointment(101, "09:45", "10:00"), walk_in(102, "09:50")]
    assert choose(tickets, caller(), TEN, LIMITS) == Choice(102, Reason.FITS)


def test_8_an_urgent_ticket_she_cannot_talk_with_is_left_to_others():
    tickets = [walk_in(102, "09:50", urgent=True, languages=frozenset({"ti"})), walk_in(103, "09:55")]
    assert choose(tickets, caller(), TEN, LIMITS) == Choice(103, Reason.FITS)
    interpreted = [walk_in(102, "09:50", urgent=True, languages=frozenset({"ti"}), interpreted=True)]
    assert choose(interpreted, caller(), TEN, LIMITS) == Choice(102, Reason.URGENT)


def test_9_an_appointment_waits_for_its_own_counsellor():
    tickets = [appointment(101, "10:00", "09:55", counsellor=COLLEAGUE), walk_in(102, "09:58")]
    assert choose(tickets, caller(), TEN, LIMITS) == Choice(102, Reason.FITS)


def test_10_an_appointment_handed_over_is_hers():
    assert choose([appointment(101, "10:00", "09:55")], caller(("10:00", True)), TEN, LIMITS).number == 101


def test_11_the_second_talk_of_a_visit_goes_before_everybody_else():
    straight_on = appointment(101, "10:00", "09:20", follows=True)
    tickets = [appointment(102, "09:58", "09:10"), walk_in(103, "09:00"), straight_on]
    her = caller(("09:58", True), ("10:00", True), calls=(True, True))
    assert choose(tickets, her, TEN, LIMITS) == Choice(101, Reason.FOLLOWS)
    assert choose(tickets, her, at("09:57"), LIMITS).number != 101, "not before it is due"
    urgent = walk_in(104, "09:59", urgent=True)
    assert choose([*tickets, urgent], her, TEN, LIMITS) == Choice(104, Reason.URGENT)


def test_12_a_man_does_not_call_where_a_woman_is_wanted():
    tickets = [walk_in(102, "09:50", services=frozenset({WOMEN}), woman_wanted=True), walk_in(103, "09:55")]
    assert choose(tickets, caller(), TEN, LIMITS).number == 103
    assert choose(tickets, caller(woman=True), TEN, LIMITS).number == 102


def test_who_was_called_in_the_last_five_minutes_is_not_offered_again():
    tickets = [walk_in(102, "09:30", called_at=at("09:56")), walk_in(103, "09:55")]
    assert choose(tickets, caller(), TEN, LIMITS).number == 103
    assert choose(tickets, caller(), at("10:01"), LIMITS).number == 102


def test_who_missed_her_call_comes_behind_the_next_two_or_when_nobody_else_waits():
    missed, other = walk_in(102, "09:00", behind=2), walk_in(103, "09:55")
    assert choose([missed, other], caller(), TEN, LIMITS).number == 103
    assert choose([missed], caller(), TEN, LIMITS).number == 102
    assert choose([walk_in(102, "09:00", behind=0), other], caller(), TEN, LIMITS).number == 102


def test_who_was_handed_to_a_colleague_waits_for_nobody_else():
    handed = walk_in(102, "09:00", counsellor=COLLEAGUE, handed=True)
    assert choose([handed], caller(), TEN, LIMITS).number is None
    to_her = walk_in(102, "09:00", counsellor=C, handed=True, services=frozenset({99}), languages=frozenset({"ti"}))
    assert choose([to_her], caller(), TEN, LIMITS).number == 102, "a person has decided it"
    late = appointment(102, "09:00", "09:30", counsellor=COLLEAGUE, handed=True)
    assert choose([late], caller(), TEN, LIMITS).number is None


def test_a_centre_may_set_its_own_thresholds():
    limits = Thresholds.of_minutes({"late": 20, "in_a_row": 3})
    assert (limits.late, limits.in_a_row, limits.due) == (timedelta(minutes=20), 3, timedelta(minutes=2))


waiting = st.builds(
    lambda number, ago, minutes, own, start, urgent: Waiting(
        number, NOW - timedelta(minutes=ago), timedelta(minutes=minutes), frozenset({LETTERS}), frozenset({"de"}),
        counsellor=own if start is not None else None,
        starts_at=NOW + timedelta(minutes=start) if start is not None else None, urgent=urgent,
    ),
    st.integers(100, 899), st.integers(0, 120), st.integers(5, 60), st.sampled_from([C, COLLEAGUE]),
    st.none() | st.integers(-60, 60), st.just(False) | st.booleans(),
)  # fmt: skip
queues = st.lists(waiting, max_size=12, unique_by=lambda ticket: ticket.number)


@given(queues, st.randoms())
def test_the_order_of_rows_never_decides(tickets: list[Waiting], dice):
    her = caller(("10:00", False))
    shuffled = dice.sample(tickets, len(tickets))
    assert choose(tickets, her, NOW, LIMITS) == choose(shuffled, her, NOW, LIMITS)


@given(queues)
def test_everybody_she_can_serve_is_called_in_the_end_when_no_appointment_is_in_the_way(tickets: list[Waiting]):
    left, her = list(tickets), caller()
    while (choice := choose(left, her, NOW, LIMITS)).number is not None:
        left = [ticket for ticket in left if ticket.number != choice.number]
    on_time_elsewhere = [
        t for t in tickets if t.counsellor == COLLEAGUE and t.starts_at and t.arrived_at <= t.starts_at + LIMITS.late
    ]
    assert {t.number for t in left} == {t.number for t in on_time_elsewhere}


@given(queues)
def test_a_due_appointment_is_overtaken_by_at_most_one_walk_in_urgent_ones_aside(tickets: list[Waiting]):
    # her own appointments never overlap, so no other one of hers is due as well
    left = [t for t in tickets if not t.urgent and not (t.counsellor == C and t.starts_at and t.starts_at <= NOW)]
    own = Waiting(900, NOW - timedelta(minutes=5), timedelta(minutes=30), frozenset({LETTERS}), frozenset({"de"}),
                  counsellor=C, starts_at=NOW)  # fmt: skip
    left.append(own)
    calls: list[bool] = [True, True]
    overtaken = 0
    while (choice := choose(left, caller(calls=tuple(calls)), NOW, LIMITS)).number != 900:
        called = next(t for t in left if t.number == choice.number)
        calls.insert(0, called.starts_at is not None)
        overtaken += 1
        left.remove(called)
    assert overtaken <= 1

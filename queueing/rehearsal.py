"""One rehearsal of the rest of a day: drawn lengths and arrivals, and the real rule for every call. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from foundation.tokens import Dice
from queueing.order import Caller, Thresholds, Waiting, choose, is_late
from scheduling.interval import Interval

Lengths = Sequence[timedelta]
"""Observed lengths of talks, in order; each as likely as the other."""

Lane = list[Waiting]
"""Tickets among which the rule can only ever choose the last: alike in everything but arrival, longest wait last."""

ARRIVALS = (None, None, None, -16, -13, -11, -10, -8, -7, -6, -5, -4, -3, -2, -1, 1, 3, 6, 9, 20)
"""How many minutes after the agreed time clients come, each as likely as the other; None for those who do not."""

CHANGEOVER = timedelta(minutes=2)
"""From the end of one talk to the beginning of the next: notes, the call, the way in."""

LOOKS_AGAIN = timedelta(minutes=1)
LONGEST = timedelta(hours=16)
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Talk:
    """A talk that goes on, for how long already."""

    lengths: Lengths
    so_far: timedelta


@dataclass(frozen=True)
class OnDuty:
    """A counsellor, when she works today, and whom she sees now."""

    caller: Caller
    works: Sequence[Interval]
    talk: Talk | None = None


@dataclass(frozen=True)
class Scene:
    """What is known at `now`. `coming` are appointments nobody has checked in for, `arrived_at` being the time agreed.

    `lengths` are those of the talk of each ticket, by number.
    """

    now: datetime
    limits: Thresholds
    on_duty: Sequence[OnDuty]
    waiting: Sequence[Waiting]
    coming: Sequence[Waiting]
    lengths: Mapping[int, Lengths]


@dataclass
class Run:
    """What happened, by number of ticket: when it was called and its talk ended; and when the last talk ended."""

    over_at: datetime
    called_at: dict[int, datetime] = field(default_factory=dict)
    ended_at: dict[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """An appointment that may still come: its possible arrivals, and who could call it if on time or late."""

    ticket: Waiting
    arrivals: Sequence[datetime | None]
    on_time: Sequence[int]
    late: Sequence[int]


@dataclass(frozen=True)
class Stage:
    """A scene made ready: by counsellor the lanes she can call from, and until when she works."""

    scene: Scene
    lanes: Sequence[Lane]
    callers: Sequence[Sequence[int]]
    """By lane: the places in `on_duty` of those who can call it."""
    expected: Sequence[Expected]
    works: Sequence[Sequence[Interval]]

    @property
    def callable_numbers(self) -> list[int]:
        """Tickets that somebody who works today can call."""
        able = zip(self.lanes, self.callers, strict=True)
        return [t.number for lane, callers in able if any(self.works[place] for place in callers) for t in lane]

    def rehearse(self, dice: Dice, until: timedelta = LONGEST) -> Run:
        """Play the day once, `until` so long after now; a shorter part also ends when nobody of now waits any more."""
        return _Rehearsal(self, dice).play(until)


def prepare(scene: Scene) -> Stage:
    """What all rehearsals share, worked out once."""
    lanes, able = _lanes(scene.waiting), _Able(scene)
    return Stage(
        scene,
        lanes,
        [able.callers(lane[0]) for lane in lanes],
        [_expected(scene, ticket, able) for ticket in scene.coming],
        _working_hours(scene),
    )


def _lanes(waiting: Sequence[Waiting]) -> list[Lane]:
    lanes: dict[Waiting, Lane] = {}
    for ticket in sorted(waiting, key=lambda t: (t.arrived_at, t.number), reverse=True):
        alone = ticket.starts_at or ticket.called_at
        lanes.setdefault(ticket if alone else _kind(ticket), []).append(ticket)
    return list(lanes.values())


def _kind(ticket: Waiting) -> Waiting:
    return replace(ticket, number=0, arrived_at=SOME_DAY, starts_at=SOME_DAY - LONGEST if ticket.starts_at else None)


class _Able:
    """Who could ever call a ticket: asked of the rule itself, on an empty day."""

    def __init__(self, scene: Scene) -> None:
        self.free = [replace(who.caller, booked=()) for who in scene.on_duty]
        self.limits = scene.limits
        self.known: dict[Waiting, list[int]] = {}

    def callers(self, ticket: Waiting) -> list[int]:
        """Their places in `on_duty`."""
        if ticket not in self.known:
            later = ticket.arrived_at + timedelta(days=1)
            asked = [choose((ticket,), caller, later, self.limits) for caller in self.free]
            self.known[ticket] = [place for place, choice in enumerate(asked) if choice.number is not None]
        return self.known[ticket]


def _expected(scene: Scene, ticket: Waiting, able: _Able) -> Expected:
    moments = [ticket.arrived_at + timedelta(minutes=after) if after is not None else None for after in ARRIVALS]
    still = [moment for moment in moments if moment is None or moment > scene.now]
    own = [place for place, caller in enumerate(able.free) if caller.id == ticket.counsellor]
    return Expected(ticket, still, own, able.callers(_kind(ticket)))


def _working_hours(scene: Scene) -> list[list[Interval]]:
    """Who works last stays until nobody waits any more."""
    last = max((stretch.end for who in scene.on_duty for stretch in who.works), default=scene.now)

    def stay(stretch: Interval) -> Interval:
        return Interval(stretch.start, stretch.end + LONGEST) if stretch.end == last else stretch

    return [[stay(stretch) for stretch in who.works] for who in scene.on_duty]


@dataclass
class _Seat:
    """A counsellor in one run. `agreed` are her appointments neither called nor given up: start and whether here."""

    caller: Caller
    works: Sequence[Interval]
    agreed: dict[datetime, bool]
    calls: Sequence[bool]
    lanes: list[Lane] = field(default_factory=list)
    free: bool = True
    looks_again_at: datetime | None = None

    def offered(self, now: datetime) -> list[Waiting]:
        """Who she may call: outside her hours only her own."""
        self.lanes = [lane for lane in self.lanes if lane]
        heads = [lane[-1] for lane in self.lanes]
        if any(start <= now < end for start, end in self.works):
            return heads
        return [ticket for ticket in heads if ticket.counsellor == self.caller.id]

    def calling(self, now: datetime, limits: Thresholds) -> Caller:
        """As the rule sees her now; of her appointments the next one that may still come is enough for it."""
        here = sorted((start, here) for start, here in self.agreed.items() if here or now - start <= limits.late)
        return replace(self.caller, booked=here[:1], calls=self.calls)


class _Rehearsal:
    def __init__(self, stage: Stage, dice: Dice) -> None:
        self.scene, self.expected, self.dice = stage.scene, stage.expected, dice
        self.run = Run(over_at=self.scene.now)
        self.order, self.events = count(), list[tuple[datetime, int, Callable[[datetime], None]]]()
        self.still = {ticket.number for ticket in self.scene.waiting}
        self.seats = [
            _Seat(who.caller, works, dict(who.caller.booked), who.caller.calls)
            for who, works in zip(self.scene.on_duty, stage.works, strict=True)
        ]
        for lane, callers in zip(stage.lanes, stage.callers, strict=True):
            self._open(lane.copy(), callers)

    def play(self, until: timedelta) -> Run:
        for expected in self.expected:
            self._await(expected)
        for seat, who in zip(self.seats, self.scene.on_duty, strict=True):
            self._begin(seat, who)
        end = self.scene.now + until
        while (self.still or until == LONGEST) and self.events and self.events[0][0] < end:
            now, _, happens = heappop(self.events)
            happens(now)
        return self.run

    def _at(self, moment: datetime, happens: Callable[[datetime], None]) -> None:
        heappush(self.events, (moment, next(self.order), happens))

    def _open(self, lane: Lane, callers: Sequence[int]) -> None:
        for place in callers:
            self.seats[place].lanes.append(lane)

    def _await(self, expected: Expected) -> None:
        arrives_at = self.dice.choice(expected.arrivals)
        if arrives_at:
            self._at(arrives_at, lambda now: self._arrive(expected, now))

    def _arrive(self, expected: Expected, now: datetime) -> None:
        """On time she waits for her own counsellor; late with the walk-ins, and her time is free (W-07)."""
        start = expected.ticket.starts_at or now
        late = is_late(now, start, self.scene.limits)
        callers = expected.late if late else expected.on_time
        self._open([replace(expected.ticket, arrived_at=now)], callers)
        for place in expected.on_time:
            self.seats[place].agreed.pop(start, None)
            self.seats[place].agreed |= {} if late else {start: True}
        for place in sorted({*callers, *expected.on_time}):
            self._look(self.seats[place], now)

    def _begin(self, seat: _Seat, who: OnDuty) -> None:
        for stretch in who.works:
            self._at(max(stretch.start, self.scene.now), lambda now: self._look(seat, now))
        if who.talk:
            self._talk(seat, self.scene.now + self._left(who.talk))

    def _left(self, talk: Talk) -> timedelta:
        """What remains of a talk that has lasted so long; of one longer than all before, a tenth more."""
        longer = talk.lengths[bisect_right(talk.lengths, talk.so_far) :]
        return self.dice.choice(longer) - talk.so_far if longer else talk.so_far / 10

    def _talk(self, seat: _Seat, until: datetime) -> None:
        seat.free = False
        self.run.over_at = max(self.run.over_at, until)

        def ends(now: datetime) -> None:
            seat.free = True
            self._look(seat, now)

        self._at(until, ends)

    def _look(self, seat: _Seat, now: datetime) -> None:
        """She calls whom the rule names; when it names nobody while somebody waits, she looks again."""
        offered = seat.offered(now) if seat.free else []
        if not offered:
            return
        choice = choose(offered, seat.calling(now, self.scene.limits), now, self.scene.limits)
        if choice.number is not None:
            self._call(seat, choice.number, now)
        elif seat.looks_again_at is None or seat.looks_again_at <= now:
            gap_opens_at = choice.next_at + self.scene.limits.late if choice.next_at else now
            seat.looks_again_at = max(gap_opens_at, now) + LOOKS_AGAIN
            self._at(seat.looks_again_at, lambda later: self._look(seat, later))

    def _call(self, seat: _Seat, number: int, now: datetime) -> None:
        ticket = next(lane for lane in seat.lanes if lane[-1].number == number).pop()
        for lane in seat.lanes:  # whoever missed a call comes behind so many others
            if lane and lane[-1].behind:
                lane[-1] = replace(lane[-1], behind=lane[-1].behind - 1)
        start, limits = ticket.starts_at, self.scene.limits
        on_time = start is not None and not is_late(ticket.arrived_at, start, limits)
        if start and on_time:
            seat.agreed.pop(start, None)
        seat.calls = (on_time, *seat.calls[: limits.in_a_row])
        ended_at = now + CHANGEOVER + self.dice.choice(self.scene.lengths[number])
        self.run.called_at[number], self.run.ended_at[number] = now, ended_at
        self.still.discard(number)
        self._talk(seat, ended_at)

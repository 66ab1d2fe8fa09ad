"""What a centre may tell now: how long each waits, when work ends (W-04, W-08)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from foundation.tokens import dice
from queueing.board import Board
from queueing.lengths import Kind, Observed, kind_of, observed_lengths
from queueing.models import Ticket
from queueing.order import Waiting
from queueing.rehearsal import Lengths, OnDuty, Scene, Talk
from queueing.topics import usual_length
from queueing.waiting import Ends, Range, ends, waits, with_newcomer
from scheduling.diary import Stretch, blocked_by_person
from scheduling.interval import Interval, subtract
from scheduling.models import Appointment, Centre, Service
from scheduling.opening import whole_day
from scheduling.wish import FEMALE_COUNSELLOR


@dataclass
class Forecast:
    """What can be said of a scene; every question is worked out when first asked. The same `seed`, the same answer."""

    scene: Scene
    seed: str

    def range_of(self, number: int) -> Range | None:
        """How long a waiting ticket still waits; None for one that does not wait, or that nobody on duty can see."""
        return self._ranges.get(number)

    @property
    def end_of_work(self) -> datetime | None:
        """When everybody who is here or booked will have been seen; None when there is nothing to do."""
        return self._ends.of_work

    def for_newcomer(self, newcomer: Waiting, lengths: Lengths) -> datetime | None:
        """When the talk of one more would end; None if nobody on duty can see her."""
        return ends(with_newcomer(self.scene, newcomer, lengths), dice(self.seed)).by_number.get(newcomer.number)

    @cached_property
    def _ranges(self) -> dict[int, Range]:
        return waits(self.scene, dice(self.seed))

    @cached_property
    def _ends(self) -> Ends:
        return ends(self.scene, dice(self.seed))


Blocked = Mapping[int, Sequence[Stretch]]


def blocked_on(session: Session, board: Board) -> Blocked:
    """What takes everybody with hours at a board's centre on its day, besides appointments; by person."""
    today = whole_day(board.centre.local_day(board.now), board.centre.zone)
    return blocked_by_person(session, _here(board), today)


def forecast(session: Session, board: Board, blocked: Blocked | None = None) -> Forecast:
    """Of today's board, as of its minute; `blocked` as `blocked_on` says, where it is known."""
    minute = board.now.replace(second=0, microsecond=0)
    scene = scene_of(session, board, minute, blocked_on(session, board) if blocked is None else blocked)
    return Forecast(scene, f"{board.centre.id} {minute}")


def end_for_newcomer(
    session: Session, centre: Centre, now: datetime, services: Sequence[Service], languages: Sequence[str],
    topic: int | None, wishes: Collection[str] = (),
) -> datetime | None:  # fmt: skip
    """When the talk of somebody without appointment would end if she took a number now (W-08)."""
    board = Board.of(session, centre, now)
    newcomer = _person(board, 0, board.now, services, languages)
    newcomer = replace(newcomer, woman_wanted=newcomer.woman_wanted or FEMALE_COUNSELLOR in wishes)
    observed = observed_lengths(session, board.centre, board.centre.local_day(board.now))
    return forecast(session, board).for_newcomer(newcomer, observed.of(Kind(topic=topic), newcomer.length))


def scene_of(session: Session, board: Board, now: datetime, blocked: Blocked) -> Scene:
    """A board as the rehearsals need it."""
    observed = observed_lengths(session, board.centre, board.centre.local_day(now))
    coming = [(_coming(board, a), Kind(service=a.service_id)) for a in board.not_arrived]
    waiting = [(board.situation.waiting[ticket.number], kind_of(ticket)) for ticket in board.waiting]
    return Scene(
        now,
        board.situation.limits,
        _on_duty(board, now, observed, blocked),
        [ticket for ticket, _ in waiting],
        [ticket for ticket, _ in coming],
        {ticket.number: observed.of(kind, ticket.length) for ticket, kind in [*waiting, *coming]},
    )


def _on_duty(board: Board, now: datetime, observed: Observed, blocked: Blocked) -> list[OnDuty]:
    """Who works today or is still with somebody."""
    centre, setup = board.centre, board.situation.setup
    day = centre.local_day(now)
    works = {
        id_: subtract(
            (opened for opened in setup.received(id_, centre.id, day) if opened.end > now),
            [Interval(stretch.starts_at, stretch.ends_at) for stretch in blocked.get(id_, ())],
        )
        for id_ in _here(board)
        if setup.people[id_].counsellor
    }
    with_her = {id_: board.situation.current_of(id_) for id_ in works}
    talks = {id_: board.ticket(current.number) for id_, current in with_her.items() if current}
    return [
        OnDuty(board.situation.caller(id_), works[id_], _talk(board, talks.get(id_), now, observed))
        for id_ in sorted(works)
        if works[id_] or id_ in talks
    ]


def _here(board: Board) -> list[int]:
    setup = board.situation.setup
    return [id_ for id_, at in setup.timetables if at == board.centre.id and id_ in setup.people]


def _talk(board: Board, ticket: Ticket | None, now: datetime, observed: Observed) -> Talk | None:
    if ticket is None:
        return None
    so_far = max(now - (ticket.started_at or now), timedelta(0))
    return Talk(observed.of(kind_of(ticket), board.situation.length_of(ticket.number)), so_far)


def _coming(board: Board, appointment: Appointment) -> Waiting:
    """An appointment nobody has checked in for, expected when its client said."""
    visit = appointment.visit
    expected_at = appointment.begins_at + (visit.late_by or timedelta(0))
    person = _person(board, -appointment.id, expected_at, [appointment.service], visit.spoken_langs)
    woman_wanted = person.woman_wanted or FEMALE_COUNSELLOR in visit.wishes
    return replace(
        person, counsellor=appointment.counsellor_id, starts_at=appointment.begins_at, woman_wanted=woman_wanted
    )


def _person(board: Board, number: int, at: datetime, services: Sequence[Service], languages: Sequence[str]) -> Waiting:
    spoken = frozenset(languages)
    return Waiting(
        number=number,
        arrived_at=at,
        length=usual_length(list(services)),
        services=frozenset(service.id for service in services),
        languages=spoken,
        interpreted=bool(spoken & board.situation.setup.translated(board.centre.id)),
        woman_wanted=any(service.women_only for service in services),
    )

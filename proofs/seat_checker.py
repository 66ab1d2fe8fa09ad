"""What a crowd at a course has left, against the rule: its facts are played again, in the order they were written.

A course's facts are written while its row is locked, so they are in the order in which its changes counted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.facts import Fact
from proofs.seats import Crowd
from scheduling.enrolling import wants_of
from scheduling.happened import Happened
from scheduling.invariants import examine
from scheduling.models import Course, Enrolment, EnrolmentState
from scheduling.places_left import ANSWER_IN, Wants

LIVE = (EnrolmentState.ENROLLED, EnrolmentState.OFFERED, EnrolmentState.WAITING)
ENDS = {
    Happened.LEFT_COURSE: EnrolmentState.LEFT,
    Happened.SEAT_LAPSED: EnrolmentState.LAPSED,
    Happened.SEAT_FREED: EnrolmentState.REMOVED,
}
STAYS = (EnrolmentState.ENROLLED, EnrolmentState.LEFT)
"""What nobody but the client herself changes in a crowd."""


@dataclass
class Rule:
    """A course as its facts tell of it, and where they break the rule."""

    wants: dict[int, Wants]
    capacity: Wants
    states: dict[int, EnrolmentState] = field(default_factory=dict)
    """As the facts tell; `since` when somebody began to wait, or was offered a seat."""
    since: dict[int, datetime] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def free(self) -> Wants:
        """What nobody has and nobody is offered. Too many children take no seat from who brings none."""
        free = self.capacity
        for id_, state in self.states.items():
            if state in {EnrolmentState.ENROLLED, EnrolmentState.OFFERED}:
                free = free.minus(self.wants[id_])
        return Wants(max(free.seats, 0), max(free.children, 0))

    def next_one(self) -> int | None:
        """Who waits longest of those for whom enough is free."""
        queue = [id_ for id_, state in self.states.items() if state is EnrolmentState.WAITING]
        ranked = sorted(queue, key=lambda id_: (self.since[id_], id_))
        free = self.free()
        return next((id_ for id_ in ranked if self.wants[id_].fits(free)), None)

    def hear(self, fact: Fact) -> None:
        """One fact after the other."""
        kind, id_ = Happened(fact.kind), fact.subject_id
        if kind is Happened.COURSE_CHANGED:
            self.capacity = Wants(int(str(fact.details["seats"])), int(str(fact.details["childcare"])))
        elif kind in {Happened.ENROLLED, Happened.WAITING}:
            self._comes(id_, fact.at, kind is Happened.ENROLLED)
        elif kind is Happened.SEAT_OFFERED:
            self._expect(self.next_one() == id_, f"{id_} was offered a seat out of turn")
            self.states[id_], self.since[id_] = EnrolmentState.OFFERED, fact.at
        elif kind is Happened.SEAT_TAKEN:
            self._expect(self.states.get(id_) is EnrolmentState.OFFERED, f"{id_} took a seat she was not offered")
            self.states[id_] = EnrolmentState.ENROLLED
        elif kind in ENDS:
            early = kind is Happened.SEAT_LAPSED and fact.at < self.since[id_] + ANSWER_IN
            self._expect(not early, f"{id_} was given too little time to answer")
            self._expect(self.states.get(id_) in LIVE, f"{id_} left twice")
            self.states[id_] = ENDS[kind]

    def _comes(self, id_: int, at: datetime, seated: bool) -> None:
        self._expect(self.states.get(id_) not in LIVE, f"{id_} came in twice")
        self.states[id_], self.since[id_] = EnrolmentState.WAITING, at
        self._expect((self.next_one() == id_) is seated, f"{id_} was wrongly {'seated' if seated else 'put off'}")
        self.states[id_] = EnrolmentState.ENROLLED if seated else EnrolmentState.WAITING

    def _expect(self, good: bool, fault: str) -> None:
        if not good:
            self.faults.append(fault)


def check(crowd: Crowd) -> list[str]:
    """What is wrong after a run; nothing, if the house is right."""
    with crowd.world.database.reading() as session:
        found = select(Enrolment).where(Enrolment.course_id == crowd.courses[0]).order_by(Enrolment.id)
        left = {one.id: one for one in session.scalars(found)}
        rule = Rule({id_: wants_of(one) for id_, one in left.items()}, Wants(crowd.plan.seats, crowd.plan.childcare))
        for fact in _facts(session, crowd.courses[0], left):
            rule.hear(fact)
        now = crowd.last_moment()
        findings = [f"{f.name}: {f.broken} rows do not" for f in examine(session, now) if f.broken]
        course = session.get_one(Course, crowd.courses[0])
        return [*findings, *rule.faults, *_lost(rule, left), *_idle(rule, course), *_unheard(crowd, left)]


def _facts(session: Session, course_id: int, enrolments: Iterable[int]) -> Iterator[Fact]:
    of_course, theirs = (Fact.subject_kind == "course") & (Fact.subject_id == course_id), set(enrolments)
    for fact in session.scalars(select(Fact).where(of_course | (Fact.subject_kind == "enrolment")).order_by(Fact.id)):
        if fact.subject_kind == "course" or fact.subject_id in theirs:
            yield fact


def _lost(rule: Rule, left: dict[int, Enrolment]) -> Iterator[str]:
    """What the database says is what the facts say."""
    for id_, one in left.items():
        if rule.states.get(id_) is not one.state:
            yield f"{id_} is {one.state}, by the facts {rule.states.get(id_)}"


def _idle(rule: Rule, course: Course) -> Iterator[str]:
    """Whoever fits does not wait, unless no session is left to come to."""
    if course.standing and rule.next_one() is not None:
        yield f"{rule.next_one()} waits although a seat is free for her"


def _unheard(crowd: Crowd, left: dict[int, Enrolment]) -> Iterator[str]:
    """Nobody is lost, nobody is there twice, and everybody was told the truth."""
    for id_ in crowd.told.keys() ^ left.keys():
        yield f"{id_} is only {'promised' if id_ in crowd.told else 'there'}"
    for id_, (_, state) in crowd.told.items():
        if state in STAYS and id_ in left and left[id_].state is not state:
            yield f"{id_} was told {state} and is {left[id_].state}"
    phones = Counter(one.visit.phone for one in left.values() if one.state in LIVE)
    yield from (f"a number is there {times} times" for times in phones.values() if times > 1)

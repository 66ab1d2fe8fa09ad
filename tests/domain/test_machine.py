"""A machine that holds, extends, confirms, moves, cancels, waits, blocks and falls ill in any order, on both databases.

After every step all invariants of the plan are asked, and what the clients were told is compared with what is there.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from foundation.errors import Refusal
from foundation.facts import CLIENT, Actor, Fact
from scheduling import blocked, moving, visits
from scheduling.absences import Away, undo
from scheduling.changing import Hit, preview, save
from scheduling.claims import standing_of
from scheduling.interval import Interval
from scheduling.invariants import INVARIANTS, examine
from scheduling.memory import memory_of_engine
from scheduling.models import Absence, Appointment, BlockedKind, BlockedTime, Centre, Claim, Room, Visit
from scheduling.opening import days_window
from scheduling.refusals import HoldOver, ManyChoosing, SlotTaken, TimeStands, TooLate, WindowPast
from scheduling.search import Leaving, slots
from scheduling.tidying import release_forgotten
from scheduling.wish import FEMALE_COUNSELLOR, Slot, Wish
from tests.build import KEYS, MONDAY, NOW, ZONE, World, at

STAFF = Actor("staff", 1)
DAYS = 2
minutes = st.sampled_from([1, 5, 9, 10, 11, 59, 61, 125])


@dataclass
class Told:
    """What a client was told of a visit last."""

    wish: Wish
    state: str
    until: datetime = NOW
    claims: list[tuple[int, Interval]] = field(default_factory=list)

    @property
    def begins(self) -> datetime:
        return min(interval.start for _, interval in self.claims)


class Plan(RuleBasedStateMachine):
    """One world, emptied at the beginning of every example."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.now, self.told, self.blocks = world, NOW, {}, []
        self.sick: dict[int, tuple[int, Interval]] = {}
        self.released: set[int] = set()

    def transaction(self, by: Actor = CLIENT):
        return self.world.database.transaction(by, self.now)

    def wishes(self) -> list[Wish]:
        w = self.world
        one, two = w.wish(), w.wish(w.letters)
        return [
            one, two, w.wish(language="ti"), w.wish(wishes=frozenset({FEMALE_COUNSELLOR})),
            w.wish(services=(w.talk, w.letters)), w.wish(services=(w.talk, w.talk), together=True),
            Wish((w.talk,), (w.other_centre,), ("uk",)),
        ]  # fmt: skip

    @initialize()
    def empty(self) -> None:
        with self.transaction() as tx:
            for table in (Visit, BlockedTime, Absence):
                tx.session.execute(delete(table))

    def free(self, wish: Wish, leaving: int | None = None) -> list[Slot]:
        with self.world.database.reading() as session:
            own = [s.taken for s in standing_of(session, self.parts(leaving))] if leaving else []
            given_up = Leaving(leaving, own) if leaving else None
            return slots(session, wish, days_window(ZONE, MONDAY, DAYS), self.now, given_up)

    def parts(self, visit_id: int) -> list[int]:
        with self.world.database.reading() as session:
            return list(session.scalars(select(Appointment.id).where(Appointment.visit_id == visit_id)))

    def claims(self, visit_id: int) -> list[tuple[int, Interval]]:
        with self.world.database.reading() as session:
            return sorted(s.taken for s in standing_of(session, self.parts(visit_id)))

    def start(self, which: int, found: list[Slot]) -> datetime:
        """Mostly a free one, sometimes any."""
        return (
            found[which % len(found)].starts_at if found and which % 4 else at("09:00") + which * timedelta(minutes=5)
        )

    @rule(kind=st.integers(0, 6), which=st.integers(0, 200))
    def hold(self, kind: int, which: int) -> None:
        wish = self.wishes()[kind]
        found = self.free(wish)
        start = self.start(which, found)
        expected = start in {slot.starts_at for slot in found}
        try:
            with self.transaction() as tx:
                id_ = visits.hold(tx, wish, start, "de")
        except ManyChoosing:
            return
        except (SlotTaken, WindowPast):
            assert not expected, "the search offered what could not be held"
            return
        assert expected, "what was held had not been offered"
        self.told[id_] = Told(wish, "held", self.now + visits.HOLD, self.claims(id_))

    @precondition(lambda self: self.in_state("held"))
    @rule(data=st.data(), which=st.integers(0, 200))
    def hold_another(self, data: st.DataObject, which: int) -> None:
        id_ = data.draw(st.sampled_from(self.in_state("held")))
        told = self.told[id_]
        start = self.start(which, self.free(told.wish))
        try:
            with self.transaction() as tx:
                visits.hold(tx, told.wish, start, "de", visits.visit_to_change(tx, id_))
        except Refusal:
            return
        self.told[id_] = Told(told.wish, "held", self.now + visits.HOLD, self.claims(id_))
        self.released.discard(id_)

    @precondition(lambda self: self.in_state("held"))
    @rule(data=st.data())
    def extend(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.in_state("held")))
        told = self.told[id_]
        try:
            with self.transaction() as tx:
                until = visits.extend(tx, visits.visit_to_change(tx, id_))
        except HoldOver:
            assert self.may_be_lost(id_)
            told.state = "lost"
            return
        assert told.until <= until <= max(told.until, self.now + visits.HOLD)
        told.until = until

    @precondition(lambda self: self.in_state("held"))
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.in_state("held")))
        told = self.told[id_]
        try:
            with self.transaction() as tx:
                visits.confirm(tx, visits.visit_to_change(tx, id_), KEYS)
        except TooLate:
            assert told.begins <= self.now
            told.state = "lost"
            return
        except HoldOver:
            assert self.may_be_lost(id_), "a hold was lost before it ran out"
            told.state = "lost"
            return
        assert self.claims(id_) == told.claims
        told.state = "booked"

    @precondition(lambda self: self.in_state("booked"))
    @rule(data=st.data(), which=st.integers(0, 200))
    def move(self, data: st.DataObject, which: int) -> None:
        id_ = data.draw(st.sampled_from(self.in_state("booked")))
        told = self.told[id_]
        found = self.free(told.wish, leaving=id_)
        start = self.start(which, found)
        expected = start in {slot.starts_at for slot in found} or start == told.begins
        try:
            with self.transaction() as tx:
                moving.move(tx, visits.visit_to_change(tx, id_), told.wish, start)
        except TooLate:
            assert told.begins <= self.now
            return
        except (SlotTaken, WindowPast):
            assert not expected, "the search offered what could not be moved to"
            return
        assert expected
        told.claims = self.claims(id_)

    @precondition(lambda self: self.in_state("booked"))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.in_state("booked")))
        try:
            with self.transaction() as tx:
                visits.cancel(tx, visits.visit_to_change(tx, id_))
        except TooLate:
            assert self.told[id_].begins <= self.now
            return
        self.told[id_].state = "cancelled"

    @rule(length=minutes)
    def wait(self, length: int) -> None:
        first = min((t.begins for t in self.told.values() if t.state == "booked"), default=at("12:00"))
        later = min(self.now + timedelta(minutes=length), first - timedelta(minutes=1), at("11:00"))
        self.now = max(self.now, later)

    @rule()
    def tidy(self) -> None:
        with self.transaction() as tx:
            release_forgotten(tx)
        gone = self.now - 2 * visits.LONGEST_HOLD
        for id_ in self.in_state("held") + self.in_state("lost"):
            with self.world.database.reading() as session:
                if session.get(Visit, id_) is None:
                    assert self.told[id_].until < gone + visits.LONGEST_HOLD * 2
                    self.told[id_].state = "forgotten"

    @rule(cells=st.integers(0, 80), length=st.integers(1, 24), which=st.integers(0, 3))
    def block(self, cells: int, length: int, which: int) -> None:
        start = at("09:00") + cells * timedelta(minutes=5)
        interval = Interval(start, start + length * timedelta(minutes=5))
        taken = [self.world.ahorn, self.world.buche, *self.rooms()][which]
        stands = [c for t in self.live() for c in t.claims if c[0] == taken and c[1].overlaps(interval)]
        stands += [c for _, c in self.blocks if c[0] == taken and c[1].overlaps(interval)]
        if interval.end <= self.now:
            return
        try:
            with self.transaction(STAFF) as tx:
                made = blocked.block(
                    tx, BlockedKind.MEETING, [taken], interval, tx.session.get_one(Centre, self.world.centre)
                )
        except TimeStands:
            assert stands
            return
        assert not stands, "time was blocked in which a booking stands"
        self.blocks.append((made.id, (taken, interval)))

    @precondition(lambda self: self.blocks)
    @rule()
    def unblock(self) -> None:
        id_, _ = self.blocks.pop()
        with self.transaction(STAFF) as tx:
            blocked.unblock(tx, id_, tx.session.get_one(Centre, self.world.centre))

    @rule(cells=st.integers(0, 80), length=st.integers(1, 40), ahorn=st.booleans())
    def fall_ill(self, cells: int, length: int, ahorn: bool) -> None:
        who = self.world.ahorn if ahorn else self.world.buche
        interval = Interval(
            at("09:00") + cells * timedelta(minutes=5), at("09:00") + (cells + length) * timedelta(minutes=5)
        )
        if interval.end <= self.now:
            return
        change = Away(who, interval)
        with self.world.database.reading() as session:
            before = preview(session, change, self.now)
        with self.transaction(STAFF) as tx:
            after = save(tx, change)
        assert before == after, "nobody acted between, so the lists agree"
        expected = {
            id_ for id_, told in self.told.items()
            if told.state == "booked" and self.sees(id_, who, interval)
        }  # fmt: skip
        assert {hit.visit_id for hit in after if not hit.held} == expected
        self.let_go(after)
        with self.world.database.reading() as session:
            self.sick[session.scalar(select(func.max(Absence.id)))] = (who, interval)

    @precondition(lambda self: self.sick)
    @rule()
    def recover(self) -> None:
        id_, _ = self.sick.popitem()
        with self.transaction(STAFF) as tx:
            undo(tx, Absence, id_)

    @invariant()
    def nothing_in_the_plan_is_broken(self) -> None:
        with self.world.database.reading() as session:
            findings = examine(session, self.now)
        assert len(findings) >= 20
        assert not [finding for finding in findings if finding.broken]

    @invariant()
    def what_is_booked_is_there(self) -> None:
        for id_ in self.in_state("booked"):
            assert self.claims(id_) == self.told[id_].claims

    @invariant()
    def what_is_held_is_there_until_it_runs_out(self) -> None:
        for id_ in self.in_state("held"):
            assert self.may_be_lost(id_) or self.claims(id_) == self.told[id_].claims

    @invariant()
    def what_is_cancelled_takes_no_time(self) -> None:
        assert not [id_ for id_ in self.in_state("cancelled") if self.claims(id_)]

    @invariant()
    def nobody_takes_time_but_those_who_were_told(self) -> None:
        with self.world.database.reading() as session:
            there = session.execute(
                select(Claim.resource_id, Claim.starts_at).where(
                    (Claim.held_until.is_(None)) | (Claim.held_until > self.now)
                )
            ).all()
        told = [(id_, i.start) for t in self.live() for id_, i in t.claims]
        assert sorted(map(tuple, there)) == sorted([*told, *((id_, i.start) for _, (id_, i) in self.blocks)])

    @invariant()
    def what_a_process_remembers_is_what_it_would_read(self) -> None:
        remembered = [self.free(wish) for wish in self.wishes()]
        memory = memory_of_engine(self.world.database.engine)
        memory.taken.clear()
        memory.joined.clear()
        memory.setup = None
        assert [self.free(wish) for wish in self.wishes()] == remembered

    @invariant()
    def open_codes_are_unique(self) -> None:
        with self.world.database.reading() as session:
            codes = session.execute(
                select(Visit.centre_id, Visit.day_on, Visit.code).where(
                    Visit.code.is_not(None), Visit.ended_at.is_(None)
                )
            ).all()
        assert len(set(map(tuple, codes))) == len(codes)

    @invariant()
    def nobody_is_offered_who_is_ill(self) -> None:
        for who, interval in self.sick.values():
            with self.world.database.reading() as session:
                hers = slots(session, self.world.wish(counsellor=who), days_window(ZONE, MONDAY, DAYS), self.now)
            assert not [s for s in hers if Interval(s.starts_at, s.ends_at).overlaps(interval)]

    @invariant()
    def every_act_left_its_fact(self) -> None:
        with self.world.database.reading() as session:
            booked = session.scalar(
                select(func.count()).where(Fact.kind == "visit.booked", Fact.subject_id.in_(self.told))
            )
        assert booked == len(self.in_state("booked")) + len(self.in_state("cancelled"))

    def in_state(self, state: str) -> list[int]:
        return [id_ for id_, told in self.told.items() if told.state == state]

    def live(self) -> list[Told]:
        held = [self.told[id_] for id_ in self.in_state("held") if not self.may_be_lost(id_)]
        return [self.told[id_] for id_ in self.in_state("booked")] + held

    def may_be_lost(self, id_: int) -> bool:
        return self.now >= self.told[id_].until or id_ in self.released

    def sees(self, id_: int, who: int, interval: Interval) -> bool:
        with self.world.database.reading() as session:
            parts = session.scalars(select(Appointment).where(Appointment.visit_id == id_)).all()
            return any(
                p.counsellor_id == who and Interval(p.starts_at, p.ends_at).overlaps(interval) and p.ends_at > self.now
                for p in parts
            )

    def let_go(self, hits: list[Hit]) -> None:
        self.released |= {hit.visit_id for hit in hits if hit.held}

    def rooms(self) -> list[int]:
        with self.world.database.reading() as session:
            return list(session.scalars(select(Room.id).where(Room.centre_id == self.world.centre).order_by(Room.id)))


def test_no_order_of_acts_breaks_the_plan(world: World):
    assert len(INVARIANTS) >= 20
    length = settings.default.max_examples
    run_state_machine_as_test(
        lambda: Plan(world),
        settings=settings(
            max_examples=max(8, length // 50),
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.generate],  # shrinking a world with a database takes longer than reading the steps
            suppress_health_check=list(HealthCheck),
        ),
    )

"""A crowd at one course (C-04): who enrols, waits, leaves, takes what is offered and comes back, all at once.

Meanwhile staff change the number of seats, and move, cancel and restore sessions of two courses that want the same
rooms and teachers, and workers pass on what nobody took. `proofs.seat_checker` says what came of it.
"""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from foundation.db import Database
from foundation.errors import Refusal
from foundation.facts import CLIENT, SYSTEM, Actor
from scheduling import enrolling, waitlist
from scheduling.colliding import Wanted
from scheduling.courses import CoursePlan, make_course, open_course
from scheduling.enrolling import Enrolling
from scheduling.interval import Interval
from scheduling.models import Centre, Enrolment, EnrolmentState, Room
from scheduling.places_left import Wants
from scheduling.sessions import cancel_session, move_session, restore_session
from scheduling.teaching_refusals import CourseFull
from scheduling.visits import Contact
from tests.build import KEYS, MONDAY, NOW, World, at, build_world

STAFF = Actor("staff", 1)
STEP = timedelta(minutes=30)
"""Domain time goes on so far with everything that is tried, so that offers run out."""
FIRST = MONDAY + timedelta(weeks=10)
"""Far enough for an answer to every offer."""
AT = ("09:00", "11:00")


@dataclass(frozen=True)
class Plan:
    """How many of everything. Each client tries `steps` things; staff a sixth of all these, workers an eighth."""

    clients: int = 64
    steps: int = 3
    seats: int = 50
    childcare: int = 8
    threads: int = 64
    seed: int = 1


@dataclass
class Crowd:
    """One run at the first of two `courses`.

    `told` is what the client of each enrolment was last told, with its version; `refused` counts every no.
    """

    world: World
    plan: Plan
    courses: Sequence[int]
    rooms: Sequence[int]
    told: dict[int, tuple[int, EnrolmentState]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    mine: dict[int, list[int]] = field(default_factory=dict)
    moments: Iterator[int] = field(default_factory=itertools.count)

    def go(self) -> None:
        """Everybody at once, each client perhaps from two devices. Raises what is neither done nor refused."""
        dice = random.Random(self.plan.seed)
        tries = self.plan.clients * self.plan.steps
        jobs: list[Callable[[random.Random], object]] = [
            *(lambda own, number=number % self.plan.clients: self._client(number, own) for number in range(tries)),
            *[self._staff] * (tries // 6),
            *[self._work] * (tries // 8),
        ]
        dice.shuffle(jobs)
        with ThreadPoolExecutor(self.plan.threads) as pool:
            done = [pool.submit(self._try, job, random.Random(dice.random())) for job in jobs]
        for one in done:
            one.result()

    def last_moment(self) -> datetime:
        """Nothing was tried later."""
        return self._now()

    def _now(self) -> datetime:
        """The same moment is given to nobody else."""
        return NOW + next(self.moments) * STEP

    def _try(self, job: Callable[[random.Random], object], dice: random.Random) -> None:
        try:
            job(dice)
        except Refusal as refusal:
            self.refused[type(refusal).__name__] += 1

    def _client(self, number: int, dice: random.Random) -> None:
        mine = self.mine.setdefault(number, [])
        if not mine or dice.random() < 0.1:
            mine.append(self._join(number))
        else:
            act = dice.choice([waitlist.leave, waitlist.accept, waitlist.accept, waitlist.come_back])
            with self.world.database.transaction(CLIENT, self._now()) as tx:
                enrolment = enrolling.enrolment_to_change(tx, dice.choice(mine))
                act(tx, enrolment)
            self._hears(enrolment)

    def _join(self, number: int) -> int:
        """A seat, else a place in the waitlist: two steps, between which anything may happen."""
        with suppress(CourseFull):
            return self._new(enrolling.enrol, number)
        return self._new(enrolling.wait, number)

    def _new(self, what: Callable[..., Enrolment], number: int) -> int:
        wants = Wants(1 + number % 7 % 3, number % 5 // 4)
        wish = Enrolling(wants, "de", ("de",), Contact(None, f"+4917604069{number:03}", "test"))
        with self.world.database.transaction(CLIENT, self._now()) as tx:
            enrolment = what(tx, enrolling.course_to_change(tx, self.courses[0]), wish, KEYS)
        self._hears(enrolment)
        return enrolment.id

    def _hears(self, enrolment: Enrolment) -> None:
        """Two devices may hear in the wrong order: the version tells."""
        self.told[enrolment.id] = max(self.told.get(enrolment.id, (0, enrolment.state)), _state(enrolment))

    def _staff(self, dice: random.Random) -> None:
        with self.world.database.transaction(STAFF, self._now()) as tx:
            course = enrolling.course_to_change(tx, dice.choice(self.courses))
            session = dice.choice(course.sessions)
            match dice.choice(["resize", "move", "move", "cancel", "restore", "restore"]):
                case "resize":
                    around = dice.randint(-2, 2)
                    waitlist.resize(tx, course, self.plan.seats + around, self.plan.childcare + around)
                case "move":
                    move_session(tx, session, self._elsewhere(dice))
                case "cancel":
                    cancel_session(tx, session)
                case "restore":
                    restore_session(tx, session)

    def _elsewhere(self, dice: random.Random) -> Wanted:
        start = at(dice.choice(AT), FIRST + timedelta(days=dice.randrange(4)))
        teachers = [self.world.ahorn, self.world.buche]
        return Wanted(Interval(start, start + timedelta(hours=1)), dice.choice(teachers), dice.choice(self.rooms))

    def _work(self, _dice: random.Random) -> None:
        now = self._now()
        with self.world.database.reading() as session:
            over = waitlist.lapsed(session, now)
        for enrolment_id in over:
            with self.world.database.transaction(SYSTEM, now) as tx:
                waitlist.pass_on(tx, enrolment_id)


def _state(enrolment: Enrolment) -> tuple[int, EnrolmentState]:
    return enrolment.version, enrolment.state


def build(database: Database, plan: Plan) -> Crowd:
    """A centre with two courses, of three sessions each, that want the same rooms and teachers."""
    world, courses = build_world(database), []
    with database.transaction(STAFF, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        rooms = tx.session.scalars(select(Room.id).where(Room.centre_id == centre.id).order_by(Room.id)).all()
        for name, teacher_id, room_id in zip(("one", "two"), (world.ahorn, world.buche), rooms, strict=True):
            offered = CoursePlan(
                name, {"de": name}, {}, {}, None, False, False, teacher_id, room_id, None, plan.seats, plan.childcare
            )
            starts = [at("15:00", FIRST + timedelta(days=day)) for day in range(3)]
            wanted = [Wanted(Interval(s, s + timedelta(hours=1)), teacher_id, room_id) for s in starts]
            course = make_course(tx, centre, offered, wanted)
            open_course(tx, course)
            courses.append(course.id)
    return Crowd(world, plan, courses, rooms)

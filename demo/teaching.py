"""What is taught around the demo day: courses that run, begin, are full; seats, a waitlist with an open offer."""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from access.models import Account
from access.rights import Role
from demo.days import CLIENT_LANGUAGES, OFFERED, WEIGHTS, dice
from demo.setup import HERE
from foundation.db import Transaction
from foundation.facts import CLIENT, Fact
from scheduling.colliding import CHANGE
from scheduling.enrolling import Enrolling, enrol, wait
from scheduling.meeting_days import Meetings
from scheduling.models import (
    Attendance,
    BlockedKind,
    BlockedTime,
    Centre,
    Claim,
    Counsellor,
    Counter,
    Course,
    CourseSession,
    CourseState,
    Enrolment,
    EnrolmentState,
    Pool,
    Room,
    Seat,
    Visit,
)
from scheduling.opening import local_moment
from scheduling.places_left import Wants
from scheduling.visits import Contact
from scheduling.waitlist import leave

FULL = "V06"
"""The course whose waitlist is told of."""
PHONES = ("+4915228817386", "+491729980752", "+4915228895456", "+4915254599371", "+491729925904")
WAIT = (("+491729968532", Wants(2, 2)), ("+491729973185", Wants(1)), (None, Wants(1, 1)))
"""Who waits: a family for whom one seat is too few, and two more."""


class DemoCourses:
    """Fills rooms and courses; texts and times are in courses.toml."""

    def __init__(self, session: Session, now: datetime, keys: Sequence[str]) -> None:
        """`now` is the domain time at which the demo begins; links are made with `keys`."""
        self.session, self.now, self.keys, self.dice = session, now, keys, dice()
        self.told: dict[str, Any] = tomllib.loads((HERE / "courses.toml").read_text())
        self.centres = {centre.code: centre for centre in session.scalars(select(Centre))}
        self.rooms: dict[tuple[str, str], Room] = {}
        self.lock = session.scalars(select(Account.password_hash)).first()
        self.claims: list[dict[str, object]] = []

    def fill(self) -> None:
        """Rooms, teachers, courses with their sessions, and who is in them."""
        self._rooms()
        teachers = {entry["code"]: self._teacher(entry) for entry in self.told["teacher"]}
        courses = [self._course(entry, teachers[entry["teacher"]]) for entry in self.told["course"]]
        self.session.flush()
        for entry, course in zip(self.told["course"], courses, strict=True):
            self._sessions(entry, course)
        self.session.execute(insert(Claim), self.claims)
        self.session.flush()
        for entry, course in zip(self.told["course"], courses, strict=True):
            self._people(course, entry.get("taken", 0))
            if course.code == FULL:
                self._waitlist(course)
        self.session.flush()

    def _rooms(self) -> None:
        for entry in self.told["room"]:
            centre, code = self.centres[entry["centre"]], f"{entry['centre']}-{entry['label']}"
            counter = Counter(code=code, centre=centre, label=entry["label"])
            self.rooms[centre.code, entry["label"]] = Room(
                code=f"room-{code}", centre=centre, counter=counter, seats=1, features=entry["features"],
                parts=[self.rooms[centre.code, part] for part in entry.get("parts", [])],
            )  # fmt: skip
        self.session.add_all(self.rooms.values())
        self.session.flush()

    def _teacher(self, entry: dict[str, Any]) -> Counsellor:
        teacher = Counsellor(
            code=entry["code"], name=entry["code"].capitalize(), gender=entry["gender"], languages=entry["languages"]
        )
        account = Account(
            login=teacher.code, name=teacher.name, role=Role.COUNSELLOR, centre=self.centres[entry["centre"]],
            counsellor=teacher, password_hash=self.lock,
        )  # fmt: skip
        self.session.add_all([teacher, account])
        return teacher

    def _course(self, entry: dict[str, Any], teacher: Counsellor) -> Course:
        course = Course(
            code=entry["code"], centre=self.centres[entry["centre"]], state=CourseState.OPEN, titles=entry["titles"],
            abouts=entry["abouts"], audience=entry["audience"], level=entry.get("level"), teacher=teacher,
            women_only=entry.get("women_only", False), drop_in=entry.get("drop_in", False), seats=entry["seats"],
            room=self.rooms.get((entry["centre"], entry.get("room", ""))), place=entry.get("place"),
            childcare=entry.get("childcare", 0), late_sessions=entry.get("late", 0), absences=entry.get("absences"),
        )  # fmt: skip
        self.session.add(course)
        return course

    def _sessions(self, entry: dict[str, Any], course: Course) -> None:
        start, end = (time.fromisoformat(wall) for wall in entry["at"])
        zone = course.centre.zone
        for number, day in enumerate(self._days(entry), 1):
            course.sessions.append(
                CourseSession(
                    number=number, starts_at=local_moment(day, start, zone), ends_at=local_moment(day, end, zone),
                    teacher_id=course.teacher_id, room_id=course.room_id,
                )
            )  # fmt: skip
        if entry.get("cancelled"):
            session = next(one for one in course.sessions if one.starts_at > self.now)
            session.cancelled_at, session.version = self.now - timedelta(days=1), 2
        self._claim(course)

    def _claim(self, course: Course) -> None:
        """Time of teacher and room, so that nothing else can stand there."""
        atoms = (course.room.parts or [course.room]) if course.room else []
        ids = [course.teacher_id, *(room.id for room in atoms)]
        taken = [(one, BlockedTime(kind=BlockedKind.COURSE.value, made_at=self.now)) for one in course.standing]
        self.session.add_all([blocked for _, blocked in taken])
        self.session.flush()
        for one, blocked in taken:
            one.blocked_time_id = blocked.id
            times = {"starts_at": one.starts_at, "ends_at": one.ends_at + CHANGE, "blocked_time_id": blocked.id}
            self.claims += [{"resource_id": id_, **times} for id_ in ids]

    def _days(self, entry: dict[str, Any]) -> list[date]:
        today = self.now.date()
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=entry["starts"])
        if entry.get("summer"):
            august = next(day for year in (0, 1) if (day := date(today.year + year, 8, 2)) > today)
            monday = august + timedelta(days=-august.weekday() % 7)
        return Meetings(
            monday, frozenset(entry["days"]), entry.get("every_weeks", 1), count=entry["count"],
            as_schools=entry.get("as_schools", False),
        ).days()  # fmt: skip

    def _people(self, course: Course, seats: int) -> None:
        """So many people, each alone and without a number; who was there, where that is still known of each."""
        visits = [self._visit(course) for _ in range(seats)]
        since = course.sessions[0].starts_at - timedelta(days=21)
        enrolments = [
            Enrolment(
                course=course, visit=visit, state=EnrolmentState.ENROLLED, since_at=visit.typed_at, seated_at=since,
                children=1 if place < course.childcare - 3 else 0,
            )
            for place, visit in enumerate(visits)
        ]  # fmt: skip
        self.session.add_all(enrolments)
        self.session.flush()
        for number, one in enumerate(enrolments, 1):
            self.session.add(Seat(course_id=course.id, pool=Pool.SEAT, number=number, enrolment_id=one.id))
            if one.children:
                self.session.add(Seat(course_id=course.id, pool=Pool.CHILD, number=number, enrolment_id=one.id))
        self._who_was_there(course, enrolments)

    def _who_was_there(self, course: Course, enrolments: Sequence[Enrolment]) -> None:
        for session in (one for one in course.standing if one.ends_at < self.now):
            missing = [place for place in range(len(enrolments)) if place == 1 or self.dice.random() < 0.1]
            session.attended = self.dice.randint(9, 17) if course.drop_in else len(enrolments) - len(missing)
            if course.absences:
                self.session.add_all(
                    Attendance(session_id=session.id, enrolment_id=one.id, came=place not in missing)
                    for place, one in enumerate(enrolments)
                )

    def _visit(self, course: Course) -> Visit:
        spoken = self.dice.choices(CLIENT_LANGUAGES, WEIGHTS)[0]
        begins = min(course.sessions[0].starts_at, self.now)
        return Visit(
            centre=course.centre, day_on=course.centre.local_day(course.standing[-1].ends_at), party=1,
            ui_lang=spoken if spoken in OFFERED else "de", spoken_langs=[spoken], wishes=[],
            typed_at=begins - timedelta(days=self.dice.randint(2, 20), minutes=self.dice.randint(0, 500)),
        )  # fmt: skip

    def _waitlist(self, course: Course) -> None:
        """Who enrolled and waited on the days before, and the seat that somebody has just given up."""
        moments = iter(self.now - timedelta(hours=hours) for hours in range(80, 0, -5))
        has = [self._joins(enrol, course, next(moments), phone, Wants(1)) for phone in PHONES]
        for phone, wants in WAIT:
            self._joins(wait, course, next(moments), phone, wants)
        with_her = self._at(self.now - timedelta(minutes=20))
        leave(with_her, has[0])
        self._write_down(with_her)

    def _joins(self, how: Any, course: Course, at: datetime, phone: str | None, wants: Wants) -> Enrolment:
        spoken, tx = self.dice.choice(["ar", "uk", "en", "de"]), self._at(at)
        contact = Contact(None, phone, "demo" if phone else None)
        enrolment: Enrolment = how(tx, course, Enrolling(wants, spoken, (spoken,), contact), self.keys)
        self._write_down(tx)
        return enrolment

    def _write_down(self, tx: Transaction) -> None:
        self.session.add_all(Fact(**news._asdict()) for news in tx.facts)

    def _at(self, at: datetime) -> Transaction:
        """An earlier moment: what happened then is no news to anybody."""
        return Transaction(self.session, CLIENT, at)

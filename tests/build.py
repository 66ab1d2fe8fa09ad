"""Builders: a small world, and moments in it. Monday 2026-11-23, 09:00 in Pfullingen, unless a test says otherwise."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from access.models import Account
from access.rights import Role
from foundation.db import Database
from foundation.facts import CLIENT, SYSTEM
from scheduling import reaching, visits
from scheduling.colliding import Wanted
from scheduling.courses import CoursePlan, make_course, open_course
from scheduling.enrolling import Enrolling, course_to_change, enrol, wait
from scheduling.interval import Interval
from scheduling.models import (
    Centre,
    CentreHours,
    Counsellor,
    Counter,
    Hours,
    Interpreter,
    Room,
    Service,
    TopicGroup,
    Visit,
)  # fmt: skip
from scheduling.places_left import Wants
from scheduling.visits import Contact
from scheduling.wish import Wish

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
KEYS = ("test-key-test-key-test-key-test-key",)
PHONE = "+4915228817386"
OTHER_PHONE = "+491729980752"
PASSWORD = "a long enough password"


def at(wall: str, day: date = MONDAY) -> datetime:
    """A wall time in Pfullingen, as UTC: at("09:30")."""
    return datetime.combine(day, time.fromisoformat(wall), tzinfo=ZONE).astimezone(UTC)


NOW, MORNING = at("09:00"), at("09:40")
"""When the small world begins, and the demo."""


@dataclass
class World:
    """Ids of what was built, and short ways to act in it."""

    database: Database
    centre: int
    other_centre: int
    talk: int
    women: int
    letters: int
    ahorn: int
    buche: int
    eiche: int
    topic: int

    def wish(self, service: int | None = None, language: str = "de", **more: object) -> Wish:
        """What somebody wants at the first centre."""
        return replace(Wish((service or self.talk,), (self.centre,), (language,)), **more)

    def hold(self, start: datetime, now: datetime = NOW, service: int | None = None, language: str = "de") -> int:
        """A client holds a slot; the visit's id."""
        with self.database.transaction(CLIENT, now) as tx:
            return visits.hold(tx, self.wish(service, language), start, language)

    def book(
        self,
        start: datetime,
        now: datetime = NOW,
        service: int | None = None,
        phone: str | None = None,
        language: str = "de",
    ) -> int:
        """A client books; the visit's id."""
        visit_id = self.hold(start, now, service, language)
        with self.database.transaction(CLIENT, now) as tx:
            visit = visits.visit_to_change(tx, visit_id)
            if phone:
                reaching.note_contact(tx, visit, Contact(None, phone, "test"), unlimited=True)
            visits.confirm(tx, visit, KEYS)
        return visit_id

    def code(self, visit_id: int) -> str:
        """The six digits of a visit."""
        with self.database.reading() as session:
            return session.get_one(Visit, visit_id).code or ""


@cache
def _password_hash() -> str:
    """A hash says itself how much work it is; this one is as little as argon2 allows."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def build_world(database: Database) -> World:
    """Two centres; the first with rooms 1 and 2 and Ahorn (f, de ar), Buche (m, de), the second with Eiche (f, uk)."""
    with database.transaction(SYSTEM, NOW - timedelta(days=30)) as tx:
        session = tx.session
        topic = TopicGroup(
            code="other", position=1, pictogram="other", titles={"de": "Anderes", "ar": "موضوع آخر"}, hints={"de": "x"}
        )
        session.add(topic)
        talk = service("B02", topic, 30, walk_in=True)
        women = service("B04", topic, 45, women_only=True)
        letters = service("B03", topic, 15, walk_in=True)
        session.add_all([talk, women, letters])
        first, counters = centre(session, "pfullingen", ["1", "2"])
        second, others = centre(session, "dettingen", ["1"])
        ahorn = counsellor(session, "ahorn", "female", ["de", "ar"], [talk, women, letters], first, counters["1"])
        buche = counsellor(session, "buche", "male", ["de"], [talk, letters], first, counters["2"])
        eiche = counsellor(session, "eiche", "female", ["de", "uk"], [talk, letters], second, others["1"])
        interpreter = Interpreter(code="amsel", name="Amsel", gender="female", languages=["ti"])
        session.add(interpreter)
        session.flush()
        hours(session, interpreter.id, first, [0])
        for login, role, at_centre, advises in (
            ("ahorn", Role.COUNSELLOR, first, ahorn),
            ("buche", Role.COUNSELLOR, first, buche),
            ("eiche", Role.COUNSELLOR, second, eiche),
            ("desk", Role.FRONT_DESK, first, None),
            ("lead", Role.LEAD, first, None),
            ("lead2", Role.LEAD, second, None),
            ("district", Role.DISTRICT_LEAD, None, None),
            ("admin", Role.ADMIN, None, None),
        ):
            session.add(
                Account(
                    login=login,
                    name=login.capitalize(),
                    role=role,
                    password_hash=_password_hash(),
                    centre=at_centre,
                    counsellor=advises,
                )
            )
        return World(
            database, first.id, second.id, talk.id, women.id, letters.id, ahorn.id, buche.id, eiche.id, topic.id
        )


def service(code: str, topic: TopicGroup, minutes: int, **more: bool) -> Service:
    return Service(
        code=code, topic_group=topic, titles={"de": f"Dienst {code}"}, bring=None, length=timedelta(minutes=minutes),
        buffer=timedelta(minutes=5), lead_time=timedelta(0), horizon=timedelta(weeks=6), party_max=4,
        room_features=[], bookable=True, walk_in=more.get("walk_in", False), women_only=more.get("women_only", False),
    )  # fmt: skip


def centre(session: Session, code: str, rooms: list[str]) -> tuple[Centre, dict[str, Counter]]:
    built = Centre(
        code=code, name=f"Integrationszentrum {code.capitalize()}", place=code.capitalize(), address="Musterstraße 1",
        directions={"de": "2. Stock"}, waiting_area={"de": "Warteraum"}, phone="030 23125 117",
        phone_languages=["uk", "en"],
    )  # fmt: skip
    session.add(built)
    session.flush()
    counters = {}
    for label in rooms:
        counters[label] = Counter(code=f"{code}-{label}", centre=built, label=label)
        session.add(
            Room(code=f"room-{code}-{label}", centre=built, counter=counters[label], seats=6, features=["step_free"])
        )
    for weekday in range(5):
        session.add(
            CentreHours(
                centre_id=built.id, weekday=weekday, opens=time(9), closes=time(17), valid_from=date(2026, 1, 5)
            )
        )
    return built, counters


def counsellor(
    session: Session,
    code: str,
    gender: str,
    languages: list[str],
    services: list[Service],
    at_: Centre,
    counter: Counter,
) -> Counsellor:
    built = Counsellor(
        code=code, name=code.capitalize(), gender=gender, languages=languages, services=services, counter=counter
    )
    session.add(built)
    session.flush()
    hours(session, built.id, at_, range(5))
    return built


def hours(session: Session, resource_id: int, at_: Centre, weekdays: "list[int] | range") -> None:
    for weekday in weekdays:
        for opens, closes in ((time(9), time(12)), (time(13), time(17))):
            session.add(
                Hours(
                    resource_id=resource_id,
                    centre_id=at_.id,
                    weekday=weekday,
                    opens=opens,
                    closes=closes,
                    valid_from=date(2026, 1, 5),
                )
            )


def teach(world: World, seats: int = 2, sessions: int = 3, opened: bool = True, **more: object) -> int:
    """A course of Ahorn's in room 1 on Tuesdays from 14:00 to 15:30, the first tomorrow; its id."""
    with world.database.transaction(SYSTEM, NOW) as tx:
        centre_ = tx.session.get_one(Centre, world.centre)
        room = tx.session.scalars(select(Room.id).where(Room.centre_id == world.centre).order_by(Room.id)).first()
        plan = {
            "code": "deutsch", "titles": {"de": "Deutsch A1", "ar": "ألماني A1"}, "abouts": {"de": "Für den Anfang"},
            "audience": {}, "level": "A1", "women_only": False, "drop_in": False, "teacher_id": world.ahorn,
            "room_id": room, "place": None, "seats": seats,
        }  # fmt: skip
        plan_ = CoursePlan(**{**plan, **more})  # type: ignore[arg-type]
        course = make_course(tx, centre_, plan_, tuesdays(plan_, sessions))
        if opened:
            open_course(tx, course)
        return course.id


def tuesdays(plan: CoursePlan, count: int, wall: str = "14:00") -> list[Wanted]:
    """So many Tuesdays in a row, the first tomorrow, an hour and a half each."""
    days = [MONDAY + timedelta(days=1, weeks=week) for week in range(count)]
    return [
        Wanted(Interval(at(wall, day), at(wall, day) + timedelta(minutes=90)), plan.teacher_id, plan.room_id)
        for day in days
    ]


def join(
    world: World, course_id: int, phone: str | None = None, party: int = 1, children: int = 0, waits: bool = False,
    now: datetime = NOW,
) -> int:  # fmt: skip
    """Somebody enrols in a course, or goes on its waitlist; the enrolment's id."""
    with world.database.transaction(CLIENT, now) as tx:
        contact = Contact(None, phone, "test" if phone else None)
        wish = Enrolling(Wants(party, children), "de", ("de",), contact)
        course = course_to_change(tx, course_id)
        return (wait if waits else enrol)(tx, course, wish, KEYS).id

"""A small, hot world: six centres, each with four counsellors, an interpreter, four rooms of which two make a hall."""

from datetime import date, time, timedelta

from sqlalchemy import insert, select

from foundation.db import Database
from foundation.facts import SYSTEM
from proofs.clock import START
from scheduling.models import Centre, CentreHours, Counsellor, Counter, Hours, Interpreter, Room, Service, TopicGroup
from scheduling.models.people import room_part
from scheduling.wish import Wish

FIRST_DAY = date(2026, 11, 30)
DAYS = 5
BUFFER = timedelta(minutes=5)
CAP = 6
TALK, CAPPED = 1, 2
CENTRES = 6


def _wishes(centre: int) -> list[Wish]:
    """One topic, one with a cap, a house interpreter, two topics, two counsellors, a hall, a woman."""
    return [
        Wish((TALK,), (centre,), ("de",)),
        Wish((CAPPED,), (centre,), ("de",)),
        Wish((TALK,), (centre,), ("ti",)),
        Wish((TALK, CAPPED), (centre,), ("de",)),
        Wish((TALK, TALK), (centre,), ("de",), together=True),
        Wish((TALK,), (centre,), ("de",), party=8),
        Wish((TALK,), (centre,), ("de",), wishes=frozenset({"female_counsellor"})),
    ]


WISHES = tuple(wish for centre in range(1, CENTRES + 1) for wish in _wishes(centre))


def build(database: Database) -> None:
    """Fill an empty, migrated database; ids are handed out in order."""
    with database.transaction(SYSTEM, START) as tx:
        session = tx.session
        topic = TopicGroup(code="x", position=1, pictogram="other", titles={"de": "x"}, hints={"de": "x"})
        services = [_service("B02", topic, 30, None), _service("B03", topic, 15, CAP)]
        session.add_all([topic, *services])
        for number in range(1, CENTRES + 1):
            centre = _centre(f"c{number}")
            session.add(centre)
            session.flush()
            rooms = [_room(f"{centre.code}-{n}", centre, 4) for n in range(4)]
            session.add_all(rooms)
            people: list[Counsellor | Interpreter] = [
                Counsellor(
                    code=f"{centre.code}-p{n}", name="x", gender="female" if n % 2 else "male", languages=["de"],
                    services=services,
                )
                for n in range(4)
            ]  # fmt: skip
            people.append(Interpreter(code=f"{centre.code}-i", name="x", gender="female", languages=["ti"]))
            session.add_all([*people, hall := _room(f"{centre.code}-hall", centre, 12)])
            session.flush()
            session.execute(insert(room_part), [{"hall_id": hall.id, "part_id": room.id} for room in rooms[:2]])
            session.flush()
            for day in range(5):
                when = {"weekday": day, "opens": time(9), "closes": time(13), "valid_from": date(2026, 1, 5)}
                session.add(CentreHours(centre_id=centre.id, **when))
                session.add_all(Hours(resource_id=person.id, centre_id=centre.id, **when) for person in people)


def resources(database: Database) -> list[int]:
    """Every resource that is claimed itself: not the hall."""
    with database.reading() as session:
        people = session.scalars(select(Counsellor.id)).all()
        return [*people, *session.scalars(select(Room.id).where(Room.code.not_like("%hall")))]


def _service(code: str, topic: TopicGroup, minutes: int, cap: int | None) -> Service:
    return Service(
        code=code, topic_group=topic, titles={"de": code}, length=timedelta(minutes=minutes), buffer=BUFFER,
        lead_time=timedelta(0), horizon=timedelta(days=60), party_max=10, room_features=[], bookable=True,
        walk_in=False, daily_cap=cap,
    )  # fmt: skip


def _centre(code: str) -> Centre:
    return Centre(
        code=code, name=code, place=code, address="x", directions={"de": "x"}, waiting_area={"de": "x"},
        phone="030 23125 117",
    )  # fmt: skip


def _room(code: str, centre: Centre, seats: int) -> Room:
    return Room(code=code, centre=centre, counter=Counter(code=code, centre=centre, label=code), seats=seats)

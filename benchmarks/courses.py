"""Rows E1 to E3 once more, while two hundred courses run in the evenings with the same people and rooms."""

from datetime import UTC, datetime, timedelta
from datetime import time as wall_time

from sqlalchemy import Engine, insert, select

from benchmarks.databases import databases
from benchmarks.engine import GROWTH, KINDS, measure_growth, measure_search, measure_writes
from benchmarks.generate import MONDAY, STANDARD, load
from foundation.db import Database, make_engine
from foundation.model import table_of
from scheduling.models import BlockedTime, Claim, Counsellor, Course, CourseSession, Room
from scheduling.opening import is_holiday, local_moment
from tests.build import ZONE

COURSES, SESSIONS = 200, 12
EVENINGS = (wall_time(17, 30), wall_time(19, 15))
LENGTH, CHANGE = timedelta(minutes=90), timedelta(minutes=5)
MADE_AT = datetime(2026, 11, 2, tzinfo=UTC)
SIZES = GROWTH[1:3]
READ = f"""Searches and writes as under *Engine*, while {COURSES} courses of {SESSIONS} weekly sessions run, each
of which has claimed a counsellor and a room that are searched. E2: a district with ten times the appointments.

| row | what | wanted | SQLite | PostgreSQL |
| --- | --- | --- | --- | --- |
"""
ROWS = (
    ("E1", "search, one centre, 4 weeks, warm: median", "≤ 2.5 ms", "one", "{:.2f} ms"),
    ("E1", "the same, three centres", "≤ 6 ms", "three", "{:.2f} ms"),
    ("E1", "statements, warm", "≤ 3", "statements", "{:.0f}"),
    ("E1", "statements, cold", "≤ 3", "statements cold", "{:.0f}"),
    ("E2", "ten times the appointments", "≤ 1.25 ×", "growth", "{:.2f} ×"),
    ("E3", "hold: share of the floor's rate", "≥ 50 %", "hold share", "{:.0%}"),
    ("E3", "hold: statements", "≤ 8", "hold statements", "{:.0f}"),
    ("E3", "confirm with SMS: share of the floor's rate", "≥ 50 %", "confirm share", "{:.0%}"),
    ("E3", "confirm: statements", "≤ 8", "confirm statements", "{:.0f}"),
)


def teach(engine: Engine) -> int:
    """Two hundred courses in a loaded world, through the net; how many claims they are."""
    with engine.connect().execution_options(write=True) as connection:
        rooms = connection.execute(select(Room.id, Room.centre_id).order_by(Room.id)).all()
        people = list(connection.scalars(select(Counsellor.id).order_by(Counsellor.id)))
        courses, sessions, blocked, claims = [], [], [], []
        for n in range(COURSES):
            (room_id, centre_id), day, evening = rooms[n % len(rooms)], n // len(rooms) % 5, n // len(rooms) // 5
            teacher_id = people[n % len(rooms)]
            courses.append(
                {
                    "id": n + 1, "code": f"k{n}", "version": 1, "centre_id": centre_id, "state": "open",
                    "titles": {"de": "Kurs"}, "abouts": {}, "audience": {}, "women_only": False, "drop_in": False,
                    "teacher_id": teacher_id, "room_id": room_id, "seats": 16, "childcare": 0, "late_sessions": 0,
                }
            )  # fmt: skip
            days = [MONDAY + timedelta(days=day, weeks=week) for week in range(SESSIONS)]
            for number, meets in enumerate((d for d in days if not is_holiday(d)), 1):
                start, id_ = local_moment(meets, EVENINGS[evening % 2], ZONE), len(sessions) + 1
                blocked.append({"id": id_, "kind": "course", "made_at": MADE_AT})
                sessions.append(
                    {
                        "id": id_, "course_id": n + 1, "number": number, "version": 1, "starts_at": start,
                        "ends_at": start + LENGTH, "teacher_id": teacher_id, "room_id": room_id, "blocked_time_id": id_,
                    }
                )  # fmt: skip
                claims += [
                    {"resource_id": who, "starts_at": start, "ends_at": start + LENGTH + CHANGE, "blocked_time_id": id_}
                    for who in (teacher_id, room_id)
                ]
        for table, rows in ((Course, courses), (BlockedTime, blocked), (CourseSession, sessions), (Claim, claims)):
            connection.execute(insert(table_of(table)), rows)
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return len(claims)


def run() -> str:
    """The part of the report."""
    found = {kind: _measure(kind) for kind in KINDS}
    lines = [
        f"| {row} | {what} | {wanted} | " + " | ".join(form.format(found[kind][key]) for kind in KINDS) + " |"
        for row, what, wanted, key, form in ROWS
    ]
    return READ + "\n".join(lines)


def _measure(kind: str) -> dict[str, float]:
    found: dict[str, float] = {}
    with databases(kind) as place:
        url = place.fresh()
        engine = make_engine(url)
        load(engine, STANDARD)
        teach(engine)
        measure_search(Database(engine), found)
        engine.dispose()
        measure_writes(place, url, found)
        place.drop(url)
        took = []
        for _, size in SIZES:
            url, grown = place.fresh(), dict[str, float]()
            engine = make_engine(url)
            load(engine, size)
            teach(engine)
            measure_growth(Database(engine), grown)
            took.append(grown["one"])
            engine.dispose()
            place.drop(url)
    found["growth"] = took[-1] / took[0]
    print(kind, found, flush=True)
    return found

"""A deterministic district of any size: centres × counsellors × rooms × weeks × fill, loaded in bulk past the actions.

The standard world has 3 centres, 40 counsellors, 20 rooms and 6 weeks, 60 % of what the rooms can hold booked. The
triggers and the net are lifted while a million rows come in, and spread again over all of them.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, Engine, text

from scheduling.models.net import POSTGRESQL_NET, SQLITE_NET, spread_net
from scheduling.models.pulse import start_pulse, stop_pulse
from scheduling.opening import is_holiday, local_moment
from tests.build import ZONE

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LENGTH = timedelta(minutes=30)
STARTS = [time(9 + n // 2, n % 2 * 30) for n in range(16)]
LANGUAGES = ["de", "en", "ar", "uk", "fa", "tr", "ru", "ti"]


@dataclass(frozen=True)
class Size:
    """How large a district is. `weeks_before` of its weeks lie before the Monday from which is searched."""

    centres: int = 3
    counsellors: int = 40
    rooms: int = 20
    weeks: int = 6
    fill: float = 0.6
    weeks_before: int = 0
    monday: date = MONDAY

    def __str__(self) -> str:
        return (
            f"{self.centres} centres, {self.counsellors} counsellors, {self.rooms} rooms, {self.weeks} weeks, "
            f"{self.fill:.0%} of the rooms booked"
        )


STANDARD = Size()
Rows = list[tuple[object, ...]]


def load(engine: Engine, size: Size) -> int:
    """Fill an empty, migrated database; returns how many appointments there are."""
    made = _District(size)
    with engine.connect().execution_options(write=True) as connection:
        stop_pulse(connection)
        _lift_net(connection)
        _write(connection, "topic_group", "id code version position pictogram titles hints", [_topic()])
        _write(
            connection, "service",
            "id code version topic_group_id titles length buffer lead_time horizon party_max room_features bookable "
            "walk_in women_only hidden_topic",
            [(1, "B02", 1, 1, '{"de": "x"}', 30, 0, 0, 60 * 24 * 7 * 12, 4, "[]", True, True, False, False)],
        )  # fmt: skip
        for table, columns, rows in made.places():
            _write(connection, table, columns, rows)
        count = 0
        for visits, appointments, claims in made.plan():
            _write(connection, "visit", _VISIT, visits)
            _write(connection, "appointment", _APPOINTMENT, appointments)
            _write(connection, "claim", "id resource_id starts_at ends_at appointment_id", claims)
            count += len(appointments)
        _reset_ids(connection)
        spread_net(connection)
        start_pulse(connection)
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return count


_VISIT = "id centre_id day_on code ui_lang spoken_langs party wishes token_generation typed_at"
_APPOINTMENT = "id visit_id service_id counsellor_id room_id route starts_at ends_at state version"


class _District:
    """Ids are handed out in order: counsellors and rooms of each centre, then visits, appointments, claims."""

    def __init__(self, size: Size) -> None:
        self.size, self.dice = size, random.Random(20261130)
        self.counsellors = {c: [] for c in range(1, size.centres + 1)}
        self.rooms = {c: [] for c in range(1, size.centres + 1)}
        for n in range(size.counsellors):
            self.counsellors[n % size.centres + 1].append(n + 1)
        for n in range(size.rooms):
            self.rooms[n % size.centres + 1].append(size.counsellors + n + 1)

    def places(self) -> Iterator[tuple[str, str, Rows]]:
        yield "centre", (
            "id code version name place address directions waiting_area phone zone_name phone_languages "
            "pool_languages pool_notice queue_settings"
        ), [
            (c, f"c{c}", 1, f"Zentrum {c}", f"Ort {c}", "Musterstraße 1", '{"de": "x"}', '{"de": "x"}',
             "030 23125 117", "Europe/Berlin", '["ar", "uk"]', "[]", 3, "{}")
            for c in self.counsellors
        ]  # fmt: skip
        doors = [(c, day) for c in self.counsellors for day in range(5)]
        yield "centre_hours", "id weekday opens closes valid_from every_weeks centre_id", [
            (n, day, time(9), time(17), date(2020, 1, 6), 1, c) for n, (c, day) in enumerate(doors, 1)
        ]  # fmt: skip
        people = [(id_, "counsellor", c) for c, ids in self.counsellors.items() for id_ in ids]
        rooms = [(id_, "room", c) for c, ids in self.rooms.items() for id_ in ids]
        yield "counter", "id code version centre_id label", [(id_, f"k{id_}", 1, c, str(id_)) for id_, _, c in rooms]
        yield "resource", "id kind code version active taken_version", [
            (id_, kind, f"r{id_}", 1, True, 1) for id_, kind, _ in sorted(people + rooms)
        ]  # fmt: skip
        yield "counsellor", "id name gender languages", [
            (id_, f"P{id_}", "female" if id_ % 2 else "male", json.dumps(["de", LANGUAGES[id_ % 8]]))
            for id_, _, _ in people
        ]  # fmt: skip
        yield (
            "room",
            "id centre_id counter_id seats features",
            [(id_, c, id_, 4, '["step_free"]') for id_, _, c in rooms],
        )
        yield "skill", "counsellor_id service_id", [(id_, 1) for id_, _, _ in people]
        yield "hours", "id resource_id weekday opens closes valid_from every_weeks centre_id walk_in_only", [
            (n, id_, day, time(9), time(17), date(2020, 1, 6), 1, c, False)
            for n, (id_, c, day) in enumerate(((i, c, d) for i, _, c in people for d in range(5)), 1)
        ]  # fmt: skip

    def plan(self) -> Iterator[tuple[Rows, Rows, Rows]]:
        """Visits, appointments and claims, a week at a time: each room booked at a start with the odds of `fill`."""
        last, claim = 0, 0
        for week in range(-self.size.weeks_before, self.size.weeks - self.size.weeks_before):
            visits: Rows = []
            appointments: Rows = []
            claims: Rows = []
            days = [self.size.monday + timedelta(days=7 * week + n) for n in range(5)]
            for day in (d for d in days if not is_holiday(d)):
                moments = [local_moment(day, start, ZONE) for start in STARTS]
                for centre, rooms in self.rooms.items():
                    code = 100_000
                    for start in moments:
                        free = self.dice.sample(self.counsellors[centre], len(self.counsellors[centre]))
                        for room in rooms:
                            if not free or self.dice.random() >= self.size.fill:
                                continue
                            last, code, who, end = last + 1, code + 1, free.pop(), start + LENGTH
                            visits.append((last, centre, day, str(code), "de", '["de"]', 1, "[]", 0, start))
                            appointments.append((last, last, 1, who, room, "direct", start, end, "booked", 1))
                            claims += [(claim + 1, who, start, end, last), (claim + 2, room, start, end, last)]
                            claim += 2
            yield visits, appointments, claims


def _topic() -> tuple[object, ...]:
    return (1, "other", 1, 1, "other", '{"de": "Anderes"}', '{"de": "x"}')


def _lift_net(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for name in SQLITE_NET:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        for name in POSTGRESQL_NET:
            connection.exec_driver_sql(f"ALTER TABLE claim DROP CONSTRAINT {name}")


def _write(connection: Connection, table: str, columns: str, rows: Rows) -> None:
    names = columns.split()
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        connection.exec_driver_sql(statement, [tuple(map(_as_text, row)) for row in rows])
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _as_text(value: object) -> object:
    """As the columns of the house keep it on SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, time):
        return value.strftime("%H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


def _reset_ids(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in ("topic_group", "service", "centre", "centre_hours", "counter", "resource", "hours", "visit",
                      "appointment", "claim"):  # fmt: skip
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
            )

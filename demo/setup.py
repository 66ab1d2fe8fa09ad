"""The set-up of the demo: centres, rooms, counsellors, services, accounts, devices' names."""

import tomllib
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from access.accounts import hash_password
from access.models import Account
from access.rights import Role
from scheduling.models import (
    Centre,
    CentreHours,
    Counsellor,
    Counter,
    Hours,
    Interpreter,
    PoolInterpreter,
    Room,
    Service,
    TopicGroup,
)

HERE = Path(__file__).parent
SINCE = date(2026, 1, 5)
PHONE_LANGUAGES = ["ar", "uk", "ru", "en", "fa", "ps", "tr", "ku", "ti", "fr", "so", "sq", "ro"]
POOL_LANGUAGES = ["mnk", "wo", "ff", "am", "ckb", "ur", "bn", "uz", "vi", "sr"]
MORNING, AFTERNOON = (time(8, 30), time(12)), (time(13), time(17))
DAYS = {
    0: (MORNING, AFTERNOON),
    1: (MORNING, AFTERNOON),
    2: (MORNING,),
    3: (MORNING, (time(13), time(18))),
    4: (MORNING,),
}
"""Opening hours by weekday."""


PASSWORD = "demo"  # noqa: S105 - everybody may know it; the lock of the screen asks for it


def set_up(session: Session) -> None:
    """Everything that a lead would have set up at the desk."""
    services = _services(session)
    centres = _centres(session)
    people: dict[str, Any] = tomllib.loads((HERE / "people.toml").read_text())
    lock = hash_password(PASSWORD)
    for entry in people["counsellor"]:
        centre, counter = centres[entry["centre"]]
        counsellor = Counsellor(
            code=entry["code"], name=entry["code"].capitalize(), gender=entry["gender"], languages=entry["languages"],
            counter=counter[entry["room"]], services=[services[code] for code in entry["services"]],
        )  # fmt: skip
        _hours(session, counsellor, centre, entry["days"])
        session.add(_account(lock, entry["code"], Role.COUNSELLOR, centre, counsellor))
    for entry in people["interpreter"]:
        interpreter = Interpreter(
            code=entry["code"], name=entry["code"].capitalize(), gender=entry["gender"], languages=entry["languages"]
        )
        _hours(session, interpreter, centres[entry["centre"]][0], entry["days"])
    for entry in people["pool"]:
        session.add(
            PoolInterpreter(
                code=entry["code"], centre=centres[entry["centre"]][0], name=entry["code"].capitalize(),
                gender=entry["gender"], languages=entry["languages"], phone=entry["phone"],
            )
        )  # fmt: skip
    for code, (centre, _) in centres.items():
        session.add(_account(lock, f"empfang-{code}", Role.FRONT_DESK, centre))
        session.add(_account(lock, f"leitung-{code}", Role.LEAD, centre))
    session.add(_account(lock, "kreis", Role.DISTRICT_LEAD, None))
    session.add(_account(lock, "einrichtung", Role.ADMIN, None))
    session.flush()


def _services(session: Session) -> dict[str, Service]:
    told: dict[str, Any] = tomllib.loads((HERE / "services.toml").read_text())
    topics = {
        entry["code"]: TopicGroup(
            code=entry["code"], position=position, pictogram=entry["code"], titles=entry["titles"], hints=entry["hints"]
        )
        for position, entry in enumerate(told["topic"])
    }
    services = {
        entry["code"]: Service(
            code=entry["code"],
            topic_group=topics[entry["topic"]],
            titles=entry["titles"],
            bring=entry.get("bring"),
            length=timedelta(minutes=entry["minutes"]),
            buffer=timedelta(minutes=5),
            lead_time=timedelta(hours=2),
            horizon=timedelta(weeks=6),
            party_max=entry["party"],
            room_features=entry.get("room", []),
            bookable=True,
            walk_in=entry.get("walk_in", False),
            women_only=entry.get("women_only", False),
            hidden_topic=entry.get("hidden", False),
        )
        for entry in told["service"]
    }
    session.add_all([*topics.values(), *services.values()])
    return services


def _centres(session: Session) -> dict[str, tuple[Centre, dict[str, Counter]]]:
    centres = {}
    for entry in tomllib.loads((HERE / "places.toml").read_text())["centre"]:
        texts = {key: entry[key] for key in ("code", "name", "place", "address", "phone", "directions", "waiting_area")}
        centre = Centre(**texts, phone_languages=PHONE_LANGUAGES, pool_languages=POOL_LANGUAGES, asks_interpreters=True)
        session.add(centre)
        session.flush()
        counters = {}
        for room in entry["rooms"]:
            code = f"{entry['code']}-{room['label']}"
            counters[room["label"]] = Counter(code=code, centre=centre, label=room["label"])
            session.add(
                Room(
                    code=f"room-{code}",
                    centre=centre,
                    counter=counters[room["label"]],
                    seats=room["seats"],
                    features=room["features"],
                )
            )
        for weekday, blocks in DAYS.items():
            session.add(
                CentreHours(
                    centre_id=centre.id, weekday=weekday, opens=blocks[0][0], closes=blocks[-1][1], valid_from=SINCE
                )
            )
        centres[entry["code"]] = (centre, counters)
    return centres


def _hours(session: Session, resource: Counsellor | Interpreter, centre: Centre, days: list[int]) -> None:
    session.add(resource)
    session.flush()
    for weekday in days:
        for opens, closes in DAYS[weekday]:
            session.add(
                Hours(
                    resource_id=resource.id,
                    centre_id=centre.id,
                    weekday=weekday,
                    opens=opens,
                    closes=closes,
                    valid_from=SINCE,
                )
            )


def _account(lock: str, login: str, role: Role, centre: Centre | None, counsellor: Counsellor | None = None) -> Account:
    name = counsellor.name if counsellor else login.split("-", maxsplit=1)[0].capitalize()
    return Account(login=login, name=name, role=role, centre=centre, counsellor=counsellor, password_hash=lock)

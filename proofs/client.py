"""Clients that hold, extend, confirm, move, wish to come earlier, cancel, block and look, at random.

They write down what they are told.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from foundation.db import Database, Transaction
from foundation.errors import Refusal
from foundation.facts import CLIENT, Actor
from foundation.model import table_of
from proofs.clock import FastClock
from proofs.history import Log, Operation
from proofs.world import DAYS, FIRST_DAY, WISHES
from scheduling import blocked, earlier, moving, visits
from scheduling.absences import Away, undo
from scheduling.changing import save
from scheduling.interval import Interval
from scheduling.models import Absence, Appointment, AppointmentState, BlockedKind, Centre, Claim, Visit
from scheduling.opening import days_window
from scheduling.search import slots
from scheduling.wish import Wish
from tests.build import KEYS, ZONE

STAFF = Actor("staff", 1)
MOST_VISITS = 4
ABSENT = 0.001
"""The share of absences: each makes every process read the set-up anew."""


@dataclass
class Mine:
    """A visit of this client."""

    id: int
    wish: Wish
    booked: bool = False


class Client:
    """One person, or one member of staff, who does one thing after the other."""

    def __init__(self, number: int, database: Database, clock: FastClock, log: Log, resources: list[int]) -> None:
        """`number` is unique in the run and seeds the dice."""
        self.number, self.database, self.clock, self.log, self.resources = number, database, clock, log, resources
        self.dice = random.Random(number)
        self.count = 0
        self.mine: list[Mine] = []
        self.starts: dict[Wish, list[datetime]] = {}
        self.hours: list[Interval] = []

    def act(self) -> None:
        """One operation."""
        choices: list[tuple[int, Callable[[], None]]] = [(14, self.look), (1, self.block)]
        if self.dice.random() < ABSENT:
            choices = [(1, self.be_absent)]
        elif self.mine:
            choices += [(20, self.check), (24, self.go_on), (10, self.move), (9, self.cancel), (4, self.extend)]
            choices += [(8, self.wish), (10, self.answer)]
        if len(self.mine) < MOST_VISITS:
            choices.append((26, self.hold))
        weights, acts = zip(*choices, strict=True)
        self.dice.choices(acts, weights)[0]()

    def hold(self) -> None:
        """A new visit, or another start for one that is held."""
        wish = self.dice.choice(WISHES)
        again = (
            next((m for m in self.mine if not m.booked and m.wish == wish), None) if self.dice.random() < 0.3 else None
        )
        start = self._start(wish)

        def work(tx: Transaction) -> dict[str, Any]:
            visit = visits.visit_to_change(tx, again.id) if again else None
            id_ = visits.hold(tx, wish, start, "de", visit)
            return {"visit": id_, **placed(tx.session, id_)}

        told = self._do("hold", work, again.id if again else None)
        if told and not again:
            self.mine.append(Mine(told["visit"], wish))

    def go_on(self) -> None:
        """Confirm what is held; cancel what is booked, now and then."""
        mine = self.dice.choice(self.mine)
        if mine.booked:
            self.check(mine)
            return

        def work(tx: Transaction) -> dict[str, Any]:
            visits.confirm(tx, visits.visit_to_change(tx, mine.id), KEYS)
            return placed(tx.session, mine.id)

        if self._do("confirm", work, mine.id):
            mine.booked = True
        else:
            self.mine.remove(mine)

    def extend(self) -> None:
        """Ten more minutes."""
        mine = self.dice.choice(self.mine)
        if not mine.booked and not self._do(
            "extend", lambda tx: {"until": visits.extend(tx, visits.visit_to_change(tx, mine.id)).isoformat()}, mine.id
        ):
            self.mine.remove(mine)

    def move(self) -> None:
        """Another start, or the other centre."""
        mine = self.dice.choice(self.mine)
        if mine.booked:
            wish, start = mine.wish, self._start(mine.wish)
            self._do("move", lambda tx: self.moved(tx, mine.id, wish, start), mine.id)

    def moved(self, tx: Transaction, visit_id: int, wish: Wish, start: datetime) -> dict[str, Any]:
        """What a move comes to."""
        moving.move(tx, visits.visit_to_change(tx, visit_id), wish, start)
        return placed(tx.session, visit_id)

    def wish(self) -> None:
        """To come earlier, with a number to be told by; one time in five no longer."""
        mine, wanted = self.dice.choice(self.mine), self.dice.random() < 0.8

        def work(tx: Transaction) -> dict[str, Any]:
            visit = visits.visit_to_change(tx, mine.id)
            visit.phone, visit.consent_at = f"+49152{self.number:08d}"[:14], tx.now
            earlier.wish_earlier(tx, visit, wanted)
            return {"wanted": wanted}

        if mine.booked:
            self._do("wish", work)

    def answer(self) -> None:
        """Yes to an offer, if there is one, moves the visit; no leaves it."""
        mine = self.dice.choice(self.mine)
        with self.database.reading() as session:
            visit = session.get(Visit, mine.id)
            offer = visit.offer.starts_at if visit and visit.offer else None
        if offer is None or not mine.booked:
            return
        if self.dice.random() < 0.3:
            self._do("decline", lambda tx: earlier.decline(tx, visits.visit_to_change(tx, mine.id), offer) or {"no": 1})
            return
        self._do("move", lambda tx: self.taken(tx, mine.id, offer), mine.id)

    def taken(self, tx: Transaction, visit_id: int, start: datetime) -> dict[str, Any]:
        """What a yes comes to."""
        earlier.take(tx, visits.visit_to_change(tx, visit_id), start)
        return placed(tx.session, visit_id)

    def cancel(self) -> None:
        """Call a booking off."""
        mine = self.dice.choice(self.mine)
        if mine.booked:
            self._do("cancel", lambda tx: {"id": visits.cancel(tx, visits.visit_to_change(tx, mine.id)).id}, mine.id)
            self.mine.remove(mine)

    def check(self, mine: Mine | None = None) -> None:
        """Read one's own visit."""
        mine = mine or self.dice.choice(self.mine)
        self._read("check", lambda session: placed(session, mine.id), mine.id)

    def look(self) -> None:
        """A search over the days."""
        wish = self.dice.choice(WISHES)
        window = days_window(ZONE, FIRST_DAY, DAYS)
        self._read("look", lambda session: {"free": len(slots(session, wish, window, self.clock.now()))})

    def block(self) -> None:
        """Staff block an hour and give it back."""
        first = self.dice.randrange(len(self.resources) - 1)
        taken, hour = self.resources[first : first + 2], self._hour()

        def work(tx: Transaction) -> dict[str, Any]:
            made = blocked.block(tx, BlockedKind.MEETING, taken, hour, tx.session.get_one(Centre, 1))
            return {"block": made.id, "claims": [[id_, *map(datetime.isoformat, hour)] for id_ in taken]}

        told = self._do("block", work)
        if told:
            id_ = told["block"]
            self._do("unblock", lambda tx: blocked.unblock(tx, id_, tx.session.get_one(Centre, 1)) or {"block": id_})

    def be_absent(self) -> None:
        """Somebody is ill for an hour; whom it hits is listed; then she is well again."""
        who, hour = self.dice.choice(self.resources), self._hour()

        def work(tx: Transaction) -> dict[str, Any]:
            hits = save(tx, Away(who, hour))
            tx.session.flush()
            recorded = select(Absence.id).where(Absence.resource_id == who, Absence.starts_at == hour.start)
            return {
                "absence": tx.session.scalar(recorded.order_by(Absence.id.desc()).limit(1)), "who": who,
                "hour": [moment.isoformat() for moment in hour],
                "hits": [hit.visit_id for hit in hits if not hit.held],
                "released": [hit.visit_id for hit in hits if hit.held],
            }  # fmt: skip

        told = self._do("absence", work)
        if told:
            id_ = told["absence"]
            self._do("recovered", lambda tx: undo(tx, Absence, id_) or {"absence": id_})

    def _start(self, wish: Wish) -> datetime:
        """Mostly from the few that everybody wants."""
        if wish not in self.starts:
            with self.database.reading() as session:
                window = days_window(ZONE, FIRST_DAY, DAYS)
                self.starts[wish] = [slot.starts_at for slot in slots(session, wish, window, self.clock.now())]
        found = self.starts[wish] or [self._hour().start]
        return self.dice.choice(found[:12] if self.dice.random() < 0.4 else found)

    def _hour(self) -> Interval:
        window = days_window(ZONE, FIRST_DAY, DAYS)
        quarters = range(8 * 4, 12 * 4)
        start = window.start + self.dice.randrange(DAYS) * _DAY + self.dice.choice(quarters) * _QUARTER
        return Interval(start, start + 4 * _QUARTER)

    def _do(self, kind: str, work: Callable[[Transaction], dict[str, Any]], visit: int | None = None) -> dict[str, Any]:
        """In a transaction of its own; what it was told, or nothing if it was refused or broke."""
        operation = self._begin(kind, visit)
        self.log.began(operation)
        by = STAFF if kind in {"block", "unblock", "absence", "recovered"} else CLIENT
        try:
            with self.database.transaction(by, datetime.fromisoformat(operation.now)) as tx:
                told = work(tx)
            operation.outcome, operation.told = "ok", told
        except Refusal as refusal:
            operation.outcome, operation.told, told = "refused", {"why": type(refusal).__name__}, {}
        except DBAPIError as fault:
            operation.outcome, operation.told, told = "broke", {"why": str(fault.orig)[:200]}, {}
        operation.ended = time.monotonic_ns()
        self.log.ended(operation)
        return told

    def _read(self, kind: str, work: Callable[[Session], dict[str, Any]], visit: int | None = None) -> None:
        operation = self._begin(kind, visit)
        with self.database.reading() as session:
            operation.told = work(session)
        operation.ended, operation.outcome = time.monotonic_ns(), "ok"
        self.log.began(operation)
        self.log.ended(operation)

    def _begin(self, kind: str, visit: int | None) -> Operation:
        self.count += 1
        began = time.monotonic_ns()
        return Operation(self.number, self.count, kind, began, self.clock.at(began).isoformat(), visit)


_QUARTER = datetime.fromisoformat("2026-01-01T00:15") - datetime.fromisoformat("2026-01-01T00:00")
_DAY = 96 * _QUARTER


_parts, _claims = table_of(Appointment), table_of(Claim)
_PLACED = (
    select(
        _parts.c.id, _parts.c.service_id, _parts.c.state, _parts.c.starts_at, _parts.c.ends_at, _parts.c.hold_until,
        _claims.c.resource_id, _claims.c.starts_at, _claims.c.ends_at,
    )
    .outerjoin(_claims, _claims.c.appointment_id == _parts.c.id)
    .where(
        _parts.c.visit_id == bindparam("visit"),
        _parts.c.state.not_in([AppointmentState.OFFERED, AppointmentState.OFFER_OVER]),
    )
    .order_by(_parts.c.starts_at, _parts.c.id, _claims.c.resource_id, _claims.c.starts_at)
)  # fmt: skip


def placed(session: Session, visit_id: int) -> dict[str, Any]:
    """The state of a visit in the database: its consultations, and what they claim."""
    rows = session.connection().execute(_PLACED, {"visit": visit_id}).all()
    parts = {row[0]: [row[1], row[3].isoformat(), row[4].isoformat()] for row in rows}
    return {
        "state": sorted({row[2].value for row in rows}),
        "parts": list(parts.values()),
        "claims": sorted([row[6], row[7].isoformat(), row[8].isoformat()] for row in rows if row[6] is not None),
        "until": rows[0][5].isoformat() if rows and rows[0][5] else None,
    }

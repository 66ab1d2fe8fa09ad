"""Row M1: messages that are due at once, a configured rate, and what a claim costs when the outbox is old."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import func, insert, select, text, update

from benchmarks.databases import databases
from benchmarks.generate import STANDARD, load
from foundation.clock import machine_now
from foundation.db import Database, make_engine
from foundation.languages import Languages
from notifications.channels import Answer, Listed, Outcome, Receipt, Sought
from notifications.delivery import Post, _take_next
from notifications.models import ON_THEIR_WAY, Message, MessageState, Pace
from notifications.texts import Kind
from scheduling.models import Visit
from tests.build import KEYS
from worker import SENDERS, run_pass, send

A_NUMBER = "+4915228817386"
DUE, ANSWERS_IN = 500, 0.3
RATED, A_SECOND, AS_SET = 100, 5, 10
CLAIMS, OLD = 150, 1_000_000
LANGUAGES = Path(__file__).resolve().parent.parent / "translations"
OLD_ROWS = """INSERT INTO message (visit_id, subject, kind, version, due_at, useless_after, state, tries)
SELECT 1 + n % 5000, 'old:' || n, 'confirmation', 1, '2025-01-01 09:00:00.000000', '2025-01-03 09:00:00.000000',
'delivered', 1 FROM ({numbers}) AS numbers"""
NUMBERS = {
    "postgresql": "SELECT generate_series(1, :many) AS n",
    "sqlite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :many) SELECT n FROM c",
}


@dataclass
class Provider:
    """Takes everything, after a while; notes when it was asked."""

    seconds: float
    asked: list[float] = field(default_factory=list)

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """Later."""
        self.asked.append(time.monotonic())
        time.sleep(self.seconds)
        return Receipt(Outcome.HANDED_OVER, reference)

    def look_up(self, sought: Sought) -> Listed:
        """Nothing is in doubt here."""
        return Listed(Answer.CANNOT_SAY)

    @property
    def most_in_a_second(self) -> int:
        """Of all seconds that begin when it is asked."""
        times = sorted(self.asked)
        return max(sum(since <= other < since + 1 for other in times) for since in times)


def pile_up(database: Database, many: int) -> None:
    """So many rows of the outbox are due and still wanted: two an appointment, of kinds that may go at any hour."""
    now = machine_now()
    with database.engine.connect().execution_options(write=True) as connection:
        connection.execute(update(Visit).where(Visit.id <= many // 2).values(phone=A_NUMBER, consent_at=now))
        rows = [
            {
                "visit_id": id_, "appointment_id": id_, "subject": f"appointment:{id_}", "kind": kind, "version": 1,
                "recipient": A_NUMBER, "due_at": now, "useless_after": now + timedelta(days=1),
                "state": MessageState.DUE, "tries": 0,
            }
            for id_ in range(1, many // 2 + 1) for kind in (Kind.CONFIRMATION, Kind.MOVED)
        ]  # fmt: skip
        connection.execute(insert(Message), rows)
        connection.commit()


def sent(database: Database) -> int:
    """How many rows were handed over."""
    with database.reading() as session:
        return session.scalar(select(func.count(Message.id)).where(Message.state.in_(ON_THEIR_WAY))) or 0


def due_again(database: Database) -> None:
    """As if nothing had been sent."""
    with database.engine.connect().execution_options(write=True) as connection:
        anew = {"state": MessageState.DUE, "due_at": machine_now(), "tries": 0, "sent_at": None, "provider_id": None}
        connection.execute(update(Message).where(Message.appointment_id.is_not(None)).values(anew))
        connection.execute(update(Pace).values(free_at=machine_now()))
        connection.commit()


def empty(database: Database, languages: Languages, many: int, a_second: int) -> tuple[float, Provider]:
    """Seconds until the first so many due ones are handed over by the worker's own duty, ticking once a second."""
    with database.engine.connect().execution_options(write=True) as connection:
        first = select(Message.id).where(Message.appointment_id.is_not(None)).order_by(Message.id).limit(many)
        later = update(Message).where(Message.appointment_id.is_not(None), Message.id.not_in(first))
        connection.execute(later.values(state=MessageState.WITHDRAWN))
        connection.commit()
    provider = Provider(ANSWERS_IN)
    post = Post(provider, languages, "https://termin.example.org", KEYS, a_second=a_second, senders=SENDERS)
    began = tick = time.monotonic()
    while sent(database) < many:
        run_pass("send", send(post), database)
        tick = max(tick + 1, time.monotonic())
        if sent(database) < many:
            time.sleep(max(tick - time.monotonic(), 0))
    return time.monotonic() - began, provider


def floor() -> float:
    """The same provider asked by as many threads, and nothing else."""
    began = time.monotonic()
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(lambda _: time.sleep(ANSWERS_IN), range(DUE)))
    return time.monotonic() - began


def claims(database: Database, languages: Languages) -> list[float]:
    """Milliseconds of each of so many claims, one after the other."""
    post = Post(Provider(0), languages, "https://termin.example.org", KEYS)
    took = []
    for _ in range(CLAIMS):
        began = time.perf_counter()
        _take_next(database, post, machine_now(), machine_now)
        took.append((time.perf_counter() - began) * 1000)
    return took


def age(database: Database) -> None:
    """A million messages of old days."""
    with database.engine.connect().execution_options(write=True) as connection:
        connection.execute(text(OLD_ROWS.format(numbers=NUMBERS[database.engine.dialect.name])), {"many": OLD})
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def claim_growth(database: Database, languages: Languages) -> tuple[float, float]:
    """Median of a claim with few rows, and with a million old ones; three samples each."""
    found: list[float] = []
    for _ in range(2):
        if found:
            age(database)
        samples: Sequence[float] = []
        for _ in range(3):
            due_again(database)
            samples = [*samples, median(claims(database, languages))]
        found.append(median(samples))
    return found[0], found[1]


def run() -> str:
    """The part of the report."""
    languages, rows, claimed = Languages.load(LANGUAGES), [], []
    for kind in ("sqlite", "postgresql"):
        with databases(kind) as place:
            database = Database(make_engine(place.fresh()))
            load(database.engine, STANDARD)
            pile_up(database, DUE)
            least = floor()
            free, _ = empty(database, languages, DUE, 0)
            due_again(database)
            as_set, _ = empty(database, languages, DUE, AS_SET)
            due_again(database)
            rated, provider = empty(database, languages, RATED, A_SECOND)
            few, many = claim_growth(database, languages)
            database.engine.dispose()
        rows.append(
            f"| {kind} | {free:.1f} s | {least:.1f} s | {as_set:.1f} s | {rated:.1f} s | {provider.most_in_a_second} |"
        )
        claimed.append(f"| {kind} | {few:.1f} ms | {many:.1f} ms | {many / few:.2f} × |")
        print(rows[-1], claimed[-1], flush=True)
    return "\n".join(
        [
            f"Row M1: {DUE} messages due at once, a provider that answers in {ANSWERS_IN * 1000:.0f} ms, the worker's",
            f"own duty with its {SENDERS} senders, ticking once a second. Wanted: handed over within 60 s, without a",
            f"limit and with the rate that is set by default ({AS_SET} a second). The floor is the same provider asked",
            f"by {SENDERS} threads and nothing else. A rate of {A_SECOND} a second: {RATED} messages, wanted about",
            f"{RATED // A_SECOND} s, and at most {A_SECOND} starts in any second, as the provider sees them. A claim,",
            f"whole (look, lock, look again, text, month): wanted with {OLD:,} old rows ≤ 1.25 × of that with few;",
            "medians of 3 samples.",
            "",
            f"| database | {DUE}, no limit | floor | {DUE}, {AS_SET}/s | {RATED}, {A_SECOND}/s | most in a second |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
            "| database | claim, few rows | claim, old rows | growth |",
            "| --- | --- | --- | --- |",
            *claimed,
        ]
    )

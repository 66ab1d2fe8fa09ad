"""The clock of the house: `python worker.py` runs the timed duties of the floors, as many workers as you like."""

import logging
import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

import queueing.closing
import queueing.recalling
import queueing.turns
from doorway.feedback import forget_old_feedback
from doorway.form_keys import forget_old_keys
from foundation.clock import domain_now, machine_now
from foundation.db import Database, make_engine
from foundation.facts import SYSTEM
from foundation.faults import told_without_values
from foundation.languages import Languages
from foundation.settings import Settings
from notifications.channels import channel_for
from notifications.channels.ways import ways_of
from notifications.delivery import Post, send_due
from notifications.forgetting import forget_old
from notifications.linter import checked
from notifications.meanings import meanings
from notifications.outbox import told_of_facts
from notifications.replies import forget_old_replies
from notifications.settling import settle_doubts
from notifications.to_interpreters import forget_interpreters
from queueing.alarms import forget_old_alarms
from queueing.models import Ticket, TicketState
from scheduling import asking_interpreters, waitlist
from scheduling.duties import forget_old_duties
from scheduling.earlier import pass_on, to_be_offered
from scheduling.models import Centre
from scheduling.models.net import net_is_whole
from scheduling.models.pulse import pulse_beats
from scheduling.register import forget_old_links
from scheduling.tidying import erase_ended, release_forgotten

ROOT = Path(__file__).resolve().parent
SENDERS = 8
"""So many wait for the provider at once: it may take a third of a second over each message."""

log = logging.getLogger("empfang.worker")

Duty = Callable[[Database, datetime], object]


def send(post: Post) -> Duty:
    """Hand over what is due."""
    return lambda database, now: send_due(database, post, now, machine_now)


def ask_for_doubts(post: Post) -> Duty:
    """Ask the provider's list for what may have been handed over."""
    return lambda database, now: settle_doubts(database, post.channel, now, machine_now, SENDERS)


def have_forgotten(post: Post) -> Duty:
    """Have the provider erase what it keeps of our messages."""
    return lambda database, now: forget_old(database, post.channel, now)


def tidy(database: Database, now: datetime) -> None:
    """Let forgotten holds go, erase what has served its purpose."""
    with database.transaction(SYSTEM, now) as tx:
        release_forgotten(tx)
    with database.transaction(SYSTEM, now) as tx:
        erase_ended(tx)
        forget_old_keys(tx)
        forget_old_feedback(tx)
        forget_old_alarms(tx)
        forget_old_replies(tx)
        forget_old_links(tx)
        forget_interpreters(tx)
        forget_old_duties(tx)


def pass_offers_on(database: Database, now: datetime) -> None:
    """What was given back goes to whoever wishes to come earlier, one step each."""
    with database.reading() as session:
        freed = to_be_offered(session, now)
    for freed_id in freed:
        attempt(f"offer {freed_id}", partial(_pass_on, database, now, freed_id))


def _pass_on(database: Database, now: datetime, freed_id: int) -> None:
    with database.transaction(SYSTEM, now) as tx:
        pass_on(tx, freed_id)


def ask_interpreters(keys: Sequence[str]) -> Duty:
    """Whoever is not needed is told, silence ends, and the next is asked: one step of one request each."""

    def ask(database: Database, now: datetime) -> None:
        with database.reading() as session:
            due = asking_interpreters.to_pass_on(session, now)
        for request_id in due:
            attempt(f"interpreter request {request_id}", partial(_ask_on, database, now, request_id, keys))

    return ask


def _ask_on(database: Database, now: datetime, request_id: int, keys: Sequence[str]) -> None:
    with database.transaction(SYSTEM, now) as tx:
        asking_interpreters.pass_on(tx, request_id, keys)


def pass_seats_on(database: Database, now: datetime) -> None:
    """Seats in courses that nobody took in time go to the next who waits, one offer each."""
    with database.reading() as session:
        over = waitlist.lapsed(session, now)
    for enrolment_id in over:
        attempt(f"seat offer {enrolment_id}", partial(_pass_seat_on, database, now, enrolment_id))


def _pass_seat_on(database: Database, now: datetime, enrolment_id: int) -> None:
    with database.transaction(SYSTEM, now) as tx:
        waitlist.pass_on(tx, enrolment_id)


def close_days(database: Database, now: datetime) -> None:
    """After closing, end what is still open; a fault at one centre does not keep the others open."""
    with database.reading() as session:
        centre_ids = session.scalars(select(Centre.id)).all()
    for centre_id in centre_ids:
        attempt(f"close centre {centre_id}", partial(_close_centre, database, now, centre_id))


def _close_centre(database: Database, now: datetime, centre_id: int) -> None:
    with database.transaction(SYSTEM, now) as tx:
        queueing.closing.close_days(tx, tx.session.get_one(Centre, centre_id))


def name_again(database: Database, now: datetime) -> None:
    """Whoever was called and does not come is named again, and then waits behind the next two."""
    with database.reading() as session:
        called = select(Ticket.centre_id).where(Ticket.state == TicketState.CALLED).distinct()
        centre_ids = session.scalars(called).all()
    for centre_id in centre_ids:
        attempt(f"call again at centre {centre_id}", partial(_name_again, database, now, centre_id))


def _name_again(database: Database, now: datetime, centre_id: int) -> None:
    with database.transaction(SYSTEM, now) as tx:
        queueing.recalling.name_again(tx, tx.session.get_one(Centre, centre_id))


def tell_turns(database: Database, now: datetime) -> None:
    """Whoever wishes it is told that it is nearly her turn."""
    with database.reading() as session:
        centre_ids = queueing.turns.centres_with_wishes(session)
    for centre_id in centre_ids:
        attempt(f"tell turns at centre {centre_id}", partial(_tell_turns, database, now, centre_id))


def _tell_turns(database: Database, now: datetime, centre_id: int) -> None:
    with database.transaction(SYSTEM, now) as tx:
        queueing.turns.tell_turns(tx, tx.session.get_one(Centre, centre_id))


def attempt(name: str, act: Callable[[], object]) -> None:
    """A fault is logged and the next pass tries again."""
    try:
        act()
    except Exception as fault:
        log.error("%s broke: %s", name, told_without_values(fault))  # noqa: TRY400 - the message may hold rows


def run_pass(name: str, duty: Duty, database: Database) -> None:
    """One pass at one moment of domain time."""

    def once() -> None:
        with database.reading() as session:
            now = domain_now(session, machine_now())
        duty(database, now)

    attempt(name, once)


def main() -> None:
    """Tick until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    settings = Settings.from_env(os.environ)
    database = Database(make_engine(settings.database_url))
    database.subscribers += told_of_facts(settings.secret_keys)
    with database.engine.connect() as connection:
        if not (net_is_whole(connection) and pulse_beats(connection)):
            raise SystemExit(
                "The net under the claims or the pulse of the plan is torn. Run: flask --app wsgi db upgrade"
            )
    languages = checked(Languages.load(ROOT / "translations"))
    post = Post(
        ways_of(settings, channel_for(settings)), languages, settings.public_url, settings.secret_keys,
        meanings(settings.sms_errors), settings.sms_a_second, settings.sms_segments_a_month, SENDERS,
    )  # fmt: skip
    duties: list[tuple[str, Duty, int]] = [
        ("send", send(post), 1),
        ("ask for doubts", ask_for_doubts(post), 10),
        ("offer", pass_offers_on, 5),
        ("ask interpreters", ask_interpreters(settings.secret_keys), 5),
        ("offer seats", pass_seats_on, 5),
        ("call again", name_again, 5),
        ("nearly your turn", tell_turns, 5),
        ("close the day", close_days, 60),
        ("tidy", tidy, 60),
        ("have forgotten", have_forgotten(post), 3600),
    ]
    clock = BackgroundScheduler(timezone="UTC")
    for name, duty, seconds in duties:
        clock.add_job(
            run_pass, "interval", seconds=seconds, args=(name, duty, database), coalesce=True, max_instances=1,
            misfire_grace_time=None, next_run_time=machine_now(),
        )  # fmt: skip
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    clock.start()
    stop.wait()
    clock.shutdown()


if __name__ == "__main__":
    main()

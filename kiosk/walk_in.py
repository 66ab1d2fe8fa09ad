"""Without appointment: topic, a look at what was chosen, number. Four presses when nothing is changed (K-08)."""

from datetime import date, datetime

from doorway.binding import reading, request_now, the_house, transaction
from doorway.days import free_times
from doorway.form_keys import once
from doorway.gates import current_device, device
from doorway.pages import field
from doorway.speech import LONGEST_TAG, speak
from foundation.db import Transaction
from foundation.errors import Refusal
from kiosk.choices import MOST, Choices
from kiosk.pairing import blueprint
from kiosk.printed import keep_link, ticket_screen
from kiosk.steps import booking_link, closed, screen
from queueing.arrival import Greeting
from queueing.refusals import ClosedNow, NobodyToday, TooManyToday
from queueing.tickets import WalkIn, take_number
from queueing.topics import topics_for_walk_ins
from scheduling.models import Centre, TopicGroup
from scheduling.presence import offered_services
from scheduling.wish import Wish

MOST_TOPICS = 6
TONGUES_A_PAGE = 12
TO_BOOK = (NobodyToday, TooManyToday)
"""Refusals of today that another day may answer."""


@blueprint.post("/topics")
@device("kiosk")
def topics() -> str:
    """What is it about? Nobody has to say; where there is one answer, nobody is asked (K-16)."""
    groups = topics_for_walk_ins(reading(), current_device().centre)[:MOST_TOPICS]
    if len(groups) > 1:
        return screen("kiosk/topics.html", groups=groups)
    return _confirm_screen(Choices(topic=groups[0].code if groups else ""))


@blueprint.post("/confirm")
@device("kiosk")
def confirm() -> str:
    """What was chosen, to be changed or taken; plus, minus and wishes come back here."""
    return _confirm_screen(Choices.sent())


@blueprint.post("/tongues")
@device("kiosk")
def tongues() -> str:
    """Another language for the talk than that of the screen (L-01)."""
    spoken, page = the_house().languages.spoken, field("page", 1)
    first = TONGUES_A_PAGE * int(page) if page.isdecimal() else 0
    return screen(
        "kiosk/tongues.html", choices=Choices.sent(), tongues=spoken[first : first + TONGUES_A_PAGE],
        more=(first // TONGUES_A_PAGE + 1) % -(-len(spoken) // TONGUES_A_PAGE),
    )  # fmt: skip


@blueprint.post("/number")
@device("kiosk")
def number() -> str | tuple[str, int]:
    """A ticket without appointment; a double tap makes one (K-06)."""
    try:
        with transaction() as tx:
            ticket_id = once(tx, lambda: keep_link(tx, take_number(tx, walk_in_of(tx, Choices.sent()))))
    except ClosedNow as refusal:
        return closed(), refusal.status
    except TO_BOOK as refusal:
        dates = next_dates(Choices.sent())
        return screen("kiosk/sorry.html", refusal=refusal, link=booking_link(), dates=dates), refusal.status
    except Refusal as refusal:
        return screen("kiosk/sorry.html", refusal=refusal, link=None), refusal.status
    return ticket_screen(ticket_id, Greeting.WELCOME)


def next_dates(choices: Choices, days: int = 3) -> list[datetime]:
    """The first free start on each of the next days, for the first service of the topic that so many can book."""
    centre, reads = current_device().centre, the_house().languages.wished(field("lang", LONGEST_TAG))
    offered = [s for s in offered_services(reading(), centre) if s.bookable and not s.women_only]
    offered = [s for s in offered if s.party_max >= choices.party]
    fitting = [s for s in offered if s.topic_group.code == choices.topic] or offered
    if not fitting:
        return []
    wish = Wish((fitting[0].id,), (centre.id,), (choices.talks(reads).tag,), choices.party, choices.wishes)
    by_day: dict[date, datetime] = {}
    for slot in free_times(centre, wish, None).slots:
        by_day.setdefault(centre.local_day(slot.starts_at), slot.starts_at)
    by_day.pop(centre.local_day(request_now()), None)
    return list(by_day.values())[:days]


def walk_in_of(tx: Transaction, choices: Choices) -> WalkIn:
    """Who it is, as far as the kiosk was told."""
    reads = the_house().languages.wished(field("lang", LONGEST_TAG))
    centre = tx.session.get_one(Centre, current_device().centre_id)
    topic = topic_of(tx, centre, choices.topic)
    return WalkIn(centre, topic, reads.tag, (choices.talks(reads).tag,), choices.party, choices.wishes)


def topic_of(tx: Transaction, centre: Centre, code: str) -> TopicGroup | None:
    """One that is served here; nothing else means that it was not said."""
    return next((group for group in topics_for_walk_ins(tx.session, centre) if group.code == code), None)


def _confirm_screen(choices: Choices) -> str:
    reads = speak(field("lang", LONGEST_TAG))
    groups = topics_for_walk_ins(reading(), current_device().centre)
    return screen(
        "kiosk/confirm.html", choices=choices, topic=next((g for g in groups if g.code == choices.topic), None),
        talks=choices.talks(reads), most=MOST, back="kiosk.topics" if len(groups) > 1 else "kiosk.welcome",
    )  # fmt: skip

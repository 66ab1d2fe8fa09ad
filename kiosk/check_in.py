"""The kiosk's screens: language, appointment or not, code or topic, ticket.

Every step is a POST that carries what was chosen so far, so that no address and no history tells about a client
(K-10, K-11).
"""

from datetime import timedelta

from flask import render_template, url_for
from sqlalchemy import select

from access.devices import codes_locked, forget_wrong_codes, note_wrong_code
from doorway.binding import reading, request_now, the_house, transaction
from doorway.form_keys import once
from doorway.gates import current_device, device
from doorway.pages import field
from doorway.speech import speak
from foundation.clock import machine_now
from foundation.db import Transaction
from foundation.errors import NotFound, Refusal
from foundation.languages import SOURCE, State
from kiosk.pairing import blueprint
from queueing.helping import ask_for_help
from queueing.models import Ticket
from queueing.refusals import ClosedNow, CodesLocked, CodeUnknown, TooManyToday
from queueing.tickets import WalkIn, check_in_by_code, check_in_by_token, open_today, take_number
from queueing.today import wait_of
from queueing.topics import walk_in_services
from scheduling.coding import CODE_LENGTH
from scheduling.models import Centre, TopicGroup
from scheduling.presence import next_opening

BEFORE_OPENING = timedelta(minutes=30)
WORDS_THAT_HELP = ("help", "appointment", "counselling", "course", "interpreter", "please_wait")
"""Terms of the glossary that fit on one screen at the kiosk's size of type."""


@blueprint.get("/")
@device("kiosk")
def start() -> str:
    """All languages; says when the centre is closed."""
    speak(SOURCE)
    centre = current_device().centre
    return render_template("kiosk/start.html", centre=centre, now=request_now(), is_open=is_open(centre))


@blueprint.post("/welcome")
@device("kiosk")
def welcome() -> str:
    """With or without appointment?"""
    return _screen("kiosk/welcome.html") if is_open(current_device().centre) else _closed()


@blueprint.post("/more")
@device("kiosk")
def more() -> str:
    """Languages in preparation."""
    return _screen("kiosk/more.html")


@blueprint.post("/words")
@device("kiosk")
def words() -> str:
    """Words of a language in preparation beside the German ones, and a person to help."""
    shown = the_house().languages.all.get(field("lang", 20))
    if shown is None or shown.state is not State.PREPARED:
        return more()
    few = {name: shown.glossary[name] for name in WORDS_THAT_HELP}
    return _screen("kiosk/words.html", shown=shown, terms=few)


@blueprint.post("/code")
@device("kiosk")
def code() -> str:
    """QR, code, or neither."""
    return _code_screen()


@blueprint.post("/check-in")
@device("kiosk")
def check_in() -> str | tuple[str, int]:
    """A ticket for the appointment of today that the code or the scanned link names."""
    typed, token = field("code", 12).replace(" ", ""), _token(field("scan", 300))
    kiosk, kiosk_id = current_device(), current_device().id
    try:
        if not token and codes_locked(kiosk, machine_now()):
            raise CodesLocked
        with transaction() as tx:
            centre = tx.session.get_one(Centre, kiosk.centre_id)
            ticket = check_in_by_token(tx, centre, token) if token else check_in_by_code(tx, centre, typed)
            ticket_id = ticket.id
            if not token:
                forget_wrong_codes(tx, kiosk_id)
    except CodeUnknown as unknown:
        if len(typed) == CODE_LENGTH:
            _count_wrong_code()
        return _code_screen(unknown, typed), unknown.status
    except (NotFound, Refusal) as refusal:
        shown = CodeUnknown() if isinstance(refusal, NotFound) else refusal
        return _code_screen(shown, ""), shown.status
    return _ticket_screen(ticket_id)


@blueprint.post("/topics")
@device("kiosk")
def topics() -> str:
    """What is it about? Nobody has to say."""
    centre = current_device().centre
    groups = reading().scalars(select(TopicGroup).order_by(TopicGroup.position)).all()
    served = [group for group in groups if walk_in_services(reading(), centre, group)]
    return _screen("kiosk/topics.html", groups=served)


@blueprint.post("/number")
@device("kiosk")
def number() -> str | tuple[str, int]:
    """A ticket without appointment; a double tap makes one (K-06)."""
    try:
        with transaction() as tx:
            ticket_id = once(tx, lambda: _take_number(tx).id)
    except ClosedNow as closed:
        return _closed(), closed.status
    except Refusal as refusal:
        link = _booking_link() if isinstance(refusal, TooManyToday) else None
        return _screen("kiosk/sorry.html", refusal=refusal, link=link), refusal.status
    return _ticket_screen(ticket_id)


@blueprint.post("/help")
@device("kiosk")
def help_() -> str:
    """A person is asked for, on every screen, in the same corner (W-09, K-17); nobody is promised when it is closed."""
    if not is_open(current_device().centre):
        return _closed()
    with transaction() as tx:
        centre = tx.session.get_one(Centre, current_device().centre_id)
        once(tx, lambda: ask_for_help(tx, centre, current_device().name).id)
    return _screen("kiosk/help.html")


def _screen(template: str, **context: object) -> str:
    speak(field("lang", 20))
    return render_template(template, centre=current_device().centre, now=request_now(), **context)


def _code_screen(refusal: Refusal | None = None, typed: str = "") -> str:
    return _screen("kiosk/code.html", refusal=refusal, typed=typed)


def _ticket_screen(ticket_id: int) -> str:
    ticket = reading().get_one(Ticket, ticket_id)
    wait = wait_of(reading(), ticket, request_now())
    return _screen("kiosk/ticket.html", ticket=ticket, late=ticket.late, wait=wait)


def _booking_link() -> str:
    """Where a phone books at this centre, in the language of this screen."""
    centre, wanted = current_device().centre, field("lang", 20)
    path = url_for("booking.topics", centre_code=centre.code, lang=the_house().languages.wished(wanted).tag)
    return f"{the_house().settings.public_url}{path}"


def _take_number(tx: Transaction) -> Ticket:
    tag = field("lang", 20)
    spoken = the_house().languages.wished(tag)
    topic = tx.session.scalar(select(TopicGroup).where(TopicGroup.code == field("topic", 20)))
    centre = tx.session.get_one(Centre, current_device().centre_id)
    return take_number(tx, WalkIn(centre, topic, spoken.tag, (spoken.spoken_as,)))


def _token(scanned: str) -> str:
    """The secret at the end of a scanned link; empty for anything else."""
    head, mark, token = scanned.rpartition("/t/")
    return token if mark and head else ""


def _count_wrong_code() -> None:
    kiosk_id = current_device().id
    with transaction() as tx:
        note_wrong_code(tx, kiosk_id, machine_now())


def _closed() -> str:
    centre = current_device().centre
    return _screen("kiosk/closed.html", opens_at=next_opening(reading(), centre, request_now()))


def is_open(centre: Centre) -> bool:
    """Whether people may check in: from half an hour before the doors open until they close."""
    now = request_now()
    return any(i.start - BEFORE_OPENING <= now < i.end for i in open_today(reading(), centre, now))

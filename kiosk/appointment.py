"""With an appointment: by QR code, by six digits, or by neither (K-08, X-05)."""

import re
from datetime import datetime, timedelta

from access.devices import codes_locked, forget_wrong_codes, note_wrong_code
from access.models import Device
from doorway.binding import reading, request_now, transaction
from doorway.form_keys import once
from doorway.forms import chosen_moment
from doorway.gates import current_device, device
from doorway.pages import field
from foundation.clock import machine_now
from foundation.errors import NotFound, Refusal
from kiosk.choices import Choices
from kiosk.pairing import blueprint
from kiosk.printed import keep_link, ticket_screen
from kiosk.steps import booking_link, closed, is_open, screen
from kiosk.walk_in import MOST_TOPICS, walk_in_of
from queueing.arrival import Greeting
from queueing.helping import ask_for_help
from queueing.joining import number_without_code
from queueing.matching import grid
from queueing.refusals import ClosedNow, CodesLocked, CodeUnknown
from queueing.tickets import check_in_by_code, check_in_by_token, come_back_by_token, open_today
from queueing.topics import topics_for_walk_ins
from scheduling.coding import CODE_LENGTH
from scheduling.models import Centre

LINK = re.compile(r".+/([tn])/([^/]+)$")
"""What a camera or a scanner reads: the secret at the end of a visit's or a number's link."""

BY_LINK = {"t": check_in_by_token, "n": come_back_by_token}


@blueprint.post("/code")
@device("kiosk")
def code() -> str:
    """QR, code, or neither."""
    return _code_screen() if is_open(current_device().centre) else closed()


@blueprint.post("/check-in")
@device("kiosk")
def check_in() -> str | tuple[str, int]:
    """A ticket for the appointment of today that the scanned link or the code names; a link first."""
    scanned = LINK.search(field("scan", 300))
    return _by_link(*scanned.groups()) if scanned else _by_code(field("code", 12).replace(" ", ""))


@blueprint.post("/times")
@device("kiosk")
def times() -> str:
    """No code: every quarter of an hour of the day, whether anything is booked then or not."""
    quarters = grid(open_today(reading(), current_device().centre, request_now()))
    return screen("kiosk/times.html", quarters=quarters) if quarters else closed()


@blueprint.post("/about")
@device("kiosk")
def about() -> str | tuple[str, int]:
    """What the appointment is about; where there is one answer, nobody is asked (K-16)."""
    starts_at = chosen_moment()
    groups = topics_for_walk_ins(reading(), current_device().centre)[:MOST_TOPICS]
    if len(groups) > 1:
        return screen("kiosk/about.html", groups=groups, starts_at=starts_at)
    return _without_code(starts_at, Choices(topic=groups[0].code if groups else ""))


@blueprint.post("/without-code")
@device("kiosk")
def without_code() -> str | tuple[str, int]:
    """A number; the answer is the same whether an appointment was found or not."""
    return _without_code(chosen_moment(), Choices.sent())


def _without_code(starts_at: datetime, choices: Choices) -> str | tuple[str, int]:
    try:
        with transaction() as tx:
            ticket_id = once(tx, lambda: keep_link(tx, number_without_code(tx, walk_in_of(tx, choices), starts_at)))
    except ClosedNow as refusal:
        return closed(), refusal.status
    except Refusal as refusal:
        return screen("kiosk/sorry.html", refusal=refusal, link=None), refusal.status
    return ticket_screen(ticket_id, Greeting.WELCOME)


def _by_link(kind: str, token: str) -> str | tuple[str, int]:
    """A secret link may be told about another day or place; whatever it is, a next step stands beside it."""
    try:
        with transaction() as tx:
            centre = tx.session.get_one(Centre, current_device().centre_id)
            ticket_id = keep_link(tx, BY_LINK[kind](tx, centre, token))
    except (NotFound, Refusal) as refusal:
        shown = CodeUnknown() if isinstance(refusal, NotFound) else refusal
        return screen("kiosk/answer.html", refusal=shown, link=booking_link()), shown.status
    return ticket_screen(ticket_id)


def _by_code(typed: str) -> str | tuple[str, int]:
    kiosk_id = current_device().id
    try:
        if codes_locked(current_device(), machine_now()):
            raise CodesLocked
        with transaction() as tx:
            centre = tx.session.get_one(Centre, current_device().centre_id)
            ticket_id = keep_link(tx, check_in_by_code(tx, centre, typed))
            forget_wrong_codes(tx, kiosk_id)
    except CodeUnknown as unknown:
        if len(typed) == CODE_LENGTH:
            _count_wrong_code(kiosk_id)
        return _code_screen(unknown), unknown.status
    except Refusal as refusal:
        return _code_screen(refusal), refusal.status
    return ticket_screen(ticket_id)


def _code_screen(refusal: Refusal | None = None) -> str:
    """With the camera; without keys while they rest, and then until when."""
    kiosk = reading().get_one(Device, current_device().id, populate_existing=True)
    rests_until = _rests_until(kiosk.codes_locked_until)
    return screen("kiosk/code.html", refusal=refusal, rests_until=rests_until)


def _rests_until(until: datetime | None) -> datetime | None:
    """As the clock on the screen will show it; locks themselves live by machine time."""
    left = until - machine_now() if until else timedelta()
    return request_now() + left + timedelta(minutes=1) if left > timedelta() else None


def _count_wrong_code(kiosk_id: int) -> None:
    """Where many are wrong, somebody looks after whoever stands there (X-05)."""
    with transaction() as tx:
        if note_wrong_code(tx, kiosk_id, machine_now()):
            kiosk = tx.session.get_one(Device, kiosk_id)
            ask_for_help(tx, tx.session.get_one(Centre, kiosk.centre_id), kiosk.name)

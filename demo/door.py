"""The demo page: links to every door, one press to sign in or pair, the simulated phones, the clock mover."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from access.devices import KINDS, make_device, pair
from access.models import Account
from access.rights import Role
from demo.seed import waking_hour
from demo.setup import PASSWORD
from doorway.binding import reading, request_now, the_house, transaction
from doorway.forms import national
from doorway.gates import open_to_all, remember_device
from doorway.pages import field, see_other, text_field
from doorway.speech import language, speak
from doorway.staff import sign_in
from foundation.clock import domain_now, machine_now, move_domain_time
from foundation.errors import NotFound, desk_sentence
from foundation.facts import SYSTEM
from foundation.languages import SOURCE
from foundation.tokens import random_token
from notifications.channels.simulated import BUSY, LOST, PERMANENTLY_WRONG, SLOW
from notifications.models import Message
from notifications.outbox import to_phones
from notifications.replies import LONGEST, Received, receive
from notifications.wording import with_link
from scheduling.models import Centre

blueprint = Blueprint("demo", __name__, url_prefix="/demo")
ZONE = ZoneInfo("Europe/Berlin")
MAGIC = {
    PERMANENTLY_WRONG: desk_sentence("Scheitert: Die Nummer ist falsch. Sie steht gleich unter «Anrufen»."),
    SLOW: desk_sentence("Langsam: Sie ist geschickt, aber es kommt nie eine Meldung, dass sie da ist."),
    BUSY: desk_sentence("Besetzt: Der Anbieter nimmt nichts an. Es wird immer wieder versucht."),
    LOST: desk_sentence("Verloren: Niemand antwortet. Nach zehn Minuten steht sie unter «Anrufen»."),
}
"""What the simulated way out does with these numbers (S-16); with every other it arrives at once."""

PAIRED_HOME = {"kiosk": "kiosk.start", "display": "display.show"}


def open_demo(app: Flask) -> None:
    """Mount the demo; called in demo mode only, so that outside it none of these routes exists."""
    app.register_blueprint(blueprint)

    @app.context_processor
    def banner() -> dict[str, Any]:
        return {"demo_now": request_now().astimezone(ZONE), "demo_password": PASSWORD}


@blueprint.get("/")
@open_to_all
def home() -> str:
    """Everything in reach; in German only."""
    language()  # `?lang=` counts as chosen, for the other doors
    speak(SOURCE)
    return render_template(
        "demo/home.html",
        centres=reading().scalars(select(Centre).order_by(Centre.id)).all(),
        accounts=_accounts(),
        phones=_phones(),
        magic=MAGIC,
        national=national,
        with_link=_with_link,
        now=request_now().astimezone(ZONE),
    )


@blueprint.post("/clock/<step>")
@open_to_all
def move_clock(step: str) -> Response:
    """A quarter of an hour, an hour, or to the next morning; never backwards."""
    steps = {"quarter": timedelta(minutes=15), "hour": timedelta(hours=1)}
    if step not in {*steps, "morning"}:
        raise NotFound
    machine = machine_now()
    with the_house().database.transaction(SYSTEM, machine) as tx:
        now = domain_now(tx.session, machine)
        move_domain_time(tx.session, now + steps[step] if step in steps else _next_morning(now), machine)
    return see_other(".home")


@blueprint.post("/reply")
@open_to_all
def reply() -> Response:
    """A simulated phone writes back, as a real one would."""
    house = the_house()
    written = Received(f"demo-{random_token()}", field("number", 20), text_field("text", LONGEST))
    with transaction() as tx:
        receive(tx, house.settings.secret_keys, house.languages, written)
    return see_other(".home")


@blueprint.post("/sign-in/<login>")
@open_to_all
def sign_in_as(login: str) -> Response:
    """One press opens a session."""
    account = reading().scalar(select(Account).where(Account.login == login, Account.active))
    if account is None:
        raise NotFound
    sign_in(account)
    return see_other("desk.devices" if account.role is Role.ADMIN else "desk.day")


@blueprint.post("/pair/<kind>/<centre_code>")
@open_to_all
def pair_this(kind: str, centre_code: str) -> Response:
    """This browser becomes a kiosk or display of the centre."""
    if kind not in KINDS:
        raise NotFound
    with the_house().database.transaction(SYSTEM, machine_now()) as tx:
        centre = tx.session.scalar(select(Centre).where(Centre.code == centre_code))
        if centre is None:
            raise NotFound
        _, code = make_device(tx, kind, centre, "Kiosk 1" if kind == "kiosk" else "Display 1")
        _, secret = pair(tx, code)
    return remember_device(see_other(PAIRED_HOME[kind]), kind, secret)


def _accounts() -> list[Account]:
    order = {Role.COUNSELLOR: 0, Role.FRONT_DESK: 1, Role.LEAD: 2, Role.DISTRICT_LEAD: 3, Role.ADMIN: 4}
    accounts = reading().scalars(select(Account).where(Account.active)).all()
    return sorted(accounts, key=lambda a: (order[a.role], a.centre_id or 0, a.login))


def _phones() -> dict[str, list[Message]]:
    phones: dict[str, list[Message]] = {}
    for message in to_phones(reading()):
        phones.setdefault(message.recipient or "", []).append(message)
    return phones


def _with_link(message: Message) -> str:
    settings = the_house().settings
    return with_link(message, settings.secret_keys)


def _next_morning(now: datetime) -> datetime:
    midnight = datetime.combine(now.astimezone(ZONE).date() + timedelta(days=1), time(0), tzinfo=ZONE)
    return waking_hour(midnight)

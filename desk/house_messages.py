"""Where the lead chooses what the displays of the centre say to everybody who waits."""

from datetime import date

from flask import render_template
from werkzeug.wrappers import Response

from access.house_messages import SENTENCES, choose_messages, chosen_messages
from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, see_other
from foundation.errors import NotFound


@blueprint.get("/house-messages")
@staff(Right.PAIR_DEVICES)
def house_messages() -> str:
    """All prepared sentences, in every language of the displays, and until when each is shown."""
    centre, now = current_centre(), request_now()
    chosen, today = chosen_messages(reading(), centre), centre.local_day(now)
    return render_template(
        "desk/house_messages.html", account=current_account(), centre=centre, sentences=SENTENCES, today=today,
        chosen={code: day for code, day in chosen.items() if day >= today},
    )  # fmt: skip


@blueprint.post("/house-messages")
@staff(Right.PAIR_DEVICES)
def choose_house_messages() -> Response:
    """From now on these, each until the end of its day; a sentence without a day is not shown."""
    until = {code: day for code in SENTENCES if (day := _day_of(code))}
    with transaction() as tx:
        choose_messages(tx, centre_in(tx), until)
    return see_other(".house_messages")


def _day_of(code: str) -> date | None:
    typed = field(code, 10)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise NotFound from None

"""Paper to hand over: the slip of an appointment and the slip of a ticket, in the client's language and in German."""

from flask import render_template, url_for

from access.rights import Right
from desk.case import case_shown
from desk.session import blueprint
from doorway.binding import reading, request_now, the_house
from doorway.gates import current_centre, staff
from foundation.errors import NotFound
from foundation.languages import Language
from queueing.finding import Query, find
from scheduling.models import Visit
from scheduling.visits import manage_token


@blueprint.get("/case/slip")
@staff(Right.RECEIVE)
def case_slip() -> str:
    """Day, time, room, code, and the secret link as a QR code; nothing of the topic. Raises NotFound without a code."""
    visit = case_shown()
    if visit.code is None or not visit.appointments:
        raise NotFound
    return render_template("desk/slip.html", visit=visit, ticket=None, link=_link(visit), tongue=_tongue(visit))


@blueprint.get("/tickets/<int(max=899):number>/slip")
@staff(Right.RECEIVE)
def ticket_slip(number: int) -> str:
    """Number, sign and where to wait, once more. Raises NotFound for a number that was not given today."""
    found = find(reading(), current_centre(), request_now(), Query(number=number))
    one = next((one for one in found if one.ticket and one.ticket.number == number), None)
    if one is None:
        raise NotFound
    link = _link(one.visit) if one.visit.code else ""
    return render_template(
        "desk/slip.html", visit=one.visit, ticket=one.ticket, link=link, tongue=_tongue(one.visit)
    )  # fmt: skip


def _link(visit: Visit) -> str:
    settings = the_house().settings
    return settings.public_url + url_for("visit.enter", token=manage_token(settings.secret_keys, visit))


def _tongue(visit: Visit) -> Language:
    return the_house().languages[visit.ui_lang]

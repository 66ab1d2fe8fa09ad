"""The desk's inbox: what clients have written that a person has to read (S-15)."""

from flask import render_template
from phonenumbers import NumberParseException
from werkzeug.wrappers import Response

from access.rights import Right
from desk.session import blueprint
from desk.words import REPLIES
from doorway.binding import reading, request_now, transaction
from doorway.forms import national
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, number_field, see_other
from notifications.inbox import count_inbox, deal_with, inbox, read_lately


@blueprint.get("/replies", endpoint="inbox")
@staff(Right.REACH)
def show_inbox() -> str:
    """What has come, the oldest first, and what was dealt with in the last hours."""
    centre = current_centre()
    return render_template(
        "desk/inbox.html", account=current_account(), centre=centre, replies=inbox(reading(), centre),
        lately=read_lately(reading(), centre, request_now()), words=REPLIES, from_=shown,
    )  # fmt: skip


@blueprint.post("/replies")
@staff(Right.REACH)
def reply_done() -> Response:
    """Dealt with, or taken back. Raises NotFound for what is not in the inbox, Moved when another was faster."""
    incoming_id, back = number_field("reply"), field("act", 4) == "back"
    with transaction() as tx:
        deal_with(tx, centre_in(tx), incoming_id, done=not back)
    return see_other(".inbox")


@blueprint.context_processor
def how_many_to_read() -> dict[str, object]:
    """For the navigation, asked only by those pages that show it."""
    return {"inbox_count": lambda: count_inbox(reading(), current_centre())}


def shown(sender: str) -> str:
    """A number as people here write it; a name or short number, as networks have them, as it came."""
    try:
        return national(sender)
    except NumberParseException:
        return sender

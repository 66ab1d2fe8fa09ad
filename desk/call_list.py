"""Clients whose message did not arrive: who has to be called, and what to say (S-11)."""

from flask import render_template
from werkzeug.wrappers import Response

from access.rights import Right
from desk.post import error_words
from desk.session import blueprint
from desk.words import STATES, TO_SAY
from doorway.binding import reading, request_now, transaction
from doorway.forms import readable
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, number_field, see_other
from notifications.about_courses import told_time
from notifications.calling import called_lately, count_to_call, note_called, to_call
from notifications.saying import to_say


@blueprint.get("/call-list")
@staff(Right.REACH)
def call_list() -> str:
    """The list, the next appointment first, and what was done in the last hours."""
    centre, now = current_centre(), request_now()
    return render_template(
        "desk/call_list.html", account=current_account(), centre=centre, messages=to_call(reading(), centre, now),
        lately=called_lately(reading(), centre, now), to_say=TO_SAY, states=STATES, readable=readable,
        error_words=error_words, changes=to_say(reading(), centre, now), told_time=told_time,
    )  # fmt: skip


@blueprint.post("/call-list")
@staff(Right.REACH)
def called() -> Response:
    """Told by phone, or taken back. Raises NotFound for what is not on the list, Moved when another was faster."""
    message_id, back = number_field("message"), field("act", 4) == "back"
    with transaction() as tx:
        note_called(tx, centre_in(tx), message_id, called=not back)
    return see_other(".call_list")


@blueprint.context_processor
def how_many_to_call() -> dict[str, object]:
    """For the navigation, asked only by those pages that show it."""
    return {"to_call_count": _count}


def _count() -> int:
    centre, now = current_centre(), request_now()
    unsaid = [one for one in to_say(reading(), centre, now) if one.said_at is None]
    return count_to_call(reading(), centre, now) + len(unsaid)

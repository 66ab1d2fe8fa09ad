"""No SMS any more: the three ways, and one press where this browser has a visit open (S-06)."""

from flask import render_template, request
from werkzeug.wrappers import Response as BaseResponse

from booking.places import centres
from booking.steps import blueprint
from booking.visit import blueprint as own_page
from booking.visit import visit_of_form
from doorway.binding import the_house, transaction
from doorway.gates import open_to_all, visit_open, visitor
from doorway.pages import see_other
from doorway.speech import language
from notifications.consent import no_more


@blueprint.get("/stop")
@open_to_all
def stop() -> str:
    """How SMS are ended; changes nothing."""
    words = language().stop_words or ("STOP",)
    return render_template(
        "booking/stop.html", visit=visit_open(), centres=centres(), word=words[-1], done=request.args.get("done")
    )


@own_page.post("/visit/no-sms")
@visitor
def no_sms() -> BaseResponse:
    """No more to this number, from now on; also while she waits here. Twice is once."""
    with transaction() as tx:
        no_more(tx, visit_of_form(tx), the_house().settings.secret_keys)
    return see_other("booking.stop", done="yes")

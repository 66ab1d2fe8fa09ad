"""What people find hard on the pages, to be dealt with and then gone."""

from flask import render_template
from werkzeug.wrappers import Response

from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, transaction
from doorway.feedback import deal_with, left
from doorway.gates import current_account, staff
from doorway.pages import number_field, see_other


@blueprint.get("/feedback")
@staff(Right.RECEIVE)
def feedback() -> str:
    """The list, oldest first."""
    return render_template("desk/feedback.html", account=current_account(), left=left(reading()))


@blueprint.post("/feedback")
@staff(Right.RECEIVE)
def feedback_done() -> Response:
    """Dealt with: it is erased. Raises NotFound for what is gone already."""
    feedback_id = number_field("feedback")
    with transaction() as tx:
        deal_with(tx, feedback_id)
    return see_other(".feedback")

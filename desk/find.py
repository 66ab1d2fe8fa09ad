"""One search field for the whole centre: code, time, ticket number, call-name or phone (D-02)."""

from flask import Response, render_template

from access.models import Account
from access.rights import Right
from desk.session import blueprint
from desk.understanding import understand
from doorway.binding import reading, request_now
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, page_or_fragment
from queueing.finding import find as look_up

LONGEST_QUERY = 40


@blueprint.get("/find")
@staff(Right.RECEIVE)
def find() -> str:
    """The field."""
    return render_template("desk/find.html", account=current_account(), centre=current_centre(), found=None, typed="")


@blueprint.post("/find")
@staff(Right.RECEIVE)
def find_this() -> Response:
    """What it finds, on the same page: a name or number stands in no address. Changes nothing."""
    account, centre, typed = current_account(), current_centre(), field("typed", LONGEST_QUERY)
    found = look_up(reading(), centre, request_now(), understand(typed), _phone_of(account))
    return page_or_fragment(
        "desk/find.html", "desk/_found.html", account=account, centre=centre, found=found, typed=typed,
        now=request_now(), by_name=understand(typed).name,
    )  # fmt: skip


def _phone_of(account: Account) -> int | None:
    """Whose clients a phone number may find: everybody's, or the counsellor's own (X-10)."""
    return None if account.may(Right.REACH) else account.counsellor_id or 0

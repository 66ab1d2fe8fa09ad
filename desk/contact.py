"""How a client is reached, put right at the desk."""

from werkzeug.wrappers import Response

from access.rights import Right
from desk.case import case_page, case_shown, case_to_change, may_reach
from desk.session import blueprint
from doorway.binding import transaction
from doorway.forms import CONTACT_REFUSED, ContactForm
from doorway.gates import current_account, staff
from doorway.pages import see_other
from foundation.errors import Forbidden
from scheduling.repeating import reach_all, series_to_change


@blueprint.post("/case/contact")
@staff(Right.RECEIVE)
def case_contact() -> tuple[str, int] | Response:
    """Keep call-name, number and consent, for all of a series; what was typed stays when it is refused.

    Raises Forbidden for others' clients.
    """
    if not may_reach(current_account(), case_shown()):
        raise Forbidden
    typed = ContactForm.sent()
    try:
        checked = typed.contact()
        with transaction() as tx:
            series = series_to_change(tx, case_shown())
            reach_all(tx, case_to_change(tx), series, checked)
    except CONTACT_REFUSED as refusal:
        return case_page(typed, refusal), refusal.status
    return see_other(".case", done="contact")

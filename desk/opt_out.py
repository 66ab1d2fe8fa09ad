"""No SMS any more, or again, when the person says so at the desk or on the phone (S-06)."""

from werkzeug.wrappers import Response

from access.rights import Right
from desk.case import case_shown, case_to_change, may_reach
from desk.session import blueprint
from doorway.binding import the_house, transaction
from doorway.gates import current_account, staff
from doorway.pages import see_other
from foundation.errors import Forbidden, NotFound
from notifications.consent import allow_again, no_more


@blueprint.post("/case/no-sms")
@staff(Right.RECEIVE)
def case_no_sms() -> Response:
    """Nothing more goes to the number. Forbidden for others' clients."""
    if not may_reach(current_account(), case_shown()):
        raise Forbidden
    with transaction() as tx:
        no_more(tx, case_to_change(tx), the_house().settings.secret_keys)
    return see_other(".case", done="contact")


@blueprint.post("/case/sms-again")
@staff(Right.REACH)
def case_sms_again() -> Response:
    """The person has said that she wants SMS again. Raises NotFound where no number wants none."""
    with transaction() as tx:
        visit = case_to_change(tx)
        if not visit.sms_ended:
            raise NotFound
        allow_again(tx, visit.phone or "", the_house().settings.secret_keys, "desk")
    return see_other(".case", done="contact")

"""Changes that no message tells, on the call list: who has to be told, and that it was done."""

from werkzeug.wrappers import Response

from access.rights import Right
from desk.session import blueprint
from doorway.binding import transaction
from doorway.gates import centre_in, staff
from doorway.pages import field, number_field, see_other
from notifications.saying import note_said


@blueprint.post("/call-list/said")
@staff(Right.REACH)
def said() -> Response:
    """Said by a person, or taken back. Raises NotFound for what is not on the list, Moved when another was faster."""
    with transaction() as tx:
        note_said(tx, centre_in(tx), number_field("who"), said=field("act", 4) != "back")
    return see_other(".call_list")

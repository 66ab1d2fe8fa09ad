"""Whether clients are reminded once more on the day: a lead chooses for her centre, beside the devices."""

from werkzeug.wrappers import Response

from access.reminders import choose_reminders
from access.rights import Right
from desk.devices import own_centres
from desk.session import blueprint
from doorway.binding import transaction
from doorway.gates import staff
from doorway.pages import field, see_other
from foundation.errors import NotFound
from scheduling.models import Centre


@blueprint.post("/reminders")
@staff(Right.PAIR_DEVICES)
def reminders() -> Response:
    """Two working days before, or three hours before as well."""
    centre_id = next((centre.id for centre in own_centres() if centre.code == field("centre", 40)), None)
    chosen = field("soon", 3)
    if centre_id is None or chosen not in {"yes", "no"}:
        raise NotFound
    with transaction() as tx:
        choose_reminders(tx, tx.session.get_one(Centre, centre_id), chosen == "yes")
    return see_other(".devices")

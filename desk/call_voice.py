"""How the waiting room hears calls: a lead chooses for her centre, beside the devices."""

from sqlalchemy import select
from werkzeug.wrappers import Response

from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, transaction
from doorway.gates import current_account, staff
from doorway.pages import field, see_other
from foundation.errors import NotFound
from queueing.calling_aloud import choose_call_voice
from scheduling.models import CallVoice, Centre


@blueprint.post("/call-voice")
@staff(Right.PAIR_DEVICES)
def call_voice() -> Response:
    """Client's language and German, German alone, or the chime."""
    centre = reading().scalar(select(Centre).where(Centre.code == field("centre", 40)))
    voice, own = field("voice", 20), current_account().centre_id
    if centre is None or own not in {None, centre.id} or voice not in set(CallVoice):
        raise NotFound
    centre_id = centre.id
    with transaction() as tx:
        choose_call_voice(tx, tx.session.get_one(Centre, centre_id), CallVoice(voice))
    return see_other(".devices")

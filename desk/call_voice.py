"""How the waiting room hears calls: a lead chooses for her centre, beside the devices."""

from werkzeug.wrappers import Response

from access.call_voice import choose_call_voice
from access.rights import Right
from desk.devices import own_centres
from desk.session import blueprint
from doorway.binding import transaction
from doorway.gates import staff
from doorway.pages import field, see_other
from foundation.errors import NotFound
from scheduling.models import CallVoice, Centre


@blueprint.post("/call-voice")
@staff(Right.PAIR_DEVICES)
def call_voice() -> Response:
    """Client's language and German, German alone, or the chime."""
    centre_id = next((centre.id for centre in own_centres() if centre.code == field("centre", 40)), None)
    voice = field("voice", 20)
    if centre_id is None or voice not in set(CallVoice):
        raise NotFound
    with transaction() as tx:
        choose_call_voice(tx, tx.session.get_one(Centre, centre_id), CallVoice(voice))
    return see_other(".devices")

"""A text that somebody sends to us, brought by the provider (S-15); whatever answers it goes by the outbox."""

from flask import Response

from doorway import hooks
from doorway.binding import the_house, transaction
from foundation.errors import NotFound
from notifications.forgetting import note_kept
from notifications.replies import LONGEST_NUMBER, Received, receive

blueprint = hooks.blueprint
LONGEST_ID = 64
NOTHING_TO_SAY = "<Response/>"
"""In the provider's own markup."""


@blueprint.post("/hooks/incoming")
@hooks.from_provider
def incoming() -> Response:
    """Take it in, once; one transaction. Raises NotFound for what has no name of the provider or no sender."""
    form = hooks.signed_form()
    received = Received(form.get("MessageSid", "")[:LONGEST_ID], form.get("From", ""), form.get("Body", ""))
    if not received.provider_id or not received.sender or len(received.sender) > LONGEST_NUMBER:
        raise NotFound
    house = the_house()
    with transaction() as tx:
        note_kept(tx, received.provider_id)
        receive(tx, house.settings.secret_keys, house.languages, received)
    return Response(NOTHING_TO_SAY, mimetype="text/xml")

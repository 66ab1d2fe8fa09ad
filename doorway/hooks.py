"""Where the SMS provider calls us: only what it signed is heard (S-14), whatever a proxy made of the address.

A refused call gets 403 and a line in the log without values, and changes nothing; without Twilio there is no such page.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, TypeVar, cast

from flask import Blueprint, Response, abort, request
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from doorway.binding import the_house, transaction
from foundation.errors import NotFound
from notifications.channels.reporting import PATH, is_ours
from notifications.consent import opt_out
from notifications.meanings import Meaning, meanings
from notifications.settling import Report, Said, note_report

blueprint = Blueprint("hooks", __name__)
"""Its routes need no token of our forms and are not counted: they have a signature instead."""

LONGEST_BODY = 16 * 1024
SAID = {
    "queued": Said.ON_ITS_WAY, "accepted": Said.ON_ITS_WAY, "scheduled": Said.ON_ITS_WAY, "sending": Said.ON_ITS_WAY,
    "sent": Said.ON_ITS_WAY, "delivered": Said.DELIVERED, "read": Said.DELIVERED,
    "undelivered": Said.NOT_DELIVERED, "failed": Said.NOT_DELIVERED, "canceled": Said.NOT_DELIVERED,
}  # fmt: skip
"""Twilio's words; what is none of them says nothing new."""

log = logging.getLogger("empfang.hooks")

View = TypeVar("View", bound=Callable[..., Any])


def from_provider(view: View) -> View:
    """The gate of these routes: the provider itself calls, and has signed what it says."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        signed_form()
        return view(*args, **kwargs)

    guarded.gate = "provider"  # type: ignore[attr-defined]
    return cast(View, guarded)


def signed_form() -> MultiDict[str, str]:
    """The fields of this call, after the signature over address and all fields was checked.

    Raises NotFound where Twilio is not the provider, else answers 403.
    """
    settings = the_house().settings
    if settings.sms_provider != "twilio":
        raise NotFound
    request.max_content_length = LONGEST_BODY
    query = request.query_string.decode("latin-1")
    address = settings.public_url.rstrip("/") + request.path + (f"?{query}" if query else "")
    signature = request.headers.get("X-Twilio-Signature", "")
    if not RequestValidator(settings.twilio_auth_token).validate(address, request.form, signature):
        refuse("signature")
    return request.form


def refuse(why: str) -> NoReturn:
    """End this call with 403; the log names the part that was wrong and nothing of it."""
    log.warning("a call of the provider was refused: its %s is wrong", why)
    abort(Response(status=403))


@blueprint.post(f"{PATH}/<int:number>/<token>")
@from_provider
def report(number: int, token: str) -> Response:
    """Twilio reports what became of a message; late, repeated and re-ordered reports change nothing."""
    settings, form = the_house().settings, request.form
    if not is_ours(settings.secret_keys, number, token):
        refuse("reference")
    said = SAID.get(form.get("MessageStatus", ""))
    if said is not None:
        told = Report(str(number), form.get("MessageSid", ""), said, form.get("ErrorCode") or None)
        table = meanings(settings.sms_errors)
        with transaction() as tx:
            note_report(tx, told, table)
        if table.get(told.error or "") is Meaning.OPTED_OUT and form.get("To"):
            with transaction() as tx:  # on its own: it locks visits before messages
                opt_out(tx, form["To"], settings.secret_keys)
    return Response(status=204)

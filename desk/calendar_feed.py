"""Where a counsellor makes, sees and ends the address of her own calendar."""

from flask import render_template, url_for
from werkzeug.wrappers import Response

from access.feeds import end_feed, feed_token, make_feed
from access.models import Account
from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, the_house, transaction
from doorway.gates import current_account, staff
from doorway.pages import see_other
from foundation.errors import desk_sentence

WAYS = {
    "Outlook": desk_sentence(
        "Kalender, dann «Kalender hinzufügen», dann «Aus dem Internet abonnieren». Adresse einfügen."
    ),
    "Google": desk_sentence("Neben «Weitere Kalender» auf das Plus, dann «Per URL». Adresse einfügen."),
    "Thunderbird": desk_sentence("«Neuer Kalender», dann «Im Netzwerk». Adresse einfügen."),
}
"""How three calendars take the address."""


@blueprint.get("/calendar-feed")
@staff(Right.CALL)
def calendar_feed() -> str:
    """The address, made again from the key; how three calendars take it."""
    account, settings = reading().get_one(Account, current_account().id), the_house().settings
    token = feed_token(account, settings.secret_keys)
    address = settings.public_url + url_for("feed.feed", token=token) if token else None
    return render_template("desk/calendar_feed.html", account=account, address=address, ways=WAYS.items())


@blueprint.post("/calendar-feed")
@staff(Right.CALL)
def make_calendar_feed() -> Response:
    """A new address; an earlier one is over."""
    with transaction() as tx:
        make_feed(tx, current_account().id, the_house().settings.secret_keys)
    return see_other(".calendar_feed")


@blueprint.post("/calendar-feed/end")
@staff(Right.CALL)
def end_calendar_feed() -> Response:
    """No address any more."""
    with transaction() as tx:
        end_feed(tx, current_account().id)
    return see_other(".calendar_feed")

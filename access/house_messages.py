"""House messages of the displays: prepared sentences only, so that nobody can write about people on a wall (D-09)."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from access.happened import Happened
from access.models import HouseMessage
from foundation.db import Transaction
from foundation.errors import sentence
from scheduling.models import Centre

SENTENCES: Mapping[str, str] = {
    "by_appointment": sentence("Heute nur mit Termin."),
    "longer": sentence("Heute dauert es länger. Danke für Ihre Geduld."),
    "closes_early": sentence("Heute schließen wir früher."),
    "closed_tomorrow": sentence("Morgen ist geschlossen."),
    "interpreter": sentence("Sie brauchen Hilfe in Ihrer Sprache? Sagen Sie es am Empfang."),
    "water": sentence("Wasser und Toilette: Fragen Sie am Empfang."),
    "children": sentence("Es gibt eine Spielecke für Kinder."),
    "keep_number": sentence("Bitte behalten Sie Ihre Nummer bis zum Ende."),
}
"""What a centre can say to everybody who waits, by code."""


def chosen_messages(session: Session, centre: Centre) -> dict[str, date]:
    """The messages of a centre that somebody has switched on, and the last day each is shown."""
    found = session.scalars(select(HouseMessage).where(HouseMessage.centre_id == centre.id))
    return {message.code: message.until_on for message in found}


def messages_on(session: Session, centre: Centre, day: date) -> list[str]:
    """The sentences a centre shows on a day, in their own order."""
    chosen = chosen_messages(session, centre)
    return [text for code, text in SENTENCES.items() if code in chosen and chosen[code] >= day]


def choose_messages(tx: Transaction, centre: Centre, until: Mapping[str, date]) -> None:
    """From now on the centre shows these messages, each until its day; unknown codes are nobody's."""
    tx.session.execute(select(Centre.id).where(Centre.id == centre.id).with_for_update())
    tx.session.execute(delete(HouseMessage).where(HouseMessage.centre_id == centre.id))
    tx.session.add_all(
        HouseMessage(centre_id=centre.id, code=code, until_on=day) for code, day in until.items() if code in SENTENCES
    )
    tx.record(Happened.MESSAGES_CHOSEN, "centre", centre.id, centre.scope)

"""What clients type: read, checked, refused with a sentence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import phonenumbers

from doorway.binding import the_house
from doorway.pages import field
from doorway.speech import LONGEST_TAG, MOMENT
from foundation.errors import Refusal, sentence
from foundation.languages import SOURCE
from scheduling.models import Visit
from scheduling.refusals import HelpsMany, LanguageUnknown, TooManyBookings, TopicBooked
from scheduling.visits import Contact

CONSENT_WORDING = "sms-2026-11"
"""The version of the sentence beside the tick box; raise it when the sentence changes."""
TURN_CONSENT_WORDING = "sms-turn-2026-11"
"""The same for the sentence about the SMS before her turn."""
HELPER_CONSENT_WORDING = "sms-helper-2026-11"
"""The same for the sentence about a helper."""

HOME = "+49"
MOBILE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})
LONGEST_CALL_NAME = 20
FIRST_YEAR, LAST_YEAR = 2000, 2200


class NumberMissing(Refusal):
    """SMS wanted, no number given."""

    text = sentence("Bitte schreiben Sie Ihre Handy-Nummer. Oder wählen Sie «Nein, keine SMS».")
    status = 422


class NumberBroken(Refusal):
    """No phone number."""

    text = sentence("Diese Nummer stimmt nicht. Zum Beispiel 0152 28817386. Oder wählen Sie «Nein, keine SMS».")
    status = 422


class NumberNotMobile(Refusal):
    """A landline, which gets no SMS."""

    text = sentence("Das ist keine Handy-Nummer. SMS gehen nur an ein Handy. Oder wählen Sie «Nein, keine SMS».")
    status = 422


class NumberForeign(Refusal):
    """A prefix outside the allow-list (S-17); where that holds more than Germany's, it is named."""

    text = sentence("Wir können SMS nur an deutsche Handy-Nummern schicken. Oder wählen Sie «Nein, keine SMS».")
    status = 422


class NumberElsewhere(NumberForeign):
    """The same, where some other countries are allowed."""

    text = sentence(
        "An diese Nummer können wir keine SMS schicken. Möglich sind Nummern mit {prefixes}. "
        "Oder wählen Sie «Nein, keine SMS»."
    )


class FilledByProgram(Refusal):
    """The field that people do not see was filled (X-03)."""

    text = sentence("Bitte lassen Sie das versteckte Feld leer und drücken Sie noch einmal.")
    status = 422


CONTACT_REFUSED = (
    NumberMissing, NumberBroken, NumberNotMobile, NumberForeign, NumberElsewhere, FilledByProgram,
    TooManyBookings, TopicBooked, HelpsMany, LanguageUnknown,
)  # fmt: skip
"""What is said on the page itself, with what was typed."""


class NothingChosen(Refusal):
    """A later step before a time was chosen."""

    text = sentence("Sie haben noch keinen Termin gewählt. Bitte fangen Sie vorne an.")


class MomentBroken(Refusal):
    """The chosen time is no time."""

    text = sentence("Bitte wählen Sie eine Uhrzeit.")
    status = 422


@dataclass(frozen=True)
class ContactForm:
    """The contact page as typed, so that nothing is lost when something is refused."""

    sms: str
    phone: str
    call_name: str
    helper_lang: str = SOURCE

    @classmethod
    def sent(cls) -> "ContactForm":
        """As it stands in the request."""
        return cls(
            field("sms", 6), field("phone", 40), field("call_name", LONGEST_CALL_NAME),
            field("helper_lang", LONGEST_TAG) or SOURCE,
        )  # fmt: skip

    @classmethod
    def of(cls, visit: Visit) -> "ContactForm":
        """As it was typed before."""
        asked = "no" if visit.call_name or visit.code else ""
        if visit.phone:
            asked = "helper" if visit.helper_lang else "yes"
        return cls(asked, visit.phone or "", visit.call_name or "", visit.helper_lang or SOURCE)

    def contact(self) -> Contact:
        """Checked; raises the refusal that says what to do about the number."""
        refuse_programs()
        if self.sms == "helper":
            if the_house().languages.offered(self.helper_lang) is None:
                raise LanguageUnknown
            return Contact(self.call_name or None, mobile_number(self.phone), HELPER_CONSENT_WORDING, self.helper_lang)
        phone = mobile_number(self.phone) if self.sms == "yes" else None
        return Contact(self.call_name or None, phone, CONSENT_WORDING if phone else None)


def refuse_programs() -> None:
    """Raises FilledByProgram when the field that people do not see was filled (X-03)."""
    if field("website"):
        raise FilledByProgram


def mobile_number(typed: str) -> str:
    """A mobile number in E.164 as `understood_number` reads it, of a country the house sends to."""
    return understood_number(typed, the_house().settings.sms_prefixes)


def understood_number(typed: str, prefixes: Collection[str] | None = (HOME,)) -> str:
    """A mobile number in E.164, whatever digits, spaces or prefix were typed; without prefix it is German (S-17).

    `prefixes` are the countries that are allowed; None is all of them.
    """
    if not typed:
        raise NumberMissing
    try:
        number = phonenumbers.parse(typed.replace("(0)", ""), "DE")
    except phonenumbers.NumberParseException as fault:
        raise NumberBroken from fault
    if not phonenumbers.is_valid_number(number):
        raise NumberBroken
    if prefixes is not None and f"+{number.country_code}" not in prefixes:
        raise NumberForeign if set(prefixes) == {HOME} else NumberElsewhere(prefixes=", ".join(prefixes))
    if phonenumbers.number_type(number) not in MOBILE:
        raise NumberNotMobile
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national(number: str) -> str:
    """A stored number as people here write it; a foreign one with its prefix."""
    parsed = phonenumbers.parse(number)
    at_home = f"+{parsed.country_code}" == HOME
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def chosen_moment() -> datetime:
    """The pressed slot, UTC; raises MomentBroken."""
    try:
        moment = datetime.strptime(field("start", 20), MOMENT).replace(tzinfo=UTC)
    except ValueError as fault:
        raise MomentBroken from fault
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise MomentBroken
    return moment

"""What clients type: read, checked, refused with a sentence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import phonenumbers

from doorway.binding import the_house
from doorway.pages import field
from doorway.speech import LONGEST_TAG, MOMENT
from foundation.addresses import LONGEST, is_email
from foundation.errors import Refusal, sentence
from foundation.languages import SOURCE
from scheduling.models import Visit
from scheduling.refusals import HelpsMany, LanguageUnknown, TooManyBookings, TopicBooked
from scheduling.visits import Contact

CONSENT_WORDING = "sms-2026-11"
"""The version of the sentence beside the tick box; raise it when the sentence changes."""
TURN_CONSENT_WORDING = "sms-turn-2026-11"
"""The same for the sentence about the SMS before her turn."""
HELPER_CONSENT_WORDING = "helper-2026-12"
"""The same for the sentence about a helper."""
EMAIL_CONSENT_WORDING = "email-2026-12"
"""The same for the sentence about e-mails."""

HOME = "+49"
MOBILE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})
LONGEST_CALL_NAME = 20
FIRST_YEAR, LAST_YEAR = 2000, 2200


class NumberMissing(Refusal):
    """SMS wanted, no number given."""

    text = sentence("Bitte schreiben Sie Ihre Handy-Nummer. Oder wählen Sie «Nein, keine Nachricht».")
    status = 422


class NumberBroken(Refusal):
    """No phone number."""

    text = sentence("Diese Nummer stimmt nicht. Zum Beispiel 0152 28817386. Oder wählen Sie «Nein, keine Nachricht».")
    status = 422


class NumberNotMobile(Refusal):
    """A landline, which gets no SMS."""

    text = sentence("Das ist keine Handy-Nummer. SMS gehen nur an ein Handy. Oder wählen Sie «Nein, keine Nachricht».")
    status = 422


class NumberForeign(Refusal):
    """A prefix outside the allow-list (S-17); where that holds more than Germany's, it is named."""

    text = sentence("Wir können SMS nur an deutsche Handy-Nummern schicken. Oder wählen Sie «Nein, keine Nachricht».")
    status = 422


class AddressMissing(Refusal):
    """An e-mail wanted, no address given."""

    text = sentence("Bitte schreiben Sie Ihre E-Mail-Adresse. Oder wählen Sie «Nein, keine Nachricht».")
    status = 422


class AddressBroken(Refusal):
    """No e-mail address, or one that does not fit on one line of a header."""

    text = sentence("Diese E-Mail-Adresse stimmt nicht. Bitte prüfen Sie sie. Oder wählen Sie «Nein, keine Nachricht».")
    status = 422


class WayMissing(Refusal):
    """A helper, and neither number nor address."""

    text = sentence("Bitte schreiben Sie die Nummer oder die E-Mail-Adresse der Person, die hilft.")
    status = 422


class NumberElsewhere(NumberForeign):
    """The same, where some other countries are allowed."""

    text = sentence(
        "An diese Nummer können wir keine SMS schicken. Möglich sind Nummern mit {prefixes}. "
        "Oder wählen Sie «Nein, keine Nachricht»."
    )


class FilledByProgram(Refusal):
    """The field that people do not see was filled (X-03)."""

    text = sentence("Bitte lassen Sie das versteckte Feld leer und drücken Sie noch einmal.")
    status = 422


CONTACT_REFUSED = (
    NumberMissing, NumberBroken, NumberNotMobile, NumberForeign, NumberElsewhere, AddressMissing, AddressBroken,
    WayMissing, FilledByProgram, TooManyBookings, TopicBooked, HelpsMany, LanguageUnknown,
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
    """The contact page as typed, so that nothing is lost when something is refused.

    `sms` is how she wants to be told: `yes` by SMS, `email`, `helper` for a helper by either, `no`.
    """

    sms: str
    phone: str
    call_name: str
    helper_lang: str = SOURCE
    email: str = ""

    @classmethod
    def sent(cls) -> "ContactForm":
        """As it stands in the request."""
        return cls(
            field("sms", 6), field("phone", 40), field("call_name", LONGEST_CALL_NAME),
            field("helper_lang", LONGEST_TAG) or SOURCE, field("email", LONGEST + 1),
        )  # fmt: skip

    @classmethod
    def of(cls, visit: Visit) -> "ContactForm":
        """As it was typed before."""
        asked = "no" if visit.call_name or visit.code else ""
        if visit.recipient:
            asked = "helper" if visit.helper_lang else "yes" if visit.phone else "email"
        return cls(asked, visit.phone or "", visit.call_name or "", visit.helper_lang or SOURCE, visit.email or "")

    def contact(self) -> Contact:
        """Checked; raises the refusal that says what to do about the number or the address."""
        refuse_programs()
        wording = WORDINGS.get(self.sms)
        if wording is None:
            return Contact(self.call_name or None, None, None)
        helper = self.sms == "helper"
        if helper and the_house().languages.offered(self.helper_lang) is None:
            raise LanguageUnknown
        if helper and self.offers_email and not (self.phone or self.email):
            raise WayMissing
        phone = None if self.by_email else mobile_number(self.phone)
        email = email_address(self.email) if self.by_email else None
        return Contact(self.call_name or None, phone, wording, self.helper_lang if helper else None, email)

    @property
    def offers_email(self) -> bool:
        """Whether there is a way out for e-mail."""
        return the_house().settings.writes_email

    @property
    def by_email(self) -> bool:
        """Whether it is the address that counts; of a helper who left both, the number."""
        return self.offers_email and (
            self.sms == "email" or (self.sms == "helper" and not self.phone and bool(self.email))
        )

    @property
    def at_fault(self) -> str:
        """The field a refusal is about."""
        return "email" if self.by_email else "phone"


WORDINGS = {"yes": CONSENT_WORDING, "email": EMAIL_CONSENT_WORDING, "helper": HELPER_CONSENT_WORDING}


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


def email_address(typed: str) -> str:
    """An address as it is stored: small letters, so that one counts as one. Raises AddressMissing, AddressBroken."""
    if not typed:
        raise AddressMissing
    if not is_email(typed):
        raise AddressBroken
    return typed.lower()


def readable(recipient: str | None) -> str | None:
    """Where messages go, as people here write it: a number or an address."""
    return national(recipient) if recipient and "@" not in recipient else recipient


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

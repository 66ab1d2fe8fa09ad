"""A message as its recipient reads it, and as it is kept: without the secret of its link."""

from collections.abc import Sequence

from foundation.formats import clock_time
from foundation.languages import Language, Languages
from notifications.about_courses import told_time
from notifications.models import Message
from notifications.sizing import plain
from notifications.texts import ANSWERS_TO_REPLIES, SUBJECT, TEXTS, TO_HELPER, TO_INTERPRETER, TO_START, Kind
from queueing.following import ticket_token
from scheduling.askings import asking_token
from scheduling.models import Asking
from scheduling.visits import manage_token

MASK = "…"
"""Stands for the secret in the kept text: of a link only the hash is stored."""


def body_of(message: Message, languages: Languages, public_url: str, keys: Sequence[str]) -> str:
    """The text as its recipient reads it: in the language of the client, or of the helper who is told instead.

    An e-mail begins with its subject and an empty line.
    """
    text = _text_of(message, languages, public_url, keys)
    if not message.by_email:
        return text
    return f"{languages[message.read_in].gettext(SUBJECT, place=message.visit.centre.place)}\n\n{text}"


def _text_of(message: Message, languages: Languages, public_url: str, keys: Sequence[str]) -> str:
    visit, appointment = message.visit, message.appointment
    language = languages[message.read_in]
    if message.kind in ANSWERS_TO_REPLIES:
        return plain(language.gettext(TEXTS[message.kind], place=visit.centre.place, phone=visit.centre.phone))
    to_start = message.kind in TO_START
    link = public_url if to_start else f"{public_url}/{_leads_to(message)}/{_secret(message, keys)}"
    if message.asking is not None:
        return _to_interpreter(message.kind, message.asking, language, link)
    delay = message.kind is Kind.DELAYED
    taken_back = delay and appointment and not appointment.delayed_by
    said = Kind.MOVED if taken_back else message.kind  # the old time anew
    text, values = (TO_HELPER if visit.helper_lang else TEXTS)[said], {"place": visit.centre.place, "link": link}
    at = told_time(message) if appointment is None else appointment.begins_at if delay else appointment.starts_at
    if at:
        values["day"] = language.day(visit.centre.local_day(at))
        values["time"] = clock_time(at, visit.centre.zone)
    return plain(language.gettext(text, **values, code=visit.code))


def kept(message: Message, body: str, keys: Sequence[str]) -> str:
    """The text with the secret of its link masked."""
    return body.replace(_secret(message, keys), MASK)


def with_link(message: Message, keys: Sequence[str]) -> str:
    """What was sent, with the secret link that is not kept beside it made again."""
    return (message.body or "").replace(MASK, _secret(message, keys))


def without_link(body: str) -> str:
    """A text without its last line, the link or the number to call: by this it is found again in a provider's list."""
    return body.rpartition("\n")[0]


def _to_interpreter(kind: Kind, asking: Asking, language: Language, link: str) -> str:
    """When and where, as the request says: the appointment may have another time or house by now."""
    centre, starts_at = asking.interpreter.centre, asking.request.starts_at
    day, time = language.day(centre.local_day(starts_at)), clock_time(starts_at, centre.zone)
    return plain(language.gettext(TO_INTERPRETER[kind], place=centre.place, day=day, time=time, link=link))


def _secret(message: Message, keys: Sequence[str]) -> str:
    if message.asking is not None:
        return asking_token(keys, message.asking)
    return ticket_token(keys, message.ticket) if message.ticket else manage_token(keys, message.visit)


def _leads_to(message: Message) -> str:
    """To the number and nothing else, to the question for an interpreter, or to the visit."""
    return "d" if message.asking else "n" if message.ticket else "t"

"""What a waiting room hears of the newest calls: recordings by number, sign and room, never more (W-02, K-03)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from foundation.errors import sentence
from foundation.languages import SOURCE, Language, Languages
from foundation.sounds import plan, sound_id, spelled
from queueing.display import Call
from queueing.sign_names import name_of
from scheduling.models import CallVoice

STILL_NEWS = timedelta(minutes=2)
"""A display that was away does not call out what is over."""

CALL = sentence("Aufruf {number}, {sign}, Zimmer {room}")


@dataclass(frozen=True)
class CallAloud:
    """A call as the display gets it: a key of this very call, and what is played after the chime."""

    key: str
    sounds: str


def calls_aloud(calls: Iterable[Call], voice: CallVoice, languages: Languages, now: datetime) -> list[CallAloud]:
    """The calls that are still news, newest first."""
    return [
        CallAloud(call.key, sounds_of_call(call, voice, languages))
        for call in calls
        if now - call.named_at < STILL_NEWS
    ]


def sounds_of_call(call: Call, voice: CallVoice, languages: Languages) -> str:
    """Twice in the client's language and once in German, or twice in German, or the chime alone."""
    german = _said(call, languages[SOURCE])
    if voice is CallVoice.CHIME:
        return ""
    own = _said(call, languages[call.language]) if voice is CallVoice.CLIENT else german
    return " | ".join([own, own] if own == german else [own, own, german])


def _said(call: Call, language: Language) -> str:
    values = {
        "number": spelled(str(call.number)),
        "sign": [sound_id((name_of(call.sign),))],
        "room": spelled(call.room) or [sound_id((call.room,))],
    }
    ids = plan((CALL,), 0, language.catalogue.gettext(CALL), values)
    return " ".join(f"{language.tag}/{one}" for one in ids)

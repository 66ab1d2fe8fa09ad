"""How a centre's waiting room hears calls: the lead chooses, since a voice tells the room a language (W-02)."""

from access.happened import Happened
from foundation.db import Transaction
from scheduling.models import CallVoice, Centre


def choose_call_voice(tx: Transaction, centre: Centre, voice: CallVoice) -> None:
    """From the next call on; the same again is no change."""
    if centre.call_voice is not voice:
        centre.call_voice = voice
        tx.record(Happened.CALL_VOICE_CHOSEN, "centre", centre.id, centre.scope, voice=voice.value)

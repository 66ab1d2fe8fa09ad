"""What the day refuses, each with a sentence and the next step."""

from foundation.errors import Refusal, desk_sentence, sentence


class CodeUnknown(Refusal):
    """No visit of today at this centre has the code; unknown and used look the same (X-05)."""

    text = sentence("Diesen Code finden wir heute nicht. Prüfen Sie die Zahlen. Oder nehmen Sie eine Nummer.")
    status = 422


class CodesLocked(Refusal):
    """Too many wrong codes at this kiosk: only the code pane rests (X-05)."""

    text = sentence("Die Code-Eingabe macht eine kurze Pause. Nehmen Sie eine Nummer. Der Empfang hilft Ihnen.")
    status = 429


class OtherDay(Refusal):
    """A link for another day; only the QR code gets this answer (X-05)."""

    text = sentence("Ihr Termin ist am {day} um {time}. Heute können Sie ohne Termin eine Nummer nehmen.")


class GivenLater(Refusal):
    """A code of today whose appointment was given a later day because somebody is away; who was not told reads it.

    The typed code may say so (X-05): it was this day's and this centre's.
    """

    text = sentence(
        "Ihr Termin musste verlegt werden: {day} um {time}. Heute können Sie ohne Termin eine Nummer nehmen."
    )


class OtherCentre(Refusal):
    """A link for another centre."""

    text = sentence("Ihr Termin ist an einem anderen Ort: {centre}. Der Empfang hilft Ihnen.")


class CalledOff(Refusal):
    """A link of an appointment that was cancelled; only the QR code gets this answer (X-05)."""

    text = sentence("Dieser Termin ist abgesagt. Sie können jetzt eine Nummer nehmen.")


class NumberOver(Refusal):
    """A link of a visit that is over, or of a number of another day."""

    text = sentence("Diese Nummer ist nicht mehr gültig. Sie können jetzt eine neue Nummer nehmen.")


class NotMeant(Refusal):
    """The appointment that somebody without code seemed to mean is no longer open."""

    text = desk_sentence("Dieser Termin ist nicht mehr offen. Bitte suchen Sie ihn noch einmal.")


class AlreadyCalled(Refusal):
    """She does not wait any longer."""

    text = sentence("Ihre Nummer wartet nicht mehr. Bitte schauen Sie auf den Bildschirm.")


class AlreadyHere(Refusal):
    """Checked in, so the desk decides: moving or cancelling online would pull the visit from under its ticket."""

    text = sentence("Sie sind schon angemeldet. Bitte sagen Sie am Empfang Bescheid.")


class ClosedNow(Refusal):
    """Nobody is called any more today."""

    text = sentence("Heute ist geschlossen. Bitte kommen Sie an einem anderen Tag oder buchen Sie einen Termin.")


class NobodyToday(Refusal):
    """Nobody who is here today can help with this in this language; a ticket would be a false promise."""

    text = sentence("Dafür ist heute niemand mehr frei. Bitte buchen Sie einen Termin. Der Empfang hilft Ihnen.")


class TooManyToday(Refusal):
    """So many wait that her talk would probably end after closing: an appointment, or the desk, instead (W-08)."""

    text = sentence("Heute warten schon sehr viele Menschen. Bitte buchen Sie einen Termin. Der Empfang hilft Ihnen.")


class NumbersUsedUp(Refusal):
    """All 800 numbers of the day are given."""

    text = sentence("Für heute sind alle Nummern vergeben. Bitte fragen Sie am Empfang.")


class StillServing(Refusal):
    """A counsellor calls the next one before the one she called is done."""

    text = desk_sentence("Bei Ihnen ist noch {number}. Bitte zuerst «Fertig» oder «Nicht gekommen» wählen.")


class NoRoomFree(Refusal):
    """In every room of the centre somebody is being talked with."""

    text = desk_sentence("Gerade ist kein Zimmer frei. Bitte rufen Sie, sobald ein Gespräch zu Ende ist.")


class RoomTaken(Refusal):
    """Room or counsellor got somebody else at this very moment, perhaps from another window."""

    text = desk_sentence("Das Zimmer ist gerade eben vergeben worden. Bitte drücken Sie noch einmal.")


class NobodyWaits(Refusal):
    """Nobody this counsellor can call."""

    text = desk_sentence("Für Sie wartet gerade niemand.")


class TicketMoved(Refusal):
    """The ticket has moved on since the page was drawn."""

    text = desk_sentence("Nummer {number} ist nicht mehr da, wo Sie sie gesehen haben. Die Liste ist jetzt neu.")

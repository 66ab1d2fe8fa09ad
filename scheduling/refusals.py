"""What scheduling refuses, each with a sentence and the next step."""

from foundation.errors import Refusal, sentence


class SlotTaken(Refusal):
    """Somebody else has the slot now."""

    text = sentence("Dieser Termin wurde gerade vergeben. Ihre Angaben sind noch da. Bitte nehmen Sie einen anderen.")


class HoldOver(Refusal):
    """The hold ran out and somebody else took the slot."""

    text = sentence(
        "Die Zeit zum Eintragen war um und der Termin ist jetzt vergeben. Ihre Angaben sind noch da. "
        "Bitte nehmen Sie einen anderen."
    )


class TooLate(Refusal):
    """The appointment has begun or is over."""

    text = sentence("Dieser Termin hat schon begonnen. Bitte rufen Sie uns an oder fragen Sie am Empfang.")


class AlreadyOver(Refusal):
    """The visit was cancelled or has ended."""

    text = sentence("Dieser Termin ist schon abgesagt oder vorbei. Sie können einen neuen Termin buchen.")

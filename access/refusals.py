"""What access refuses."""

from foundation.errors import Refusal, desk_sentence


class SignInFailed(Refusal):
    """Wrong name or password; both look the same."""

    text = desk_sentence("Name oder Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.")
    status = 422


class SignInPaused(Refusal):
    """Too many failed sign-ins for this account; it opens again by itself."""

    text = desk_sentence("Zu viele Versuche. Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal.")
    status = 429


class PairingFailed(Refusal):
    """The pairing code is wrong, used or too old."""

    text = desk_sentence("Dieser Code gilt nicht (mehr). Bitte erzeugen Sie am Arbeitsplatz einen neuen.")
    status = 422


class LineTooOdd(Refusal):
    """The line on a device cannot be that long."""

    text = desk_sentence("So lang kann die Linie nicht sein. Bitte messen Sie noch einmal, in Millimetern.")
    status = 422

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

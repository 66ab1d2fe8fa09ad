"""Refusals: what a person may read when something cannot be done."""

from collections.abc import Callable
from typing import ClassVar

from foundation.db import Transaction


def sentence(text: str) -> str:
    """Marks a sentence for the catalogues where it is written; translated where it is shown."""
    return text


def desk_sentence(text: str) -> str:
    """The same for what only staff read: it needs no more languages than the desk has."""
    return text


class Refusal(Exception):
    """A no with a sentence and a next step; rolls everything back.

    `trace` is what must survive the rollback (a wrong code counted, a failed sign-in): the doorway writes it in a
    transaction of its own. `values` fill the placeholders of the sentence.
    """

    text: str = sentence("Das geht gerade nicht. Bitte versuchen Sie es noch einmal.")
    status: ClassVar[int] = 409

    def __init__(self, trace: Callable[[Transaction], None] | None = None, **values: object) -> None:
        """`trace` runs after the rollback; `values` are plain facts, never personal data."""
        super().__init__(type(self).__name__)
        self.trace = trace
        self.values = values


class NotFound(Refusal):
    """The address leads to nothing, or to nothing this person may see; both look the same (X-04)."""

    text = sentence("Diese Seite gibt es nicht. Bitte gehen Sie zurück zum Anfang.")
    status = 404


class Forbidden(Refusal):
    """Signed in, but without the right."""

    text = desk_sentence("Dafür fehlt Ihnen die Berechtigung. Bitte fragen Sie Ihre Leitung.")
    status = 403


class Moved(Refusal):
    """Somebody else changed it in the meantime (compare-and-set found another state)."""

    text = sentence("Das hat sich gerade geändert. Bitte sehen Sie noch einmal hin.")

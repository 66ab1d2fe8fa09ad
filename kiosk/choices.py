"""What somebody without appointment has chosen so far, carried from screen to screen by the forms themselves (K-10)."""

from dataclasses import dataclass, replace

from flask import request

from doorway.binding import the_house
from doorway.pages import field
from doorway.speech import LONGEST_TAG
from foundation.languages import Language
from scheduling.wish import WISHES

MOST = 9
"""More come by agreement, as a group."""


@dataclass(frozen=True)
class Choices:
    """One person and no wishes, unless she says otherwise; no topic means that she does not want to say."""

    topic: str = ""
    party: int = 1
    wishes: frozenset[str] = frozenset()
    spoken: str = ""

    @classmethod
    def sent(cls) -> "Choices":
        """As the form says; what nobody could choose counts as not chosen."""
        party, spoken = field("party", 1), field("spoken", LONGEST_TAG)
        known = {choice.tag for choice in the_house().languages.spoken}
        return cls(
            topic=field("topic", 40),
            party=max(int(party), 1) if party.isdecimal() else 1,
            wishes=frozenset(request.form.getlist("wish")) & WISHES,
            spoken=spoken if spoken in known else "",
        ).pressed(field("press", 40))

    def pressed(self, what: str) -> "Choices":
        """After a press of plus, minus or a wish; anything else changes nothing."""
        if what in WISHES:
            return replace(self, wishes=self.wishes ^ {what})
        by = {"plus": 1, "minus": -1}.get(what, 0)
        return replace(self, party=min(max(self.party + by, 1), MOST))

    def talks(self, reads: Language) -> Language:
        """The language of the talk: the one chosen, else that of the screen (L-01)."""
        return the_house().languages.all[self.spoken or reads.spoken_as]

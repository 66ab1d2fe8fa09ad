"""Who stands at the desk or phones, as a form says it: what she speaks and reads, how many come."""

from dataclasses import dataclass

from doorway.binding import the_house
from doorway.pages import field
from doorway.speech import LONGEST_TAG, language
from foundation.languages import SOURCE, Language
from scheduling.models import Visit
from scheduling.refusals import LanguageUnknown

MOST = 9
"""More come by agreement, as a group."""


@dataclass(frozen=True)
class Somebody:
    """Nothing more is asked."""

    spoken: str = SOURCE
    reads: str = SOURCE
    party: int = 1

    @classmethod
    def sent(cls) -> "Somebody":
        """As typed; raises LanguageUnknown for a language that nobody can choose."""
        spoken, party = field("spoken", LONGEST_TAG), field("party", 2)
        reads = the_house().languages.offered(field("reads", LONGEST_TAG) or SOURCE)
        if reads is None or spoken not in {choice.tag for choice in the_house().languages.spoken}:
            raise LanguageUnknown
        return cls(spoken, reads.tag, min(max(int(party), 1), MOST) if party.isdecimal() else 1)

    @property
    def choices(self) -> list[Language]:
        """What can be spoken, by its name in the language of the desk."""
        return sorted(the_house().languages.spoken, key=lambda choice: language().name_of(choice.tag))

    @classmethod
    def of(cls, visit: Visit) -> "Somebody":
        """As known already."""
        return cls(next(iter(visit.spoken_langs), SOURCE), visit.ui_lang, visit.party)

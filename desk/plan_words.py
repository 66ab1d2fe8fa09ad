"""What staff read of entries of the plan that are no appointments."""

from foundation.errors import desk_sentence
from scheduling.diary import Kind

WORDS = {
    Kind.KEPT: desk_sentence("vorgemerkt"),
    Kind.WALK_IN: desk_sentence("ohne Termin"),
    Kind.MEETING: desk_sentence("Besprechung"),
    Kind.HOME_VISIT: desk_sentence("Hausbesuch"),
    Kind.PRIVATE: desk_sentence("private Zeit"),
    Kind.EVENT: desk_sentence("Veranstaltung"),
    Kind.PAUSE: desk_sentence("Pause"),
    Kind.COURSE: desk_sentence("Kurs"),
    Kind.ABSENCE: desk_sentence("abwesend"),
    Kind.CLOSURE: desk_sentence("geschlossen"),
    Kind.HOLIDAY: desk_sentence("Feiertag"),
}

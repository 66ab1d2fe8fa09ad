"""What the front desk reads for states and reasons that the floors below keep as codes."""

from foundation.errors import desk_sentence
from notifications.happened import Happened as OnTheWay
from notifications.models import MessageState
from notifications.reading_replies import Reply
from notifications.texts import Kind
from queueing.models import Note
from scheduling.models import BlockedKind
from scheduling.rhythm import Obstacle
from scheduling.visits import Overrule

KINDS = {
    Kind.CONFIRMATION: desk_sentence("Bestätigung"),
    Kind.REMINDER: desk_sentence("Erinnerung"),
    Kind.MOVED: desk_sentence("Neue Zeit"),
    Kind.CANCELLED: desk_sentence("Absage"),
    Kind.OFFER: desk_sentence("Früherer Termin"),
    Kind.SETTLED: desk_sentence("Dolmetschen gesichert"),
    Kind.QUESTION: desk_sentence("Dolmetschen offen"),
    Kind.DELAYED: desk_sentence("Beginnt später"),
    Kind.TURN: desk_sentence("Bald dran"),
    Kind.WHICH: desk_sentence("Antwort: bitte anrufen"),
    Kind.READ: desk_sentence("Antwort: wird gelesen"),
    Kind.ASKED: desk_sentence("Vorgemerkt"),
    Kind.SOON: desk_sentence("Erinnerung am Tag"),
    Kind.CHANGED: desk_sentence("Änderung"),
    Kind.CALLED_OFF: desk_sentence("Absage vom Zentrum"),
    Kind.SERIES: desk_sentence("Bestätigung der Serie"),
    Kind.ALL_OFF: desk_sentence("Absage der Serie"),
    Kind.ENROLLED: desk_sentence("Kurs: Platz sicher"),
    Kind.ON_LIST: desk_sentence("Kurs: Warteliste"),
    Kind.SEAT_OFFER: desk_sentence("Kurs: Platz angeboten"),
    Kind.COURSE_SOON: desk_sentence("Kurs: Erinnerung"),
    Kind.SESSION_MOVED: desk_sentence("Kurs: neue Zeit"),
    Kind.SESSION_OFF: desk_sentence("Kurs: fällt einmal aus"),
    Kind.COURSE_OFF: desk_sentence("Kurs abgesagt"),
    Kind.SEAT_GONE: desk_sentence("Kurs: Platz nicht mehr frei"),
    Kind.LEFT: desk_sentence("Kurs: abgemeldet"),
}
"""What a message is about, in the list of messages."""

TO_SAY = {
    Kind.CONFIRMATION: desk_sentence("Der Termin ist gebucht. Tag, Uhrzeit und Code sagen."),
    Kind.REMINDER: desk_sentence("An den Termin erinnern."),
    Kind.MOVED: desk_sentence("Der Termin hat eine neue Zeit. Tag und Uhrzeit sagen."),
    Kind.CANCELLED: desk_sentence("Der Termin ist abgesagt."),
    Kind.SETTLED: desk_sentence("Jemand dolmetscht. Der Termin ist sicher."),
    Kind.QUESTION: desk_sentence("Niemand dolmetscht zu dieser Zeit. Einen anderen Termin anbieten."),
    Kind.DELAYED: desk_sentence("Der Termin beginnt später. Die neue Uhrzeit sagen."),
    Kind.ASKED: desk_sentence(
        "Der Termin ist vorgemerkt, jemand zum Dolmetschen wird gesucht. Tag, Uhrzeit, Code sagen."
    ),
    Kind.SOON: desk_sentence("An den Termin heute erinnern."),
    Kind.CHANGED: desk_sentence("Jemand anderes berät. Tag und Uhrzeit bleiben."),
    Kind.CALLED_OFF: desk_sentence("Das Zentrum muss absagen. Einen neuen Termin anbieten."),
    Kind.TURN: desk_sentence("Die Person ist bald dran und soll zurückkommen."),
    Kind.SERIES: desk_sentence("Mehrere Termine sind gebucht. Alle Tage, Uhrzeiten und Codes sagen."),
    Kind.ALL_OFF: desk_sentence("Alle Termine der Serie sind abgesagt."),
    Kind.ENROLLED: desk_sentence("Der Platz im Kurs ist sicher. Tag und Uhrzeit sagen."),
    Kind.SEAT_OFFER: desk_sentence("Im Kurs ist Platz frei. Fragen, ob die Person ihn will. Sagen, bis wann."),
    Kind.COURSE_SOON: desk_sentence("An den Kurs erinnern."),
    Kind.SESSION_MOVED: desk_sentence("Der Kurs ist einmal zu einer anderen Zeit. Tag und Uhrzeit sagen."),
    Kind.SESSION_OFF: desk_sentence("Der Kurs fällt an diesem Tag aus. Danach geht er weiter."),
    Kind.COURSE_OFF: desk_sentence("Der Kurs findet nicht statt. Ein anderes Angebot suchen."),
}
"""What has to be said by phone when it could not be written."""

STATES = {
    MessageState.DUE: desk_sentence("geplant"),
    MessageState.CLAIMED: desk_sentence("wird gerade geschickt"),
    MessageState.IN_DOUBT: desk_sentence("wird nachgefragt"),
    MessageState.HANDED_OVER: desk_sentence("geschickt"),
    MessageState.DELIVERED: desk_sentence("angekommen"),
    MessageState.USELESS: desk_sentence("nicht mehr rechtzeitig"),
    MessageState.FAILED: desk_sentence("nicht angekommen"),
    MessageState.UNKNOWN: desk_sentence("vielleicht nicht angekommen"),
    MessageState.BY_PERSON: desk_sentence("ohne Nummer"),
}
"""How far a message has come; what was withdrawn is not shown."""

REPLIES = {
    Reply.COMES: desk_sentence("kommt"),
    Reply.CANNOT: desk_sentence("kann nicht kommen"),
    Reply.STOP: "",
    Reply.START: "",
    Reply.ELSE: "",
}
"""What was understood of a text that a person has to read all the same: several bookings were open, or none."""

STEPS = {
    OnTheWay.SENT_AGAIN: desk_sentence("von Hand noch einmal"),
    OnTheWay.HANDED_OVER: desk_sentence("geschickt"),
    OnTheWay.DELIVERED: desk_sentence("angekommen"),
    OnTheWay.FAILED: desk_sentence("nicht angekommen"),
    OnTheWay.PUT_OFF: desk_sentence("später noch einmal"),
    OnTheWay.IN_DOUBT: desk_sentence("keine Antwort, wird nachgefragt"),
    OnTheWay.DENIED: desk_sentence("war nicht angekommen, geht noch einmal hinaus"),
    OnTheWay.UNKNOWN: desk_sentence("niemand weiß es"),
    OnTheWay.TOLD_BY_PHONE: desk_sentence("am Telefon gesagt"),
    OnTheWay.NOT_TOLD: desk_sentence("doch nicht am Telefon gesagt"),
}
"""The steps of a message on its way; what has no words here is not shown."""

NOTES = {
    Note.FOLLOW_UP: desk_sentence("Folgetermin nötig"),
    Note.PAPERS_MISSING: desk_sentence("Unterlagen fehlen"),
    Note.SENT_ELSEWHERE: desk_sentence("an andere Stelle"),
    Note.LANGUAGE_TROUBLE: desk_sentence("Sprache schwierig"),
}
"""What is ticked about a talk."""

BLOCKED = {
    BlockedKind.PAUSE: desk_sentence("Pause"),
    BlockedKind.MEETING: desk_sentence("Besprechung"),
    BlockedKind.HOME_VISIT: desk_sentence("Hausbesuch"),
    BlockedKind.PRIVATE: desk_sentence("Zeit für mich"),
    BlockedKind.EVENT: desk_sentence("Veranstaltung"),
    BlockedKind.COURSE: desk_sentence("Kurs"),
}
"""What her own blocked time is for, as a counsellor reads it in her day."""

REASONS = {
    Overrule.AGREED: desk_sentence("so vereinbart"),
    Overrule.WAITING_HERE: desk_sentence("wartet schon hier"),
    Overrule.URGENT: desk_sentence("dringend"),
    Overrule.INTERPRETER: desk_sentence("nur dann kann jemand dolmetschen"),
    Overrule.COVERED: desk_sentence("jemand ist abwesend, die Zeit bleibt"),
}
"""Why staff give a time outside the rules, the most usual first (decision 10)."""

TO_CHOOSE = {reason: words for reason, words in REASONS.items() if reason is not Overrule.COVERED}
"""Those that a person chooses; the other one comes with an absence."""

OBSTACLES = {
    Obstacle.PAST: desk_sentence("schon vorbei"),
    Obstacle.HOLIDAY: desk_sentence("Feiertag"),
    Obstacle.SHUT: desk_sentence("Zentrum geschlossen"),
    Obstacle.AWAY: desk_sentence("abwesend"),
    Obstacle.HOURS: desk_sentence("außerhalb der Zeiten"),
    Obstacle.FULL: desk_sentence("Tagesgrenze erreicht"),
    Obstacle.TAKEN: desk_sentence("belegt"),
    Obstacle.NO_WAY: desk_sentence("kein Raum oder niemand zum Dolmetschen"),
}
"""Why a date of a series does not fit."""

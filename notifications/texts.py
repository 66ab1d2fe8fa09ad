"""The texts of messages: one sentence each, in the catalogues; who sends, when, where, one action (S-09, S-10)."""

from enum import StrEnum

from foundation.errors import desk_sentence, sentence


class Kind(StrEnum):
    """What a message is about."""

    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    MOVED = "moved"
    CANCELLED = "cancelled"
    OFFER = "offer"
    SETTLED = "settled"
    QUESTION = "question"
    DELAYED = "delayed"
    TURN = "turn"
    WHICH = "which"
    READ = "read"
    ASKED = "asked"
    SOON = "soon"
    CHANGED = "changed"
    CALLED_OFF = "called_off"
    SERIES = "series"
    ALL_OFF = "all_off"
    INTERPRETER_ASKED = "interpreter_asked"
    INTERPRETER_OFF = "interpreter_off"
    ENROLLED = "enrolled"
    ON_LIST = "on_list"
    SEAT_OFFER = "seat_offer"
    COURSE_SOON = "course_soon"
    SESSION_MOVED = "session_moved"
    SESSION_OFF = "session_off"
    COURSE_OFF = "course_off"
    SEAT_GONE = "seat_gone"
    LEFT = "left"


TEXTS: dict[Kind, str] = {
    # TRANSLATORS: SMS; every character costs. Three lines, the link alone on the last, no direction marks
    Kind.CONFIRMATION: sentence(
        "Integrationszentrum {place}: Termin gebucht. {day} {time} Uhr. Code {code}.\nAnsehen oder ändern:\n{link}"
    ),
    # TRANSLATORS: SMS; every character costs. Three lines, the link alone on the last, no direction marks
    Kind.REMINDER: sentence(
        "Integrationszentrum {place}: Ihr Termin {day} {time} Uhr. Code {code}.\nKeine Zeit? Bitte absagen:\n{link}"
    ),
    # TRANSLATORS: SMS; every character costs. Three lines, the link alone on the last, no direction marks
    Kind.MOVED: sentence(
        "Integrationszentrum {place}: Neuer Termin {day} {time} Uhr. Code {code}.\nAnsehen oder ändern:\n{link}"
    ),
    # TRANSLATORS: SMS; every character costs. Three lines, the link alone on the last, no direction marks
    Kind.CANCELLED: sentence(
        "Integrationszentrum {place}: Termin {day} {time} Uhr ist abgesagt.\nNeuer Termin:\n{link}"
    ),
    # TRANSLATORS: SMS; every character costs. Three lines, the link alone on the last, no direction marks
    Kind.OFFER: sentence(
        "Integrationszentrum {place}: Früher frei: {day} {time} Uhr.\nWollen Sie diesen Termin?\n{link}"
    ),
    # TRANSLATORS: SMS when an interpreter is found; it must not say so. Three lines, the link alone on the last
    Kind.SETTLED: sentence(
        "Integrationszentrum {place}: Ihr Termin {day} {time} Uhr ist sicher.\nAnsehen oder ändern:\n{link}"
    ),
    # TRANSLATORS: SMS when no interpreter is found; it must not say so. Three lines, the link alone on the last
    Kind.QUESTION: sentence(
        "Integrationszentrum {place}: Frage zum Termin {day} {time} Uhr.\nBitte gleich ansehen:\n{link}"
    ),
    # TRANSLATORS: SMS when the centre is running late; every character costs. Three lines, the link alone on the last
    Kind.DELAYED: sentence(
        "Integrationszentrum {place}: Ihr Termin beginnt heute später: {day} {time} Uhr.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS when it is nearly the client's turn in the queue. Three lines, the link alone on the last
    Kind.TURN: sentence(
        "Integrationszentrum {place}: Sie sind bald dran. Bitte kommen Sie jetzt zurück.\nIhre Nummer:\n{link}"
    ),
    # TRANSLATORS: SMS, answers who wrote «2» and has several appointments. The phone number alone on the last line
    Kind.WHICH: sentence(
        "Integrationszentrum {place}: Sie haben mehrere Termine. Es ist nichts geändert.\nBitte rufen Sie an:\n{phone}"
    ),
    # TRANSLATORS: SMS, answers who wrote something to us. The phone number alone on the last line
    Kind.READ: sentence(
        "Integrationszentrum {place}: Ihre SMS ist da. Wir lesen sie im Zentrum.\nEilig? Rufen Sie an:\n{phone}"
    ),
    # TRANSLATORS: SMS after booking, when an interpreter is still to be found; it must not say so. Three lines
    Kind.ASKED: sentence(
        "Integrationszentrum {place}: Vorgemerkt: {day} {time} Uhr. Code {code}.\nWir melden uns:\n{link}"
    ),
    # TRANSLATORS: SMS three hours before; every character costs. Three lines, the link alone on the last
    Kind.SOON: sentence(
        "Integrationszentrum {place}: Ihr Termin heute {time} Uhr. Code {code}.\nKeine Zeit? Bitte absagen:\n{link}"
    ),
    # TRANSLATORS: SMS when day and time stay and somebody else advises; it must not say so. Three lines
    Kind.CHANGED: sentence(
        "Integrationszentrum {place}: Termin {day} {time} Uhr bleibt. Etwas ist neu.\nBitte ansehen:\n{link}"
    ),
    # TRANSLATORS: SMS when the centre has to call an appointment off; every character costs. Three lines
    Kind.CALLED_OFF: sentence(
        "Integrationszentrum {place}: Wir müssen absagen: {day} {time} Uhr.\nNeuer Termin:\n{link}"
    ),
    # TRANSLATORS: SMS when several appointments were booked at once; {day} is the first. Three lines, the link alone
    Kind.SERIES: sentence(
        "Integrationszentrum {place}: Termine ab {day} {time} Uhr. Code {code}.\nAlle Termine ansehen:\n{link}"
    ),
    # TRANSLATORS: SMS when all appointments of a series are called off; {day} is the first. Three lines, the link alone
    Kind.ALL_OFF: sentence(
        "Integrationszentrum {place}: Alle Termine ab {day} {time} Uhr sind abgesagt.\nNeuer Termin:\n{link}"
    ),
    # TRANSLATORS: SMS when somebody has a seat in a course; no course is named. Three lines
    Kind.ENROLLED: sentence(
        "Integrationszentrum {place}: Kurs ab {day} {time} Uhr. Platz ist sicher.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS when somebody waits for a seat; it promises no day. Three lines
    Kind.ON_LIST: sentence(
        "Integrationszentrum {place}: Sie stehen auf der Warteliste.\nWir melden uns. Ansehen:\n{link}"
    ),
    # TRANSLATORS: SMS when a seat is kept for somebody until a moment; no course is named. Three lines
    Kind.SEAT_OFFER: sentence(
        "Integrationszentrum {place}: Platz im Kurs frei. Antwort bis {day} {time} Uhr.\nJa oder nein:\n{link}"
    ),
    # TRANSLATORS: SMS before the first session of a course; no course is named. Three lines
    Kind.COURSE_SOON: sentence(
        "Integrationszentrum {place}: Ihr Kurs: {day} {time} Uhr.\nKeine Zeit? Bitte absagen:\n{link}"
    ),
    # TRANSLATORS: SMS when one session has another time; no course is named. Three lines
    Kind.SESSION_MOVED: sentence("Integrationszentrum {place}: Neue Zeit im Kurs: {day} {time} Uhr.\nAnsehen:\n{link}"),
    # TRANSLATORS: SMS when one session does not take place; no course is named. Three lines
    Kind.SESSION_OFF: sentence(
        "Integrationszentrum {place}: Kurs am {day} {time} Uhr fällt aus.\nAlle Termine:\n{link}"
    ),
    # TRANSLATORS: SMS when a whole course is called off; no course is named. Three lines
    Kind.COURSE_OFF: sentence("Integrationszentrum {place}: Wir müssen Ihren Kurs absagen.\nAndere Angebote:\n{link}"),
    # TRANSLATORS: SMS when a seat is no longer kept for somebody; no course is named. Three lines
    Kind.SEAT_GONE: sentence(
        "Integrationszentrum {place}: Der Platz im Kurs ist nicht mehr für Sie frei.\nWieder warten? Ansehen:\n{link}"
    ),
    # TRANSLATORS: SMS when somebody has left a course or its waitlist; no course is named. Three lines
    Kind.LEFT: sentence(
        "Integrationszentrum {place}: Sie sind vom Kurs abgemeldet.\nDoch dabei sein? Ansehen:\n{link}"
    ),
}
"""Three lines: when and where; what can be done; the link alone, so that no writing direction pulls it apart (S-03)."""

TO_HELPER: dict[Kind, str] = {
    # TRANSLATORS: SMS to somebody who helps the client; every character costs. Three lines, the link alone on the last
    Kind.CONFIRMATION: sentence(
        "Integrationszentrum {place}: Sie helfen: {day} {time} Uhr. Code {code}.\nAnsehen oder ändern:\n{link}"
    ),
    # TRANSLATORS: SMS to somebody who helps the client; every character costs. Three lines, the link alone on the last
    Kind.REMINDER: sentence(
        "Integrationszentrum {place}: Sie helfen: {day} {time} Uhr. Code {code}.\nKeine Zeit? Absagen:\n{link}"
    ),
    # TRANSLATORS: SMS to somebody who helps the client; every character costs. Three lines, the link alone on the last
    Kind.MOVED: sentence(
        "Integrationszentrum {place}: Neu: Sie helfen {day} {time} Uhr. Code {code}.\nAnsehen, ändern:\n{link}"
    ),
    # TRANSLATORS: SMS to somebody who helps the client; every character costs. Three lines, the link alone on the last
    Kind.CANCELLED: sentence(
        "Integrationszentrum {place}: Sie helfen. Termin {day} {time} Uhr ist abgesagt.\nNeuer Termin:\n{link}"
    ),
    # TRANSLATORS: SMS to somebody who helps the client; every character costs. Three lines, the link alone on the last
    Kind.OFFER: sentence(
        "Integrationszentrum {place}: Sie helfen. Früher frei: {day} {time} Uhr.\nGleich antworten:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when an interpreter is found; it must not say so. Three lines
    Kind.SETTLED: sentence(
        "Integrationszentrum {place}: Sie helfen. Termin {day} {time} Uhr ist sicher.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when no interpreter is found; it must not say so. Three lines
    Kind.QUESTION: sentence(
        "Integrationszentrum {place}: Sie helfen. Frage zum Termin {day} {time} Uhr.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when the centre is running late. Three lines
    Kind.DELAYED: sentence(
        "Integrationszentrum {place}: Sie helfen. Termin beginnt später: {day} {time} Uhr.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when it is nearly the client's turn in the queue. Three lines
    Kind.TURN: sentence("Integrationszentrum {place}: Sie helfen. Die Person ist bald dran.\nAnsehen:\n{link}"),
    # TRANSLATORS: SMS to a helper when an interpreter is still to be found; it must not say so. Three lines
    Kind.ASKED: sentence(
        "Integrationszentrum {place}: Sie helfen. Vorgemerkt: {day} {time} Uhr. Code {code}.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper three hours before; every character costs. Three lines
    Kind.SOON: sentence(
        "Integrationszentrum {place}: Sie helfen: heute {time} Uhr. Code {code}.\nKeine Zeit? Absagen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when day and time stay and somebody else advises; it must not say so. Three lines
    Kind.CHANGED: sentence(
        "Integrationszentrum {place}: Sie helfen. Termin {day} {time} Uhr: Etwas ist neu.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when the centre has to call an appointment off. Three lines
    Kind.CALLED_OFF: sentence(
        "Integrationszentrum {place}: Sie helfen. Wir müssen absagen: {day} {time} Uhr.\nNeuer Termin:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when several appointments were booked at once; {day} is the first. Three lines
    Kind.SERIES: sentence(
        "Integrationszentrum {place}: Sie helfen: ab {day} {time} Uhr. Code {code}.\nAlle Termine:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when all appointments of a series are called off; {day} is the first. Three lines
    Kind.ALL_OFF: sentence(
        "Integrationszentrum {place}: Sie helfen. Termine ab {day} {time} Uhr sind abgesagt.\nNeu buchen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when somebody has a seat in a course; no course is named. Three lines
    Kind.ENROLLED: sentence(
        "Integrationszentrum {place}: Sie helfen. Kurs ab {day} {time} Uhr ist sicher.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when somebody waits for a seat; it promises no day. Three lines
    Kind.ON_LIST: sentence(
        "Integrationszentrum {place}: Sie helfen. Die Person steht auf der Warteliste.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when a seat is kept until a moment; no course is named. Three lines
    Kind.SEAT_OFFER: sentence(
        "Integrationszentrum {place}: Sie helfen. Platz im Kurs bis {day} {time} Uhr.\nJa oder nein:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper before the first session of a course; no course is named. Three lines
    Kind.COURSE_SOON: sentence(
        "Integrationszentrum {place}: Sie helfen. Kurs: {day} {time} Uhr.\nKeine Zeit? Absagen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when one session has another time; no course is named. Three lines
    Kind.SESSION_MOVED: sentence(
        "Integrationszentrum {place}: Sie helfen. Neue Zeit im Kurs: {day} {time} Uhr.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when one session does not take place; no course is named. Three lines
    Kind.SESSION_OFF: sentence(
        "Integrationszentrum {place}: Sie helfen. Kurs {day} {time} Uhr fällt aus.\nAlle Termine:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when a whole course is called off; no course is named. Three lines
    Kind.COURSE_OFF: sentence(
        "Integrationszentrum {place}: Sie helfen. Wir müssen den Kurs absagen.\nAndere Angebote:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when a seat is no longer kept; no course is named. Three lines
    Kind.SEAT_GONE: sentence(
        "Integrationszentrum {place}: Sie helfen. Der Platz im Kurs ist nicht mehr frei.\nAnsehen:\n{link}"
    ),
    # TRANSLATORS: SMS to a helper when somebody has left a course or its waitlist; no course is named. Three lines
    Kind.LEFT: sentence(
        "Integrationszentrum {place}: Sie helfen. Die Person ist vom Kurs abgemeldet.\nAnsehen:\n{link}"
    ),
}
TO_HELPER |= {kind: TEXTS[kind] for kind in (Kind.WHICH, Kind.READ)}
"""The same to the helper whom a client named to be told; it names nobody either."""

TO_INTERPRETER: dict[Kind, str] = {
    # TRANSLATORS: SMS to an interpreter, in German only; three lines, the link alone on the last
    Kind.INTERPRETER_ASKED: desk_sentence(
        "Integrationszentrum {place}: Dolmetschen {day} {time} Uhr?\nBitte antworten:\n{link}"
    ),
    # TRANSLATORS: SMS to an interpreter who is not needed any more, in German only; three lines
    Kind.INTERPRETER_OFF: desk_sentence(
        "Integrationszentrum {place}: Dolmetschen {day} {time} Uhr ist abgesagt.\nAnsehen:\n{link}"
    ),
}
"""To those whom a centre asks to interpret; no client ever gets one (C-02)."""

OF_CANCELLED = frozenset({Kind.CANCELLED, Kind.CALLED_OFF, Kind.ALL_OFF})
"""What tells that there is no appointment any more: their link leads to the start, to book anew."""

TO_START = OF_CANCELLED | {Kind.COURSE_OFF}
"""Messages whose link leads to the start."""

ANSWERS_TO_REPLIES = frozenset({Kind.WHICH, Kind.READ})
"""What answers somebody's own SMS: no link, the centre's number alone on the last line; helpers read the same."""

SUBJECT = sentence("Integrationszentrum {place}: Nachricht zu Ihrem Termin")
"""Of an e-mail; the same for every kind, since subjects are read over shoulders (S-10)."""

PLACEHOLDERS = frozenset({"place", "day", "time", "code", "link", "phone"})
"""What a text may name; no person, topic, counsellor or language (S-10)."""

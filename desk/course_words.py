"""What staff read of courses: why a day does not go, how an enrolment stands, in which rhythm sessions come."""

from foundation.errors import desk_sentence
from scheduling.colliding import Why
from scheduling.models import EnrolmentState

WHY = {
    Why.TAKEN: desk_sentence("Kursleitung oder Raum ist belegt"),
    Why.TWICE: desk_sentence("liegt auf einem anderen Termin dieses Kurses"),
    Why.ELSEWHERE: desk_sentence("Kursleitung arbeitet dann an einem anderen Zentrum"),
    Why.ABSENT: desk_sentence("Kursleitung oder Raum ist als abwesend eingetragen"),
    Why.CLOSED: desk_sentence("Zentrum geschlossen"),
    Why.HOLIDAY: desk_sentence("Feiertag"),
    Why.PAST: desk_sentence("schon vorbei"),
}
"""Beside the day that does not go."""

NAMED = frozenset({Why.TAKEN, Why.TWICE, Why.ELSEWHERE})
"""Where it helps to read from when to when."""

RHYTHMS = {
    "w1": desk_sentence("jede Woche"),
    "w2": desk_sentence("alle zwei Wochen"),
    "w3": desk_sentence("alle drei Wochen"),
    "w4": desk_sentence("alle vier Wochen"),
    "m1": desk_sentence("am ersten im Monat"),
    "m2": desk_sentence("am zweiten im Monat"),
    "m3": desk_sentence("am dritten im Monat"),
    "m4": desk_sentence("am vierten im Monat"),
    "m13": desk_sentence("am ersten und dritten im Monat"),
    "m24": desk_sentence("am zweiten und vierten im Monat"),
}
"""Every so many weeks, or on these weeks of the month."""

LEVELS = ("A0", "A1", "A2", "B1", "B2", "C1")

LEFT = {
    EnrolmentState.LEFT: desk_sentence("abgemeldet"),
    EnrolmentState.LAPSED: desk_sentence("hat nicht geantwortet"),
    EnrolmentState.REMOVED: desk_sentence("Platz freigegeben"),
}
"""How somebody who was in a course has gone."""

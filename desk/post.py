"""What pages of the desk ask about messages: what errors mean, what the month costs, what is wrong just now."""

from doorway.binding import reading, request_now, the_house
from foundation.clock import machine_now
from foundation.errors import desk_sentence
from notifications.counts import Month, month_at
from notifications.delivery import MONTH_IS_FULL, TOO_LONG
from notifications.meanings import Meaning, meanings
from notifications.watching import PostTrouble, post_trouble

ERRORS = {
    Meaning.WRONG_NUMBER: desk_sentence("Die Nummer ist falsch: bitte korrigieren."),
    Meaning.OPTED_OUT: desk_sentence("Diese Nummer will keine SMS mehr."),
    Meaning.OUR_FAULT: desk_sentence("Der SMS-Anbieter lehnt ab: bitte der Verwaltung sagen."),
    Meaning.LATER: desk_sentence("Der SMS-Anbieter nimmt gerade nichts an."),
    Meaning.ONCE_MORE: desk_sentence("Das Handy war nicht erreichbar."),
    Meaning.LOST: desk_sentence("Unterwegs verloren gegangen."),
}
"""What an error means for who reads it; the table of codes says which it is (S-13)."""

OWN_ERRORS = {
    TOO_LONG: desk_sentence("Der Text ist zu lang für eine SMS."),
    MONTH_IS_FULL: desk_sentence("Das Limit des Monats ist erreicht."),
}
NO_SUCH_ERROR = desk_sentence("Der SMS-Anbieter nennt einen Fehler, den wir nicht kennen.")


def error_words(code: str) -> str:
    """The sentence for a code of the provider, or for one of ours."""
    meaning = meanings(the_house().settings.sms_errors).get(code)
    return OWN_ERRORS.get(code) or (ERRORS[meaning] if meaning else NO_SUCH_ERROR)


def this_month() -> Month:
    """What messages have cost in the month the machine is in."""
    settings = the_house().settings
    return month_at(reading(), machine_now(), settings.sms_segments_a_month, settings.sms_segment_price)


def trouble_now() -> PostTrouble:
    """What is wrong with the post at this request's moment."""
    return post_trouble(reading(), request_now(), this_month(), meanings(the_house().settings.sms_errors))

"""Wishes: who should advise, how to get in, how many come, which language, a second topic (L-01); what is missing."""

from flask import render_template, request, session
from werkzeug.wrappers import Response as BaseResponse

from booking.places import Asked, Wishes, asked_for, second_topics
from booking.steps import blueprint, wishes_of_this_browser
from doorway.binding import reading, the_house, transaction
from doorway.form_keys import once
from doorway.gates import open_to_all
from doorway.pages import field, see_other
from doorway.speech import LONGEST_TAG, language
from foundation.errors import Refusal, sentence
from scheduling.demand import note_unmet
from scheduling.refusals import LanguageUnknown, RoomTooSmall
from scheduling.wish import WISHES

MOST_SHOWN = 6


class SecondTopicSmaller(Refusal):
    """More people than may come about the second topic."""

    text = sentence(
        "Mit diesem zweiten Thema können höchstens so viele Personen kommen: {most}. "
        "Bitte ändern Sie die Zahl oder lassen Sie das zweite Thema weg."
    )
    status = 422


@blueprint.get("/book/<centre_code>/<topic_code>/<service_code>/wishes")
@open_to_all
def wishes(centre_code: str, topic_code: str, service_code: str) -> str:
    """Everything voluntary; what was wished before is ticked."""
    before = wishes_of_this_browser()
    return _wishes_page(asked_for(reading(), centre_code, service_code, before), topic_code, before.party)


@blueprint.post("/book/<centre_code>/<topic_code>/<service_code>/wishes")
@open_to_all
def note_wishes(centre_code: str, topic_code: str, service_code: str) -> tuple[str, int] | BaseResponse:
    """Keep them for this browser's bookings and go on; what nobody could find is refused beside what was typed."""
    sent = _sent()
    asked = asked_for(reading(), centre_code, service_code, sent)
    most = min(service.party_max for service in asked.services)
    if sent.party > most:
        refusal = SecondTopicSmaller(most=most) if sent.party <= asked.service.party_max else RoomTooSmall()
        return _wishes_page(asked, topic_code, sent.party, refusal), refusal.status
    session["wishes"] = [sent.spoken, sorted(sent.wishes), sent.party, sent.second]
    return see_other(".times", centre_code=centre_code, topic_code=topic_code, service_code=service_code)


@blueprint.post("/book/<centre_code>/<topic_code>/<service_code>/nothing-fits")
@open_to_all
def nothing_fits(centre_code: str, topic_code: str, service_code: str) -> BaseResponse:
    """Count it, once a form, so that the lead sees what is missing; says thank you on the page of times."""
    asked = asked_for(reading(), centre_code, service_code, wishes_of_this_browser())
    with transaction() as tx:
        once(tx, lambda: note_unmet(tx, asked.service, asked.centre, asked.wish.languages[0]))
    return see_other(".times", centre_code=centre_code, topic_code=topic_code, service_code=service_code, noted="yes")


def _wishes_page(asked: Asked, topic_code: str, party: int, refusal: Refusal | None = None) -> str:
    spoken = sorted(the_house().languages.spoken, key=lambda choice: choice.tag != language().spoken_as)
    return render_template(
        "booking/wishes.html", asked=asked, topic_code=topic_code, spoken=spoken, party=party, refusal=refusal,
        others=second_topics(reading(), asked.centre, asked.service), most=min(asked.service.party_max, MOST_SHOWN),
    )  # fmt: skip


def _sent() -> Wishes:
    spoken, party = field("spoken", LONGEST_TAG) or language().spoken_as, field("party", 2)
    if spoken not in {choice.tag for choice in the_house().languages.spoken}:
        raise LanguageUnknown
    ticked = frozenset(request.form.getlist("wish")) & WISHES
    return Wishes(spoken, ticked, max(int(party), 1) if party.isdecimal() else 1, field("second", 20))

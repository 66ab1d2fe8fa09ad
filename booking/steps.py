"""From the start page to a booked visit: where, what, when, how to be reached, check."""

from contextlib import suppress
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from booking.free import doors, sooner_elsewhere
from booking.places import Asked, Wishes, asked_for, bookable_by_topic, centre_by_code, centres
from doorway.binding import reading, request_now, setup_now, the_house, transaction, versions_now
from doorway.days import asked_day, free_times, week_of, week_page
from doorway.effort import EffortNeeded, effort_made, new_task, spend_effort
from doorway.form_keys import once, was_sent
from doorway.forms import CONTACT_REFUSED, ContactForm, NothingChosen, chosen_moment, readable
from doorway.gates import open_to_all
from doorway.pages import field, see_other
from doorway.speech import language
from foundation.db import Transaction
from foundation.errors import Moved, NotFound, Refusal
from scheduling import reaching, visits
from scheduling.invitations import use
from scheduling.lost import is_lost
from scheduling.models import Visit
from scheduling.refusals import HoldOver, InvitationOver, ManyChoosing, SlotTaken, TooLate
from scheduling.wish import Answer, nearest

blueprint = Blueprint("booking", __name__)
LONGEST_CODE = 40


@blueprint.get("/")
@open_to_all
def start() -> str:
    """Language and centre."""
    return render_template("booking/start.html", centres=centres())


@blueprint.get("/book/<centre_code>")
@open_to_all
def topics(centre_code: str) -> str:
    """What it is about. `?with=` is a counsellor's own link: she is preferred, for this browser, from now on."""
    centre = centre_by_code(setup_now(), centre_code)
    if "with" in request.args:
        session["with"] = "".join(filter(str.isprintable, request.args["with"][:LONGEST_CODE]))
    return render_template("booking/topics.html", centre=centre, topics=bookable_by_topic(reading(), centre))


@blueprint.get("/book/<centre_code>/<topic_code>")
@open_to_all
def services(centre_code: str, topic_code: str) -> str | BaseResponse:
    """Which consultation; skipped where a topic has only one."""
    centre = centre_by_code(setup_now(), centre_code)
    for topic, offered in bookable_by_topic(reading(), centre).items():
        if topic.code == topic_code:
            if len(offered) == 1:
                return see_other(
                    ".wishes", centre_code=centre.code, topic_code=topic.code, service_code=offered[0].code
                )
            return render_template("booking/services.html", centre=centre, topic=topic, services=offered)
    raise NotFound


@blueprint.get("/book/<centre_code>/<topic_code>/<service_code>")
@open_to_all
def times(centre_code: str, topic_code: str, service_code: str) -> Response:
    """Which day and time."""
    return times_page(asked_for(reading(), centre_code, service_code, wishes_of_this_browser()), topic_code)


@blueprint.post("/book/<centre_code>/<topic_code>/<service_code>")
@open_to_all
def hold(centre_code: str, topic_code: str, service_code: str) -> Response | BaseResponse:
    """Keep the pressed slot and ask how to be reached."""
    starts_at = chosen_moment()
    asked = asked_for(reading(), centre_code, service_code, wishes_of_this_browser())
    again = was_sent(starts_at.isoformat())
    try:
        effort = None if again else effort_made()
    except EffortNeeded as needed:
        return _effort_page(starts_at, needed)
    lost = None if again else _lost_already(asked, starts_at)
    if lost:
        return times_page(asked, topic_code, near=starts_at, refusal=SlotTaken(), answer=lost)
    try:
        with transaction() as tx:
            if effort:
                spend_effort(tx, effort)
            visit = _unfinished_to_change(tx)
            held = once(
                tx, partial(visits.hold, tx, asked.wish, starts_at, language().tag, visit), starts_at.isoformat()
            )
    except EffortNeeded as used_up:
        return _effort_page(starts_at, used_up, anew=True)
    except (SlotTaken, HoldOver, ManyChoosing) as taken:
        return times_page(asked, topic_code, near=starts_at, refusal=taken)
    session["booking"] = held
    session["step"] = (centre_code, topic_code, service_code)
    return see_other(".contact")


@blueprint.get("/book/contact")
@open_to_all
def contact() -> str | BaseResponse:
    """Reminder and call-name, both optional."""
    if _booked():
        return see_other("visit.show")
    visit = _the_unfinished()
    return _contact_page(visit, ContactForm.of(visit))


@blueprint.post("/book/contact")
@open_to_all
def note_contact() -> tuple[str, int] | BaseResponse:
    """Keep it with the hold."""
    typed = ContactForm.sent()
    try:
        checked = typed.contact()
        with transaction() as tx:
            visit = _unfinished_to_change(tx)
            if visit is None:
                raise NothingChosen
            reaching.note_contact(tx, visit, checked, unlimited=_invitation_for(visit))
    except CONTACT_REFUSED as refusal:
        return _contact_page(_the_unfinished(), typed, refusal), refusal.status
    return see_other(".check")


@blueprint.get("/book/check")
@open_to_all
def check() -> str | BaseResponse:
    """Everything once more; whoever comes back after booking sees the visit."""
    if _booked():
        return see_other("visit.show")
    visit = _the_unfinished()
    try:
        held = visits.held_appointment(visit)
    except HoldOver as over:
        return _choose_again(over)
    return render_template(
        "booking/check.html",
        visit=visit,
        held=held,
        recipient=readable(visit.recipient),
        step=session["step"],
        now=request_now(),
    )


@blueprint.post("/book/extend")
@open_to_all
def extend() -> str | BaseResponse:
    """Ten more minutes; what was typed on the contact page stays."""
    with transaction() as tx:
        visits.extend(tx, visits.visit_to_change(tx, _the_unfinished().id))
    if field("from", 10) == "contact":
        return _contact_page(_the_unfinished(), ContactForm.sent())
    return see_other(".check")


@blueprint.post("/book/confirm")
@open_to_all
def confirm() -> Response | BaseResponse:
    """Book it; twice is once."""
    visit_id = session.get("booking")
    if visit_id is None:
        raise NothingChosen
    try:
        with transaction() as tx:
            visit = visits.visit_to_change(tx, visit_id)
            invited = visit.code is None and _invitation_for(visit)
            if invited:
                use(tx, session["invitation"][0])
            visits.confirm(tx, visit, the_house().settings.secret_keys)
            if visit.first.starts_at.isoformat() != field("visit", 40):
                raise Moved  # another tab has chosen another time since this page was drawn
    except (HoldOver, TooLate) as over:
        return _choose_again(over)
    except InvitationOver:
        session.pop("invitation")  # else whoever is told to book anew would be refused again
        raise
    if invited:
        session.pop("invitation")
    session["visit"] = (visit.id, visit.token_generation)
    return see_other("visit.show")


def times_page(
    asked: Asked,
    topic_code: str,
    near: datetime | None = None,
    refusal: Refusal | None = None,
    answer: Answer | None = None,
) -> Response:
    """The page of days and times; after a refusal with its sentence and status, and the three nearest times first."""
    day = asked.centre.local_day(near) if near else asked_day()
    answer = answer or free_times(asked.centre, asked.wish, day)
    week = week_of(answer, asked.centre, day)
    first = answer.slots[0] if answer.slots and not refusal and day is None else None
    by_id = {centre.id: centre for centre in centres()}
    action = url_for(".hold", centre_code=asked.centre.code, topic_code=topic_code, service_code=asked.service.code)
    return week_page(
        "booking/times.html", week, asked.centre, action, refusal=refusal, asked=asked, topic_code=topic_code,
        answer=answer, nearest=nearest(answer.slots, near) if near else [], centres=by_id, first=first,
        sooner=partial(sooner_elsewhere, asked, first, by_id),
        walk_ins=[] if week else doors(asked.centre),
    )  # fmt: skip


def wishes_of_this_browser() -> Wishes:
    """What was wished before; else nothing, and to speak what is read (L-01)."""
    whose, (_, invited_to, only) = str(session.get("with", "")), session.get("invitation", (0, "", ""))
    if "wishes" not in session:
        return Wishes(language().spoken_as, preferred=whose, invited_to=(invited_to, only))
    spoken, ticked, party, second = session["wishes"]
    return Wishes(spoken, frozenset(ticked), party, second, whose, (invited_to, only))


def _lost_already(asked: Asked, starts_at: datetime) -> Answer | None:
    """What is free instead, if the pressed time is gone already: a crowd at one slot need not queue to be refused.

    Only for a first choice that was not sent before; whoever holds something, or presses twice, is heard by the action.
    """
    if starts_at <= request_now() or _unfinished(reading()):
        return None
    if not is_lost(reading(), versions_now(), asked.wish, starts_at, request_now()):
        return None
    return free_times(asked.centre, asked.wish, asked.centre.local_day(starts_at))


def _effort_page(starts_at: datetime, needed: EffortNeeded, anew: bool = False) -> Response:
    page = render_template("booking/effort.html", starts_at=starts_at, task=new_task(anew), refusal=needed)
    return Response(page, status=needed.status)


def _choose_again(refusal: Refusal) -> Response | BaseResponse:
    if "step" not in session:
        raise refusal
    centre_code, topic_code, service_code = session["step"]
    asked, unfinished = asked_for(reading(), centre_code, service_code, wishes_of_this_browser()), _the_unfinished()
    near = unfinished.first.starts_at if unfinished.appointments else request_now()
    return times_page(asked, topic_code, near=near, refusal=refusal)


def _contact_page(visit: Visit, typed: ContactForm, refusal: Refusal | None = None) -> str:
    return render_template(
        "booking/contact.html", visit=visit, typed=typed, refusal=refusal, step=session.get("step"), now=request_now()
    )


def _the_unfinished() -> Visit:
    visit = _unfinished(reading())
    if visit is None:
        raise NothingChosen
    return visit


def _invitation_for(visit: Visit) -> bool:
    """Whether this browser was invited to what is being booked."""
    return "invitation" in session and visit.first.service.code == session["invitation"][1]


def _booked() -> bool:
    """Whether this browser's booking is done; if the answer that said so was lost on its way, it leads there now."""
    visit_id = session.get("booking")
    visit = reading().get(Visit, visit_id) if visit_id else None
    if visit is None or visit.code is None:
        return False
    if session.get("visit", [None])[0] != visit_id:
        session["visit"] = (visit.id, visit.token_generation)
    return True


def _unfinished_to_change(tx: Transaction) -> Visit | None:
    """Locked before anything else of it is touched; another tab may just have booked it, or its time is long over."""
    visit_id = session.get("booking")
    with suppress(NotFound):
        return _still_unfinished(visits.visit_to_change(tx, visit_id)) if visit_id else None
    return None


def _unfinished(read: Session) -> Visit | None:
    visit_id = session.get("booking")
    return _still_unfinished(read.get(Visit, visit_id)) if visit_id else None


def _still_unfinished(visit: Visit | None) -> Visit | None:
    return visit if visit and visit.code is None and not visit.ended_at else None

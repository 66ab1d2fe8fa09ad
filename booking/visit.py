"""The client's own page behind the secret link: see, move, cancel, calendar file."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, g, render_template, request, session, url_for
from icalendar import STATUS, Event
from werkzeug.wrappers import Response as BaseResponse

from doorway.binding import reading, request_now, the_house, transaction
from doorway.calendar import calendar_of
from doorway.days import asked_day, free_times, week_of, week_page
from doorway.forms import chosen_moment
from doorway.gates import open_to_all, visitor
from doorway.pages import field, see_other
from doorway.speech import language, speak
from doorway.waiting import turn_page
from foundation.db import Transaction
from foundation.errors import Moved, NotFound, Refusal
from notifications.outbox import told_of_change, will_be_reminded
from queueing.tickets import open_ticket, refuse_if_here
from scheduling import moving, visits
from scheduling.agenda import visit_by_token
from scheduling.claims import standing_of
from scheduling.interpreters import request_for
from scheduling.models import Appointment, AppointmentState, Visit
from scheduling.opening import whole_day
from scheduling.refusals import AlreadyOver, SlotTaken
from scheduling.repeating import of_series, to_come
from scheduling.search import Leaving
from scheduling.wish import Answer, Route, Wish

blueprint = Blueprint("visit", __name__)
LINK_LASTS = timedelta(hours=24)


@blueprint.get("/t/<token>")
@open_to_all
def enter(token: str) -> BaseResponse:
    """From the secret link to a session of this browser, in the language of the SMS; changes nothing else (X-04)."""
    visit = visit_by_token(reading(), token)
    if _over_at(visit) + LINK_LASTS < request_now():
        speak(visit.ui_lang)
        raise AlreadyOver
    session["visit"] = (visit.id, visit.token_generation)
    session.setdefault("lang", visit.sms_lang)
    return see_other(".show")


@blueprint.get("/visit")
@visitor
def show() -> str | Response | BaseResponse:
    """When, where, code and QR; place in the queue once checked in. Who comes for a course has a page of it."""
    visit = visit_shown()
    if not visit.appointments:
        return see_other(".enrolled", saved=request.args.get("saved"))
    ticket = open_ticket(reading(), visit)
    if ticket and ticket.day_on == visit.centre.local_day(request_now()):
        session["ticket"] = ticket.id
        return turn_page(ticket)
    return render_template(
        "booking/visit.html", visit=visit, appointment=_last(visit), link=link_of(visit), now=request_now(),
        reminded=will_be_reminded(reading(), visit),
        told_of_change=visit.wants_messages and told_of_change(reading(), visit.first),
        asked=request_for(reading(), visit.first) if visit.first.route == Route.POOL else None, others=others_of(visit),
    )  # fmt: skip


@blueprint.get("/visit/calendar")
@visitor
def calendar() -> Response:
    """A calendar file that says «Termin» and the place, nothing else (S-10)."""
    visit = booked_shown()
    appointment = _last(visit)
    event = Event.new(
        uid=f"{visit.id}-{visit.typed_at:%Y%m%d%H%M%S}@empfang",
        # TRANSLATORS: the only word of a calendar entry; it must not tell what the appointment is about
        summary=language().gettext("Termin"),
        start=visit.first.starts_at,
        end=appointment.ends_at,
        location=f"{visit.centre.name}, {visit.centre.address}",
        sequence=appointment.version,
        stamp=request_now(),
        status=STATUS.CANCELLED if appointment.state is AppointmentState.CANCELLED else STATUS.CONFIRMED,
    )
    saved_as = {"Content-Disposition": "attachment; filename=termin.ics"}
    return Response(calendar_of([event]), mimetype="text/calendar", headers=saved_as)


@blueprint.get("/visit/move")
@visitor
def choose_new_time() -> Response:
    """Other times for the same consultation."""
    return _move_page(booked_shown())


@blueprint.post("/visit/move")
@visitor
def move() -> Response | BaseResponse:
    """Take the pressed time; the link stays."""
    starts_at = chosen_moment()
    try:
        with transaction() as tx:
            visit = booked_to_change(tx)
            moving.move(tx, visit, _wish(visit), starts_at)
    except SlotTaken as taken:
        return _move_page(booked_shown(), taken)
    return see_other(".show")


@blueprint.get("/visit/cancel")
@visitor
def ask_cancel() -> str | BaseResponse:
    """One question before it is gone."""
    visit = booked_shown()
    try:
        visits.changeable(visit, request_now())
    except AlreadyOver:
        return see_other(".show")
    return render_template("booking/cancel.html", visit=visit, appointment=_last(visit), others=others_of(visit))


@blueprint.post("/visit/cancel")
@visitor
def cancel() -> BaseResponse:
    """Call it off; twice is once."""
    with transaction() as tx:
        visits.cancel(tx, booked_to_change(tx))
    return see_other(".show")


def visit_shown() -> Visit:
    """The visit of this browser, to read; in its own language until another is chosen."""
    visit: Visit = reading().get_one(Visit, g.visit.id)
    language()  # `?lang=` counts as chosen
    if not session.get("lang"):
        speak(visit.ui_lang)
    return visit


def booked_shown() -> Visit:
    """The same, for pages about an appointment. Raises NotFound for who comes for a course."""
    visit = visit_shown()
    _last(visit)
    return visit


def booked_to_change(tx: Transaction) -> Visit:
    """As `visit_to_change`, for what is done to an appointment. Raises NotFound for who comes for a course."""
    visit = visit_to_change(tx)
    _last(visit)
    return visit


def visit_to_change(tx: Transaction) -> Visit:
    """The same as `visit_of_form`, as long as the client is not here. Raises AlreadyHere."""
    visit = visit_of_form(tx)
    refuse_if_here(tx.session, visit)
    return visit


def visit_of_form(tx: Transaction) -> Visit:
    """The visit of this browser, if the form was made for it: another tab may have opened another one meanwhile."""
    visit = visits.visit_to_change(tx, g.visit.id)
    check_form_of(visit)
    return visit


def check_form_of(visit: Visit) -> None:
    """Raises Moved unless the form names this visit: by its code, or its number where it has none (a course)."""
    if field("visit", 12) != (visit.code or str(visit.id)):
        raise Moved


def link_of(visit: Visit) -> str:
    """The secret link of a visit, as its QR code holds it."""
    settings = the_house().settings
    return f"{settings.public_url}/t/{visits.manage_token(settings.secret_keys, visit)}"


def others_of(visit: Visit) -> list[tuple[Visit, str]]:
    """What else is to come of a visit's series, each with its secret link."""
    return [(other, link_of(other)) for other in to_come(of_series(reading(), visit), request_now())]


def _move_page(visit: Visit, refusal: Refusal | None = None) -> Response:
    booked = visits.changeable(visit, request_now())
    own = [standing.taken for standing in standing_of(reading(), [appointment.id for appointment in booked])]
    answer = free_times(visit.centre, _wish(visit), asked_day(), Leaving(visit.id, own))
    free = Answer([slot for slot in answer.slots if slot.starts_at != booked[0].starts_at])
    week = week_of(free, visit.centre, asked_day())
    return week_page(
        "booking/move.html", week, visit.centre, url_for(".move"), refusal=refusal, visit=visit, code=visit.code
    )


def _wish(visit: Visit) -> Wish:
    return moving.wish_of(visit, visits.changeable(visit, request_now()))


def _over_at(visit: Visit) -> datetime:
    """When nothing more comes: after the last appointment, or the last day of a course."""
    return visit.appointments[-1].ends_at if visit.appointments else whole_day(visit.day_on, visit.centre.zone).end


def _last(visit: Visit) -> Appointment:
    if not visit.appointments:
        raise NotFound
    return visit.appointments[-1]

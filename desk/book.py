"""Booking for somebody who phones or stands here: who and what, then a time, then how to be reached (X-02)."""

from datetime import date, datetime, timedelta
from functools import partial

from flask import Response, render_template, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from access.rights import Right
from desk.asked import KEPT, Asked, bookable
from desk.case import case_shown, remember
from desk.session import blueprint
from desk.somebody import Somebody
from desk.times import TIME_REFUSED, chosen_time, soonest
from desk.words import TO_CHOOSE
from doorway.binding import reading, request_now, the_house, transaction
from doorway.days import asked_day, free_times, week_of, week_page
from doorway.form_keys import once
from doorway.forms import CONTACT_REFUSED, ContactForm, NothingChosen
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, see_other
from foundation.db import Transaction
from foundation.errors import Moved, NotFound, Refusal
from scheduling import reaching, visits
from scheduling.models import Visit
from scheduling.presence import counsellors_at
from scheduling.refusals import HoldOver, LanguageUnknown, RoomTooSmall, TooLate
from scheduling.visits import Overrule
from scheduling.wish import Answer, nearest

HELD = "desk_held"


@blueprint.get("/book")
@staff(Right.RECEIVE)
def book() -> Response:
    """Who and what; and when that is known, which times are free."""
    return _book_page(Asked.kept())


@blueprint.post("/book/anew")
@staff(Right.RECEIVE)
def book_anew() -> BaseResponse:
    """For the next person: nothing of the last one stays; a time that was held for her runs out."""
    _forget()
    return see_other(".book")


@blueprint.post("/case/again")
@staff(Right.RECEIVE)
def case_again() -> BaseResponse:
    """Another appointment for whom the open case is about, beginning with what is known of her."""
    visit = case_shown()
    service = visit.first.service.code if visit.appointments else ""
    Asked(service, "", Somebody.of(visit), frozenset(visit.wishes)).keep()
    return see_other(".book", _anchor="times")


@blueprint.post("/book")
@staff(Right.RECEIVE)
def book_for() -> Response | BaseResponse:
    """Keep what is asked for and look what is free."""
    try:
        asked = Asked.sent()
    except LanguageUnknown as refusal:
        return _book_page(Asked.kept(), refusal=refusal)
    asked.wish(reading(), current_centre())
    asked.keep()
    return see_other(".book", _anchor="times")


@blueprint.post("/book/time")
@staff(Right.RECEIVE)
def book_time() -> Response | BaseResponse:
    """Hold the pressed time, or one outside the rules with its reason; once a form."""
    asked, centre, starts_at = Asked.kept(), current_centre(), None
    try:
        starts_at, overrule = chosen_time(centre, request_now())
        with transaction() as tx:
            act = partial(_hold, tx, asked, starts_at, overrule)
            held = once(tx, act, starts_at.isoformat())
    except TIME_REFUSED as refusal:
        return _book_page(asked, starts_at, refusal)
    session[HELD] = held
    return see_other(".book_check")


@blueprint.get("/book/check")
@staff(Right.RECEIVE)
def book_check() -> str | BaseResponse:
    """What is about to be booked, and how she can be reached, if she wants to be."""
    visit = unfinished(reading())
    return _check_page(visit, ContactForm.of(visit)) if visit else see_other(".book")


@blueprint.post("/book/confirm")
@staff(Right.RECEIVE)
def book_confirm() -> tuple[str, int] | Response | BaseResponse:
    """Book it; twice is once. Leads to the case with its code and slip."""
    typed, visit_id = ContactForm.sent(), int(session.get(HELD, 0))
    held = reading().get(Visit, visit_id)
    if held is None:
        raise NothingChosen
    starts_at = held.first.starts_at if held.appointments else None
    try:
        checked = typed.contact()
        with transaction() as tx:  # on its own, so that what was typed stays when the time is gone
            visit = to_confirm(tx, visit_id)
            if visit.code is None:
                reaching.note_contact(tx, visit, checked)
        with transaction() as tx:
            visits.confirm(tx, to_confirm(tx, visit_id), the_house().settings.secret_keys)
    except CONTACT_REFUSED as refusal:
        return _check_page(held, typed, refusal), refusal.status
    except (HoldOver, TooLate) as over:
        return _book_page(Asked.kept(), starts_at, over)
    remember(reading().get_one(Visit, visit_id))
    session.pop(KEPT, None)
    return see_other(".case", done="booked")


def _hold(tx: Transaction, asked: Asked, starts_at: datetime, overrule: Overrule | None) -> int:
    """In place of what this browser held before; what was typed for it stays."""
    before, tongue = unfinished(tx.session), asked.somebody.reads
    visit = visits.visit_to_change(tx, before.id) if before else None
    if visit:
        visit.ui_lang = tongue
    return visits.hold(tx, asked.wish(tx.session, current_centre()), starts_at, tongue, visit, overrule)


def to_confirm(tx: Transaction, visit_id: int) -> Visit:
    """The held visit, if the form was made for its time: another window may have chosen another one."""
    visit = visits.visit_to_change(tx, visit_id)
    if not visit.appointments or visit.first.starts_at.isoformat() != field("visit", 40):
        raise Moved
    return visit


def unfinished(read: Session) -> Visit | None:
    """The visit whose time this browser holds and has not booked yet."""
    visit_id = session.get(HELD)
    visit = read.get(Visit, visit_id) if visit_id else None
    return visit if visit and visit.code is None and visit.appointments and not visit.ended_at else None


def _forget() -> None:
    session.pop(KEPT, None)
    session.pop(HELD, None)


def _book_page(asked: Asked, near: datetime | None = None, refusal: Refusal | None = None) -> Response:
    centre, now = current_centre(), request_now()
    day = centre.local_day(near) if near else asked_day()
    answer, too_many = _free(asked, day)
    free = answer or Answer([])
    return week_page(
        "desk/book.html", week_of(free, centre, day), centre, url_for(".book_time"), refusal=refusal or too_many,
        account=current_account(), asked=asked, somebody=asked.somebody, answer=answer, reasons=TO_CHOOSE,
        services=bookable(reading(), centre), counsellors=counsellors_at(reading(), centre),
        proposed=nearest(free.slots, near) if near else soonest(free.slots, centre), today=centre.local_day(now),
        next_week=centre.local_day(now + timedelta(weeks=1)),
        typed={name: field(name, 20) for name in ("day", "time", "reason")},
    )  # fmt: skip


def _free(asked: Asked, day: date | None) -> tuple[Answer | None, Refusal | None]:
    """What can be had; nothing yet as long as no service is chosen, or why nobody can come like this."""
    if not asked.service:
        return None, None
    try:
        return free_times(current_centre(), asked.wish(reading(), current_centre()), day), None
    except RoomTooSmall as refusal:
        return None, refusal
    except NotFound:  # what was chosen is not offered any more
        return None, None


def _check_page(visit: Visit, typed: ContactForm, refusal: Refusal | None = None) -> str:
    return render_template(
        "desk/check.html", account=current_account(), centre=visit.centre, visit=visit, typed=typed, refusal=refusal,
        tongue=the_house().languages[visit.ui_lang], now=request_now(),
    )  # fmt: skip

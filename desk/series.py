"""A series of consultations: every so many weeks. What fits is shown, then one press: all or none, or all that fit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flask import render_template, request, session
from werkzeug.wrappers import Response

from access.rights import Right
from desk.addresses import YEARS
from desk.asked import KEPT
from desk.book import HELD, to_confirm, unfinished
from desk.case import case_shown, case_to_change, remember
from desk.session import blueprint
from desk.words import OBSTACLES
from doorway.binding import reading, request_now, the_house, transaction
from doorway.form_keys import once
from doorway.forms import CONTACT_REFUSED, ContactForm, MomentBroken
from doorway.gates import current_account, current_centre, staff
from doorway.pages import field, see_other
from doorway.speech import MOMENT
from foundation.db import Transaction
from foundation.errors import NotFound, Refusal
from queueing.replanning import cancel_here
from scheduling.following_up import same_contact
from scheduling.models import AppointmentState, Visit
from scheduling.reaching import note_contact
from scheduling.refusals import AlreadyOver
from scheduling.repeating import (
    DatesTaken,
    Occurrence,
    book_series,
    numbered,
    occurrences,
    of_series,
    series_to_change,
    to_come,
)
from scheduling.rhythm import EVERY, TIMES, Rhythm, SeriesBroken, series_starts
from scheduling.visits import Contact

USUAL = Rhythm(2, 6)
CONSENT_WORDING = "sms-series-2026-12"
"""The version of the sentence about SMS to several appointments; raise it when the sentence changes."""

REFUSED = (DatesTaken, SeriesBroken, MomentBroken)


@blueprint.get("/case/series")
@staff(Right.RECEIVE)
def case_series() -> tuple[str, int]:
    """The dates after the open case's, each with what stands in its way; what is booked of its series."""
    return _page(_repeatable(case_shown()))


@blueprint.post("/case/series")
@staff(Right.RECEIVE)
def book_case_series() -> tuple[str, int] | Response:
    """Book more like the open case, once a form; an SMS only if she has just agreed to one."""
    first = _repeatable(case_shown())
    told = field("sms", 3) == "yes" and first.wants_messages
    try:
        starts = _starts(first)
        with transaction() as tx:
            contact, keys = same_contact(first, told), the_house().settings.secret_keys
            done = once(tx, lambda: len(book_series(tx, case_to_change(tx), starts, keys, contact, _every()).visits))
    except REFUSED as refusal:
        return _page(first, refusal)
    return see_other(".case_series", **_rhythm()._asdict(), done=done)


@blueprint.post("/case/series/cancel")
@staff(Right.RECEIVE)
def cancel_case_series() -> Response:
    """Call off what is still to come of the open case's series; one message tells of all. Raises AlreadyOver."""
    with transaction() as tx:
        series = series_to_change(tx, case_shown())
        case_to_change(tx)
        rest = to_come(series, tx.now)
        if not rest:
            raise AlreadyOver
        for visit, place in numbered(rest):
            cancel_here(tx, visit, by_centre=field("who", 6) == "centre", **place)
    return see_other(".case")


@blueprint.get("/book/series")
@staff(Right.RECEIVE)
def held_series() -> tuple[str, int] | Response:
    """The same for what is about to be booked."""
    held = unfinished(reading())
    return _page(held, typed=ContactForm.of(held)) if held else see_other(".book")


@blueprint.post("/book/series")
@staff(Right.RECEIVE)
def book_held_series() -> tuple[str, int] | Response:
    """Book what is held and more like it; leads to the first one's case and what became of the others."""
    held, typed = unfinished(reading()), ContactForm.sent()
    if held is None:
        return see_other(".book")
    try:
        starts, contact = _starts(held), _contact(typed)
        with transaction() as tx:
            done = once(tx, lambda: _book_held(tx, held.id, starts, contact))
    except (*REFUSED, *CONTACT_REFUSED) as refusal:
        return _page(held, refusal, typed)
    remember(held)
    session.pop(KEPT, None)
    session.pop(HELD, None)
    return see_other(".case_series", **_rhythm()._asdict(), done=done + 1)


def _book_held(tx: Transaction, held: int, starts: Sequence[datetime], contact: Contact) -> int:
    first = to_confirm(tx, held)
    note_contact(tx, first, contact)
    return len(book_series(tx, first, starts, the_house().settings.secret_keys, contact, _every()).visits)


def _page(first: Visit, refusal: Refusal | None = None, typed: ContactForm | None = None) -> tuple[str, int]:
    rows: Sequence[Occurrence] = ()
    try:
        rows = occurrences(reading(), first, _rhythm(), request_now())
    except SeriesBroken as broken:
        refusal = broken
    page = render_template(
        "desk/series.html", account=current_account(), centre=current_centre(), first=first, rows=rows, typed=typed,
        refusal=refusal, rhythm=_rhythm(), every=EVERY, times=TIMES, obstacles=OBSTACLES, now=request_now(),
        rest=to_come(of_series(reading(), first), request_now()), ticked=request.form.getlist("instead"),
        tongue=the_house().languages[first.ui_lang], at_field=isinstance(refusal, CONTACT_REFUSED),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def _repeatable(visit: Visit) -> Visit:
    """Raises NotFound for what is no appointment, or was called off."""
    going = (AppointmentState.BOOKED, AppointmentState.SEEN)
    if visit.code is None or not visit.appointments or visit.first.state not in going:
        raise NotFound
    return visit


def _contact(typed: ContactForm) -> Contact:
    checked = typed.contact()
    return replace(checked, consent_wording=CONSENT_WORDING) if typed.sms == "yes" else checked


def _rhythm() -> Rhythm:
    return Rhythm(request.values.get("weeks", USUAL.weeks, int), request.values.get("times", USUAL.times, int))


def _every() -> bool:
    return field("how", 8) != "fitting"


def _starts(first: Visit) -> list[datetime]:
    """What is not booked yet; on days where the form has chosen another time, that one. Raises SeriesBroken."""
    _rhythm().check()
    centre, booked = first.centre, {visit.day_on for visit in of_series(reading(), first)}
    instead = {centre.local_day(moment): moment for moment in map(_moment, request.form.getlist("instead"))}
    starts = series_starts(first.first.starts_at, centre.zone, _rhythm())[1:]
    return [instead.get(day, start) for start in starts if (day := centre.local_day(start)) not in booked]


def _moment(written: str) -> datetime:
    try:
        moment = datetime.strptime(written, MOMENT).replace(tzinfo=UTC)
    except ValueError as fault:
        raise MomentBroken from fault
    if moment.year not in YEARS:
        raise MomentBroken
    return moment

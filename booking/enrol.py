"""Into a course in three steps: how many come, how to be reached, check. Full is no dead end: the waitlist is next.

What is typed waits in the browser's own cookie until it is sent: of whom does not finish, nothing is kept here.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from flask import Response, render_template, session
from werkzeug.wrappers import Response as BaseResponse

from booking.courses import about, open_course_named
from booking.steps import blueprint, wishes_of_this_browser
from doorway.binding import reading, request_now, the_house, transaction
from doorway.effort import EffortNeeded, effort_made, new_task, spend_effort
from doorway.form_keys import once, was_sent
from doorway.forms import CONTACT_REFUSED, ContactForm, readable
from doorway.gates import open_to_all
from doorway.pages import field, see_other
from doorway.speech import language
from foundation.clock import machine_now
from foundation.db import Transaction
from foundation.errors import Refusal, sentence
from scheduling.enrolling import Enrolling, check_joinable, course_to_change, enrol, wait, waiters
from scheduling.models import Course, Enrolment
from scheduling.places_left import Wants
from scheduling.teaching_refusals import AlreadyEnrolled, CourseFull, PartyTooLarge
from scheduling.visits import Contact

KEPT = timedelta(hours=1)
"""What was typed and not sent is shown no longer than a hold lasts: the next person may use the same device."""

MOST_SHOWN = 6
COURSE_WORDING = "course-2026-12"
"""Beside the version of the sentence that was ticked: it was asked for messages about a course."""

RANKS = (
    sentence("Dort stehen Sie an erster Stelle."),
    sentence("Dort stehen Sie an zweiter Stelle."),
    sentence("Dort stehen Sie an dritter Stelle."),
)
"""In the waitlist; who is further back is not told a number: it would promise something."""


@dataclass(frozen=True)
class Joining:
    """What somebody has typed so far for one course."""

    wants: Wants
    contact: ContactForm | None = None


@blueprint.get("/courses/<course_code>/join")
@open_to_all
def join(course_code: str) -> str:
    """How many come, and how many children are to be looked after."""
    course = _joinable(course_code)
    typed = _typed(course)
    return _party_page(course, typed.wants if typed else Wants(1))


@blueprint.post("/courses/<course_code>/join")
@open_to_all
def note_party(course_code: str) -> tuple[str, int] | BaseResponse:
    """Keep it, and ask how to be reached."""
    course = _joinable(course_code)
    typed, wants = _typed(course), Wants(max(_count("party"), 1), _count("children"))
    try:
        if max(wants.seats, wants.children) > MOST_SHOWN:
            raise PartyTooLarge
        check_joinable(course, request_now(), wants)
    except PartyTooLarge as refusal:
        return _party_page(course, wants, refusal), refusal.status
    _keep(course, replace(typed, wants=wants) if typed else Joining(wants))
    return see_other(".join_contact", course_code=course.code)


@blueprint.get("/courses/<course_code>/join/contact")
@open_to_all
def join_contact(course_code: str) -> str | BaseResponse:
    """Messages and call-name, all optional, as for an appointment."""
    course = _joinable(course_code)
    typed = _typed(course)
    if typed is None:
        return see_other(".join", course_code=course.code)
    return _contact_page(course, typed.contact or ContactForm("", "", ""))


@blueprint.post("/courses/<course_code>/join/contact")
@open_to_all
def note_join_contact(course_code: str) -> tuple[str, int] | BaseResponse:
    """Keep what can be told; what cannot is refused beside what was typed."""
    course, sent = _joinable(course_code), ContactForm.sent()
    typed = _typed(course)
    if typed is None:
        return see_other(".join", course_code=course.code)
    try:
        told = sent.contact().recipient
    except CONTACT_REFUSED as refusal:
        return _contact_page(course, sent, refusal), refusal.status
    _keep(course, replace(typed, contact=sent if told else ContactForm("no", "", sent.call_name)))
    return see_other(".join_check", course_code=course.code)


@blueprint.get("/courses/<course_code>/join/check")
@open_to_all
def join_check(course_code: str) -> str | BaseResponse:
    """Everything once more; who comes back afterwards sees her own page."""
    course = _joinable(course_code)
    typed = _typed(course)
    if typed is None or typed.contact is None:
        return _missing(course, typed)
    return _check_page(course, typed.wants, typed.contact)


@blueprint.post("/courses/<course_code>/join/check")
@open_to_all
def join_now(course_code: str) -> Response | tuple[str, int] | BaseResponse:
    """A seat, or with `wait` a place in the waitlist if there is none; twice is once."""
    course, waits = _joinable(course_code), field("wait", 3) == "yes"
    typed, effort = _typed(course), None
    if typed is None or typed.contact is None:
        return _missing(course, typed)
    try:
        effort = None if was_sent() else effort_made()
        with transaction() as tx:
            if effort:
                spend_effort(tx, effort)
            wish = _wish(typed.wants, for_course(typed.contact.contact()))
            enrolment = tx.session.get_one(Enrolment, once(tx, partial(_take, tx, course.id, wish, waits)))
            opened = (enrolment.visit_id, enrolment.visit.token_generation)
    except EffortNeeded as needed:
        return _effort_page(waits, needed, anew=effort is not None)
    except (CourseFull, AlreadyEnrolled) as refusal:
        return _check_page(course, typed.wants, typed.contact, refusal), refusal.status
    except CONTACT_REFUSED as refusal:
        return _contact_page(course, typed.contact, refusal), refusal.status
    session.pop("joining")
    session["visit"], session["joined"] = opened, course.code
    return see_other("visit.show")


def for_course(contact: Contact) -> Contact:
    """The same way to be reached, agreed to for a course."""
    wording = contact.consent_wording
    return replace(contact, consent_wording=f"{wording} {COURSE_WORDING}" if wording else None)


def _take(tx: Transaction, course_id: int, wish: Enrolling, waits: bool) -> int:
    course, keys = course_to_change(tx, course_id), the_house().settings.secret_keys
    return (wait if waits else enrol)(tx, course, wish, keys).id


def _wish(wants: Wants, contact: Contact) -> Enrolling:
    return Enrolling(wants, language().tag, (wishes_of_this_browser().spoken,), contact)


def _joinable(course_code: str) -> Course:
    course = open_course_named(course_code)
    check_joinable(course, request_now())
    return course


def _missing(course: Course, typed: Joining | None) -> BaseResponse:
    """Back to the step that is missing; to her own page, if all is done already."""
    if typed:
        return see_other(".join_contact", course_code=course.code)
    done = session.get("joined") == course.code and "visit" in session
    return see_other("visit.show") if done else see_other(".join", course_code=course.code)


def _count(name: str) -> int:
    typed = field(name, 3)
    return int(typed) if typed.isascii() and typed.isdecimal() else 0


def _typed(course: Course) -> Joining | None:
    """What this browser has kept for this course, if it is not too long ago."""
    code, at, party, children, contact = session.get("joining", ("", "", 1, 0, None))
    if code and datetime.fromisoformat(at) + KEPT < machine_now():
        session.pop("joining")
        return None
    if code != course.code:
        return None
    return Joining(Wants(party, children), ContactForm(*contact) if contact else None)


def _keep(course: Course, typed: Joining) -> None:
    contact = typed.contact
    kept = [contact.sms, contact.phone, contact.call_name, contact.helper_lang, contact.email] if contact else None
    now = machine_now().isoformat()
    session["joining"] = [course.code, now, typed.wants.seats, typed.wants.children, kept]


def _party_page(course: Course, wants: Wants, refusal: Refusal | None = None) -> str:
    return render_template(
        "booking/join.html", **about(course), wants=wants, refusal=refusal,
        most=min(course.seats, MOST_SHOWN), most_children=min(course.childcare, MOST_SHOWN),
    )  # fmt: skip


def _contact_page(course: Course, typed: ContactForm, refusal: Refusal | None = None) -> str:
    return render_template("booking/join_contact.html", **about(course), typed=typed, refusal=refusal)


def _check_page(course: Course, wants: Wants, typed: ContactForm, refusal: Refusal | None = None) -> str:
    known = about(course)
    fits, rank = wants.fits(known["shown"].free), len(waiters(reading(), course))
    return render_template(
        "booking/join_check.html", **known, wants=wants, typed=typed, recipient=readable(typed.contact().recipient),
        refusal=refusal, fits=fits, rank=RANKS[rank] if rank < len(RANKS) else "",
    )  # fmt: skip


def _effort_page(waits: bool, needed: EffortNeeded, anew: bool) -> Response:
    page = render_template("booking/effort.html", waits=waits, task=new_task(anew), refusal=needed)
    return Response(page, status=needed.status)

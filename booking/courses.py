"""Courses for everybody to read: which there are, what one is like, and a calendar file of its sessions (C-03)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from icalendar import STATUS, Event
from markupsafe import Markup

from booking.places import centre_by_code, centres
from booking.steps import blueprint
from doorway.binding import reading, request_now, setup_now
from doorway.calendar import calendar_of
from doorway.gates import open_to_all
from doorway.speech import bdi, language
from foundation.errors import NotFound
from foundation.formats import clock_time, span
from scheduling.courses import course_by_code, courses_to_come
from scheduling.interval import Interval
from scheduling.models import Centre, Course, CourseSession, CourseState
from scheduling.places_left import Wants
from scheduling.seats_left import Places, free_in, places_in
from scheduling.usual_times import Beat, usual_times

A_PAGE = 20
LONGEST = 40
FILTERS = ("centre", "level", "women", "childcare", "start")


@dataclass(frozen=True)
class Shown:
    """A course as its pages say it: what is free, when it usually is, and the next session to come."""

    course: Course
    free: Wants
    places: Places
    beats: list[Beat]
    following: CourseSession | None
    begun: bool

    @property
    def childcare(self) -> bool:
        """Whether there is childcare at all."""
        return self.course.childcare > 0


@blueprint.get("/courses")
@open_to_all
def courses() -> str:
    """All to come, the soonest first; every choice is in the address, so that it can be shared."""
    chosen = _chosen()
    own = [centre_by_code(setup_now(), chosen["centre"])] if "centre" in chosen else centres()
    found = courses_to_come(reading(), request_now(), [centre.id for centre in own])
    levels = sorted({course.level for course in found if course.level})
    fitting = [course for course in found if _fits(course, chosen)]
    page = _page_asked(len(fitting))
    shown = shown_of(fitting[page * A_PAGE : (page + 1) * A_PAGE])
    return render_template(
        "booking/courses.html", shown=shown, chosen=chosen, levels=levels, centres=centres(), page=page,
        more=len(fitting) > (page + 1) * A_PAGE, hours=hours, centre=own[0] if "centre" in chosen else None,
    )  # fmt: skip


@blueprint.get("/courses/<course_code>")
@open_to_all
def course(course_code: str) -> str:
    """What it is about, for whom, every session, and the way in; for whom it is, is information only (C-03)."""
    return render_template("booking/course.html", **about(open_course_named(course_code)))


@blueprint.get("/courses/<course_code>/calendar")
@open_to_all
def course_calendar(course_code: str) -> Response:
    """Every session as an entry that says «Kurs» and the place, nothing else (S-10); a newer file corrects it."""
    found = open_course_named(course_code)
    saved_as = {"Content-Disposition": "attachment; filename=kurs.ics"}
    return Response(calendar_of(map(_event, found.sessions)), mimetype="text/calendar", headers=saved_as)


def open_course_named(code: str) -> Course:
    """A course that people may see: open, or called off. Raises NotFound, also for a draft."""
    if not code.isprintable() or len(code) > LONGEST:
        raise NotFound
    found = course_by_code(reading(), code)
    if found.state is CourseState.DRAFT:
        raise NotFound
    return found


def shown_of(found: Sequence[Course]) -> list[Shown]:
    """Courses as pages say them."""
    free = free_in(reading(), found)
    return [_shown(one, free[one.id]) for one in found]


def about(found: Course) -> dict[str, Any]:
    """What every page about one course needs."""
    (shown,) = shown_of([found])
    return {"shown": shown, "course": found, "centre": found.centre, "hours": hours, "now": request_now()}


def hours(of: Interval | CourseSession, centre: Centre) -> Markup:
    """From when till when, on the clock of a centre."""
    starts_at, ends_at = (of.starts_at, of.ends_at) if isinstance(of, CourseSession) else of
    return bdi(span(clock_time(starts_at, centre.zone), clock_time(ends_at, centre.zone)))


def _shown(found: Course, free: Wants) -> Shown:
    now, standing = request_now(), found.standing
    ahead = [session for session in standing if session.ends_at > now]
    beats = usual_times(_intervals(ahead or standing), found.centre.zone)
    begun = bool(standing) and standing[0].starts_at <= now
    return Shown(found, free, places_in(found, free, now), beats, next(iter(ahead), None), begun)


def _intervals(sessions: Iterable[CourseSession]) -> list[Interval]:
    return [Interval(session.starts_at, session.ends_at) for session in sessions]


def _fits(found: Course, chosen: dict[str, str]) -> bool:
    return not (
        ("level" in chosen and found.level != chosen["level"])
        or ("women" in chosen and not found.women_only)
        or ("childcare" in chosen and not found.childcare)
        or ("start" in chosen and found.standing[0].starts_at <= request_now())
    )


def _chosen() -> dict[str, str]:
    sent = {name: "".join(filter(str.isprintable, request.args.get(name, "")))[:LONGEST] for name in FILTERS}
    return {name: value for name, value in sent.items() if value}


def _page_asked(count: int) -> int:
    asked = request.args.get("page", "")
    page = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= len(str(count)) else 0
    return page if page * A_PAGE < count else 0


def _event(session: CourseSession) -> Event:
    found, centre = session.course, session.course.centre
    return Event.new(
        uid=f"{found.code}-{session.number}@empfang",
        # TRANSLATORS: the only word of a calendar entry; it must not tell what the course is about
        summary=language().gettext("Kurs"),
        start=session.starts_at,
        end=session.ends_at,
        location=f"{centre.name}, {centre.address}" if session.room_id else found.place or centre.name,
        sequence=session.version + found.version,
        stamp=request_now(),
        status=STATUS.CANCELLED if session.cancelled_at else STATUS.CONFIRMED,
    )

"""A colleague is ill, a room or the centre is closed: whom that hits, a proposal for each, one press for all (7.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from access.rights import Right
from desk.addresses import YEARS
from desk.session import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, number_field, see_other
from foundation.db import Transaction
from foundation.errors import Moved, NotFound, Refusal, desk_sentence
from notifications.outbox import is_told
from notifications.saying import said_at
from queueing.replanning import cover_here, put_back_here
from scheduling.absences import Away, Shut, recorded, still_hit, undo
from scheduling.changing import Change, save
from scheduling.choosing import Placement
from scheduling.interval import Interval
from scheduling.models import Absence, Centre, Closure, Counsellor, CourseSession, Hours, Interpreter, Resource, Room
from scheduling.opening import days_window, local_moment, whole_day
from scheduling.rebooking import Proposal, proposals
from scheduling.sessions import hit_by
from scheduling.taking_over import Chosen, covered_lately
from scheduling.visits import visit_to_change
from scheduling.wish import Route

LONGEST = timedelta(days=366)
WHOLE_CENTRE = "centre"
KINDS: dict[str, type[Absence] | type[Closure]] = {"absence": Absence, "closure": Closure}


class TimeBroken(Refusal):
    """No time of day."""

    text = desk_sentence("Bitte die Uhrzeit mit Stunde und Minute schreiben, zum Beispiel 13:30.")
    status = 422


class DaysBroken(Refusal):
    """Not two days in order."""

    text = desk_sentence("Bitte einen ersten und einen letzten Tag wählen, höchstens ein Jahr.")
    status = 422


@dataclass(frozen=True)
class Row:
    """A proposal as the page shows it; each of its choices with the value that the form sends for it."""

    proposal: Proposal
    choices: Sequence[tuple[str, Placement]]


@blueprint.get("/absence")
@staff(Right.RECORD_ABSENCE)
def absence() -> str:
    """Who is away, whom it hits, and what could become of each."""
    return _page()


@blueprint.post("/absence")
@staff(Right.RECORD_ABSENCE)
def record_absence() -> tuple[str, int] | Response:
    """Record who or what is away; whom it hits keeps standing until somebody has decided."""
    try:
        with transaction() as tx:
            save(tx, _typed(tx, centre_in(tx)))
    except Refusal as refusal:
        return _page(refusal), refusal.status
    return see_other(".absence")


@blueprint.post("/absence/accept")
@staff(Right.RECORD_ABSENCE)
def accept_proposals() -> Response:
    """What is chosen in each row becomes so, one visit after the other; what somebody took meanwhile stays open."""
    done = taken = 0
    away = recorded(reading(), current_centre(), request_now())
    for visit_id in dict.fromkeys(hit.visit_id for hit in still_hit(reading(), away, request_now())):
        chosen = field(f"choice-{visit_id}", 120)
        if not chosen:
            continue
        try:
            with transaction() as tx:
                _cover(tx, visit_id, _chosen(chosen))
            done += 1
        except Refusal:
            taken += 1
    return see_other(".absence", done=done, taken=taken)


@blueprint.post("/absence/undo")
@staff(Right.RECORD_ABSENCE)
def undo_absence() -> Response:
    """She is here after all; who was moved for it and has not been told gets the old time and person again.

    Raises NotFound for what is not recorded at this centre.
    """
    kind, row_id = KINDS.get(field("kind", 10)), number_field("row")
    with transaction() as tx:
        here = {(type(row), row.id): row for row in recorded(tx.session, centre_in(tx), tx.now)}
        if kind is None or (kind, row_id) not in here:
            raise NotFound
        who = getattr(here[kind, row_id], "resource_id", None)
        undo(tx, kind, row_id)
    return see_other(".absence", back=_put_all_back(who))


def _put_all_back(who: int | None) -> int:
    """How many are as before; what has gone out, or stands otherwise by now, stays."""
    back = 0
    for covered in covered_lately(reading(), current_centre(), who, request_now()):
        try:
            with transaction() as tx:
                visit = visit_to_change(tx, covered.visit_id)
                if not is_told(tx.session, visit.first) and not said_at(tx.session, visit):
                    put_back_here(tx, visit, covered)
                    back += 1
        except Refusal:
            continue
    return back


def _page(refusal: Refusal | None = None) -> str:
    centre, now = current_centre(), request_now()
    away = recorded(reading(), centre, now)
    return render_template(
        "desk/absence.html", account=current_account(), centre=centre, refusal=refusal, today=centre.local_day(now),
        rows=[Row(one, _choices(one)) for one in _proposals(reading(), centre, away, now)], away=away,
        names={one.id: one for one in people_and_rooms(reading(), centre)}, whole_centre=WHOLE_CENTRE,
        sent=request.form, tick=timedelta(microseconds=1), is_whole=partial(_is_whole, centre),
        sessions=_sessions_hit(centre, away, now), now=now,
    )  # fmt: skip


def _is_whole(centre: Centre, row: Absence | Closure) -> bool:
    """Whether it is whole days."""
    zone = centre.zone
    return not any(moment.astimezone(zone).time() > time(0) for moment in (row.starts_at, row.ends_at))


def _sessions_hit(centre: Centre, away: Sequence[Absence | Closure], now: datetime) -> list[CourseSession]:
    """Sessions of courses here that cannot take place as planned: each is moved or called off by a person."""
    hit = {one.id: one for row in away for one in hit_by(reading(), now, row) if one.course.centre_id == centre.id}
    return sorted(hit.values(), key=lambda session: session.starts_at)


def _proposals(session: Session, centre: Centre, away: Sequence[Absence | Closure], now: datetime) -> list[Proposal]:
    found = proposals(session, still_hit(session, away, now), now)
    return [one for one in found if one.visit.centre_id == centre.id]


def people_and_rooms(session: Session, centre: Centre) -> list[Resource]:
    """Everybody with hours at a centre, and its rooms."""
    here = select(Hours.resource_id).where(Hours.centre_id == centre.id)
    people = [
        *session.scalars(select(Counsellor).where(Counsellor.id.in_(here)).order_by(Counsellor.name)),
        *session.scalars(select(Interpreter).where(Interpreter.id.in_(here)).order_by(Interpreter.name)),
    ]
    return [*people, *session.scalars(select(Room).where(Room.centre_id == centre.id).order_by(Room.id))]


def _choices(proposal: Proposal) -> list[tuple[str, Placement]]:
    placements = [proposal.keeps, *proposal.later] if proposal.keeps else proposal.later
    return [(_written(Chosen.of(placement)), placement) for placement in placements]


def _written(chosen: Chosen) -> str:
    """As the form carries it; what it may do is checked by the rules of booking, whatever it says."""
    parts = (
        f"{chosen.starts_at:%Y-%m-%dT%H:%M%z}", chosen.counsellor_id, chosen.room_id, chosen.interpreter_id or "",
        chosen.route.value,
    )  # fmt: skip
    return " ".join(str(part) or "-" for part in parts)


def _chosen(written: str) -> Chosen:
    """Read back. Raises Moved for what is none: an older page, or another one."""
    try:
        start, counsellor, room, interpreter, route = written.split(" ")
        moment = datetime.strptime(start, "%Y-%m-%dT%H:%M%z")
        who = None if interpreter == "-" else int(interpreter)
        return Chosen(moment, int(counsellor), int(room), who, Route(route))
    except ValueError as fault:
        raise Moved from fault


def _cover(tx: Transaction, visit_id: int, chosen: Chosen) -> None:
    visit = visit_to_change(tx, visit_id)
    if visit.centre_id != centre_in(tx).id:
        raise Moved
    cover_here(tx, visit, chosen)


def _from_now(centre: Centre, now: datetime) -> Interval:
    """From this minute until midnight."""
    return Interval(now.replace(second=0, microsecond=0), whole_day(centre.local_day(now), centre.zone).end)


def _typed_time(centre: Centre) -> Interval:
    """Whole days, or from a time of the first day, or until a time of the last one."""
    try:
        first, last = date.fromisoformat(field("first", 10)), date.fromisoformat(field("last", 10))
    except ValueError as fault:
        raise DaysBroken from fault
    if first.year not in YEARS or last.year not in YEARS or not first <= last < first + LONGEST:
        raise DaysBroken
    days = days_window(centre.zone, first, (last - first).days + 1)
    begin, end = _wall("from"), _wall("until")
    return Interval(
        local_moment(first, begin, centre.zone) if begin else days.start,
        local_moment(last, end, centre.zone) if end else days.end,
    )


def _wall(name: str) -> time | None:
    """A typed time of day; None where nothing is typed. Raises TimeBroken."""
    typed = field(name, 5)
    try:
        return time.fromisoformat(typed) if typed else None
    except ValueError as fault:
        raise TimeBroken from fault


def _typed(tx: Transaction, centre: Centre) -> Change:
    """What the form says. Raises DaysBroken, TimeBroken, NotFound."""
    interval = _from_now(centre, tx.now) if field("now", 3) else _typed_time(centre)
    if field("who", 20) == WHOLE_CENTRE:
        return Shut(centre.id, interval)
    who = number_field("who")
    if who not in {one.id for one in people_and_rooms(tx.session, centre)}:
        raise NotFound
    return Away(who, interval)

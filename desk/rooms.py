"""The rooms of the own centre on a day: who is where, what is free, and until when."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import render_template

from access.rights import Right
from desk.addresses import asked_day
from desk.picture import draw, ruler_of
from desk.plan_words import WORDS
from desk.session import blueprint
from doorway.binding import reading, request_now
from doorway.gates import current_account, current_centre, staff
from queueing.day_sheet import open_tickets
from scheduling.diary import Diary, Entry, Kind, RoomDiary, rooms_of
from scheduling.interval import Interval
from scheduling.models import Centre
from scheduling.opening import whole_day


class Standing(NamedTuple):
    """Whether a room is taken at a moment, and until when; None where nobody knows, or for the rest of the day."""

    taken: bool
    until: datetime | None


@blueprint.get("/rooms")
@staff(Right.SEE_DAY)
def rooms() -> str:
    """Today's, or those of the day in the address."""
    account, centre, now = current_account(), current_centre(), request_now()
    today = centre.local_day(now)
    day = asked_day(today)
    found = rooms_of(reading(), centre, whole_day(day, centre.zone), now)
    if day == today:
        found = _with_walk_ins(found, centre, now)
    ruler = ruler_of(((day, one.diary) for one in found), centre.zone)
    drawn = [
        (one, draw(one.diary, day, centre.zone, ruler, now), standing_at(one.diary, now) if day == today else None)
        for one in found
    ]
    return render_template(
        "desk/rooms.html", account=account, centre=centre, rooms=drawn, ruler=ruler, words=WORDS, now=now,
        shown=day, today=today, before=day - timedelta(days=1), after=day + timedelta(days=1),
    )  # fmt: skip


def standing_at(diary: Diary, now: datetime) -> Standing | None:
    """How a room stands at a moment; None while the centre is shut."""
    if not any(opened.start <= now < opened.end for opened in diary.opened):
        return None
    here = [entry for entry in diary.entries if entry.interval.start <= now < entry.interval.end]
    if any(entry.kind is Kind.WALK_IN for entry in here):
        return Standing(True, None)
    if here:
        return Standing(True, max(entry.interval.end for entry in here))
    starts = (entry.interval.start for entry in diary.entries if entry.interval.start > now)
    return Standing(False, min(starts, default=None))


def _with_walk_ins(rooms: list[RoomDiary], centre: Centre, now: datetime) -> list[RoomDiary]:
    """Those who are being talked with and have no appointment, where they are."""
    there: dict[int, list[Entry]] = defaultdict(list)
    for ticket in open_tickets(reading(), centre, centre.local_day(now)):
        if ticket.counter_id and ticket.started_at and not ticket.appointment_id:
            during = Interval(ticket.started_at, now + timedelta(minutes=1))
            there[ticket.counter_id].append(Entry(Kind.WALK_IN, during, counsellor=ticket.counsellor))
    return [
        RoomDiary(one.room, one.halls, Diary([*one.diary.entries, *there[one.room.counter_id]], one.diary.opened))
        for one in rooms
    ]

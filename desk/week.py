"""A counsellor's week as a picture and a list: hours, appointments, blocked time, absence; never a client's name."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template, request
from werkzeug.wrappers import Response

from access.models import Account
from access.rights import Right
from desk.addresses import asked_week, week_name
from desk.picture import draw, on_day, ruler_of
from desk.plan_words import WORDS
from desk.session import blueprint
from doorway.binding import reading, request_now, transaction
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import number_field, see_other
from foundation.errors import Forbidden, NotFound
from scheduling.diary import Diary, diary_of, give_back
from scheduling.models import Centre, Counsellor
from scheduling.opening import days_window
from scheduling.presence import counsellors_at

WORKDAYS, WITH_SATURDAY = 5, 6
WEEK = timedelta(days=7)


@blueprint.get("/week")
@staff(Right.SEE_DAY)
def week() -> str:
    """Monday to Friday, Saturday where something is on it; her own, or for those who may, anybody's of the centre."""
    account, centre, now = current_account(), current_centre(), request_now()
    monday = asked_week(centre.local_day(now))
    people = counsellors_at(reading(), centre) if account.may(Right.SEE_WEEKS) else []
    whose = _whose(account, people)
    own = whose is not None and whose.id == account.counsellor_id
    days = _days(whose, centre, monday, own) if whose else []
    ruler = ruler_of(days, centre.zone)
    last = monday + timedelta(days=max(len(days), WORKDAYS) - 1)
    return render_template(
        "desk/week.html", account=account, centre=centre, whose=whose, own=own, people=people,
        monday=monday, last=last, today=centre.local_day(now), now=now, ruler=ruler, words=WORDS,
        columns=[(day, draw(diary, day, centre.zone, ruler, now)) for day, diary in days],
        nothing=not any(diary.entries or diary.opened or diary.walk_in for _, diary in days),
        week=week_name(monday), before=week_name(monday - WEEK), after=week_name(monday + WEEK),
    )  # fmt: skip


@blueprint.post("/week/give-back")
@staff(Right.CALL)
def give_back_own() -> Response:
    """Free a blocked time of her own that is to come. Raises NotFound for any other."""
    account, monday = current_account(), asked_week(current_centre().local_day(request_now()))
    if account.counsellor_id is None:
        raise Forbidden
    with transaction() as tx:
        centre = centre_in(tx)
        give_back(tx, number_field("blocked"), account.counsellor_id, centre)
    return see_other(".week", week=week_name(monday))


def _whose(account: Account, people: Sequence[Counsellor]) -> Counsellor | None:
    """Raises NotFound for a code that is nobody's, or of somebody whose week is none of the account's business."""
    code = request.args.get("of")
    if code is None:
        return account.counsellor or next(iter(people), None)
    own = [account.counsellor] if account.counsellor else []
    found = next((counsellor for counsellor in (*own, *people) if counsellor.code == code), None)
    if found is None:
        raise NotFound
    return found


def _days(whose: Counsellor, centre: Centre, monday: date, own: bool) -> list[tuple[date, Diary]]:
    diary = diary_of(reading(), whose.id, centre, days_window(centre.zone, monday, WITH_SATURDAY), everywhere=own)
    dates = [monday + timedelta(days=n) for n in range(WITH_SATURDAY)]
    days = [(day, on_day(diary, day, centre.zone)) for day in dates]
    *workdays, (_, saturday) = days
    return days if saturday.entries or saturday.opened or saturday.walk_in else workdays

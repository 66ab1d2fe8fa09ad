"""The quiet alarm at the desk: raised here, seen at the centre's other desks, behind their locks too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from flask import Response, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from access.models import Account
from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, request_now, tag_now, transaction
from doorway.gates import centre_in, current_account, staff
from doorway.pages import htmx, number_field, see_other, unchanged
from foundation.db import Transaction
from queueing.alarms import Alarm, answer, close, open_alarms, raise_alarm, withdraw
from scheduling.models import Centre, Counsellor


@dataclass(frozen=True)
class Alarms:
    """What one desk shows: her own alarm, those of others, who is who, and a tag of all that."""

    own: Alarm | None
    others: list[Alarm]

    @cached_property
    def names(self) -> Mapping[int, str]:
        """Of those who raised and answered the others' alarms, by account."""
        people = {person for alarm in self.others for person in (alarm.raised_by, alarm.answered_by)}
        named = reading().scalars(select(Account).where(Account.id.in_(people))) if people else ()
        return {person.id: person.name for person in named}

    @property
    def tag(self) -> str:
        """New whenever something of it is."""
        shown = [*([self.own] if self.own else []), *self.others]
        return (
            ".".join(f"{a.id}-{a.raised_at:%H%M%S}-{a.answered_by or 0}-{bool(a.withdrawn_at):d}" for a in shown) or "0"
        )


@blueprint.app_template_global()
def alarms_for(account: Account) -> Alarms:
    """The alarms of an account's centre as its desk shows them; only its owner's own is not an alarm to answer."""
    if account.centre is None:
        return Alarms(None, [])
    found = open_alarms(reading(), account.centre, request_now(), tag_now(account.centre.scope))
    own = next((a for a in found if a.raised_by == account.id and a.withdrawn_at is None), None)
    return Alarms(own, [alarm for alarm in found if alarm.raised_by != account.id])


@blueprint.app_template_global()
def comes_with_the_day() -> bool:
    """Whether this is for the page of the day, whose own poll brings alarms along: one question instead of two."""
    return urlsplit(htmx.current_url or request.path).path == url_for(".day")


def alarms_are_news(account: Account) -> bool:
    """Whether a live part that says which alarms its page shows should bring others along."""
    shown = request.args.get("alarms")
    return bool(htmx) and shown is not None and shown != alarms_for(account).tag


def with_alarms(answer: Response, account: Account) -> Response:
    """A live part's answer, with the alarms to be put in their own place."""
    answer.set_data(answer.get_data(as_text=True) + render_template("desk/_alarm.html", account=account, along=True))
    return answer


@blueprint.get("/alarm")
@staff(Right.SEE_DAY, even_locked=True)
def alarm() -> Response | BaseResponse:
    """The live part every page of the desk has."""
    shown = alarms_for(current_account())
    return Response(status=204) if unchanged(shown.tag) else _after()


@blueprint.post("/alarm")
@staff(Right.SEE_DAY, even_locked=True)
def raise_() -> Response | BaseResponse:
    """Tell the other desks, without a sound; the danger may begin when her screen has long been locked."""
    with transaction() as tx:
        counsellor = tx.session.get(Counsellor, current_account().counsellor_id or 0)
        raise_alarm(tx, centre_in(tx), current_account().id, counsellor)
    return _after()


@blueprint.post("/alarm/answer")
@staff(Right.SEE_DAY)
def answer_alarm() -> Response | BaseResponse:
    """I go there."""
    return _do(answer)


@blueprint.post("/alarm/close")
@staff(Right.SEE_DAY)
def close_alarm() -> Response | BaseResponse:
    """It is over."""
    return _do(close)


@blueprint.post("/alarm/withdraw")
@staff(Right.SEE_DAY)
def withdraw_alarm() -> Response | BaseResponse:
    """It was nothing."""
    with transaction() as tx:
        withdraw(tx, centre_in(tx), current_account().id)
    return _after()


def _do(act: Callable[[Transaction, Centre, int, int], None]) -> Response | BaseResponse:
    alarm_id = number_field("alarm")
    with transaction() as tx:
        act(tx, centre_in(tx), alarm_id, current_account().id)
    return _after()


def _after() -> Response | BaseResponse:
    if not htmx:
        return see_other(".day")
    return Response(render_template("desk/_alarm.html", account=current_account()))

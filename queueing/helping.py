"""Somebody at a kiosk wants a person (W-09)."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.languages import SOURCE
from queueing.happened import Happened
from queueing.models import HelpRequest
from scheduling.models import Centre
from scheduling.opening import whole_day


class Wanted(NamedTuple):
    """A request that nobody has answered: where from, in which language, since when."""

    place: str
    spoken: str
    asked_at: datetime


_UNANSWERED = (
    select(HelpRequest.place, HelpRequest.spoken, HelpRequest.asked_at)
    .where(
        HelpRequest.centre_id == bindparam("centre"), HelpRequest.coming_at.is_(None),
        HelpRequest.asked_at >= bindparam("since"),
    )
    .order_by(HelpRequest.id)
    .limit(1)
)  # fmt: skip


def ask_for_help(tx: Transaction, centre: Centre, place: str, spoken: str = SOURCE) -> HelpRequest:
    """Shown at every desk of the centre, with the language that the person chose."""
    request = HelpRequest(centre_id=centre.id, place=place, spoken=spoken, asked_at=tx.now)
    tx.session.add(request)
    tx.session.flush()
    tx.record(Happened.HELP_ASKED, "help", request.id, centre.scope)
    return request


def come_to_help(tx: Transaction, centre: Centre) -> None:
    """A person is on the way: every open request of the centre is answered."""
    open_requests = (HelpRequest.centre_id == centre.id, HelpRequest.coming_at.is_(None))
    coming = update(HelpRequest).where(*open_requests).values(coming_at=tx.now).returning(HelpRequest.id)
    for request_id in tx.session.scalars(coming).all():
        tx.record(Happened.HELP_COMING, "help", request_id, centre.scope)


def somebody_comes(session: Session, centre: Centre, request_id: int) -> bool:
    """Whether a desk of this centre has answered this request."""
    answered = select(HelpRequest.coming_at).where(HelpRequest.id == request_id, HelpRequest.centre_id == centre.id)
    return session.scalar(answered) is not None


def open_help(session: Session, centre: Centre, now: datetime) -> Wanted | None:
    """Today's oldest request that nobody has answered."""
    since = whole_day(centre.local_day(now), centre.zone).start
    found = session.connection().execute(_UNANSWERED, {"centre": centre.id, "since": since}).first()
    return Wanted._make(found) if found else None

"""Tickets at the desk: a number for somebody at the door, and one that waits put right."""

from flask import render_template
from werkzeug.wrappers import Response

from access.rights import Right
from desk.case import case_to_change, remember, ticket_of
from desk.session import blueprint
from desk.somebody import Somebody
from doorway.binding import reading, transaction
from doorway.form_keys import once
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, see_other
from foundation.db import Transaction
from foundation.errors import NotFound, Refusal
from queueing.correcting import Correction, correct
from queueing.models import Ticket
from queueing.refusals import ClosedNow, NobodyToday, NumbersUsedUp
from queueing.tickets import WalkIn, take_number
from queueing.topics import topics_for_walk_ins
from scheduling.models import Centre, TopicGroup
from scheduling.refusals import LanguageUnknown


@blueprint.get("/tickets/new")
@staff(Right.RECEIVE)
def new_ticket() -> str:
    """Topic, languages, how many."""
    return _new_page(Somebody())


@blueprint.post("/tickets/new")
@staff(Right.RECEIVE)
def give_ticket() -> tuple[str, int] | Response:
    """A number, once a form, if somebody can still serve her today; leads to her case, where its slip is printed."""
    somebody = Somebody()
    try:
        somebody = Somebody.sent()
        with transaction() as tx:
            ticket_id = once(tx, lambda: _give(tx, somebody))
    except (ClosedNow, NobodyToday, NumbersUsedUp, LanguageUnknown) as refusal:
        return _new_page(somebody, refusal), refusal.status
    remember(reading().get_one(Ticket, ticket_id).visit)
    return see_other(".case", done="ticket")


@blueprint.post("/case/correct")
@staff(Right.RECEIVE)
def case_correct() -> Response:
    """What was misunderstood at the kiosk is put right while the ticket waits."""
    somebody = Somebody.sent()
    with transaction() as tx:
        visit = case_to_change(tx)
        ticket = ticket_of(tx, visit)
        if ticket is None:
            raise NotFound
        correct(tx, visit, ticket, Correction(_topic(tx, visit.centre), (somebody.spoken,), somebody.party))
    return see_other(".case", done="corrected")


def _give(tx: Transaction, somebody: Somebody) -> int:
    centre = centre_in(tx)
    walk_in = WalkIn(centre, _topic(tx, centre), somebody.reads, (somebody.spoken,), somebody.party)
    return take_number(tx, walk_in, despite_forecast=True).id


def _topic(tx: Transaction, centre: Centre) -> TopicGroup | None:
    """One that is served here; nothing else means that it was not said."""
    typed = field("topic", 40)
    return next((topic for topic in topics_for_walk_ins(tx.session, centre) if topic.code == typed), None)


def _new_page(somebody: Somebody, refusal: Refusal | None = None) -> str:
    return render_template(
        "desk/new_ticket.html", account=current_account(), somebody=somebody, refusal=refusal, topic=field("topic", 40),
        topics=topics_for_walk_ins(reading(), current_centre()),
    )  # fmt: skip

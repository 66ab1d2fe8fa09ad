"""The page of an interpreter who is asked: when, where, how long, in which language; and her answer (C-02)."""

from flask import Blueprint, g, render_template, session
from werkzeug.wrappers import Response as BaseResponse

from doorway.binding import reading, request_now, transaction
from doorway.gates import asked_interpreter, open_to_all
from doorway.pages import field, number_field, see_other
from foundation.errors import Moved, NotFound
from scheduling.asking_interpreters import answer
from scheduling.askings import asking_by_token
from scheduling.candidates import language_of, lasts
from scheduling.interpreters import to_call_off
from scheduling.models import Asking, AskingState

blueprint = Blueprint("asked", __name__)


@blueprint.get("/d/<token>")
@open_to_all
def enter(token: str) -> BaseResponse:
    """From the secret link to a session of this browser; changes nothing else, whoever looks at it before (X-04)."""
    session["asking"] = asking_by_token(reading(), token).id
    return see_other(".show")


@blueprint.get("/asked")
@asked_interpreter
def show() -> str:
    """The question, or what stands; nothing of the client."""
    asking = reading().get_one(Asking, g.asking)
    request = asking.request
    return render_template(
        "booking/asked.html", asking=asking, request_=request, centre=asking.interpreter.centre, now=request_now(),
        tongue=language_of(asking), length=lasts(request), off=to_call_off(request),
    )  # fmt: skip


@blueprint.post("/asked")
@asked_interpreter
def reply() -> BaseResponse:
    """«Ich komme» or «Ich kann nicht», for the question that the form was made for. Raises AskingOver, Moved."""
    if number_field("asking") != g.asking:
        raise Moved
    said, was = field("comes", 3), field("was", 20)
    if said not in {"yes", "no"} or was not in {state.value for state in AskingState}:
        raise NotFound
    with transaction() as tx:
        answer(tx, g.asking, AskingState(was), said == "yes")
    return see_other(".show")

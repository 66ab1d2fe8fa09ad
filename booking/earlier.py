"""«Tell me when something earlier is free», and the answer to an offer."""

from werkzeug.wrappers import Response as BaseResponse

from booking.visit import blueprint, booked_to_change
from doorway.binding import transaction
from doorway.forms import chosen_moment
from doorway.gates import visitor
from doorway.pages import field, see_other
from scheduling.earlier import decline, take, wish_earlier


@blueprint.post("/visit/earlier")
@visitor
def wish() -> BaseResponse:
    """To be told, or no longer; the last word counts."""
    with transaction() as tx:
        wish_earlier(tx, booked_to_change(tx), wanted=field("wanted", 3) == "yes")
    return see_other(".show")


@blueprint.post("/visit/offer")
@visitor
def answer() -> BaseResponse:
    """Yes moves the visit to the offered time, no leaves it and asks the next."""
    starts_at, yes = chosen_moment(), field("answer", 4) == "take"
    with transaction() as tx:
        visit = booked_to_change(tx)
        if yes:
            take(tx, visit, starts_at)
        else:
            decline(tx, visit, starts_at)
    return see_other(".show")

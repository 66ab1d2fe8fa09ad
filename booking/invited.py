"""By a personal invitation: straight to the wishes of what one is invited to."""

from flask import session
from werkzeug.wrappers import Response as BaseResponse

from booking.steps import blueprint
from doorway.binding import reading, request_now
from doorway.gates import open_to_all
from doorway.pages import see_other
from scheduling.invitations import invitation_by_token


@blueprint.get("/i/<token>")
@open_to_all
def invited(token: str) -> BaseResponse:
    """From the link to this browser's next booking; changes nothing else, so that a preview uses nothing up."""
    invitation = invitation_by_token(reading(), token, request_now())
    service = invitation.service
    session["invitation"] = [invitation.id, service.code, invitation.counsellor.code if invitation.counsellor else ""]
    session["lang"] = invitation.language
    return see_other(
        ".wishes", centre_code=invitation.centre.code, topic_code=service.topic_group.code, service_code=service.code
    )

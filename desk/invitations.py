"""Personal booking links: made here, given by hand, by QR code or by copying."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from access.rights import Right
from desk.links import Shared, poster_of
from desk.session import blueprint
from doorway.binding import reading, request_now, the_house, transaction
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field, number_field, see_other
from doorway.speech import LONGEST_TAG
from foundation.errors import NotFound
from scheduling.invitations import DAYS, Invited, invitation_token, invite, open_invitations, withdraw
from scheduling.models import Invitation
from scheduling.presence import counsellors_at, offered_services


@blueprint.get("/invitations")
@staff(Right.RECEIVE)
def invitations() -> str:
    """The form, and what is still open."""
    centre = current_centre()
    made = [(invitation, _address(invitation)) for invitation in open_invitations(reading(), centre, request_now())]
    return render_template(
        "desk/invitations.html", account=current_account(), centre=centre, made=made, days_offered=DAYS,
        services=[service for service in offered_services(reading(), centre) if service.bookable],
        counsellors=counsellors_at(reading(), centre),
    )  # fmt: skip


@blueprint.post("/invitations")
@staff(Right.RECEIVE)
def make_invitation() -> Response:
    """Make one; it stands on top of the list then. Raises NotFound for what is not offered here."""
    with transaction() as tx:
        centre = centre_in(tx)
        service = next((s for s in offered_services(tx.session, centre) if s.code == field("service", 40)), None)
        counsellor = next((c for c in counsellors_at(tx.session, centre) if c.code == field("counsellor", 40)), None)
        tongue = the_house().languages.offered(field("language", LONGEST_TAG))
        if service is None or tongue is None or (counsellor and service not in counsellor.services):
            raise NotFound
        days = next((days for days in DAYS if str(days) == field("days", 3)), DAYS[0])
        invite(tx, Invited(centre, service, counsellor, tongue.tag, days), the_house().settings.secret_keys)
    return see_other(".invitations")


@blueprint.post("/invitations/withdraw")
@staff(Right.RECEIVE)
def withdraw_invitation() -> Response:
    """Take one back. Raises NotFound for what is not open here."""
    invitation_id = number_field("invitation")
    with transaction() as tx:
        withdraw(tx, centre_in(tx), invitation_id)
    return see_other(".invitations")


@blueprint.get("/invitations/poster")
@staff(Right.RECEIVE)
def invitation_poster() -> str:
    """A sheet with the link's QR code, German and the invited language, to be handed over."""
    centre = current_centre()
    wanted = request.args.get("invitation", "")[:9]
    opened = open_invitations(reading(), centre, request_now())
    chosen = next((invitation for invitation in opened if str(invitation.id) == wanted), None)
    if chosen is None:
        raise NotFound
    link = Shared("service", chosen.service.titles, _address(chosen), chosen.service.code)
    return poster_of(link, centre, [chosen.language])


def _address(invitation: Invitation) -> str:
    settings = the_house().settings
    token = invitation_token(settings.secret_keys, invitation)
    return settings.public_url + url_for("booking.invited", token=token)

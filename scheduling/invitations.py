"""Personal booking links, made at the desk: this service, this counsellor, this language, some days, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import NotFound
from foundation.tokens import token_hash, token_of_ring
from scheduling.happened import Happened
from scheduling.models import Centre, Counsellor, Invitation, Service
from scheduling.refusals import InvitationOver

DAYS = (7, 14, 30)
"""How long an invitation can be good for."""


@dataclass(frozen=True)
class Invited:
    """What somebody is invited to; no counsellor means whoever is free."""

    centre: Centre
    service: Service
    counsellor: Counsellor | None
    language: str
    days: int


def invitation_token(keys: Sequence[str], invitation: Invitation) -> str:
    """The secret of the link, made again when the desk shows it; by an older key where it was made by one."""
    return token_of_ring(keys, "invitation", invitation.id, 0, invitation.token_hash)


def invite(tx: Transaction, to: Invited, keys: Sequence[str]) -> Invitation:
    """Make a link good for one booking within `to.days` days."""
    made = Invitation(
        centre_id=to.centre.id, service_id=to.service.id, counsellor_id=to.counsellor.id if to.counsellor else None,
        language=to.language, valid_until=tx.now + timedelta(days=to.days),
    )  # fmt: skip
    tx.session.add(made)
    tx.session.flush()
    made.token_hash = token_hash(invitation_token(keys, made))
    tx.record(Happened.INVITED, "invitation", made.id, to.centre.scope, service=to.service.code)
    return made


def open_invitations(session: Session, centre: Centre, now: datetime) -> Sequence[Invitation]:
    """Those of a centre that can still be used, newest first."""
    found = select(Invitation).where(
        Invitation.centre_id == centre.id, Invitation.used_at.is_(None), Invitation.valid_until > now
    )
    return session.scalars(found.order_by(Invitation.id.desc())).all()


def invitation_by_token(session: Session, token: str, now: datetime) -> Invitation:
    """Raises NotFound for a wrong link, InvitationOver for one that is used or too old."""
    found = session.scalar(select(Invitation).where(Invitation.token_hash == token_hash(token)))
    if found is None:
        raise NotFound
    if found.used_at or found.valid_until <= now:
        raise InvitationOver
    return found


def withdraw(tx: Transaction, centre: Centre, invitation_id: int) -> None:
    """The link is good for nothing any more. Raises NotFound for another centre's, InvitationOver when it is used."""
    invitation = tx.session.get(Invitation, invitation_id)
    if invitation is None or invitation.centre_id != centre.id:
        raise NotFound
    unused = (Invitation.id == invitation_id, Invitation.used_at.is_(None))
    if tx.session.execute(update(Invitation).where(*unused).values(valid_until=tx.now)).rowcount != 1:  # type: ignore[attr-defined]
        raise InvitationOver
    tx.record(Happened.INVITATION_WITHDRAWN, "invitation", invitation_id, centre.scope)


def use(tx: Transaction, invitation_id: int) -> None:
    """With the booking it was for, in the same transaction. Raises InvitationOver when another booking was faster."""
    unused = (Invitation.id == invitation_id, Invitation.used_at.is_(None), Invitation.valid_until > tx.now)
    if tx.session.execute(update(Invitation).where(*unused).values(used_at=tx.now)).rowcount != 1:  # type: ignore[attr-defined]
        raise InvitationOver
    tx.record(Happened.INVITATION_USED, "invitation", invitation_id, "invitations")

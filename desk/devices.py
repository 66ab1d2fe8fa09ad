"""Kiosks and displays of the centre: make one, see its pairing code once, revoke it."""

from flask import render_template, session
from sqlalchemy import select
from werkzeug.wrappers import Response

from access.devices import KINDS, make_device, revoke
from access.models import Device
from access.rights import Right, Role
from desk.session import blueprint
from doorway.binding import actor, reading, the_house
from doorway.gates import current_account, staff
from doorway.pages import field, see_other
from foundation.clock import machine_now
from foundation.errors import NotFound
from scheduling.models import Centre


@blueprint.get("/devices")
@staff(Right.PAIR_DEVICES)
def devices() -> str:
    """The list, and the code of the one just made."""
    found = reading().scalars(
        select(Device)
        .where(Device.centre_id.in_([c.id for c in _centres()]), Device.revoked_at.is_(None))
        .order_by(Device.id)
    )
    return render_template(
        "desk/devices.html", devices=found.all(), centres=_centres(), code=session.pop("pairing", None),
        account=current_account(), kinds=KINDS,
    )  # fmt: skip


@blueprint.post("/devices")
@staff(Right.PAIR_DEVICES)
def add_device() -> Response:
    """Make one; its code is shown once."""
    kind, name = field("kind", 10), field("name", 40)
    centre_id = next((c.id for c in _centres() if c.code == field("centre", 40)), None)
    if kind not in KINDS or centre_id is None:
        raise NotFound
    with the_house().database.transaction(actor(), machine_now()) as tx:
        _, code = make_device(tx, kind, tx.session.get_one(Centre, centre_id), name or kind)
    session["pairing"] = code
    return see_other(".devices")


@blueprint.post("/devices/<int(max=2147483647):device_number>/revoke")
@staff(Right.PAIR_DEVICES)
def revoke_device(device_number: int) -> Response:
    """It is nobody any more."""
    with the_house().database.transaction(actor(), machine_now()) as tx:
        device = tx.session.get(Device, device_number)
        if device is None or device.centre_id not in {c.id for c in _centres()}:
            raise NotFound
        revoke(tx, device)
    return see_other(".devices")


def _centres() -> list[Centre]:
    account = current_account()
    if account.role is Role.ADMIN and account.centre_id is None:
        return list(reading().scalars(select(Centre).order_by(Centre.id)))
    return [account.centre] if account.centre else []

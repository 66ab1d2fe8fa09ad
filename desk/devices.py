"""Kiosks and displays of the centre: make one, see its pairing code once, revoke it."""

from flask import render_template, session, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from access.devices import KINDS, make_device, revoke
from access.heartbeat import is_silent
from access.models import Device
from access.rights import Right, Role
from desk.session import blueprint
from doorway.binding import actor, reading, the_house
from doorway.gates import current_account, staff
from doorway.pages import field, see_other
from doorway.version import version
from foundation.clock import machine_now
from foundation.errors import NotFound
from scheduling.models import Centre


@blueprint.get("/devices")
@staff(Right.PAIR_DEVICES)
def devices() -> str:
    """The list, and the code of the one just made: to type, or to read with the device's camera."""
    found = reading().scalars(
        select(Device)
        .where(Device.centre_id.in_([c.id for c in own_centres()]), Device.revoked_at.is_(None))
        .order_by(Device.centre_id, Device.kind, Device.name, Device.id)
    )
    address, code = url_for("kiosk.pairing", _external=True), session.pop("pairing", None)
    return render_template(
        "desk/devices.html", devices=found.all(), centres=own_centres(), code=code, address=address,
        account=current_account(), kinds=KINDS, version=version(), state_of=state_of,
    )  # fmt: skip


@blueprint.post("/devices")
@staff(Right.PAIR_DEVICES)
def add_device() -> Response:
    """Make one; its code is shown once."""
    kind, name = field("kind", 10), field("name", 40)
    centre_id = next((c.id for c in own_centres() if c.code == field("centre", 40)), None)
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
        revoke(tx, own_device(tx.session, device_number))
    return see_other(".devices")


def own_device(session: Session, device_number: int) -> Device:
    """A device in use of a centre that the account sets up. Raises NotFound."""
    device = session.get(Device, device_number)
    if device is None or device.revoked_at or device.centre_id not in {c.id for c in own_centres()}:
        raise NotFound
    return device


def state_of(device: Device) -> str:
    """One word of how a device is: waiting, silent, old (pages from before the last installation), paired."""
    if device.token_hash is None:
        return "waiting"
    if is_silent(device, machine_now()):
        return "silent"
    return "old" if device.version not in {None, version()} else "paired"


def own_centres() -> list[Centre]:
    """Those whose devices the account sets up."""
    account = current_account()
    if account.role is Role.ADMIN and account.centre_id is None:
        return list(reading().scalars(select(Centre).order_by(Centre.id)))
    return [account.centre] if account.centre else []

"""The signs of life of kiosks and displays, and what the desk is told about them. All moments here are machine time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from access.devices import MOST_WRONG_A_DAY, MOST_WRONG_IN_A_ROW
from access.models import Device
from foundation.db import Transaction

BEAT = timedelta(seconds=15)
SILENT_AFTER = timedelta(seconds=45)


def is_due(device: Device, version: str, machine: datetime) -> bool:
    """Whether a sign of life is worth a write: one in fifteen seconds, or the first of a new version."""
    return device.seen_at is None or device.seen_at <= machine - BEAT or device.version != version


def note_beat(tx: Transaction, device_id: int, version: str, machine: datetime) -> None:
    """The device lives and shows pages of this version. No fact: nothing has happened, and no live page changes."""
    tx.session.execute(update(Device).where(Device.id == device_id).values(seen_at=machine, version=version))


def is_silent(device: Device, machine: datetime) -> bool:
    """Whether a device that was heard before has not been for too long (K-15)."""
    return device.seen_at is not None and device.seen_at <= machine - SILENT_AFTER


def has_many_wrong_codes(device: Device, machine: datetime) -> bool:
    """Whether its code pane rests because somebody has tried many codes (X-05)."""
    rests = device.codes_locked_until is not None and device.codes_locked_until > machine
    return rests and (device.wrong_in_a_row >= MOST_WRONG_IN_A_ROW or device.wrong_today >= MOST_WRONG_A_DAY)


def devices_in_trouble(session: Session, centre_id: int, machine: datetime) -> Sequence[Device]:
    """Paired devices of a centre that are silent or were tried with many wrong codes, in one statement."""
    many = or_(Device.wrong_in_a_row >= MOST_WRONG_IN_A_ROW, Device.wrong_today >= MOST_WRONG_A_DAY)
    found = select(Device).where(
        Device.centre_id == centre_id,
        Device.token_hash.is_not(None),
        or_(Device.seen_at <= machine - SILENT_AFTER, and_(Device.codes_locked_until > machine, many)),
    )
    return session.scalars(found.order_by(Device.name, Device.id)).all()

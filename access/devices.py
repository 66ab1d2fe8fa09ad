"""Pairing kiosks and displays, and the lock of a kiosk's code pane. All moments here are machine time."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from access.happened import Happened
from access.models import Device
from access.refusals import PairingFailed
from foundation.db import Transaction
from foundation.tokens import random_digits, random_token, token_hash
from scheduling.models import Centre

KINDS = ("kiosk", "display")
PAIRING = timedelta(minutes=15)
PAIRING_DIGITS = 10
MOST_WRONG_IN_A_ROW = 10
MOST_WRONG_A_DAY = 60
SCOPE = "access"


def make_device(tx: Transaction, kind: str, centre: Centre, name: str) -> tuple[Device, str]:
    """A device waiting to be paired, and the ten-digit code that pairs it within a quarter of an hour."""
    code = random_digits(PAIRING_DIGITS)
    device = Device(kind=kind, centre=centre, name=name, pairing_hash=token_hash(code), pairing_until=tx.now + PAIRING)
    tx.session.add(device)
    tx.session.flush()
    tx.record(Happened.DEVICE_MADE, "device", device.id, SCOPE, device=kind)
    return device, code


def pair(tx: Transaction, code: str) -> tuple[Device, str]:
    """Trade a pairing code for the device's secret, which only the device's cookie keeps. Raises PairingFailed."""
    found = select(Device).where(Device.pairing_hash == token_hash(code)).with_for_update(of=Device)
    device = tx.session.scalar(found)
    if device is None or device.revoked_at or device.pairing_until is None or device.pairing_until < tx.now:
        raise PairingFailed
    secret = random_token()
    device.token_hash, device.paired_at, device.seen_at = token_hash(secret), tx.now, tx.now
    device.pairing_hash = device.pairing_until = None
    tx.record(Happened.DEVICE_PAIRED, "device", device.id, SCOPE, device=device.kind)
    return device, secret


def revoke(tx: Transaction, device: Device) -> None:
    """The device is nobody any more, at once."""
    device.revoked_at, device.token_hash, device.pairing_hash = tx.now, None, None
    tx.record(Happened.DEVICE_REVOKED, "device", device.id, SCOPE)


def device_by_secret(session: Session, kind: str, secret: str) -> Device | None:
    """The paired, unrevoked device of this kind with this secret."""
    return session.scalar(
        select(Device).where(Device.kind == kind, Device.token_hash == token_hash(secret), Device.revoked_at.is_(None))
    )


def note_wrong_code(tx: Transaction, device_id: int, machine: datetime) -> bool:
    """Five wrong codes in a row rest the code pane a minute, ten ten minutes, sixty a day until tomorrow (X-05).

    Returns whether it is time that somebody looks: at the tenth in a row.
    """
    device = tx.session.get_one(Device, device_id, with_for_update=True)
    if device.wrong_on != machine.date():
        device.wrong_on, device.wrong_today = machine.date(), 0
    device.wrong_in_a_row += 1
    device.wrong_today += 1
    many = device.wrong_in_a_row % MOST_WRONG_IN_A_ROW == 0
    if device.wrong_today >= MOST_WRONG_A_DAY:
        device.codes_locked_until = datetime.combine(machine.date() + timedelta(days=1), time(0), tzinfo=UTC)
    elif many:
        device.codes_locked_until = machine + timedelta(minutes=10)
    elif device.wrong_in_a_row % 5 == 0:
        device.codes_locked_until = machine + timedelta(minutes=1)
    return many


def forget_wrong_codes(tx: Transaction, device_id: int) -> None:
    """Somebody got in by code: the row of wrong ones ends; those of the day still count."""
    tx.session.execute(update(Device).where(Device.id == device_id).values(wrong_in_a_row=0))


def codes_locked(device: Device, machine: datetime) -> bool:
    """Whether the code pane of a kiosk rests."""
    return device.codes_locked_until is not None and device.codes_locked_until > machine

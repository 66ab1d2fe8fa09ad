"""How a device's screen is set: its name, where it stands, how large an inch is on it. Machine time."""

from datetime import datetime, timedelta

from access.devices import SCOPE
from access.happened import Happened
from access.models import LEAST_PPI, MOST_PPI, Device
from access.refusals import LineTooOdd
from foundation.db import Transaction

LINE = 100
"""Millimetres that the line on the device should be long."""

LINE_STAYS = timedelta(minutes=5)


def change_screen(tx: Transaction, device: Device, name: str, low: bool, prints: bool) -> None:
    """What the desk calls it, whether its screens keep low for people who sit (K-05), whether it prints tickets."""
    device.name, device.low, device.prints = name or device.name, low, prints
    tx.record(Happened.DEVICE_CHANGED, "device", device.id, SCOPE)


def show_line(tx: Transaction, device: Device) -> None:
    """For a few minutes the device shows a line to measure instead of its start screen."""
    device.ruler_until = tx.now + LINE_STAYS
    tx.record(Happened.DEVICE_CHANGED, "device", device.id, SCOPE)


def note_measured(tx: Transaction, device: Device, millimetres: int) -> None:
    """The line that should be ten centimetres long is this long: so many pixels are an inch. Raises LineTooOdd."""
    ppi = true_ppi(device.ppi, millimetres)
    if ppi is None:
        raise LineTooOdd
    device.ppi = ppi
    tx.record(Happened.DEVICE_CHANGED, "device", device.id, SCOPE)


def true_ppi(ppi: int, millimetres: int) -> int | None:
    """Pixels an inch of a screen on which ten centimetres at `ppi` are this long; None for what no screen has."""
    if millimetres <= 0:
        return None
    found = round(ppi * LINE / millimetres)
    return found if LEAST_PPI <= found <= MOST_PPI else None


def shows_line(device: Device, machine: datetime) -> bool:
    """Whether the device should show the line to measure now."""
    return device.ruler_until is not None and device.ruler_until > machine

"""What the day page says of what needs somebody: a device silent for 45 seconds or with many wrong codes, the post.

It stands above the day and asks for itself, when the page has loaded and every 15 seconds after: so neither the page
nor the poll of the day reads anything more for it, and it goes away alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, render_template

from access.heartbeat import devices_in_trouble, has_many_wrong_codes, is_silent
from access.models import Device
from access.rights import Right
from desk.post import trouble_now
from desk.session import blueprint
from doorway.binding import reading, request_now
from doorway.gates import current_account, current_centre, staff
from doorway.pages import unchanged
from foundation.clock import machine_now
from notifications.watching import PostTrouble
from queueing.tickets import doors_open

A_LONG_TIME = timedelta(hours=1)


@dataclass(frozen=True)
class Trouble:
    """Devices of a centre in trouble at a moment of the machine, and the post."""

    devices: Sequence[Device]
    machine: datetime
    post: PostTrouble

    @property
    def silent(self) -> list[tuple[Device, timedelta | None]]:
        """Those not heard, and for how long in whole minutes; None when it is very long."""
        found = [(d, self.machine - d.seen_at) for d in self.devices if d.seen_at and is_silent(d, self.machine)]
        return [(d, None if since >= A_LONG_TIME else _minutes(since)) for d, since in found]

    @property
    def tried(self) -> list[Device]:
        """Those whose code pane rests after many wrong codes."""
        return [device for device in self.devices if has_many_wrong_codes(device, self.machine)]

    @property
    def tag(self) -> str:
        """New whenever something of it is."""
        told = [f"{d.id}s{since.seconds // 60 if since else 60}" for d, since in self.silent]
        return ".".join([*told, *(f"{d.id}t" for d in self.tried), self.post.tag])


@blueprint.get("/silent")
@staff(Right.SEE_DAY)
def silent() -> Response:
    """The live part above the day."""
    trouble = _trouble()
    if unchanged(trouble.tag):
        return Response(status=204)
    return Response(render_template("desk/_silent.html", trouble=trouble, account=current_account()))


def _trouble() -> Trouble:
    """What the desk of the account's centre should look after; no device while the doors are shut."""
    centre_id, machine = current_account().centre_id, machine_now()
    found = devices_in_trouble(reading(), centre_id, machine) if centre_id else []
    opened = found and doors_open(reading(), current_centre(), request_now())
    return Trouble(found if opened else [], machine, trouble_now())


def _minutes(length: timedelta) -> timedelta:
    return timedelta(minutes=max(1, length // timedelta(minutes=1)))

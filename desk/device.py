"""One kiosk or display: its name, how it stands, how large an inch is on its screen."""

from flask import render_template
from werkzeug.wrappers import Response

from access.rights import Right
from access.screens import LINE, change_screen, note_measured, show_line, shows_line
from desk.devices import own_device, state_of
from desk.session import blueprint
from doorway.binding import actor, reading, the_house
from doorway.gates import current_account, staff
from doorway.pages import field, number_field, see_other
from foundation.clock import machine_now

ADDRESS = "/devices/<int(max=2147483647):device_number>"


@blueprint.get(ADDRESS)
@staff(Right.PAIR_DEVICES)
def one_device(device_number: int) -> str:
    """Its settings."""
    device = own_device(reading(), device_number)
    return render_template(
        "desk/device.html", device=device, account=current_account(), state=state_of(device), long=LINE,
        line=shows_line(device, machine_now()),
    )  # fmt: skip


@blueprint.post(ADDRESS)
@staff(Right.PAIR_DEVICES)
def change_device(device_number: int) -> Response:
    """Rename it, let its screens keep to the lower half, or print; it shows so within seconds."""
    with the_house().database.transaction(actor(), machine_now()) as tx:
        ticked = {what: field(what, 3) == "yes" for what in ("low", "prints")}
        change_screen(tx, own_device(tx.session, device_number), field("name", 40), **ticked)
    return see_other(".one_device", device_number=device_number)


@blueprint.post(ADDRESS + "/line")
@staff(Right.PAIR_DEVICES)
def show_line_on(device_number: int) -> Response:
    """The device shows a line to measure."""
    with the_house().database.transaction(actor(), machine_now()) as tx:
        show_line(tx, own_device(tx.session, device_number))
    return see_other(".one_device", device_number=device_number)


@blueprint.post(ADDRESS + "/measured")
@staff(Right.PAIR_DEVICES)
def line_measured(device_number: int) -> Response:
    """So long it really is; the device draws it anew."""
    millimetres = number_field("millimetres")
    with the_house().database.transaction(actor(), machine_now()) as tx:
        note_measured(tx, own_device(tx.session, device_number), millimetres)
    return see_other(".one_device", device_number=device_number)

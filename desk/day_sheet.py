"""The day of the own centre on paper, for when the network is down: codes and topics, never names or numbers."""

from flask import render_template

from access.rights import Right
from desk.addresses import asked_day
from desk.session import blueprint
from doorway.binding import reading, request_now
from doorway.gates import current_account, current_centre, staff
from queueing.day_sheet import open_tickets
from scheduling.diary import appointments_between
from scheduling.opening import whole_day

EMPTY_LINES = 12
"""For those who come without appointment while nothing works."""


@blueprint.get("/print")
@staff(Right.SEE_DAY)
def day_sheet() -> str:
    """Today's, or that of the day in the address."""
    centre, now = current_centre(), request_now()
    day = asked_day(centre.local_day(now))
    tickets = open_tickets(reading(), centre, day)
    return render_template(
        "desk/day_sheet.html", account=current_account(), centre=centre, shown=day, now=now,
        appointments=appointments_between(reading(), whole_day(day, centre.zone), [centre.id]),
        waiting=[ticket for ticket in tickets if ticket.state == "waiting"],
        ticket_of={ticket.appointment_id: ticket for ticket in tickets if ticket.appointment_id},
        empty_lines=EMPTY_LINES,
    )  # fmt: skip

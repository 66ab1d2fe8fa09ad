"""What interpreters did in a month, with units and money: a page, and the same as a file for the office (C-02)."""

import csv
from datetime import date
from io import StringIO

from flask import Response, render_template, request

from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, request_now, the_house
from doorway.gates import current_account, current_centre, staff
from doorway.speech import language
from foundation.errors import desk_sentence
from foundation.formats import clock_time
from scheduling.duties import Tally, tallies
from scheduling.models import Centre

COLUMNS = (
    desk_sentence("Name"), desk_sentence("Tag"), desk_sentence("von"), desk_sentence("bis"), desk_sentence("Sprache"),
    desk_sentence("Einheiten"), desk_sentence("Euro"),
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 2020, 2200
FORMULA = ("=", "+", "-", "@")
"""A table program would take a cell that begins so for something to compute."""


@blueprint.get("/interpreters/hours")
@staff(Right.REACH)
def interpreter_hours() -> str:
    """This month's, or that of the month in the address."""
    centre = current_centre()
    month = _asked_month(centre)
    found, cents = tallies(reading(), centre, month), _unit_cents()
    return render_template(
        "desk/hours_list.html", account=current_account(), centre=centre, month=month, tallies=found, cents=cents,
        before=_step(month, -1), after=_step(month, 1), units=sum(tally.units for tally in found),
        paid=sum(tally.pay(cents) for tally in found),
    )  # fmt: skip


@blueprint.get("/interpreters/hours.csv")
@staff(Right.REACH)
def interpreter_hours_file() -> Response:
    """The same, a line for each duty; semicolons and a byte order mark, as table programs here want it."""
    centre = current_centre()
    month = _asked_month(centre)
    written = StringIO("\ufeff", newline="")
    written.seek(0, 2)
    table = csv.writer(written, delimiter=";")
    table.writerow(language().gettext(name) for name in COLUMNS)
    for tally in tallies(reading(), centre, month):
        table.writerows(_lines(tally, centre))
    saved_as = f"attachment; filename=interpreters-{month:%Y-%m}.csv"
    return Response(written.getvalue(), mimetype="text/csv", headers={"Content-Disposition": saved_as})


def _lines(tally: Tally, centre: Centre) -> list[list[str]]:
    name = f"'{tally.name}" if tally.name.startswith(FORMULA) else tally.name
    return [
        [
            name, f"{centre.local_day(duty.starts_at):%d.%m.%Y}", clock_time(duty.starts_at, centre.zone),
            clock_time(duty.ends_at, centre.zone), language().name_of(duty.language) if duty.language else "",
            str(duty.units), "" if tally.house else _euros(duty.units * _unit_cents()),
        ]
        for duty in tally.duties
    ]  # fmt: skip


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _unit_cents() -> int:
    return the_house().settings.interpreter_unit_cents


def _asked_month(centre: Centre) -> date:
    """The first day of the month `2026-11` in the address; of this month, if there is none or it is none."""
    year, _, number = request.args.get("month", "")[:7].partition("-")
    try:
        month = date(int(year), int(number), 1)
    except ValueError:
        return centre.local_day(request_now()).replace(day=1)
    return month if FIRST_YEAR <= month.year < LAST_YEAR else centre.local_day(request_now()).replace(day=1)


def _step(month: date, by: int) -> str:
    year, number = divmod(month.year * 12 + month.month - 1 + by, 12)
    return f"{year}-{number + 1:02d}"

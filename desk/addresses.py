"""Days and weeks in addresses: `?day=2026-11-27`, `?week=2026-W48`. What is none leads to nothing."""

import re
from datetime import date, timedelta

from flask import request

from foundation.errors import NotFound

YEARS = range(2000, 2101)
"""Beyond them is no plan."""


def asked_day(today: date) -> date:
    """The day in the address, today where none is named. Raises NotFound for what is no day."""
    typed = request.args.get("day")
    return today if typed is None else _known(typed, r"\d{4}-\d\d-\d\d")


def asked_week(today: date) -> date:
    """The Monday of the week in the address, of this week where none is named. Raises NotFound for what is no week."""
    typed = request.args.get("week")
    if typed is None:
        return today - timedelta(days=today.weekday())
    return _known(typed, r"\d{4}-W\d\d")


def week_name(monday: date) -> str:
    """A week as addresses name it: «2026-W48»."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def _known(typed: str, form: str) -> date:
    try:
        day = date.fromisoformat(typed) if re.fullmatch(form, typed, re.ASCII) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise NotFound
    return day

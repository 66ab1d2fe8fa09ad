"""Figures: dates, wall times and digits, the same in every language (L-03, L-06). Words come from the languages."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

FIGURES = re.compile(r"\+?\d+(?:[.:–]\d+)*\.?")
"""A date, a time, a range of them or a number, as it stands in a formatted text: it keeps its order in any line."""


def figures(day: date) -> str:
    """A date without the year: «24.03.», Gregorian, in Latin figures."""
    return f"{day.day:02d}.{day.month:02d}."


def figures_with_year(day: date) -> str:
    """The same with the year: «24.03.2026»."""
    return f"{figures(day)}{day.year}"


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """Wall time in 24 hours and Latin figures: «14:05»."""
    local = moment.astimezone(zone)
    return f"{local.hour:02d}:{local.minute:02d}"


def span(first: str, last: str) -> str:
    """From one figure to another: «14:05–14:35», «24.03.–28.03.»."""
    return f"{first}–{last}"


def latin_digits(text: str) -> str:
    """Arabic-Indic, Persian and other decimal digits as 0–9; everything else stays (L-06)."""
    return re.sub(r"\d", lambda found: str(int(found.group())), text)

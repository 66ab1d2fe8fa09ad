"""School holidays in Baden-Württemberg as the ministry has set them; each school adds a few days of its own (D-10)."""

from datetime import date

HOLIDAYS: tuple[tuple[date, date], ...] = (
    (date(2026, 10, 26), date(2026, 10, 31)),
    (date(2026, 12, 23), date(2027, 1, 9)),
    (date(2027, 3, 25), date(2027, 3, 25)),
    (date(2027, 3, 30), date(2027, 4, 3)),
    (date(2027, 5, 18), date(2027, 5, 29)),
    (date(2027, 7, 29), date(2027, 9, 11)),
    (date(2027, 11, 2), date(2027, 11, 6)),
    (date(2027, 12, 23), date(2028, 1, 8)),
    (date(2028, 4, 13), date(2028, 4, 13)),
    (date(2028, 4, 18), date(2028, 4, 22)),
    (date(2028, 6, 6), date(2028, 6, 17)),
    (date(2028, 7, 27), date(2028, 9, 9)),
)
"""From the first to the last day, both without school."""

KNOWN_UNTIL = HOLIDAYS[-1][1]

REFORMATION_DAY = (10, 31)


def is_school_holiday(day: date) -> bool:
    """Whether schools are shut for holidays; public holidays are asked for elsewhere."""
    return (day.month, day.day) == REFORMATION_DAY or any(first <= day <= last for first, last in HOLIDAYS)

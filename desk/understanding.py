"""What somebody at the desk has typed into the one search field. Pure."""

import re
from datetime import time

from doorway.forms import understood_number
from foundation.addresses import is_email
from foundation.errors import Refusal
from queueing.finding import Query
from queueing.signs import FIRST_NUMBER, LAST_NUMBER

CODE = re.compile(r"\d{6}")
WALL_TIME = re.compile(r"(\d{1,2})[:.]?(\d{2})(?:uhr)?", re.IGNORECASE)
SHORTEST_NAME, SHORTEST_PHONE = 2, 7


def understand(typed: str) -> Query:
    """A code, a wall time, a ticket number, a phone number, an e-mail address or the beginning of a call-name.

    «830» is a number and half past eight; one letter alone is no name.
    """
    bare = "".join(typed.split())
    if CODE.fullmatch(bare):
        return Query(code=bare)
    number = int(bare) if len(bare) == len(str(LAST_NUMBER)) and bare.isdecimal() else 0
    given = number if FIRST_NUMBER <= number <= LAST_NUMBER else None
    at = _wall_time(bare)
    if at or given:
        return Query(at=at, number=given)
    if is_email(bare):
        return Query(email=bare.lower())
    if sum(map(str.isdecimal, bare)) >= SHORTEST_PHONE:
        return Query(phone=_phone(bare))
    return Query(name=typed if len(bare) >= SHORTEST_NAME else "")


def _wall_time(bare: str) -> time | None:
    found = WALL_TIME.fullmatch(bare)
    if found is None:
        return None
    hour, minute = map(int, found.groups())
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _phone(bare: str) -> str:
    try:
        return understood_number(bare, None)
    except Refusal:
        return ""

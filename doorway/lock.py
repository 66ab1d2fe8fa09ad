"""The screen of a desk locks when nobody acts (X-10, OWASP ASVS 7.3). Times are machine time in whole seconds."""

import re

from flask import request, session

from doorway.binding import the_house
from foundation.clock import machine_now

NOTED_EVERY = 60
"""How often an act is written into the cookie: so the screen locks up to a minute early, never late."""

LONGEST = 12 * 3600
"""After half a day the password is asked for again, however busy the desk was."""

LOCKED = "desk-locked"
"""What a live part is told instead of news; `lock.js` covers the page then."""

_OWN_PAGE = re.compile(r"/desk/[\w/-]*(\?[\w&=%+.-]*)?", re.ASCII)


def unlock() -> None:
    """The person has just shown who she is."""
    session.pop("locked", None)
    session["acted_at"] = session["entered_at"] = _now()


def lock() -> None:
    """She goes away from the desk."""
    session["locked"] = True


def is_locked() -> bool:
    """Whether this session asks for its password: by hand, after quiet minutes, or after half a day."""
    quiet, open_for = _now() - session.get("acted_at", 0), _now() - session.get("entered_at", 0)
    return "locked" in session or quiet >= idle_seconds() or open_for >= LONGEST


def idle_seconds() -> int:
    """How long nobody may act."""
    return 60 * the_house().settings.lock_after_minutes


def is_act() -> bool:
    """Whether a person did this: everything but a GET by which a page asks for news, with the tag `v` it shows."""
    return request.method not in {"GET", "HEAD"} or "v" not in request.args


def note_act() -> None:
    """Somebody is at the desk; the session must not be locked."""
    if is_act() and _now() - session["acted_at"] >= NOTED_EVERY:
        session["acted_at"] = _now()


def own_page(typed: str, otherwise: str) -> str:
    """A path, if it leads to a page of the desk and nowhere else."""
    return typed if _OWN_PAGE.fullmatch(typed) else otherwise


def way_back(otherwise: str) -> str:
    """Where somebody wanted to go when the lock was in the way; a form cannot be sent again."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else otherwise
    return own_page(asked, otherwise)


def _now() -> int:
    return int(machine_now().timestamp())

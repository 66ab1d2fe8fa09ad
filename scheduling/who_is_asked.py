"""Whom of the register to ask next, and until when she may answer. Pure (C-02)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.sending_window import into_window, next_window

SHARE = 3
"""Each may think for a third of the time that is left."""
LONGEST, SHORTEST = timedelta(hours=24), timedelta(minutes=30)
LATEST = timedelta(hours=2)
"""Nobody is asked by message for what begins sooner."""


@dataclass(frozen=True)
class Candidate:
    """One of the register: what she speaks, how often and when she was asked lately, and what speaks against her.

    `engaged` is who was asked for the same appointment at its earlier time, and has not said no.
    """

    id: int
    languages: frozenset[str]
    woman: bool
    reachable: bool = True
    lately: int = 0
    last_at: datetime | None = None
    busy: bool = False
    asked: bool = False
    engaged: bool = False


def could_come(one: Candidate, languages: Collection[str], women_only: bool) -> bool:
    """Whether she speaks what is needed and may be there; women for what is for women only."""
    return not one.languages.isdisjoint(languages) and (one.woman or not women_only)


def next_to_ask(register: Iterable[Candidate], languages: Collection[str], women_only: bool) -> Candidate | None:
    """Who was to come at the earlier time, else the least asked lately, else whose last time is longest ago.

    Nobody twice for one request, nobody who may be needed elsewhere then, and nobody without number or address.
    """
    free = [
        one for one in register
        if could_come(one, languages, women_only) and one.reachable and not one.busy and not one.asked
    ]  # fmt: skip
    return min(free, key=_rank, default=None)


def answer_until(now: datetime, answer_by: datetime, starts_at: datetime, zone: ZoneInfo) -> datetime | None:
    """A third of the time left, at most 24 hours, then on to when the sending window is open, never after `answer_by`.

    None when less than half an hour is left: then nobody is asked by message.
    """
    asked_at, last = next_window(now, zone), into_window(min(answer_by, starts_at - LATEST), zone)
    if last - asked_at < SHORTEST:
        return None
    share = min(max((last - asked_at) / SHARE, SHORTEST), LONGEST)
    return min(next_window(asked_at + share, zone), last)


def _rank(one: Candidate) -> tuple[bool, int, float, int]:
    last = one.last_at.timestamp() if one.last_at else 0.0
    return not one.engaged, one.lately, last, one.id

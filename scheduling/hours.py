"""What weekly hours must be like: they end after they begin, never overlap, and leave the way between centres. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import lcm

from scheduling.interval import Interval
from scheduling.opening import Rule
from scheduling.refusals import HoursBroken, HoursOverlap, TravelTooShort

Ways = Mapping[frozenset[int], timedelta]
"""How long the way between two centres takes, by the pair of their ids."""


@dataclass(frozen=True)
class Block:
    """Weekly hours of one person at one centre."""

    centre_id: int
    rule: Rule
    walk_in_only: bool = False


def check_hours(blocks: Sequence[Block], ways: Ways) -> None:
    """All weekly hours of one person, at every centre. Raises HoursBroken, HoursOverlap, TravelTooShort."""
    for block in blocks:
        _check_block(block.rule)
    for place, block in enumerate(blocks):
        for other in blocks[:place]:
            if some_common_day(block.rule, other.rule):
                _check_pair(block, other, ways)


def check_doors(rules: Sequence[Rule]) -> None:
    """All weekly hours of one centre. Raises HoursBroken, HoursOverlap."""
    check_hours([Block(0, rule) for rule in rules], {})


def check_way(own: Interval, elsewhere: Sequence[tuple[int, Interval]], centre_id: int, ways: Ways) -> None:
    """Hours on one day beside those at other centres, as (centre id, interval). Raises TravelTooShort, HoursOverlap."""
    for other_id, other in elsewhere:
        gap = max(own.start - other.end, other.start - own.end)
        _check_gap(gap, centre_id, other_id, ways, other.start.time(), other.end.time())


def some_common_day(one: Rule, other: Rule) -> date | None:
    """The first day on which both rules hold; None if there is none."""
    if one.weekday != other.weekday:
        return None
    start = max(one.valid_from, other.valid_from)
    first = start + timedelta(days=(one.weekday - start.weekday()) % 7)
    days = (first + timedelta(weeks=n) for n in range(lcm(one.every_weeks, other.every_weeks)))
    return next((day for day in days if one.holds_on(day) and other.holds_on(day)), None)


def _check_block(rule: Rule) -> None:
    ends_before = rule.valid_until is not None and rule.valid_until < rule.valid_from
    if rule.opens >= rule.closes or rule.every_weeks < 1 or not 0 <= rule.weekday <= 6 or ends_before:
        raise HoursBroken


def _check_pair(block: Block, other: Block, ways: Ways) -> None:
    own, theirs = _on_a_day(block.rule), _on_a_day(other.rule)
    gap = max(own.start - theirs.end, theirs.start - own.end)
    _check_gap(gap, block.centre_id, other.centre_id, ways, other.rule.opens, other.rule.closes)


def _check_gap(gap: timedelta, centre_id: int, other_id: int, ways: Ways, opens: time, closes: time) -> None:
    if gap < timedelta(0):
        raise HoursOverlap(opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}")
    way = ways.get(frozenset({centre_id, other_id}), timedelta(0))
    if centre_id != other_id and gap < way:
        raise TravelTooShort(minutes=way // timedelta(minutes=1))


def _on_a_day(rule: Rule) -> Interval:
    day = date(2001, 1, 1)
    return Interval(datetime.combine(day, rule.opens), datetime.combine(day, rule.closes))

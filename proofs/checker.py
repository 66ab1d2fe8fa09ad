"""Was every client told the truth? Reads a history and the database it left, and lists what contradicts them.

Two clocks: what was acknowledged before something else began really came first; and domain time, which says when a hold
had run out for whoever wanted its time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from proofs.clock import FastClock
from proofs.history import Operation
from proofs.world import BUFFER, CAP, CAPPED
from scheduling.cells import CELL

FOREVER = 1 << 62
END = datetime.max.replace(tzinfo=UTC)
ENDINGS = frozenset({"confirm", "extend", "move", "cancel", "hold"})


@dataclass(frozen=True)
class Standing:
    """A visit as its client knows it stood, for certain, between two moments of the real clock; `began` placed it."""

    visit: int
    began: int
    since: int
    until: int
    parts: tuple[tuple[int, str, str], ...]
    claims: tuple[tuple[int, str, str], ...]


@dataclass
class Verdict:
    """What was found; a proof has no faults."""

    operations: int
    acknowledged: int
    faults: list[str]


def check(
    history: list[Operation], left: dict[int, dict[str, Any]], clock: FastClock, centre_of: dict[int, int]
) -> Verdict:
    """`left` is what the database holds in the end of every visit, as `placed` tells it; `centre_of` each resource."""
    faults: list[str] = [f"the database broke: {o.told['why']}" for o in history if o.outcome == "broke"]
    visits: dict[int, list[Operation]] = defaultdict(list)
    for operation in history:
        id_ = operation.visit or operation.told.get("visit")
        if id_ is not None:
            visits[id_].append(operation)
    standing: list[Standing] = []
    released = _released(history)
    for id_, operations in visits.items():
        life = Life(id_, clock, released.get(id_, []))
        faults += life.follow(operations, left.get(id_))
        standing += life.standing
    faults += overlaps([*_blocks(history), *standing])
    faults += overruns(standing, centre_of)
    faults += absences(history, standing)
    return Verdict(len(history), sum(o.outcome == "ok" for o in history), faults)


class Life:
    """Follows one visit through what its client did and was told."""

    def __init__(self, visit: int, clock: FastClock, released: list[tuple[int, int]]) -> None:
        """`standing` grows with every certain stretch. `released` says when absences began that let holds of it go."""
        self.visit, self.clock, self.released = visit, clock, released
        self.standing: list[Standing] = []
        self.state, self.told, self.since, self.placed = "none", {}, 0, 0

    def follow(self, operations: list[Operation], left: dict[str, Any] | None) -> Iterator[str]:
        """Faults, one sentence each."""
        for operation in sorted(operations, key=lambda o: o.began):
            if operation.kind in ENDINGS:
                self._close(operation.began)
            yield from self._step(operation)
        self._close(FOREVER)
        yield from self._last(left)

    def _step(self, op: Operation) -> Iterator[str]:
        if op.outcome in {"unknown", "broke"}:
            self.state = "unsure"
        elif op.outcome == "refused":
            yield from self._refused(op)
        elif op.kind == "check":
            yield from self._seen(op.told, datetime.fromisoformat(op.now), "was read")
        else:
            self.since = op.ended or 0
            yield from self._done(op)

    def _done(self, op: Operation) -> Iterator[str]:
        if op.kind == "cancel":
            self.state = "cancelled"
        elif op.kind == "extend":
            self.told = {**self.told, "until": op.told["until"]}
        else:
            self.state = "held" if op.kind == "hold" else "booked"
            if op.kind == "confirm" and op.told["claims"] != self.told.get("claims"):
                yield f"visit {self.visit} was confirmed to something else than was held"
            self.told, self.placed = op.told, op.began
            yield from _whole(self.visit, op.told)

    def _refused(self, op: Operation) -> Iterator[str]:
        let_go = any(began < (op.ended or FOREVER) and ended > self.placed for began, ended in self.released)
        over = let_go or (self.state == "held" and self.clock.at(op.ended or FOREVER) >= self._until())
        if op.kind in {"confirm", "extend"} and not over:
            yield f"visit {self.visit}: {op.kind} was refused ({op.told['why']}) while its hold lasted"
        if op.kind == "cancel":
            yield f"visit {self.visit} could not be cancelled: {op.told['why']}"
        if op.kind in {"confirm", "extend"}:
            self.state = "lost"
        else:
            self.since = op.ended or 0

    def _seen(self, seen: dict[str, Any], now: datetime, how: str) -> Iterator[str]:
        """What is read of the visit is what its client was told last."""
        lasting = self.state == "booked" or (self.state == "held" and now < self._until())
        if lasting and (seen["claims"] != self.told["claims"] or seen["parts"] != self.told["parts"]):
            yield f"visit {self.visit} was {self.state} and {how} as {seen['state']} with {len(seen['claims'])} claims"
        if self.state == "booked" and seen["state"] != ["booked"]:
            yield f"visit {self.visit} was booked and {how} as {seen['state']}"
        if self.state == "cancelled" and (seen["claims"] or seen["state"] != ["cancelled"]):
            yield f"visit {self.visit} was cancelled and {how} as {seen['state']}"

    def _last(self, left: dict[str, Any] | None) -> Iterator[str]:
        """What the database holds in the end; of an operation nobody knows the end of, all or nothing."""
        if self.state == "booked" or (self.state == "cancelled" and left):
            yield from self._seen(left or {"state": ["gone"], "claims": [], "parts": []}, END, "was left")
        if self.state == "unsure" and left and left["state"] in (["booked"], ["held"]):
            yield from _whole(self.visit, left)

    def _until(self) -> datetime:
        """Until when the hold lasts: as promised, or until an absence let it go."""
        promised = datetime.fromisoformat(self.told["until"])
        return min([promised, *(self.clock.at(began) for began, ended in self.released if ended > self.placed)])

    def _close(self, moment: int) -> None:
        """Up to here it stood for certain: booked, or held and not run out."""
        if self.state in {"booked", "held"} and self.since:
            until = moment if self.state == "booked" else min(moment, self.clock.real(self._until()))
            parts = tuple(tuple(part) for part in self.told["parts"])
            claims = tuple(tuple(claim) for claim in self.told["claims"])
            if self.since < until:
                self.standing.append(Standing(self.visit, self.placed, self.since, until, parts, claims))
        self.since = 0 if moment == FOREVER else self.since


def _released(history: Iterable[Operation]) -> dict[int, list[tuple[int, int]]]:
    """By visit when the absences began and ended being recorded that let its holds go.

    One that nobody knows the end of may have hit anybody, at any time after.
    """
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    unsure = [(o.began, FOREVER) for o in history if o.kind == "absence" and o.outcome == "unknown"]
    for op in history:
        if op.kind == "absence" and op.outcome == "ok":
            for visit in op.told["released"]:
                found[visit].append((op.began, op.ended or FOREVER))
        if op.kind == "hold" and op.outcome == "ok":
            found[op.told["visit"]] += unsure
    return found


def _whole(visit: int, told: dict[str, Any]) -> Iterator[str]:
    """No half-booking: every consultation has a counsellor and a room for its whole length, with the buffer after."""
    claims = [(id_, datetime.fromisoformat(s), datetime.fromisoformat(e)) for id_, s, e in told["claims"]]
    for _, begins, ends in told["parts"]:
        start, end = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
        if len({id_ for id_, since, until in claims if since <= start and until >= end}) < 2:
            yield f"visit {visit} is half booked at {begins}"
    last = max(datetime.fromisoformat(part[2]) for part in told["parts"])
    if claims and max(until for _, _, until in claims) < last + BUFFER:
        yield f"visit {visit} has no buffer after {last.isoformat()}"


def _blocks(history: Iterable[Operation]) -> Iterator[Standing]:
    """Blocked time, from its acknowledgement to the beginning of its end."""
    ends = _ends(history, "unblock")
    for op in history:
        if op.kind == "block" and op.outcome == "ok" and op.ended:
            until = ends.get((op.client, op.number), op.ended)
            claims = tuple(tuple(claim) for claim in op.told["claims"])
            yield Standing(-op.told["block"], op.began, op.ended, until, (), claims)


def _ends(history: Iterable[Operation], kind: str) -> dict[tuple[int, int], int]:
    """When what a client did began to be undone by what it did next, by client and number: ids may come back."""
    return {(o.client, o.number - 1): o.began for o in history if o.kind == kind}


def overlaps(standing: Iterable[Standing]) -> Iterator[str]:
    """Nothing that stood for certain at the same time took the same five minutes of the same resource."""
    cells: dict[tuple[int, datetime], list[Standing]] = defaultdict(list)
    for one in standing:
        for id_, since, until in one.claims:
            moment, end = datetime.fromisoformat(since), datetime.fromisoformat(until)
            while moment < end:
                cells[id_, moment].append(one)
                moment += CELL
    told = set()
    for (id_, moment), ones in cells.items():
        ones.sort(key=lambda one: one.since)
        last = ones[0]
        for one in ones[1:]:
            if one.since < last.until and one.visit != last.visit and (one.visit, last.visit) not in told:
                told.add((one.visit, last.visit))
                yield f"resource {id_} was taken twice at {moment.isoformat()}: visits {last.visit} and {one.visit}"
            last = max(last, one, key=lambda each: each.until)


def overruns(standing: Iterable[Standing], centre_of: dict[int, int]) -> Iterator[str]:
    """The daily cap of a service was never exceeded by what stood for certain."""
    days: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for one in standing:
        for service, begins, _ in one.parts:
            if service == CAPPED and one.claims:
                centre = centre_of[one.claims[0][0]]
                days[begins[:10], centre] += [(one.since, 1), (one.until, -1)]
    for day, changes in days.items():
        count = 0
        for _, change in sorted(changes):
            count += change
            if count > CAP:
                yield f"{count} appointments of a service that takes {CAP} stood on {day[0]}"
                break


@dataclass(frozen=True)
class Spell:
    """An absence while it lasted: recorded between two moments of the real clock, over before a third."""

    id: int
    began: int
    recorded: int
    over: int
    start: datetime
    end: datetime
    hits: frozenset[int]


def absences(history: Iterable[Operation], standing: Iterable[Standing]) -> Iterator[str]:
    """Whoever stood booked when an absence was recorded is in its list; nobody is placed into it while it lasts."""
    ends = _ends(history, "recovered")
    spells: dict[int, list[Spell]] = defaultdict(list)
    for op in history:
        if op.kind == "absence" and op.outcome == "ok" and op.ended:
            start, end = (datetime.fromisoformat(moment) for moment in op.told["hour"])
            over = ends.get((op.client, op.number), op.ended)
            hits = frozenset(op.told["hits"] + op.told["released"])
            spells[op.told["who"]].append(Spell(op.told["absence"], op.began, op.ended, over, start, end, hits))
    for one in standing:
        for id_, since, until in one.claims:
            start, end = datetime.fromisoformat(since), datetime.fromisoformat(until) - BUFFER
            for spell in spells[id_]:
                if start < spell.end and end > spell.start:
                    yield from _in_spell(one, spell)


def _in_spell(one: Standing, spell: Spell) -> Iterator[str]:
    if one.since <= spell.began and one.until >= spell.recorded and one.visit not in spell.hits:
        yield f"visit {one.visit} was hit by absence {spell.id} and not listed"
    if spell.recorded < one.began and one.since < spell.over:
        yield f"visit {one.visit} was placed into absence {spell.id}"


MOST_SHOWN = 20


def within(verdict: Verdict) -> str:
    """A verdict as a sentence."""
    said = f"{verdict.operations:,} operations, {verdict.acknowledged:,} acknowledged, {len(verdict.faults)} faults"
    return "\n  ".join([said, *verdict.faults[:MOST_SHOWN]])

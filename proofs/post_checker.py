"""Was the promise kept? Reads the provider's ledger and what the outbox says in the end, message by message.

*Nothing is accepted twice unless the provider itself denied the first; what is in the books as handed over was
accepted; nothing is lost; nothing goes out too early, too late, to two recipients, or after it was taken back.*
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from notifications.channels import LONGEST_TRY
from notifications.delivery import PASS_LASTS
from notifications.models import ON_THEIR_WAY, MessageState
from notifications.settling import LEASE
from proofs.clock import shown
from proofs.post_office import LATEST, UNREACHED

Event = dict[str, Any]
Jumps = Sequence[tuple[float, int]]
OPEN = frozenset({MessageState.DUE, MessageState.CLAIMED, MessageState.IN_DOUBT})
OLD = (PASS_LASTS + LEASE + LONGEST_TRY).total_seconds()
"""So old the moment may be at which somebody decided to send: a pass, a lease, a try."""


@dataclass(frozen=True)
class Left:
    """A message as it stands in the end.

    `due_at` as it was planned, `waits_until` as it is; `wanted`: its visit still is what it tells of; `unasked`: it
    waits for the sending window.
    """

    state: MessageState
    recipient: str | None
    due_at: datetime
    waits_until: datetime
    useless_after: datetime
    provider_id: str | None
    error: str | None
    wanted: bool
    unasked: bool = False


@dataclass
class PostVerdict:
    """What was found. `delays` in seconds from due to accepted, where nothing went wrong with the clock meanwhile."""

    messages: int
    accepted: int
    twice: int
    states: Counter[MessageState]
    delays: list[float]
    faults: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float:
        """Of a hundred messages all but one had been accepted after so many seconds."""
        return sorted(self.delays)[len(self.delays) * 99 // 100] if self.delays else 0.0


def check(
    events: Sequence[Event], left: Mapping[str, Left], jumps: Jumps, ended: float, slack: float = 0
) -> PostVerdict:
    """`left` by our reference; `ended` in steady seconds; `slack` is how long a busy machine may hold a process up."""
    stories: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        stories[event["ref"]].append(event)
    verdict = PostVerdict(len(left), 0, 0, Counter(m.state for m in left.values()), [])
    latest = max(shown(jumps, at) for at in (ended, *(since - 1e-6 for since, _ in jumps if since <= ended)))
    verdict.faults += [f"message {ref} is not in the books" for ref in stories if ref not in left]
    for ref, message in left.items():
        life = Life(message, stories.get(ref, []), jumps, latest, OLD + slack)
        verdict.accepted += len(life.accepted)
        verdict.twice += len(life.accepted) > 1
        verdict.delays += life.delay()
        verdict.faults += [f"message {ref} {fault}" for fault in (*life.on_the_way(), *life.at_the_end())]
    return verdict


@dataclass
class Life:
    """One message: what the provider saw of it, beside what the books say."""

    message: Left
    story: list[Event]
    jumps: Jumps
    latest: datetime
    old: float

    def __post_init__(self) -> None:
        """What was accepted, in order."""
        self.accepted = [event for event in self.story if event["what"] == "accepted"]

    def on_the_way(self) -> Iterator[str]:
        """Faults of sending."""
        for first, second in pairwise(self.accepted):
            if not self._denied(first, second["at"]):
                yield f"was accepted twice, as {first['id']} and {second['id']}"
        if len({event["to"] for event in self.accepted}) > 1:
            yield "went to two recipients"
        for event in self.accepted:
            moments = self._moments(event["at"])
            if max(moments) < self.message.due_at:
                yield f"was accepted before it was due: {event['id']}"
            if min(moments) > self.message.useless_after:
                yield f"was accepted after its use: {event['id']}"

    def at_the_end(self) -> Iterator[str]:
        """What the books say and is not so."""
        state, last = self.message.state, self.accepted[-1] if self.accepted else None
        excused = last is None or self._denied(last, float("inf"))
        if state in OPEN:
            if state is not MessageState.DUE or self.message.waits_until <= self.latest:
                yield f"is still {state}"
        elif state in ON_THEIR_WAY:
            yield from self._arrived()
        elif state is MessageState.FAILED:
            if not self._told("not_delivered") and not (excused and self._refused()):
                yield "failed and nobody said so"
        elif state is MessageState.UNKNOWN:
            yield from self._unknown()
        else:
            yield from self._not_sent(excused)

    def _arrived(self) -> Iterator[str]:
        state, names = self.message.state, {event["id"] for event in self.accepted}
        if not names or self.message.provider_id not in {None, *names}:
            yield f"is {state} and was not accepted"
        if state is MessageState.DELIVERED and not self._told("delivered"):
            yield "is delivered and nobody said so"

    def _not_sent(self, excused: bool) -> Iterator[str]:
        state = self.message.state
        if not excused:
            yield f"is {state} and was accepted"
        elif state is MessageState.WITHDRAWN and self.message.wanted:
            yield "is withdrawn and still wanted"
        elif state is MessageState.USELESS and not (self.message.unasked or self.message.useless_after < self.latest):
            yield "is useless too early"

    def delay(self) -> list[float]:
        """From due to accepted; nothing where the clock was set between, or something had gone wrong before."""
        if not self.accepted or self.story[0]["what"] != "accepted":
            return []
        at = self.accepted[0]["at"]
        began = max((since for since, _ in self.jumps if since <= at), default=0.0)
        due = self.message.due_at
        return [(shown(self.jumps, at) - due).total_seconds()] if due >= shown(self.jumps, began) else []

    def _denied(self, first: Event, until: float) -> bool:
        """Whether the provider itself said, before `until`, that this one is not there or could not be delivered."""
        for event in self.story:
            if first["at"] <= event["at"] <= until:
                listed = event["what"] == "listed" and event["answer"] == "not_there"
                if listed and event["at"] >= first["at"] + LATEST:
                    return True
                if event["what"] == "told" and event["id"] == first["id"] and event["error"] == UNREACHED:
                    return True
        return False

    def _told(self, said: str) -> bool:
        return any(event["what"] == "told" and event["said"] == said for event in self.story)

    def _refused(self) -> bool:
        return any(event["what"] == "refused" and event["fate"] == "wrong" for event in self.story)

    def _unknown(self) -> Iterator[str]:
        looks = [event["answer"] for event in self.story if event["what"] == "listed"]
        if looks and looks[-1] == "there":
            yield "is unknown and the list showed it"
        if not looks and not self.story:
            yield "is unknown and nobody asked"

    def _moments(self, at: float) -> list[datetime]:
        """What the clock showed while somebody may have decided to send."""
        since = at - self.old
        turns = [s for s, _ in self.jumps if since < s <= at]
        return [shown(self.jumps, moment) for moment in (since, at, *turns, *(turn - 1e-6 for turn in turns))]

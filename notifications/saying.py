"""Who was given a colleague or another time and cannot be written to is told by a person, by phone or here (7.5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.db import Transaction
from foundation.errors import Moved, NotFound
from foundation.facts import Fact
from notifications.calling import SHOWN_AGAIN
from notifications.happened import Happened
from notifications.texts import Kind
from scheduling.models import Centre, Visit
from scheduling.taking_over import Chosen, still_covered
from scheduling.visits import visit_to_change


class ToSay(NamedTuple):
    """A visit, what there is to say of it, and since when it is said."""

    visit: Visit
    kind: Kind
    said_at: datetime | None


def to_say(session: Session, centre: Centre, now: datetime) -> list[ToSay]:
    """Changes of visits to come that no message tells: those still to be said, the next first, and the last said."""
    covered = [one for one in still_covered(session, centre, now) if not one[0].wants_messages]
    last = _last_said(session, [visit.id for visit, _ in covered])
    found = [
        ToSay(visit, kind, _said_at(last, visit)) for visit, before in covered if (kind := _kind(visit, before))
    ]  # fmt: skip
    lately = [one for one in found if one.said_at is None or one.said_at > now - SHOWN_AGAIN]
    return sorted(lately, key=lambda one: one.said_at is not None)


def said_at(session: Session, visit: Visit) -> datetime | None:
    """When a person has said what has changed of a visit, as it stands now; None when nobody has."""
    return _said_at(_last_said(session, [visit.id]), visit)


def _last_said(session: Session, visit_ids: Sequence[int]) -> dict[int, Fact]:
    """The last word about each, in one statement."""
    facts = select(Fact).where(Fact.subject_kind == "visit", Fact.subject_id.in_(visit_ids))
    in_order = facts.where(Fact.kind.in_([Happened.SAID, Happened.UNSAID])).order_by(Fact.id)
    return {fact.subject_id: fact for fact in session.scalars(in_order)}


def _said_at(last: Mapping[int, Fact], visit: Visit) -> datetime | None:
    fact = last.get(visit.id)
    said = fact and fact.kind == Happened.SAID and fact.details["version"] == visit.first.version
    return fact.at if fact and said else None


def note_said(tx: Transaction, centre: Centre, visit_id: int, said: bool = True) -> None:
    """A person has said it, or takes that back. Raises NotFound for what is not on the list, Moved when not first."""
    visit = visit_to_change(tx, visit_id)
    if visit_id not in {one.visit.id for one in to_say(tx.session, centre, tx.now)}:
        raise NotFound
    if (said_at(tx.session, visit) is not None) == said:
        raise Moved
    kind = Happened.SAID if said else Happened.UNSAID
    tx.record(kind, "visit", visit_id, centre.scope, version=visit.first.version)


def _kind(visit: Visit, before: list[Chosen]) -> Kind | None:
    """Another time, or only another person; another room is nothing to be told."""
    if any(one.starts_at != visit.first.starts_at for one in before):
        return Kind.MOVED
    return Kind.CHANGED if any(one.counsellor_id != visit.first.counsellor_id for one in before) else None

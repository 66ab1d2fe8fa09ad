"""Messages about courses: written with the change they tell of, taken back with what makes them wrong (C-04, S-07).

Whoever has to be told and left nothing to write to gets a row all the same, for a person to tell it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import joinedload

from foundation.db import Transaction
from foundation.facts import Fact, News
from notifications.about_courses import BY_PERSON, OF_CHANGES, TELLS, still_so
from notifications.models import FOR_A_PERSON, NOT_ARRIVED, Message, MessageState
from notifications.planner import Planned, plan, reminder_time
from notifications.texts import Kind
from scheduling.happened import Happened
from scheduling.models import CourseSession, Enrolment, EnrolmentState, Visit
from scheduling.places_left import ANSWER_IN
from scheduling.sending_window import next_window

REMINDED_UNTIL = timedelta(hours=1)
"""A reminder less than that before the session is none."""

CHANGES = (Happened.SESSION_MOVED, Happened.SESSION_CANCELLED, Happened.SESSION_RESTORED)
UNSENT = (MessageState.DUE, MessageState.BY_PERSON)
UNTOLD = (*UNSENT, MessageState.WITHDRAWN, MessageState.USELESS, MessageState.FAILED)

_THERE = (EnrolmentState.ENROLLED, EnrolmentState.OFFERED, EnrolmentState.WAITING)
_HERS = select(Enrolment.id).where(Enrolment.visit_id == bindparam("which"), Enrolment.state.in_(_THERE))


@dataclass(frozen=True)
class ToTell:
    """A message to come about an enrolment, or about a `session` as it is in that version."""

    planned: Planned
    version: int
    session: CourseSession | None = None


@dataclass(frozen=True)
class Known:
    """What somebody knows of a session: when it is, and whether it takes place."""

    starts_at: datetime
    takes_place: bool


def tell_of_enrolment(tx: Transaction, enrolment_id: int) -> None:
    """A seat is taken, waited for, offered, given up or gone: what was planned is wrong, and the new state is told."""
    enrolment = tx.session.get_one(Enrolment, enrolment_id)
    _lock_visits(tx, [enrolment])
    _withdraw(tx, Message.enrolment_id == enrolment_id)
    _write(tx, enrolment, _of_state(enrolment, tx.now), _earlier(tx, [enrolment_id])[enrolment_id])


def tell_of_session(tx: Transaction, fact: News) -> None:
    """One session is moved, cancelled, or takes place after all: everybody enrolled is told who knew otherwise.

    Of another teacher or room nobody is told.
    """
    if not fact.details.get("time", True):
        return
    session, version = tx.session.get_one(CourseSession, fact.subject_id), _version(fact)
    enrolled = _enrolled(tx, session.course_id)
    _lock_visits(tx, enrolled)
    ids = [enrolment.id for enrolment in enrolled]
    of_it = Message.kind.in_(OF_CHANGES) & (Message.session_id == session.id)
    _withdraw(tx, Message.enrolment_id.in_(ids) & (of_it | (Message.kind == Kind.COURSE_SOON)))
    earlier, facts = _earlier(tx, ids), _changes(tx, session)
    changes = {one: _replaced(change) for one, change in facts.items()}
    for enrolment in enrolled:
        hers = earlier[enrolment.id]
        since = enrolment.seated_at or fact.at  # what had changed before she was seated she knows from her page
        told = {
            one.version: _told(one)
            for one in hers
            if one.session_id == session.id and one.kind in OF_CHANGES
            if one.version in facts and facts[one.version].at >= since
        }
        known = known_before(changes, version, told)
        _write(tx, enrolment, _of_change(session, version, known, tx.now) + _reminder(enrolment, tx.now), hers)


def tell_where_she_is_now(tx: Transaction, visit: Visit) -> None:
    """Another number, or none any more, for somebody in a course or on its waitlist: what is open is told there.

    Of whoever is neither, nothing.
    """
    hers = tx.session.connection().scalar(_HERS, {"which": visit.id})
    if hers is None:
        return
    enrolment = tx.session.get_one(Enrolment, hers)
    open_ = [one for one in _earlier(tx, [enrolment.id])[enrolment.id] if _is_open(one, tx.now)]
    _withdraw(tx, Message.enrolment_id == enrolment.id)
    again = [_once_more(one, tx.now) for one in open_]
    _write(tx, enrolment, _of_state(enrolment, tx.now) + again, _earlier(tx, [enrolment.id])[enrolment.id])


def known_before(changes: Mapping[int, Known], version: int, told: Mapping[int, bool]) -> Known:
    """What somebody knows of a session that has changed to `version`. Pure.

    `changes` says what each version has replaced; `told` which versions were to be told, and whether they were.
    """
    last = max((one for one, was_told in told.items() if was_told), default=0)
    return changes[min((one for one in told if one > last), default=version)]


def _of_state(enrolment: Enrolment, now: datetime) -> list[ToTell]:
    """What is told of an enrolment as it stands, and the reminder before the first session."""
    kind, until = TELLS[enrolment.state], _useful_until(enrolment, now)
    if until is None:
        return []
    reminder = _reminder(enrolment, now) if kind is Kind.ENROLLED else []
    return [ToTell(plan(kind, until, now, enrolment.course.centre.zone)[0], enrolment.version), *reminder]


def _useful_until(enrolment: Enrolment, now: datetime) -> datetime | None:
    """Until when it is worth telling; None for a seat in a course that has no session any more."""
    state, sessions = enrolment.state, enrolment.course.sessions
    if state is EnrolmentState.OFFERED:
        return enrolment.offered_until
    if state is EnrolmentState.ENROLLED:
        return min((one.starts_at for one in sessions if one.starts_at > now and not one.cancelled_at), default=None)
    a_day = next_window(now, enrolment.course.centre.zone) + ANSWER_IN
    if state is EnrolmentState.CALLED_OFF and enrolment.seated_at:
        return min((one.starts_at for one in sessions if one.starts_at > now), default=a_day)
    return a_day


def _of_change(session: CourseSession, version: int, known: Known, now: datetime) -> list[ToTell]:
    """What tells whoever knows something else; it is of use until the earlier of the two times."""
    is_so = Known(session.starts_at, session.cancelled_at is None)
    if known == is_so or not (known.takes_place or is_so.takes_place):
        return []
    kind = Kind.SESSION_MOVED if is_so.takes_place else Kind.SESSION_OFF
    times = [known.starts_at, *([session.starts_at] if is_so.takes_place else [])]
    until = min((one for one in times if one > now), default=session.starts_at)
    planned, *_ = plan(kind, until, now, session.course.centre.zone)
    return [ToTell(planned, version, session)]


def _reminder(enrolment: Enrolment, now: datetime) -> list[ToTell]:
    """Before the first session she comes to, by the rules of every reminder (S-08)."""
    since = enrolment.seated_at or now
    hers = [one for one in enrolment.course.standing if one.ends_at > since]
    first = min(hers, key=lambda one: one.starts_at, default=None)
    at = reminder_time(first.starts_at, now, enrolment.course.centre.zone) if first and first.starts_at > now else None
    if first is None or at is None or at <= now:
        return []
    return [ToTell(Planned(Kind.COURSE_SOON, at, first.starts_at - REMINDED_UNTIL), first.version, first)]


def _once_more(message: Message, now: datetime) -> ToTell:
    """A change of a session that still has to be told, to whoever is to hear of it now."""
    starts_at = message.session.starts_at if message.session else now
    until = message.useless_after if message.useless_after > now else starts_at
    return ToTell(plan(message.kind, until, now, message.visit.centre.zone)[0], message.version, message.session)


def _write(tx: Transaction, enrolment: Enrolment, to_tell: Sequence[ToTell], earlier: Sequence[Message]) -> None:
    """Each once for a number; what was taken back goes on. `earlier` is all that was ever written for her."""
    visit = enrolment.visit
    recipient = visit.recipient if visit.wants_messages else None
    state = MessageState.DUE if recipient else MessageState.BY_PERSON
    for one in to_tell:
        row = _row(enrolment, one, recipient, state)
        same = [old for old in earlier if (old.subject, old.kind, old.version) == (row.subject, row.kind, row.version)]
        before = max((old for old in same if old.recipient == recipient), key=lambda old: old.again, default=None)
        listed = any(old.state in NOT_ARRIVED and old.recipient == visit.recipient for old in same)
        if recipient is None and (row.kind not in BY_PERSON or listed):
            continue
        if before is None:
            tx.session.add(row)
        elif before.state is MessageState.WITHDRAWN:
            before.state, before.due_at, before.tries = state, row.due_at, 0
            before.useless_after = row.useless_after


def _row(enrolment: Enrolment, to_tell: ToTell, recipient: str | None, state: MessageState) -> Message:
    planned, session = to_tell.planned, to_tell.session
    return Message(
        visit_id=enrolment.visit_id, enrolment_id=enrolment.id, session_id=session.id if session else None,
        subject=f"enrolment:{enrolment.id}" + (f":session:{session.id}" if session else ""), kind=planned.kind,
        version=to_tell.version, recipient=recipient, state=state, due_at=planned.due_at,
        useless_after=planned.useless_after,
    )  # fmt: skip


def _lock_visits(tx: Transaction, enrolments: Sequence[Enrolment]) -> None:
    """Before their messages, as everybody does, in order of id; read anew, so that a new number is not overlooked."""
    theirs = select(Visit).where(Visit.id.in_([one.visit_id for one in enrolments])).order_by(Visit.id)
    locked = theirs.with_for_update(key_share=True, of=Visit).execution_options(populate_existing=True)
    tx.session.scalars(locked).all()


def _withdraw(tx: Transaction, which: ColumnElement[bool]) -> None:
    """What is not on its way yet will not be sent, what nobody has told yet need not be told."""
    unsent = which & Message.state.in_(UNSENT) & Message.called_at.is_(None)
    tx.session.execute(update(Message).where(unsent).values(state=MessageState.WITHDRAWN))


def _earlier(tx: Transaction, enrolment_ids: Collection[int]) -> dict[int, list[Message]]:
    """All that was ever written for each."""
    found = select(Message).where(Message.enrolment_id.in_(enrolment_ids)).order_by(Message.id)
    by_id: dict[int, list[Message]] = {id_: [] for id_ in enrolment_ids}
    for message in tx.session.scalars(found.execution_options(populate_existing=True)):
        by_id[message.enrolment_id or 0].append(message)
    return by_id


def _enrolled(tx: Transaction, course_id: int) -> Sequence[Enrolment]:
    found = select(Enrolment).where(Enrolment.course_id == course_id, Enrolment.state == EnrolmentState.ENROLLED)
    return tx.session.scalars(found.options(joinedload(Enrolment.visit)).order_by(Enrolment.id)).all()


def _changes(tx: Transaction, session: CourseSession) -> dict[int, Fact | News]:
    """The change that every version of a session came with."""
    of_it = (Fact.subject_kind == "course_session", Fact.subject_id == session.id, Fact.kind.in_(CHANGES))
    written: Iterable[Fact | News] = tx.session.scalars(select(Fact).where(*of_it))
    new = (one for one in tx.facts if one.subject_id == session.id and one.kind in CHANGES)
    return {_version(one): one for one in (*written, *new) if one.details.get("time", True)}


def _replaced(change: Fact | News) -> Known:
    return Known(datetime.fromisoformat(str(change.details["was"])), change.kind != Happened.SESSION_RESTORED)


def _version(fact: Fact | News) -> int:
    return int(str(fact.details["version"]))


def _told(message: Message) -> bool:
    """Whether she has heard of it, or may have."""
    return message.called_at is not None or message.state not in UNTOLD


def _is_open(message: Message, now: datetime) -> bool:
    """Whether a change of a session still has to be told."""
    waits = message.called_at is None and message.state in (MessageState.DUE, *FOR_A_PERSON)
    ahead = message.session is not None and message.session.starts_at > now
    return message.kind in OF_CHANGES and waits and ahead and still_so(message)

"""Who of a centre's register could interpret at an appointment, and who is asked next (C-02)."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling.interpreters import to_call_off
from scheduling.models import LIVE, Asking, AskingState, PoolInterpreter, PoolRequest, RequestState
from scheduling.who_is_asked import Candidate, answer_until, could_come, next_to_ask

LATELY = timedelta(days=30)
"""Who was asked within these days counts as asked lately."""

ENGAGED = {AskingState.OFF, *LIVE}


def next_of(session: Session, request: PoolRequest, now: datetime) -> PoolInterpreter | None:
    """Whom the system asks next; None where the desk asks, where it is too late, and when nobody is left."""
    open_ = request.state in {RequestState.REQUESTED, RequestState.DECLINED}
    asks = request.appointment.visit.centre.asks_interpreters
    if not asks or not open_ or to_call_off(request) or think_until(request, now) is None:
        return None
    chosen = next_to_ask(candidates(session, request, now), *needs(request))
    return session.get(PoolInterpreter, chosen.id) if chosen else None


def think_until(request: PoolRequest, now: datetime) -> datetime | None:
    """Until when whoever is asked now may answer; None when it is too late to ask by message."""
    return answer_until(now, request.answer_by, request.starts_at, request.appointment.visit.centre.zone)


def who_could_come(session: Session, request: PoolRequest) -> list[PoolInterpreter]:
    """Of the register, by name: those who speak the language and can be written to, for the desk to choose from."""
    languages, women = needs(request)
    here = register_of(session, request.appointment.visit.centre_id)
    return [one for one in here if one.recipient and could_come(_plain(one), languages, women)]


def register_of(session: Session, centre_id: int) -> list[PoolInterpreter]:
    """All whom a centre may ask, by name."""
    here = select(PoolInterpreter).where(PoolInterpreter.centre_id == centre_id, PoolInterpreter.active)
    return list(session.scalars(here.order_by(PoolInterpreter.name, PoolInterpreter.id)))


def candidates(session: Session, request: PoolRequest, now: datetime) -> list[Candidate]:
    """The register with what counts for this request: who was asked lately, for it, or for something at that time."""
    here = register_of(session, request.appointment.visit.centre_id)
    recent = or_(Asking.asked_at > now - LATELY, Asking.state.in_(LIVE))
    found = select(Asking).where(Asking.interpreter_id.in_([one.id for one in here]), recent)
    asked: dict[int, list[Asking]] = {one.id: [] for one in here}
    for asking in session.scalars(found):
        asked[asking.interpreter_id].append(asking)
    return [_candidate(one, asked[one.id], request, now) for one in here]


def needs(request: PoolRequest) -> tuple[list[str], bool]:
    """What the client speaks, and whether only women may be there."""
    visit = request.appointment.visit
    return visit.spoken_langs, any(part.service.women_only for part in visit.appointments)


def language_of(asking: Asking) -> str | None:
    """In which of the client's languages she is asked to interpret; None once the visit is erased."""
    return next((tag for tag in needs(asking.request)[0] if tag in asking.interpreter.languages), None)


def lasts(request: PoolRequest) -> timedelta:
    """How long somebody is needed: for all consultations of the visit."""
    parts = request.appointment.visit.appointments
    return parts[-1].ends_at - parts[0].starts_at


def _candidate(one: PoolInterpreter, askings: list[Asking], request: PoolRequest, now: datetime) -> Candidate:
    moments = [asking.asked_at for asking in askings]
    others = [asking for asking in askings if asking.request_id != request.id]
    before = [asking for asking in others if asking.request.appointment_id == request.appointment_id]
    elsewhere = [asking for asking in others if asking not in before and asking.state in LIVE]
    return Candidate(
        one.id, frozenset(one.languages), one.gender == "female", one.recipient is not None,
        lately=sum(moment > now - LATELY for moment in moments), last_at=max(moments, default=None),
        busy=any(_overlap(asking.request, request) for asking in elsewhere),
        asked=len(others) < len(askings), engaged=any(asking.state in ENGAGED for asking in before),
    )  # fmt: skip


def _overlap(one: PoolRequest, other: PoolRequest) -> bool:
    return one.starts_at < other.starts_at + lasts(other) and other.starts_at < one.starts_at + lasts(one)


def _plain(one: PoolInterpreter) -> Candidate:
    return Candidate(one.id, frozenset(one.languages), one.gender == "female")

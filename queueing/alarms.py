"""The quiet alarm: a counsellor in danger asks her colleagues to come, and nobody else notices."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Engine, ForeignKey, Index, bindparam, delete, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from foundation.as_stored import as_stored, columns_of, made_of, refer
from foundation.db import Transaction
from foundation.model import Base, UtcDateTime, table_of
from queueing.happened import Happened
from queueing.models import BUSY, Ticket
from scheduling.models import Centre, Counsellor, Counter
from scheduling.models.places import scope_of
from scheduling.opening import whole_day

KEPT = timedelta(days=365)
AGAIN = timedelta(minutes=1)
"""A second press within it is the same press, unless somebody has already answered."""

STILL_SHOWN = timedelta(minutes=10)
"""How long colleagues see that an alarm was taken back: it may not have been of free will."""

_STANDS = "closed_at IS NULL AND withdrawn_at IS NULL"


class Alarm(Base):
    """Somebody needs people, where and since when. `raised_by` and `answered_by` are accounts; one stands for each."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_raised_by", "raised_by", unique=True,
            sqlite_where=text(_STANDS), postgresql_where=text(_STANDS),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    raised_by: Mapped[int]
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    answered_by: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counter: Mapped[Counter | None] = relationship()


def raise_alarm(tx: Transaction, centre: Centre, who: int, counsellor: Counsellor | None) -> int:
    """Ask colleagues to come to where she is; its id.

    Pressing twice is pressing once; but later, or when somebody has answered, it is a new call of the same alarm, from
    where she is now.
    """
    where = _whereabouts(tx, centre, counsellor)
    alarm = Alarm(centre_id=centre.id, counter_id=where, raised_by=who, raised_at=tx.now)
    try:
        with tx.session.begin_nested():
            tx.session.add(alarm)
    except IntegrityError:
        return _raise_again(tx, centre, who, where)
    tx.record(Happened.ALARM_RAISED, "alarm", alarm.id, centre.scope)
    return alarm.id


def answer(tx: Transaction, centre: Centre, alarm_id: int, who: int) -> None:
    """Somebody goes there; the first one is named, for whoever comes later nothing changes."""
    free = (Alarm.answered_by.is_(None), Alarm.withdrawn_at.is_(None), Alarm.raised_by != who)
    _change(tx, centre, Happened.ALARM_ANSWERED, {"answered_by": who}, Alarm.id == alarm_id, *free)


def withdraw(tx: Transaction, centre: Centre, who: int) -> None:
    """She takes it back herself; the others still see for a while that it was."""
    own = (Alarm.raised_by == who, Alarm.withdrawn_at.is_(None))
    _change(tx, centre, Happened.ALARM_WITHDRAWN, {"withdrawn_at": tx.now}, *own)


def close(tx: Transaction, centre: Centre, alarm_id: int, who: int) -> None:
    """Somebody else has looked after her: it is over."""
    _change(tx, centre, Happened.ALARM_CLOSED, {"closed_at": tx.now}, Alarm.id == alarm_id, Alarm.raised_by != who)


_NOT_CLOSED = (
    select(*as_stored(columns_of(Alarm, Counter)))
    .outerjoin_from(table_of(Alarm), table_of(Counter))
    .where(Alarm.centre_id == bindparam("centre"), Alarm.closed_at.is_(None), Alarm.raised_at >= bindparam("since"))
    .order_by(Alarm.id)
)
_OF_ALARM = len(table_of(Alarm).columns)
_known: "WeakKeyDictionary[Engine, dict[int, tuple[tuple[int, datetime], Sequence[Alarm]]]]" = WeakKeyDictionary()


def open_alarms(session: Session, centre: Centre, now: datetime, tag: int) -> list[Alarm]:
    """Today's alarms of a centre that nobody has closed, and for a while those taken back; oldest first.

    Remembered until the day or the centre's change tag, read before, is another; they belong to no session.
    """
    known = _known.setdefault(session.get_bind().engine, {})
    key = (tag, whole_day(centre.local_day(now), centre.zone).start)
    found = known.get(centre.id)
    if found is None or found[0] != key:
        known[centre.id] = found = key, _not_closed(session, centre.id, key[1])
    return [a for a in found[1] if a.withdrawn_at is None or a.withdrawn_at > now - STILL_SHOWN]


def _not_closed(session: Session, centre_id: int, since: datetime) -> Sequence[Alarm]:
    connection = session.connection()
    rows = connection.execute(_NOT_CLOSED, {"centre": centre_id, "since": since}).all()
    return [_alarm(row, connection.dialect) for row in rows]


def _alarm(row: Sequence[object], dialect: Dialect) -> Alarm:
    alarm = made_of(Alarm, row[:_OF_ALARM], dialect)
    refer(alarm, counter=made_of(Counter, row[_OF_ALARM:], dialect) if alarm.counter_id else None)
    return alarm


def forget_old_alarms(tx: Transaction) -> None:
    """A timed duty: after a year they go, as everything does that tells what staff did (D-04)."""
    tx.session.execute(delete(Alarm).where(Alarm.raised_at < tx.now - KEPT))


def _raise_again(tx: Transaction, centre: Centre, who: int, where: int | None) -> int:
    stands = (Alarm.raised_by == who, Alarm.closed_at.is_(None), Alarm.withdrawn_at.is_(None))
    values = {"raised_at": tx.now, "counter_id": where, "answered_by": None, "centre_id": centre.id}
    new = or_(Alarm.answered_by.is_not(None), Alarm.raised_at <= tx.now - AGAIN)
    before = tx.session.scalars(select(Alarm.centre_id).where(*stands)).one()
    renewed = tx.session.scalar(update(Alarm).where(*stands, new).values(values).returning(Alarm.id))
    if renewed is not None:
        tx.record(Happened.ALARM_RAISED, "alarm", renewed, centre.scope)
        if before != centre.id:  # where she was, it is no longer shown
            tx.record(Happened.ALARM_WITHDRAWN, "alarm", renewed, scope_of(before))
    return renewed or tx.session.scalars(select(Alarm.id).where(*stands)).one()


def _change(tx: Transaction, centre: Centre, kind: Happened, values: dict[str, object], *where: object) -> None:
    """Compare-and-set; what is no longer so is left as it is."""
    stands = (Alarm.centre_id == centre.id, Alarm.closed_at.is_(None))
    changed = update(Alarm).where(*stands, *where).values(values).returning(Alarm.id)  # type: ignore[arg-type]
    for alarm_id in tx.session.scalars(changed).all():
        tx.record(kind, "alarm", alarm_id, centre.scope)


def _whereabouts(tx: Transaction, centre: Centre, counsellor: Counsellor | None) -> int | None:
    """The counter of the talk she is in, else her own here."""
    if counsellor is None:
        return None
    today = (Ticket.centre_id == centre.id, Ticket.day_on == centre.local_day(tx.now))
    talk = select(Ticket.counter_id).where(*today, Ticket.counsellor_id == counsellor.id, Ticket.state.in_(BUSY))
    own = counsellor.counter
    return tx.session.scalar(talk) or (own.id if own and own.centre_id == centre.id else None)

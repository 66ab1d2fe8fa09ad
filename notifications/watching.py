"""What is wrong with the post, for who stands at the desk: late, refused by the provider, or nearly paid up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.facts import Fact
from notifications.counts import Month
from notifications.happened import Happened
from notifications.meanings import Meaning
from notifications.outbox import oldest_due

LATE = timedelta(minutes=10)
LATELY = timedelta(hours=1)


@dataclass(frozen=True)
class PostTrouble:
    """`late` is how late the oldest message is, `fault` the provider's code, `share` per cent of the month's limit."""

    late: timedelta | None = None
    fault: str | None = None
    share: int | None = None

    @property
    def tag(self) -> str:
        """New whenever something of it is."""
        late = self.late // timedelta(minutes=1) if self.late else 0
        return f"{late}-{self.fault or ''}-{self.share or ''}"


def post_trouble(session: Session, now: datetime, month: Month, table: Mapping[str, Meaning]) -> PostTrouble:
    """What is wrong at a moment of domain time."""
    late = oldest_due(session, now)
    return PostTrouble(
        late if late > LATE else None, last_fault(session, now, table), month.share if month.alert else None
    )


def last_fault(session: Session, now: datetime, table: Mapping[str, Meaning]) -> str | None:
    """The newest code of the last hour that says that something is set up wrong."""
    failed = select(Fact.details).where(Fact.kind == Happened.FAILED, Fact.at > now - LATELY)
    codes = (str(details.get("error")) for details in session.scalars(failed.order_by(Fact.id.desc())))
    return next((code for code in codes if table.get(code) is Meaning.OUR_FAULT), None)

"""The register of pool interpreters, whom of them a request went to, and who came for how long."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.errors import sentence
from foundation.model import Base, UtcDateTime, personal
from scheduling.models.people import Interpreter
from scheduling.models.places import Centre
from scheduling.models.pool import PoolRequest

POOL_NAME = sentence("Wer dolmetscht: der Name. Damit rechnet das Zentrum ab.")
POOL_REACHED = sentence("Wer dolmetscht: Handy-Nummer oder E-Mail-Adresse. Damit fragen wir, ob die Person kommt.")
IN_REGISTER = sentence("Gelöscht, wenn die Person nicht mehr im Verzeichnis steht.")
TWO_YEARS = sentence("Gelöscht nach 2 Jahren.")


class PoolInterpreter(Base):
    """Somebody of the pool whom a centre may ask. Who has left it is not `active`, and only the code is kept."""

    __tablename__ = "pool_interpreter"
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    name: Mapped[str] = personal(POOL_NAME, "Art. 6 (1) b", IN_REGISTER)
    gender: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(JSON)
    phone: Mapped[str | None] = personal(POOL_REACHED, "Art. 6 (1) b", IN_REGISTER)
    email: Mapped[str | None] = personal(POOL_REACHED, "Art. 6 (1) b", IN_REGISTER)
    centre: Mapped[Centre] = relationship()

    @property
    def recipient(self) -> str | None:
        """Where she is asked: the number, else the e-mail address."""
        return self.phone or self.email


class AskingState(StrEnum):
    """What became of asking one interpreter; the allowed moves are in `ASKING_MOVES`."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    PASSED_ON = "passed_on"
    OFF = "off"


ASKING_MOVES: dict[AskingState, frozenset[AskingState]] = {
    AskingState.OPEN: frozenset(AskingState) - {AskingState.OPEN},
    AskingState.ACCEPTED: frozenset({AskingState.REFUSED, AskingState.OFF}),
    AskingState.REFUSED: frozenset(),
    AskingState.PASSED_ON: frozenset(),
    AskingState.OFF: frozenset(),
}
"""The one table of allowed moves: she said yes or no, said nothing in time, or is not needed any more."""

LIVE = (AskingState.OPEN, AskingState.ACCEPTED)
"""States in which she may be expected to come; of a request at most one asking is in them."""

_LIVE = text("state IN ('open', 'accepted')")


class Asking(Base):
    """One interpreter was asked for one request, to answer until `answer_by`; `token_hash` is that of her link."""

    __tablename__ = "asking"
    __table_args__ = (
        Index("uq_asking_live", "request_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_asking_open", "answer_by", sqlite_where=_LIVE, postgresql_where=_LIVE),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("pool_request.id", ondelete="CASCADE"), index=True)
    interpreter_id: Mapped[int] = mapped_column(ForeignKey("pool_interpreter.id"), index=True)
    state: Mapped[AskingState] = mapped_column(default=AskingState.OPEN)
    by_phone: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    request: Mapped[PoolRequest] = relationship()
    interpreter: Mapped[PoolInterpreter] = relationship()


class Duty(Base):
    """An interpreter came, or did not (no `units`): what the expense claim rests on. Nothing in it is of a client.

    A house interpreter, one of the register, or only a name that was typed. It outlives what its visit was about.
    """

    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_month", "centre_id", "starts_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="SET NULL"), unique=True)
    house_id: Mapped[int | None] = mapped_column(ForeignKey("interpreter.id"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool_interpreter.id"))
    name: Mapped[str] = personal(POOL_NAME, "Art. 6 (1) b", TWO_YEARS)
    language: Mapped[str | None]
    by_phone: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    units: Mapped[int]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    noted_by: Mapped[int | None]
    centre: Mapped[Centre] = relationship()
    house: Mapped[Interpreter | None] = relationship()
    pool: Mapped[PoolInterpreter | None] = relationship()

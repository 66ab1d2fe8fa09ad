"""What the interpreter pool was asked for, and what it said."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.model import Base, UtcDateTime
from scheduling.models.plan import Appointment


class RequestState(StrEnum):
    """Where a request stands; the allowed moves are in `NEXT_STATES`."""

    REQUESTED = "requested"
    ASSIGNED = "assigned"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    GIVEN_UP = "given_up"


NEXT_STATES: dict[RequestState, tuple[RequestState, ...]] = {
    RequestState.REQUESTED: (
        RequestState.ASSIGNED, RequestState.CONFIRMED, RequestState.DECLINED, RequestState.GIVEN_UP
    ),
    RequestState.ASSIGNED: (RequestState.CONFIRMED, RequestState.DECLINED, RequestState.GIVEN_UP),
    RequestState.CONFIRMED: (RequestState.DECLINED,),
    RequestState.DECLINED: (RequestState.REQUESTED, RequestState.GIVEN_UP),
    RequestState.GIVEN_UP: (RequestState.REQUESTED,),
}  # fmt: skip
"""The one table of allowed moves, in the order the desk is offered them; requested again means asked again."""


class PoolRequest(Base):
    """The pool is asked for somebody who interprets at an appointment as it stood in one version, at `starts_at`: after
    a move the pool is asked anew, and whoever was found before is to be called off.

    `asked` is how often, `answer_by` until when the pool should have answered.
    """

    __tablename__ = "pool_request"
    __table_args__ = (UniqueConstraint("appointment_id", "version", name="uq_pool_request_once"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    version: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[RequestState] = mapped_column(default=RequestState.REQUESTED)
    asked: Mapped[int] = mapped_column(default=1)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    appointment: Mapped[Appointment] = relationship()

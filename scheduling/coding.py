"""The six digits by which a visit is known for a day at its centre (X-05)."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, exists, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from foundation.db import Transaction
from foundation.errors import Moved
from foundation.model import Base, table_of
from foundation.tokens import random_digits
from scheduling.models import Visit

CODE_LENGTH = 6
TRIES = 20

_visits, _others = table_of(Visit), table_of(Visit).alias()
_GIVE_CODE = (
    update(_visits)
    .where(
        _visits.c.id == bindparam("which"),
        ~exists().where(
            _others.c.centre_id == bindparam("new_centre_id"), _others.c.day_on == bindparam("new_day_on"),
            _others.c.code == bindparam("new_code"), _others.c.id != bindparam("which"), _others.c.ended_at.is_(None),
        ),
    )
    .values({name: bindparam(f"new_{name}") for name in ("code", "centre_id", "day_on", "token_hash")})
)  # fmt: skip


def give_code(tx: Transaction, visit: Visit, centre_id: int, day: date, link: str | None = None) -> None:
    """A centre, a day, and six digits that no other open visit there has, the visit's old ones if they are free; and
    the hash of its link, if it gets one. Raises Moved when somebody drew the same digits at this very moment.
    """
    values: dict[str, object] = {
        "code": visit.code or random_digits(CODE_LENGTH), "centre_id": centre_id, "day_on": day,
        "token_hash": link or visit.token_hash,
    }  # fmt: skip
    for _ in range(TRIES):
        about = {"which": visit.id, **{f"new_{name}": v for name, v in values.items()}}
        try:
            written = tx.session.connection().execute(_GIVE_CODE, about).rowcount
        except IntegrityError as fault:
            raise Moved from fault
        if written:
            as_written(visit, values)
            return
        values["code"] = random_digits(CODE_LENGTH)
    raise Moved


def as_written(row: Base, values: Mapping[str, object]) -> None:
    """Let an object say what a statement has written of it."""
    for name, value in values.items():
        set_committed_value(row, name, value)

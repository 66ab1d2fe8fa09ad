"""Runs Alembic inside the app, on its engine and its tables."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, inspect

from scheduling.models.net import POSTGRESQL_NET, spread_net
from scheduling.models.pulse import start_pulse


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """The index behind the net on PostgreSQL belongs to its constraint, not to the models."""
    return not (kind == "index" and name in POSTGRESQL_NET)


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=current_app.extensions["migrate"].db.metadata,
        include_object=_is_ours,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if "claim" in inspect(connection).get_table_names():  # a rebuilt table has lost its triggers without a word
            spread_net(connection)
            if "room_part" in inspect(connection).get_table_names():
                start_pulse(connection)


with current_app.extensions["migrate"].db.engine.connect().execution_options(write=True) as open_connection:
    _migrate(open_connection)
    open_connection.commit()

"""The net under the claims: the database itself refuses two that overlap on one resource (X-01).

Alembic's batch mode rebuilds SQLite tables and drops triggers without a word: every migration that touches `claim`
calls `spread_net` afterwards, and `net_is_whole` is asked when a worker starts, by the health page and by tests.
"""

from sqlalchemy import Connection, text

_OVERLAP = """
CREATE TRIGGER claim_no_overlap_{verb} BEFORE {event} ON claim BEGIN
  SELECT RAISE(ABORT, 'claim_no_overlap') WHERE EXISTS (
    SELECT 1 FROM claim WHERE resource_id = new.resource_id AND id <> coalesce(new.id, -1)
    AND starts_at > datetime(new.starts_at, '-1 day', '-1 second') AND starts_at < new.ends_at
    AND ends_at > new.starts_at);
  SELECT RAISE(ABORT, 'claim_one_day') WHERE julianday(new.ends_at) - julianday(new.starts_at) > 1.000001;
END"""

SQLITE_NET = {
    "claim_no_overlap_insert": _OVERLAP.format(verb="insert", event="INSERT"),
    "claim_no_overlap_update": _OVERLAP.format(verb="update", event="UPDATE"),
}
POSTGRESQL_NET = {
    "claim_no_overlap": (
        "ALTER TABLE claim ADD CONSTRAINT claim_no_overlap EXCLUDE USING gist "
        "(resource_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
    ),
    "claim_one_day": (
        "ALTER TABLE claim ADD CONSTRAINT claim_one_day CHECK (ends_at <= starts_at + interval '24 hours')"
    ),
}


def spread_net(connection: Connection) -> None:
    """Write the triggers (SQLite) or constraints (PostgreSQL) that are missing."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS btree_gist"))
    there = _names(connection)
    net = SQLITE_NET if connection.dialect.name == "sqlite" else POSTGRESQL_NET
    for name, statement in net.items():
        if name not in there:
            connection.exec_driver_sql(statement)


def net_is_whole(connection: Connection) -> bool:
    """Whether every part of the net is there."""
    net = SQLITE_NET if connection.dialect.name == "sqlite" else POSTGRESQL_NET
    return set(net) <= _names(connection)


def _names(connection: Connection) -> set[str]:
    if connection.dialect.name == "sqlite":
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'claim'"
    else:
        question = "SELECT conname FROM pg_constraint WHERE conrelid = 'claim'::regclass AND convalidated"
    return set(connection.scalars(text(question)))

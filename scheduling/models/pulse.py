"""The pulse: versions that the database itself renews whenever the plan changes, so that what a process remembers of
it can be trusted or thrown away.

`resource.taken_version` is new after every change of a resource's claims, the change tag `setup` after every change of
who works where and when, and of who may sign in as what. Triggers do it, so that no door, import or repair by hand can
forget it. Versions are drawn, not counted: one that was rolled back never comes back with another content.
"""

from sqlalchemy import Connection, func, select, text

from foundation.facts import ChangeTag

SETUP = "setup"
"""The scope of the set-up's change tag."""

SETUP_VERSION = select(func.max(ChangeTag.version)).where(ChangeTag.scope == SETUP).scalar_subquery()
"""Its version as a column of a statement about something else."""

_SETUP_COLUMNS = {
    "resource": "kind, code, active", "counsellor": "", "room": "", "interpreter": "", "room_part": "", "skill": "",
    "hours": "", "absence": "", "centre": "", "centre_hours": "", "closure": "", "extra_hours": "", "service": "",
    "travel": "", "counter": "", "topic_group": "",
    "account": "login, name, role, centre_id, counsellor_id, password_hash, active, session_generation",
}  # fmt: skip
"""Tables of the set-up, and the columns that matter where not all do: signing in changes nothing of it."""

_DRAWN = {"sqlite": "abs(random() % 2147483647)", "postgresql": "floor(random() * 2147483647)::int"}


def _renew_setup(dialect: str) -> str:
    drawn = _DRAWN[dialect]
    return (
        f"INSERT INTO change_tag (scope, version) VALUES ('{SETUP}', {drawn}) "  # noqa: S608 - our own words
        f"ON CONFLICT (scope) DO UPDATE SET version = {drawn}"
    )


def _renew_taken(dialect: str, row: str) -> str:
    return f"UPDATE resource SET taken_version = {_DRAWN[dialect]} WHERE id = {row}.resource_id"  # noqa: S608


_VERBS = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",)}
_FUNCTIONS = {
    "setup_changed": f"BEGIN {_renew_setup('postgresql')}; RETURN NULL; END",
    "taken_changed": (
        f"BEGIN IF TG_OP <> 'INSERT' THEN {_renew_taken('postgresql', 'old')}; END IF; "
        "IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND new.resource_id <> old.resource_id) THEN "
        f"{_renew_taken('postgresql', 'new')}; END IF; RETURN NULL; END"
    ),
}


def start_pulse(connection: Connection) -> None:
    """Write the triggers that are missing, and the change tag they renew."""
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        for name, body in _FUNCTIONS.items():
            connection.exec_driver_sql(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
            )
    there = _names(connection)
    for name, statement in (_sqlite_triggers() if sqlite else _postgresql_triggers()).items():
        if name not in there:
            connection.exec_driver_sql(statement)
    seed = "INSERT INTO change_tag (scope, version) VALUES (:scope, 1) ON CONFLICT DO NOTHING"
    connection.execute(text(seed), {"scope": SETUP})


def pulse_beats(connection: Connection) -> bool:
    """Whether every trigger is there and the set-up has its version."""
    wanted = _sqlite_triggers() if connection.dialect.name == "sqlite" else _postgresql_triggers()
    tag = connection.scalar(text("SELECT version FROM change_tag WHERE scope = :scope"), {"scope": SETUP})
    return set(wanted) <= _names(connection) and tag is not None


def stop_pulse(connection: Connection) -> None:
    """Take the triggers away: before tables are dropped, and while a million rows are loaded at once."""
    for name in _names(connection) & set(_sqlite_triggers() | _postgresql_triggers()):
        table = "" if connection.dialect.name == "sqlite" else f" ON {_table_of(name)}"
        connection.exec_driver_sql(f"DROP TRIGGER {name}{table}")


def _sqlite_triggers() -> dict[str, str]:
    triggers = {}
    for verb, rows in _VERBS.items():
        renewed = "; ".join(_renew_taken("sqlite", row) for row in rows)
        triggers[f"taken_changed_claim_{verb}"] = (
            f"CREATE TRIGGER taken_changed_claim_{verb} AFTER {verb.upper()} ON claim BEGIN {renewed}; END"
        )
        for table, columns in _SETUP_COLUMNS.items():
            of = f" OF {columns}" if columns and verb == "update" else ""
            triggers[f"setup_changed_{table}_{verb}"] = (
                f"CREATE TRIGGER setup_changed_{table}_{verb} AFTER {verb.upper()}{of} ON {table} "
                f"BEGIN {_renew_setup('sqlite')}; END"
            )
    return triggers


def _postgresql_triggers() -> dict[str, str]:
    triggers = {
        "taken_changed_claim": "CREATE TRIGGER taken_changed_claim AFTER INSERT OR UPDATE OR DELETE ON claim "
        "FOR EACH ROW EXECUTE FUNCTION taken_changed()"
    }
    for table, columns in _SETUP_COLUMNS.items():
        of = f" OF {columns}" if columns else ""
        triggers[f"setup_changed_{table}"] = (
            f"CREATE TRIGGER setup_changed_{table} AFTER INSERT OR UPDATE{of} OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION setup_changed()"
        )
    return triggers


def _table_of(trigger: str) -> str:
    return trigger.removeprefix("taken_changed_").removeprefix("setup_changed_")


def _names(connection: Connection) -> set[str]:
    if connection.dialect.name == "sqlite":
        return set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    return set(connection.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")))

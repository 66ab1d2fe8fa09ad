"""The database itself refuses overlapping claims, by statements that know nothing of our code (X-01)."""

from datetime import timedelta

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from foundation.db import Database
from scheduling.models.net import net_is_whole, spread_net
from tests.build import World, at
from tests.conftest import settings_for
from wsgi import create_app

INSERT = text(
    "INSERT INTO claim (resource_id, starts_at, ends_at, blocked_time_id) VALUES (:resource, :start, :end, :block)"
)


def write(database: Database, resource: int, start, end) -> None:
    """Straight into the table, past every check of ours."""
    form = (lambda m: m.strftime("%Y-%m-%d %H:%M:%S.%f")) if database.engine.dialect.name == "sqlite" else (lambda m: m)
    with database.engine.connect().execution_options(write=True) as connection:
        block = connection.scalar(
            text("INSERT INTO blocked_time (kind, made_at) VALUES ('meeting', :at) RETURNING id"), {"at": form(start)}
        )
        connection.execute(INSERT, {"resource": resource, "start": form(start), "end": form(end), "block": block})
        connection.commit()


@pytest.mark.parametrize(
    ("start", "end"),
    [("09:00", "10:00"), ("08:30", "09:01"), ("09:59", "11:00"), ("08:00", "11:00"), ("09:20", "09:40")],
)
def test_the_database_refuses_a_second_claim_that_overlaps(world: World, start: str, end: str):
    write(world.database, world.ahorn, at("09:00"), at("10:00"))
    with pytest.raises(DBAPIError, match="claim_no_overlap"):
        write(world.database, world.ahorn, at(start), at(end))


def test_claims_that_touch_or_belong_to_others_are_welcome(world: World):
    write(world.database, world.ahorn, at("09:00"), at("10:00"))
    write(world.database, world.ahorn, at("10:00"), at("11:00"))
    write(world.database, world.ahorn, at("08:00"), at("09:00"))
    write(world.database, world.buche, at("09:00"), at("10:00"))


def test_an_update_cannot_slip_through_either(world: World):
    write(world.database, world.ahorn, at("09:00"), at("10:00"))
    write(world.database, world.ahorn, at("10:00"), at("11:00"))
    with (
        pytest.raises(DBAPIError, match="claim_no_overlap"),
        world.database.engine.connect().execution_options(write=True) as connection,
    ):
        connection.execute(text("UPDATE claim SET starts_at = (SELECT min(starts_at) FROM claim)"))


def test_a_claim_ends_after_it_starts_and_within_a_day(world: World):
    with pytest.raises(DBAPIError):
        write(world.database, world.ahorn, at("10:00"), at("10:00"))
    with pytest.raises(DBAPIError, match="claim_one_day"):
        write(world.database, world.ahorn, at("10:00"), at("10:00") + timedelta(hours=24, minutes=1))
    write(world.database, world.ahorn, at("10:00"), at("10:00") + timedelta(hours=24))


def test_a_torn_net_is_noticed_and_mended(world: World):
    sqlite = world.database.engine.dialect.name == "sqlite"
    tear = "DROP TRIGGER claim_no_overlap_insert" if sqlite else "ALTER TABLE claim DROP CONSTRAINT claim_no_overlap"
    with world.database.engine.connect().execution_options(write=True) as connection:
        assert net_is_whole(connection)
        connection.execute(text(tear))
        assert not net_is_whole(connection)
        spread_net(connection)
        assert net_is_whole(connection)
        connection.commit()


def test_the_models_say_what_the_migrations_made(database_url: str):
    app = create_app(settings_for(database_url))
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


def test_migrations_go_down_and_up_again_with_the_net(database_url: str):
    app = create_app(settings_for(database_url))
    with app.app_context():
        downgrade(revision="base")
        upgrade()
    database = app.extensions["empfang"].database
    with database.engine.connect() as connection:
        assert net_is_whole(connection)
    database.engine.dispose()

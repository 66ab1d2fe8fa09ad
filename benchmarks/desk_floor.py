"""The floor of *call next*: as many statements and one commit by Flask and SQLAlchemy Core alone."""

import os
import threading
from contextlib import nullcontext

from flask import Flask
from sqlalchemy import text

from foundation.db import make_engine

engine = make_engine(os.environ["DATABASE_URL"])
turn = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
app = Flask(__name__)
ACCOUNT = text("SELECT * FROM account WHERE id = :n")
CENTRE = text("SELECT * FROM centre WHERE id = :n")
CLOCK = text("SELECT * FROM domain_clock WHERE id = 1")
ENTRIES = text("SELECT ticket.*, visit.* FROM ticket JOIN visit ON visit.id = visit_id WHERE ticket.centre_id = :n")
PLAN = text("SELECT claim.* FROM claim JOIN room ON room.id = resource_id WHERE room.centre_id = :n")
MOVE = text("UPDATE ticket SET calls = calls + 1 WHERE id = :n")
FACT = text(
    "INSERT INTO fact (kind, subject_kind, subject_id, scope, at, actor_kind, actor_id, details) "
    "VALUES ('floor', 'ticket', :n, 'floor', '2026-11-30 09:00:00', 'staff', 1, '{}')"
)
TAG = text(
    "INSERT INTO change_tag (scope, version) VALUES ('floor' || :n, 1) "
    "ON CONFLICT (scope) DO UPDATE SET version = change_tag.version + 1"
)


@app.get("/")
def ready() -> str:
    """It is there."""
    return "ready"


@app.post("/<int:centre>/<int:desk>")
def call(centre: int, desk: int) -> str:
    """Reads as a request does, then one change."""
    with engine.connect() as connection:
        for statement in (ACCOUNT, CENTRE, CLOCK):
            connection.execute(statement, {"n": 1} if statement is not CLOCK else {}).all()
    with turn, engine.connect().execution_options(write=True) as connection:
        for statement in (ENTRIES, PLAN):
            connection.execute(statement, {"n": centre}).all()
        connection.execute(MOVE, {"n": desk})
        connection.execute(FACT, {"n": desk})
        connection.execute(TAG, {"n": str(centre)})
        connection.commit()
    return "done"

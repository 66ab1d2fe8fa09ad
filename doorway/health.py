"""The health page: versions, the net under the claims, and how late the post is. No personal data."""

import platform
from typing import Any

import sqlalchemy
from flask import Blueprint, jsonify
from sqlalchemy import text
from werkzeug.wrappers import Response

from doorway.binding import reading, request_now, the_house
from doorway.gates import open_to_all
from foundation.db import FIRST_SAFE_SQLITE, sqlite_module
from notifications.outbox import oldest_due
from scheduling.models.net import net_is_whole
from scheduling.models.pulse import pulse_beats

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@open_to_all
def health() -> tuple[Response, int]:
    """200 when the house is sound, else 503."""
    findings = examine()
    return jsonify(findings), 200 if findings["sound"] else 503


def examine() -> dict[str, Any]:
    """What the health page and the doctor say."""
    engine = the_house().database.engine
    with engine.connect() as connection:
        net = net_is_whole(connection) and pulse_beats(connection)
        server = (
            sqlite_module().sqlite_version
            if engine.dialect.name == "sqlite"
            else connection.scalar(text("SHOW server_version"))
        )
    safe = engine.dialect.name != "sqlite" or sqlite_module().sqlite_version_info >= FIRST_SAFE_SQLITE
    return {
        "sound": bool(net and safe),
        "net": net,
        "database": f"{engine.dialect.name} {server}",
        "python": platform.python_version(),
        "sqlalchemy": sqlalchemy.__version__,
        "oldest_due_message_seconds": round(oldest_due(reading(), request_now()).total_seconds()),
    }

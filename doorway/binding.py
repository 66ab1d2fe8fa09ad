"""Binds the house to Flask: the request's reading session, the write transaction, and the moment of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from foundation.clock import Moment, machine_now, moment_of
from foundation.db import Database, Transaction, engine_options, teach_manners
from foundation.facts import CLIENT, Actor
from foundation.languages import Languages
from foundation.model import Base
from foundation.settings import Settings
from scheduling.memory import TAKEN, Versions, fresh_setup, memory_of_engine, versions
from scheduling.models.pulse import SETUP
from scheduling.setup import Setup

db = SQLAlchemy(metadata=Base.metadata, session_options={"autoflush": False})


@dataclass
class House:
    """What every request needs: settings, database, languages."""

    settings: Settings
    database: Database
    languages: Languages


def bind(app: Flask, settings: Settings, languages: Languages) -> House:
    """Put the house into the app and return it."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    with app.app_context():
        engine = teach_manners(db.engine)
    house = House(settings, Database(engine), languages)
    app.extensions["empfang"] = house
    return house


def the_house() -> House:
    """The house of the current app."""
    return cast(House, current_app.extensions["empfang"])


def reading() -> Session:
    """The request's session; it only reads. Its objects never go into a transaction.

    What is new has been asked before: whatever is read here is at least as new as the versions it is remembered under.
    """
    _moment()
    return cast(Session, db.session)


def request_now() -> datetime:
    """Domain time of this request, asked once."""
    return cast(Moment, g.get("moment") or _moment()).now


def setup_version() -> int:
    """The version of the set-up as of this request."""
    return tag_now(SETUP)


def setup_now() -> Setup:
    """The set-up as of this request."""
    version = setup_version()
    known = memory_of_engine(the_house().database.engine).setup_at(version)
    return known or fresh_setup(reading(), version)


def versions_now() -> Versions:
    """The versions of the plan as of this request, read once for all its searches.

    Where the request's session has begun to read they are those that it sees, and never newer than what it will read.
    """
    if "versions" not in g:
        begun = db.session.registry.has() and db.session().in_transaction()
        g.versions = versions(reading()) if begun else Versions(setup_version(), dict(the_house().database.peek(TAKEN)))
    return cast(Versions, g.versions)


def tag_now(scope: str) -> int:
    """The version of everything live pages show of a scope, as of this request; 0 before the first fact."""
    return _moment().tags.get(scope, 0)


def _moment() -> Moment:
    """The request's moment and what was seen then; seen anew after a change of its own."""
    known = g.get("moment")
    if known is None or not known.tags:
        seen = moment_of(the_house().database, machine_now())
        g.moment = Moment(known.now, seen.tags) if known else seen
    return cast(Moment, g.moment)


def actor() -> Actor:
    """Who acts in this request; gates set it, everybody else is a client."""
    return cast(Actor, g.get("actor", CLIENT))


@contextmanager
def transaction() -> Iterator[Transaction]:
    """The write transaction of a door: by whoever acts, at the request's moment."""
    now = request_now()
    try:
        with the_house().database.transaction(actor(), now) as tx:
            yield tx
    finally:
        g.moment = Moment(now, {})  # the moment stays, what was seen then is old
        g.pop("versions", None)
        if db.session.registry.has():
            # its snapshot is older than what was written just now, by this request or a faster one
            db.session.rollback()

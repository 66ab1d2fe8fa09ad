"""The web app: `gunicorn "wsgi:create_app()"`. No app is made at import."""

import os
from functools import cache
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from access.accounts import add_account
from access.rights import Role
from booking import (
    about,
    asked,
    earlier,
    enrol,
    enrolled,
    invited,
    own_data,
    reachable,
    steps,
    stop,
    to_show,
    tongues,
    turn,
    visit,
    wishes,
)
from booking import courses as course_pages
from booking import series as series_page
from booking.places import centre_by_code
from demo.door import open_demo
from desk import (
    absence,
    alarm,
    attendance,
    blocking,
    book,
    calendar_feed,
    call_list,
    call_voice,
    case,
    contact,
    course_making,
    course_people,
    course_sessions,
    courses,
    day,
    day_sheet,
    device,
    devices,
    duties,
    feed,
    feedback,
    find,
    followed_up,
    hours_list,
    house_messages,
    inbox,
    interpreters,
    invitations,
    languages,
    links,
    lock,
    message_numbers,
    moving,
    opt_out,
    proofs,
    register,
    reminders,
    rooms,
    said,
    series,
    silent,
    slips,
    summary,
    texts,
    ticket,
    tickets,
    week,
)
from desk import session as desk_session
from doorway import health, hooks, incoming
from doorway.binding import bind, db, reading, request_now, the_house
from doorway.compression import compress_static_files
from doorway.effort import count_choices
from doorway.headers import set_headers
from doorway.limits import limit_requests
from doorway.pages import Templates, prepare_pages
from doorway.refusals import show_refusals
from doorway.speech import teach_templates
from doorway.staff import welcome_staff
from foundation.clock import machine_now
from foundation.facts import SYSTEM
from foundation.languages import Languages
from foundation.settings import Settings
from kiosk import alive, appointment, display, pairing, reach, start, walk_in
from kiosk import steps as kiosk_steps
from notifications.linter import checked
from notifications.meanings import meanings
from notifications.outbox import told_of_facts
from notifications.settling import give_up_due
from scheduling import invariants
from scheduling.memory import current_setup

ROOT = Path(__file__).resolve().parent
PAGES = (
    visit,
    turn,
    own_data,
    reachable,
    stop,
    earlier,
    to_show,
    steps,
    invited,
    wishes,
    tongues,
    about,
    pairing,
    kiosk_steps,
    appointment,
    walk_in,
    start,
    reach,
    display,
    alive,
    desk_session,
    lock,
    alarm,
    absence,
    day,
    week,
    rooms,
    day_sheet,
    calendar_feed,
    feed,
    devices,
    device,
    house_messages,
    silent,
    languages,
    links,
    proofs,
    invitations,
    interpreters,
    feedback,
    ticket,
    blocking,
    followed_up,
    summary,
    find,
    case,
    contact,
    moving,
    slips,
    book,
    tickets,
    call_list,
    inbox,
    opt_out,
    call_voice,
    reminders,
    texts,
    message_numbers,
    courses,
    course_making,
    course_people,
    course_sessions,
    attendance,
    health,
    series,
    series_page,
    said,
    asked,
    duties,
    hours_list,
    register,
    course_pages,
    enrol,
    enrolled,
)
"""Every module of pages; those of one door share its blueprint."""

ONE_YEAR = 31_536_000
SHORTEST_PASSWORD = 15


@cache
def _languages() -> Languages:
    """Read once a process, however many apps it makes; they never change."""
    return checked(Languages.load(ROOT / "translations"))


def create_app(settings: Settings | None = None) -> Flask:
    """The app with all its doors; reads the environment if no settings are given. Raises SettingsError."""
    settings = settings or Settings.from_env(os.environ)
    meanings(settings.sms_errors)  # a wrong one is named now, not by the first report
    app = Flask("wsgi", root_path=str(ROOT))
    app.jinja_environment = Templates
    _configure(app, settings)
    house = bind(app, settings, _languages())
    house.database.subscribers += told_of_facts(settings.secret_keys)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    forms = CSRFProtect(app)
    welcome_staff(app)
    teach_templates(app)
    prepare_pages(app)
    set_headers(app)
    compress_static_files(app)
    show_refusals(app)
    limit_requests(app, settings)
    count_choices(app, settings)
    for door in dict.fromkeys(page.blueprint for page in PAGES):
        app.register_blueprint(door)
    if settings.sms_provider == "twilio":
        (provider,) = {page.blueprint for page in (hooks, incoming)}
        app.register_blueprint(provider)
        forms.exempt(provider)
    if settings.demo:
        open_demo(app)
    app.cli.add_command(_doctor)
    app.cli.add_command(_add_account)
    app.cli.add_command(_after_restore)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SESSION_COOKIE_NAME="__Host-empfang" if settings.secure else "empfang",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the Referer it wants is withheld by our Referrer-Policy; Sec-Fetch-Site is checked
        MAX_CONTENT_LENGTH=64 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=ONE_YEAR,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


@click.command("doctor")
@with_appcontext
def _doctor() -> None:
    """Say what the health page says, and ask every invariant of the plan; fails when something is not sound."""
    findings = health.examine()
    for name, value in findings.items():
        click.echo(f"{name}: {value}")
    asked = invariants.examine(reading(), request_now())
    for finding in asked:
        click.echo(
            f"{'BROKEN' if finding.broken else 'ok':>6}  {finding.name}" + f": {finding.broken}" * bool(finding.broken)
        )
    click.echo(f"{len(asked)} invariants of the plan asked, {sum(bool(f.broken) for f in asked)} broken.")
    if not findings["sound"] or any(finding.broken for finding in asked):
        raise SystemExit(1)


@click.command("after-restore")
@with_appcontext
def _after_restore() -> None:
    """Run once after a backup was put back, before the worker starts: what was due is not sent again but called."""
    with the_house().database.transaction(SYSTEM, request_now()) as tx:
        count = give_up_due(tx)
    click.echo(f"{count} messages may have been sent since the backup was made: they are on the call list, not sent.")


@click.command("add-account")
@click.argument("login")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--centre", "centre_code", help="code of the centre the account belongs to")
@click.password_option()
@with_appcontext
def _add_account(login: str, role: str, centre_code: str | None, password: str) -> None:
    """Make an account of staff; asks for the password, which needs 15 characters or more."""
    if len(password) < SHORTEST_PASSWORD:
        raise click.UsageError(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    with the_house().database.transaction(SYSTEM, machine_now()) as tx:
        centre = centre_by_code(current_setup(tx.session), centre_code) if centre_code else None
        add_account(tx, login, login.capitalize(), Role(role), password, centre.id if centre else None, None)
    click.echo(f"{login} may sign in at /desk/sign-in.")

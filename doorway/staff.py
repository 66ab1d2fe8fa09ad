"""Sessions of staff: Flask-Login over accounts. A new generation or a closed account ends every session at once."""

from flask import Flask, session
from flask_login import LoginManager, UserMixin, login_user

from access.accounts import account_at
from access.models import Account
from doorway.binding import reading, setup_version, the_house
from doorway.lock import unlock


class StaffUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps of an account: id and generation."""

    def __init__(self, account: Account) -> None:
        """`account` is active."""
        self.account = account

    def get_id(self) -> str:
        """What stands in the session cookie."""
        return f"{self.account.id}:{self.account.session_generation}"


def welcome_staff(app: Flask) -> None:
    """Install the login manager on an app."""
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(_load)


def sign_in(account: Account) -> None:
    """Open a session in this browser; of what it knew before only the language stays."""
    chosen = session.get("lang")
    session.clear()
    if chosen:
        session["lang"] = chosen
    login_user(StaffUser(account))
    unlock()


def _load(user_id: str) -> StaffUser | None:
    account_id, _, generation = user_id.partition(":")
    if not account_id.isdecimal():
        return None
    account = account_at(the_house().database.engine, reading(), int(account_id), setup_version())
    alive = account is not None and account.active and str(account.session_generation) == generation
    return StaffUser(account) if account and alive else None

"""Every route has exactly one gate; a house test finds routes without."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, make_response, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from access.devices import SCOPE, device_by_secret
from access.happened import Happened
from access.models import Account, Device
from access.rights import Right
from doorway.binding import reading, request_now, setup_now, the_house
from doorway.lock import LOCKED, is_locked, note_act, way_back
from doorway.pages import htmx
from doorway.speech import speak_desk
from foundation.db import Transaction
from foundation.errors import Forbidden, NotFound
from foundation.facts import Actor
from queueing.models import Ticket
from scheduling.models import Asking, Centre, Visit

View = TypeVar("View", bound=Callable[..., Any])


def open_to_all(view: View) -> View:
    """Anybody may come: booking pages, sign-in, health."""
    view.gate = "open"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Staff of any role, behind the lock too: for the lock itself."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if _welcome() else _lead_to("desk.sign_in")

    guarded.gate = "signed_in"  # type: ignore[attr-defined]
    return cast(View, guarded)


def staff(right: Right, *, even_locked: bool = False) -> Callable[[View], View]:
    """Signed-in staff with the right; others are asked to sign in, or refused and noted in the audit trail.

    A locked screen gets the lock instead (X-10), but for what must work `even_locked`.
    """

    def gate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            account = _welcome()
            if account is None:
                return _lead_to("desk.sign_in")
            locked = is_locked()
            if locked and not even_locked:
                return _show_lock()
            if not locked:
                note_act()
            if not account.may(right):
                raise Forbidden(trace=_denied(account.id, request.endpoint or ""))
            answer = view(*args, **kwargs)
            return _with_lock(answer) if locked else answer

        guarded.gate, guarded.even_locked = f"staff:{right}", even_locked  # type: ignore[attr-defined]
        return cast(View, guarded)

    return gate


def device(kind: str) -> Callable[[View], View]:
    """A paired device of this kind; others are led to the pairing page (K-10)."""

    def gate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            found = device_by_secret(reading(), kind, request.cookies.get(device_cookie(kind), ""))
            if found is None:
                return _lead_to("kiosk.pairing")
            g.device, g.actor = found, Actor("device", found.id)
            return view(*args, **kwargs)

        guarded.gate = f"device:{kind}"  # type: ignore[attr-defined]
        return cast(View, guarded)

    return gate


def visitor(view: View) -> View:
    """The client who came by the secret link or has just booked; the link may have been revoked since (X-04)."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        visit = visit_open()
        if visit is None:
            raise NotFound
        g.visit = visit
        return view(*args, **kwargs)

    guarded.gate = "visitor"  # type: ignore[attr-defined]
    return cast(View, guarded)


def visit_open() -> Visit | None:
    """The visit that this browser has open by its secret link, if the link still leads to it."""
    visit_id, generation = session.get("visit", (None, None))
    visit = reading().get(Visit, visit_id) if visit_id else None
    return None if visit is None or visit.erased_at or visit.token_generation != generation else visit


def follower(view: View) -> View:
    """Who came by the link of a number, or has a visit that has one today; it shows the number and nothing else."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        ticket = reading().get(Ticket, session.get("ticket", 0))
        if ticket is None or ticket.visit.erased_at or ticket.day_on != ticket.centre.local_day(request_now()):
            raise NotFound
        g.ticket = ticket
        return view(*args, **kwargs)

    guarded.gate = "follower"  # type: ignore[attr-defined]
    return cast(View, guarded)


def current_account() -> Account:
    """The account that is signed in."""
    return cast(Account, g.account)


def current_centre() -> Centre:
    """The centre of the account that is signed in; raises NotFound for accounts of no centre."""
    mine = current_account().centre_id
    centre = next((centre for centre in setup_now().shown_centres if centre.id == mine), None)
    if centre is None:
        raise NotFound
    return centre


def centre_in(tx: Transaction) -> Centre:
    """The same centre, in a transaction; raises NotFound for accounts of no centre."""
    return tx.session.get_one(Centre, current_centre().id)


def current_device() -> Device:
    """The kiosk or display that asks."""
    return cast(Device, g.device)


def device_cookie(kind: str) -> str:
    """The name of a device's own cookie, bound to the host where HTTPS allows it."""
    return f"__Host-{kind}" if the_house().settings.secure else kind


def remember_device(answer: Response, kind: str, secret: str) -> Response:
    """Give the device its secret, for ten years or until revoked."""
    answer.set_cookie(
        device_cookie(kind), secret, max_age=315_360_000, httponly=True, samesite="Strict",
        secure=the_house().settings.secure, path="/",
    )  # fmt: skip
    return answer


def _lead_to(endpoint: str) -> Response:
    """To another page; a live part that asked takes its whole window there."""
    if htmx:
        return Response(status=204, headers={"HX-Redirect": url_for(endpoint)})
    return redirect(url_for(endpoint), 303)


def _welcome() -> Account | None:
    account: Account | None = getattr(current_user, "account", None)  # who is not signed in is a user without
    if account is not None:
        speak_desk()
        g.account, g.actor = account, Actor("staff", account.id)
    return account


def _show_lock() -> Response:
    """A live part is told, so that its page is covered and keeps what was typed; a page leads to the lock and back."""
    if htmx:
        return _with_lock(Response(status=204))
    return redirect(url_for("desk.locked", to=way_back(url_for("desk.day"))), 303)


def _with_lock(answer: Any) -> Response:
    told = make_response(answer)
    told.headers["HX-Trigger"] = LOCKED
    return told


def _denied(account_id: int, endpoint: str) -> Callable[[Transaction], None]:
    def trace(tx: Transaction) -> None:
        tx.record(Happened.ACCESS_DENIED, "account", account_id, SCOPE, endpoint=endpoint)

    return trace


def asked_interpreter(view: View) -> View:
    """The interpreter who came by her link; it shows what she is asked for and nothing of the client (C-02)."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        asking = reading().get(Asking, session.get("asking", 0))
        if asking is None or asking.token_hash is None:
            raise NotFound
        g.asking, g.actor = asking.id, Actor("interpreter", asking.interpreter_id)
        return view(*args, **kwargs)

    guarded.gate = "asked"  # type: ignore[attr-defined]
    return cast(View, guarded)

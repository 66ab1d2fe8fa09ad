"""How much one address may ask of the doors that are open to all (X-03).

The desk, devices and whoever comes from a trusted network are not counted: many phones of a shelter share one address.
"""

from ipaddress import ip_address, ip_network

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from doorway.binding import the_house
from foundation.settings import Settings

COUNTED = frozenset({"open", "visitor"})
"""Gates whose pages are counted."""


def limit_requests(app: Flask, settings: Settings) -> None:
    """Install the limit on an app: 429 beyond it, for the rest of the minute."""
    Limiter(
        get_remote_address, app=app, application_limits=[f"{settings.requests_a_minute}/minute"],
        application_limits_exempt_when=_not_counted, storage_uri=settings.limit_storage, strategy="moving-window",
        headers_enabled=False,
    )  # fmt: skip


def _not_counted() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "gate", "") not in COUNTED or request.endpoint == "health.health" or _is_trusted()


def _is_trusted() -> bool:
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(address in ip_network(network) for network in the_house().settings.trusted_networks)

"""How much one address may ask of the doors that are open to all (X-03).

The desk, devices and whoever comes from a trusted network are not counted: many phones of a shelter share one address.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from flask import Flask, current_app, request
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from doorway.refusals import TooMany
from foundation.settings import Settings

COUNTED = frozenset({"open", "visitor", "asked"})
"""Gates whose pages are counted."""


def limit_requests(app: Flask, settings: Settings) -> None:
    """Install the limit on an app: 429 beyond it, for the rest of the minute."""
    app.extensions["trusted_networks"] = [ip_network(network) for network in settings.trusted_networks]
    counts = MovingWindowRateLimiter(storage_from_string(settings.limit_storage))
    allowed = parse(f"{settings.requests_a_minute}/minute")

    @app.before_request
    def count() -> None:
        view = app.view_functions.get(request.endpoint or "")
        counted = getattr(view, "gate", "") in COUNTED and request.endpoint != "health.health"
        if counted and not is_trusted() and not counts.hit(allowed, "requests", address()):
            raise TooMany

    app.extensions["requests"] = counts


def address() -> str:
    """Where this request comes from."""
    return request.remote_addr or ""


def is_trusted() -> bool:
    """Whether this request comes from a network that is never limited."""
    networks: Sequence[IPv4Network | IPv6Network] = current_app.extensions["trusted_networks"]
    try:
        came_from = ip_address(address())
    except ValueError:
        return False
    return any(came_from in network for network in networks)

"""How much one address may ask of the doors that are open to all (X-03).

The desk, devices and whoever comes from a trusted network are not counted: many phones of a shelter share one address.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from foundation.settings import Settings

COUNTED = frozenset({"open", "visitor", "asked"})
"""Gates whose pages are counted."""


def limit_requests(app: Flask, settings: Settings) -> None:
    """Install the limit on an app: 429 beyond it, for the rest of the minute."""
    app.extensions["trusted_networks"] = [ip_network(network) for network in settings.trusted_networks]

    def not_counted() -> bool:
        view = app.view_functions.get(request.endpoint or "")
        return getattr(view, "gate", "") not in COUNTED or request.endpoint == "health.health" or is_trusted()

    Limiter(
        get_remote_address, app=app, application_limits=[f"{settings.requests_a_minute}/minute"],
        application_limits_exempt_when=not_counted, storage_uri=settings.limit_storage, strategy="moving-window",
    )  # fmt: skip


def is_trusted() -> bool:
    """Whether this request comes from a network that is never limited."""
    networks: Sequence[IPv4Network | IPv6Network] = current_app.extensions["trusted_networks"]
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(address in network for network in networks)
